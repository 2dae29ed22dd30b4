"""What the operators that networks are made of give on meta, told from the arguments' shapes.

Torch works these out in Python, in part by carrying the whole formula out, which takes up to a thousand times as
long. Only the plain case is told here: float32, laid out in order, nothing empty. Torch is asked about all else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch._ops import OpOverload

_aten = torch.ops.aten

Shape = tuple[int, ...]
Made = tuple[Shape, Shape, torch.dtype]  # shape, stride, dtype


def told(func: OpOverload, args: Sequence[Any]) -> Made | list[Any] | None:
    """What one call gives: a fresh tensor, or `[tuple, …]` of several; None where torch has to be asked."""
    rule = _RULES.get(func)
    return None if rule is None else rule(*args)


def writes_alike(func: OpOverload, args: Sequence[Any]) -> bool:
    """Whether a call only writes new numbers into its first argument, which is plain, as are all others."""
    if func in _UNARY_IN_PLACE:
        return _is_plain(args[0])
    if func in _BINARY_IN_PLACE and len(args) == 2:
        first, second = args
        if not isinstance(second, torch.Tensor):
            return False
        return _is_plain(first) and _is_plain(second) and first.shape == second.shape
    return False


def _batch_norm_training(*args: Any) -> list[Any] | None:
    training: bool = args[5]
    value: torch.Tensor = args[0]
    if training and value.numel() <= value.shape[1]:
        return None
    return _batch_norm(value, args[1:5])


def _batch_norm_evaluating(*args: Any) -> list[Any] | None:
    return _batch_norm(args[0], args[1:5])


def _batch_norm(value: torch.Tensor, others: Sequence[torch.Tensor | None]) -> list[Any] | None:
    if value.dim() < 2 or not _is_plain(value):
        return None
    channels = (value.shape[1],)
    if not all(one is not None and _is_plain(one) and one.shape == channels for one in others):
        return None
    statistics = (channels, (1,), torch.float32)
    return [tuple, _fresh(value.shape), statistics, statistics]


def _layer_norm(value: torch.Tensor, over: Sequence[int], *others: Any) -> list[Any] | None:
    shape = tuple(over)
    axes = value.dim() - len(shape)
    whole = tuple(value.shape)
    if not shape or axes < 1 or not _is_plain(value) or whole[axes:] != shape:
        return None
    if not all(one is not None and _is_plain(one) and one.shape == shape for one in others[:2]):
        return None
    statistics = _fresh(whole[:axes] + (1,) * len(shape))
    return [tuple, _fresh(whole), statistics, statistics]


def _convolution(
    value: torch.Tensor,
    weight: torch.Tensor,
    bias: torch.Tensor | None,
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    transposed: bool,
    _: Sequence[int],
    groups: int,
) -> Made | None:
    space = value.dim() - 2
    if (
        transposed
        or space < 1
        or weight.dim() != value.dim()
        or not _is_plain(value)
        or not _is_plain(weight)
    ):
        return None
    if not len(stride) == len(padding) == len(dilation) == space:
        return None
    if value.shape[1] != weight.shape[1] * groups or weight.shape[0] % groups:
        return None
    if bias is not None and (not _is_plain(bias) or bias.shape != weight.shape[:1]):
        return None
    sizes = [
        (size + 2 * pad - step * (kernel - 1) - 1) // by + 1
        for size, kernel, by, pad, step in zip(
            value.shape[2:], weight.shape[2:], stride, padding, dilation, strict=True
        )
    ]
    return _fresh((value.shape[0], weight.shape[0], *sizes)) if min(sizes) > 0 else None


def _addmm(bias: torch.Tensor, first: torch.Tensor, second: torch.Tensor) -> Made | None:
    if not all(one.is_meta and one.dtype is torch.float32 for one in (bias, first, second)):
        return None
    if first.dim() != 2 or second.dim() != 2 or first.shape[1] != second.shape[0]:
        return None
    if bias.shape != second.shape[1:] or not first.numel() or not second.numel():
        return None
    return _fresh((first.shape[0], second.shape[1]))


def _cat(tensors: Sequence[torch.Tensor], dim: int = 0) -> Made | None:
    if not tensors:
        return None
    first = tensors[0]
    if not all(_is_plain(one) and one.dim() == first.dim() for one in tensors) or not first.dim():
        return None
    axis = dim % first.dim()
    rest = [one.shape[:axis] + one.shape[axis + 1 :] for one in tensors]
    if any(one != rest[0] for one in rest):
        return None
    size = sum(one.shape[axis] for one in tensors)
    return _fresh((*first.shape[:axis], size, *first.shape[axis + 1 :]))


def _mean(value: torch.Tensor, dims: Sequence[int] | None, keep: bool = False) -> Made | None:
    if not dims or not _is_plain(value) or not all(-value.dim() <= one < value.dim() for one in dims):
        return None
    axes = {one % value.dim() for one in dims}
    if len(axes) < len(dims):
        return None
    sizes = [1 if axis in axes else size for axis, size in enumerate(value.shape)]
    return _fresh(sizes if keep else [size for axis, size in enumerate(sizes) if axis not in axes])


def _unary(value: torch.Tensor, *_: Any) -> Made | None:
    return _fresh(value.shape) if _is_plain(value) else None


def _binary(first: Any, second: Any) -> Made | None:
    if not isinstance(first, torch.Tensor) or not isinstance(second, torch.Tensor):
        return None
    if not _is_plain(first) or not _is_plain(second):
        return None
    if first.shape == second.shape:
        return _fresh(first.shape)
    more, less = (
        (first.shape, second.shape) if first.numel() > second.numel() else (second.shape, first.shape)
    )
    # With an axis of size 1 within, torch may lay the result out in another order.
    if len(more) != len(less) or 1 in more[1:]:
        return None
    spread = all(few in (many, 1) for many, few in zip(more, less, strict=True))
    return _fresh(more) if spread else None


def _roll(value: torch.Tensor, shifts: Sequence[int], dims: Sequence[int] = ()) -> Made | None:
    return _unary(value) if dims and len(shifts) == len(dims) and len(set(dims)) == len(dims) else None


def _is_plain(value: torch.Tensor) -> bool:
    return (
        value.is_meta
        and value.dtype is torch.float32
        and value.stride() == default_stride(value.shape)
        and value.numel() > 0
    )


def _fresh(shape: Sequence[int]) -> Made:
    return tuple(shape), default_stride(shape), torch.float32


def default_stride(shape: Sequence[int]) -> Shape:
    """The strides of a new tensor of that shape."""
    made: list[int] = []
    step = 1
    for size in reversed(shape):
        made.append(step)
        step *= max(size, 1)
    return tuple(reversed(made))


_RULES: dict[OpOverload, Callable[..., Any]] = {
    _aten.native_batch_norm.default: _batch_norm_training,
    _aten._native_batch_norm_legit_no_training.default: _batch_norm_evaluating,
    _aten.native_layer_norm.default: _layer_norm,
    _aten.convolution.default: _convolution,
    _aten.addmm.default: _addmm,
    _aten.cat.default: _cat,
    _aten.mean.dim: _mean,
    **{
        one.default: _unary
        for one in (
            _aten.relu,
            _aten.gelu,
            _aten.silu,
            _aten.sigmoid,
            _aten.tanh,
            _aten.hardsigmoid,
            _aten.hardswish,
        )
    },
    _aten.hardtanh.default: _unary,
    _aten.clamp.default: _unary,
    _aten.clamp_min.default: _unary,
    _aten.roll.default: _roll,
    **{one.Tensor: _binary for one in (_aten.add, _aten.sub, _aten.mul, _aten.div)},
}
_UNARY_IN_PLACE = {
    _aten.relu_.default, _aten.silu_.default, _aten.hardtanh_.default, _aten.hardswish_.default,
    _aten.hardsigmoid_.default, _aten.sigmoid_.default, _aten.tanh_.default,
}  # fmt: skip
_BINARY_IN_PLACE = {_aten.add_.Tensor, _aten.sub_.Tensor, _aten.mul_.Tensor, _aten.div_.Tensor}
