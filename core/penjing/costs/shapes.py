"""What operators make on meta, remembered: torch works shapes out in Python, and a deep model asks for the same ones.

Only results that depend on nothing but the arguments' shapes and plain values are remembered: fresh tensors, and an
operand that is written in place and keeps its shape. Views are always left to torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn
from torch._ops import OpOverload

from penjing.costs.meta import PLAIN, fills
from penjing.costs.results import told, writes_alike

MOST = 20_000  # results; beyond it all are forgotten

Key = tuple[Any, ...]
_made: dict[Key, Any] = {}
# By `id`, as an operator's hash is worked out in Python; the operators are kept, so that no other gets their id.
_kinds: dict[int, tuple[OpOverload, str]] = {}
_ASK = object()  # remembered for a call about which torch has to be asked each time
# Its result depends on the numbers only where a mask indexes, which raises on meta.
_INDEX = torch.ops.aten.index.Tensor
# On meta these take operands of different dtypes, and nowhere else.
_PRODUCTS = {
    torch.ops.aten.mm.default,
    torch.ops.aten.addmm.default,
    torch.ops.aten.bmm.default,
    torch.ops.aten.baddbmm.default,
}


class _Unknown(Exception):
    """An argument that no key can be made of."""


def run(func: OpOverload, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """The result of one operator call."""
    known_kind = _kinds.get(id(func))
    if known_kind is None:
        known_kind = _kinds[id(func)] = (func, _kind(func))
    kind = known_kind[1]
    if not kind:
        return func(*args, **kwargs)
    try:
        key = (id(func), _key(args), _key(tuple(kwargs.items())) if kwargs else ())
        known = _made.get(key)
    except (_Unknown, TypeError):
        return func(*args, **kwargs)
    if known is not None:
        if known is _ASK:
            return func(*args, **kwargs)
        return args[0] if kind == "in place" else _make(known)
    recipe: Any
    if kind == "in place":
        if not kwargs and writes_alike(func, args):
            out, recipe = args[0], True
        else:
            before = _place(args[0])
            out = func(*args, **kwargs)
            recipe = before == _place(out) or None
    else:
        recipe = None if kwargs else told(func, args)
        if recipe is not None:
            out = _make(recipe)
        else:
            if func in _PRODUCTS:
                _check_dtypes(args)
            out = func(*args, **kwargs)
            recipe = _recipe(out, args)
    if len(_made) >= MOST:
        _made.clear()
    _made[key] = _ASK if recipe is None else recipe
    return out


def _kind(func: OpOverload) -> str:
    """Whether a call makes fresh tensors, or returns its first argument, written in place; else empty."""
    schema = func._schema
    if func.namespace != "aten" or not schema.returns:
        return ""
    if torch.Tag.dynamic_output_shape in func.tags and func is not _INDEX:
        return ""
    aliases = [one.alias_info for one in schema.returns]
    if all(one is None for one in aliases):
        return (
            "fresh"
            if all(one.alias_info is None or one.alias_info.is_write for one in schema.arguments)
            else ""
        )
    first = schema.arguments[0].alias_info
    own = len(aliases) == 1 and first is not None and first.is_write and aliases[0] is not None
    return "in place" if own and func._overloadpacket.__name__.endswith("_") else ""


def _check_dtypes(args: tuple[Any, ...]) -> None:
    dtypes = {one.dtype for one in args if isinstance(one, torch.Tensor)}
    if len(dtypes) > 1:
        raise RuntimeError(f"the operands have different dtypes: {', '.join(sorted(map(str, dtypes)))}")


def _place(tensor: torch.Tensor) -> Key:
    return (tensor.shape, tensor.stride(), tensor.untyped_storage()._cdata)


def _key(values: tuple[Any, ...] | list[Any]) -> Key:
    made: list[Any] = []
    for one in values:
        kind = type(one)
        if kind is torch.Tensor or kind is nn.Parameter:
            dtype = one.dtype
            if not one.is_meta or dtype.is_complex:
                raise _Unknown
            made += (one.shape, one.stride(), dtype)
        elif kind is list or kind is tuple:
            made.append(_key(one))
        elif isinstance(one, PLAIN):
            made += (kind, one)  # True is not 1
        else:
            raise _Unknown
    return tuple(made)


def _recipe(out: Any, args: tuple[Any, ...]) -> Any:
    """How the result is made again; None where it cannot be."""
    if isinstance(out, (list, tuple)):
        parts = [None if one is None else _recipe(one, args) for one in out]
        if any(made is None and one is not None for made, one in zip(parts, out, strict=True)):
            return None
        return [type(out), *parts] if type(out) in (list, tuple) else None
    if type(out) is not torch.Tensor or not out.is_meta or out.is_complex() or out.storage_offset():
        return None
    storage = out.untyped_storage()
    if any(isinstance(one, torch.Tensor) and one.untyped_storage()._cdata == storage._cdata for one in args):
        return None
    return (tuple(out.shape), out.stride(), out.dtype) if fills(out) else None


def _make(recipe: Any) -> Any:
    if isinstance(recipe, list):
        return recipe[0](None if one is None else _make(one) for one in recipe[1:])
    shape, stride, dtype = recipe
    return torch.empty_strided(shape, stride, dtype=dtype, device="meta")
