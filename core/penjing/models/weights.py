"""State dicts: read from a file as data only, hashed, and fitted to a module."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from penjing.models import formats, shards
from penjing.models.dense import dense
from penjing.models.heads import head_differs, last_features
from penjing.models.pickle_names import unsafe_globals
from penjing.models.unwrapping import Unwrapped, unwrap
from penjing.spec.messages import NEEDS_TRUST, Failure, bad_input

State = dict[str, torch.Tensor]
_SHOWN = 3  # names listed in a message before "and N more"


def state_sha256(state: Mapping[str, Any]) -> str:
    """SHA-256 over the sorted (name, dtype, shape, bytes) of a state dict's tensors, as lower-case hex."""
    digest = hashlib.sha256()
    for name in sorted(state):
        tensor = state[name]
        if not isinstance(tensor, torch.Tensor):
            continue
        dtype = str(tensor.dtype).removeprefix("torch.")
        digest.update(f"{name}\0{dtype}\0{','.join(map(str, tensor.shape))}\0".encode())
        for part in _dense_parts(tensor.detach().cpu()):
            digest.update(part.contiguous().reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def _dense_parts(tensor: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """The tensor itself, or where it is sparse, the places and values that it holds."""
    if tensor.layout is torch.sparse_coo:
        tensor = tensor.coalesce()
        return tensor.indices(), tensor.values()
    if tensor.layout in (torch.sparse_csr, torch.sparse_bsr):
        return tensor.crow_indices(), tensor.col_indices(), tensor.values()
    if tensor.layout in (torch.sparse_csc, torch.sparse_bsc):
        return tensor.ccol_indices(), tensor.row_indices(), tensor.values()
    return (tensor,)


def read_state(path: Path) -> State:
    """Read a state dict (`.safetensors`, a torch file that loads with `weights_only=True`, or an index of shards).

    The kind of file is told by its content. Raises `Failure`: exit code 2 for what is not a state dict, 3
    for a pickle that references code.
    """
    return read_weights(path).state


def read_weights(path: Path, wanted: Collection[str] = (), meta: bool = False) -> Unwrapped:
    """As `read_state`, with notes on what was taken off: a trainer's wrapping, prefixes.

    `wanted` are the names of the tensors of the model that the weights are for. With `meta` the tensors have shapes
    and no numbers.
    """
    value = _read(path, meta)
    found = unwrap(value, wanted)
    if found is None:
        raise bad_input("models.no_state_dict", path=str(path), found=type(value).__name__)
    if shards.is_index(path):
        return found  # each of its files was looked at
    return replace(found, state=dense(path, found.state, meta))


def _read(path: Path, meta: bool) -> object:
    if shards.is_index(path):
        return shards.read(path, lambda one: read_weights(one, meta=meta).state)
    found = formats.recognise(path)
    if found == "safetensors":
        return _safetensors(path, meta)
    if found in ("torchscript", "pt2"):
        from penjing.models import carriers

        if not meta:
            dense(path, carriers.read(path, meta=True) or {}, meta=True)  # before memory is taken
        carried = carriers.read(path, meta)
        if not carried:
            raise formats.refusal(path, found)
        return carried
    if found not in ("torch", "torch-legacy"):
        raise formats.refusal(path, found)
    names = unsafe_globals(path)
    if names:
        raise Failure("models.weights_need_trust", NEEDS_TRUST, path=str(path), names=", ".join(names))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch's own notes on rare kinds of tensors
            return torch.load(path, map_location="meta" if meta else "cpu", weights_only=True)
    except Exception as error:  # torch raises many kinds for a damaged file
        raise bad_input("models.torch_damaged", path=str(path), error=_first_line(error)) from error


def _safetensors(path: Path, meta: bool) -> State:
    from safetensors import SafetensorError, safe_open
    from safetensors.torch import load_file

    try:
        if not meta:
            state: State = load_file(path)
            return state
        with safe_open(path, framework="np") as file:
            names = list(file.keys())
            return {name: torch.empty(file.get_slice(name).get_shape(), device="meta") for name in names}
    except (SafetensorError, OSError) as error:
        raise bad_input("models.safetensors_damaged", path=str(path), error=str(error)) from error


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
    head = head_differs(own, state, last_features(module)) if shapes else None
    if head is not None and len(head[0]) == len(shapes) and not missing and not unexpected:
        raise bad_input(
            "models.weights_head",
            path=str(path),
            layer=head[0][0],
            classes=head[1],
            own=last_features(module),
        )
    raise_unfitting(path, missing, unexpected, shapes)
    module.load_state_dict(state, strict=False)


def raise_unfitting(path: Path, missing: list[str], unexpected: list[str], shapes: list[str]) -> None:
    """Raise `Failure` (exit code 2) that names what does not fit; nothing where all does."""
    names = {
        "path": str(path),
        "missing_count": len(missing),
        "missing": listed(missing),
        "unexpected_count": len(unexpected),
        "unexpected": listed(unexpected),
    }
    if shapes and (missing or unexpected):
        raise bad_input("models.weights_differ", **names, count=len(shapes), shapes=listed(shapes))
    if shapes:
        raise bad_input("models.weights_shapes", path=str(path), count=len(shapes), shapes=listed(shapes))
    if missing or unexpected:
        raise bad_input("models.weights_names", **names)


def _shape(tensor: torch.Tensor) -> str:
    return "×".join(map(str, tensor.shape)) or "1"


def listed(names: list[str]) -> str:
    """The first few names for a message, and how many more there are."""
    shown = ", ".join(names[:_SHOWN]) or "–"
    return shown + (f", … (+{len(names) - _SHOWN})" if len(names) > _SHOWN else "")


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
