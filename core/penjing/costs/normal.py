"""What torch's normalisation operators make on meta, told from the arguments' shapes.

Torch works these out by carrying the whole formula out in Python, which takes a thousand times as long. Only the plain
case is told here: float32, contiguous, as many parameters as channels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch._ops import OpOverload

_aten = torch.ops.aten

Made = tuple[tuple[int, ...], tuple[int, ...], torch.dtype]


def normalised(func: OpOverload, args: Sequence[Any]) -> tuple[Made, Made, Made] | None:
    """(shape, stride, dtype) of the result and the two statistics; None where torch has to be asked."""
    if func is _aten.native_batch_norm.default:
        training, others = args[5], args[1:5]
    elif func is _aten._native_batch_norm_legit_no_training.default:
        training, others = False, args[1:5]
    elif func is _aten.native_layer_norm.default:
        return _layer_norm(args[0], tuple(args[1]), args[2:4])
    else:
        return None
    value: torch.Tensor = args[0]
    if value.dim() < 2 or not _is_plain(value) or (training and value.numel() <= value.shape[1]):
        return None
    channels = (value.shape[1],)
    if not all(one is not None and _is_plain(one) and tuple(one.shape) == channels for one in others):
        return None
    statistics = (channels, (1,), torch.float32)
    return (tuple(value.shape), value.stride(), torch.float32), statistics, statistics


def _layer_norm(
    value: torch.Tensor, shape: tuple[int, ...], others: Sequence[torch.Tensor | None]
) -> tuple[Made, Made, Made] | None:
    axes = value.dim() - len(shape)
    whole = tuple(value.shape)
    if not shape or axes < 1 or not _is_plain(value) or whole[axes:] != shape:
        return None
    if not all(one is not None and _is_plain(one) and tuple(one.shape) == shape for one in others):
        return None
    outer = whole[:axes] + (1,) * len(shape)
    statistics = (outer, default_stride(outer), torch.float32)
    return (whole, value.stride(), torch.float32), statistics, statistics


def _is_plain(value: torch.Tensor) -> bool:
    plain = value.is_meta and value.dtype is torch.float32 and value.numel() > 0
    return plain and value.stride() == default_stride(value.shape)


def default_stride(shape: Sequence[int]) -> tuple[int, ...]:
    """The strides of a new tensor of that shape."""
    return tuple(math.prod(shape[axis + 1 :]) for axis in range(len(shape)))
