"""Tensors as a file made them -> plain dense ones, or a refusal that names the one that is none."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch

from penjing.models.archive import FREE, RATIO
from penjing.spec.messages import bad_input

State = dict[str, torch.Tensor]


def dense(path: Path, state: Mapping[str, torch.Tensor], meta: bool = False) -> State:
    """The tensors of the file at `path`, without what else hangs on them: a file can set any attribute of a tensor.

    With `meta` they have no numbers. Raises `Failure` (exit code 2) for sparse, quantised and nested tensors, for names
    that are no text, and for weights that would take far more memory than the file has.
    """
    made: State = {}
    seen: dict[tuple[object, ...], int] = {}
    for name, one in state.items():
        kind = _unusual(one, meta)
        if kind:
            raise bad_input("models.tensor_unusual", path=str(path), name=name, kind=kind)
        try:
            name.encode()
        except UnicodeEncodeError as error:
            raise bad_input("models.torch_damaged", path=str(path), error=str(error)[:200]) from error
        plain = torch.Tensor.detach(one).resolve_conj().resolve_neg()
        made[name] = plain
        key: tuple[object, ...] = (name,)
        if not plain.is_meta and plain.numel():
            key = (plain.data_ptr(), tuple(plain.shape), plain.stride(), plain.dtype)
        seen[key] = plain.numel() * plain.element_size()
    size, whole = path.stat().st_size, sum(seen.values())
    if whole > max(FREE, RATIO * size):
        raise bad_input("models.weights_swollen", path=str(path), packed=size / 1e6, unpacked=whole / 1e6)
    return made


def _unusual(one: torch.Tensor, meta: bool) -> str:
    """What keeps a tensor from being plain numbers, "" where nothing does."""
    if type(one) not in (torch.Tensor, torch.nn.Parameter, torch.nn.Buffer):
        return type(one).__name__
    if one.is_nested:
        return "nested"
    if one.layout is not torch.strided:
        return str(one.layout).removeprefix("torch.")
    if one.is_quantized:
        return "quantized"
    return "" if meta or not one.is_meta else "meta"
