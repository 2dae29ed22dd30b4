"""State dicts: read from a file as data only, hashed, and fitted to a module."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from penjing.models import formats
from penjing.spec.messages import NEEDS_TRUST, Failure, bad_input

State = dict[str, torch.Tensor]
_SHOWN = 3  # names listed in a message before "and N more"
_WRAPPERS = ("state_dict", "model_state_dict", "model", "net", "ema")


def state_sha256(state: Mapping[str, Any]) -> str:
    """SHA-256 over the sorted (name, dtype, shape, bytes) of a state dict's tensors, as lower-case hex."""
    digest = hashlib.sha256()
    for name in sorted(state):
        tensor = state[name]
        if not isinstance(tensor, torch.Tensor):
            continue
        dtype = str(tensor.dtype).removeprefix("torch.")
        digest.update(f"{name}\0{dtype}\0{','.join(map(str, tensor.shape))}\0".encode())
        flat = tensor.detach().cpu().contiguous().reshape(-1)
        digest.update(flat.view(torch.uint8).numpy().data)
    return digest.hexdigest()


def read_state(path: Path) -> State:
    """Read a state dict (`.safetensors`, or a torch file that loads with `weights_only=True`).

    The kind of file is told by its content. Raises `Failure`: exit code 2 for what is not a state dict, 3
    for a pickle that references code.
    """
    found = formats.recognise(path)
    if found == "safetensors":
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        try:
            state: State = load_file(path)
            return state
        except SafetensorError as error:
            raise bad_input("models.safetensors_damaged", path=str(path), error=str(error)) from error
    if found not in ("torch", "torch-legacy"):
        raise formats.refusal(path, found)
    names = formats.unsafe_globals(path)
    if names:
        raise Failure("models.pickle_needs_trust", NEEDS_TRUST, path=str(path), names=listed(names))
    try:
        value = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises many kinds for a damaged file
        raise bad_input("models.torch_damaged", path=str(path), error=_first_line(error)) from error
    return _state_within(value, path)


def _state_within(value: Any, path: Path) -> State:
    for candidate in (value, *(value.get(key) for key in _WRAPPERS if isinstance(value, dict))):
        if isinstance(candidate, dict) and candidate:
            tensors = {key: one for key, one in candidate.items() if isinstance(one, torch.Tensor)}
            if len(tensors) == len(candidate) and all(isinstance(key, str) for key in tensors):
                if all(key.startswith("module.") for key in tensors):  # saved from under DataParallel
                    return {key.removeprefix("module."): one for key, one in tensors.items()}
                return tensors
    raise bad_input("models.no_state_dict", path=str(path), found=type(value).__name__)


def fit(module: nn.Module, state: State, path: Path) -> None:
    """Load `state` into `module`, every name and shape matching.

    Raises `Failure` (exit code 2) that names the first tensors that are missing, unexpected, or of another
    shape.
    """
    own = {name: one for name, one in module.state_dict().items() if isinstance(one, torch.Tensor)}
    missing = [name for name in own if name not in state and not name.endswith("num_batches_tracked")]
    unexpected = [name for name in state if name not in own]
    shapes = [
        f"{name} {_shape(tensor)} ≠ {_shape(own[name])}"
        for name, tensor in state.items()
        if name in own and tensor.shape != own[name].shape
    ]
    if shapes:
        raise bad_input("models.weights_shapes", path=str(path), count=len(shapes), shapes=listed(shapes))
    if missing or unexpected:
        raise bad_input(
            "models.weights_names",
            path=str(path),
            missing_count=len(missing),
            missing=listed(missing),
            unexpected_count=len(unexpected),
            unexpected=listed(unexpected),
        )
    module.load_state_dict(state, strict=False)


def _shape(tensor: torch.Tensor) -> str:
    return "×".join(map(str, tensor.shape)) or "1"


def listed(names: list[str]) -> str:
    """The first few names for a message, and how many more there are."""
    shown = ", ".join(names[:_SHOWN]) or "–"
    return shown + (f", … (+{len(names) - _SHOWN})" if len(names) > _SHOWN else "")


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
