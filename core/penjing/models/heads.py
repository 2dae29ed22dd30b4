"""The classifier at a network's end: how many classes weights were made for."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn


def last_features(module: nn.Module) -> int | None:
    """Output features of the last linear layer or convolution, None where there is none."""
    found = None
    for layer in module.modules():
        if isinstance(layer, nn.Linear):
            found = layer.out_features
        elif isinstance(layer, nn.modules.conv._ConvNd):
            found = layer.out_channels
    return found


def head_differs(
    own: Mapping[str, torch.Tensor], state: Mapping[str, torch.Tensor], classes: int | None
) -> tuple[list[str], int] | None:
    """Names of the tensors that are a head for another number of classes than `classes`, and that number.

    None where the head is the same, or where it cannot be told: such tensors have the model's class count and the
    weights' in front, and are otherwise alike.
    """
    counts: dict[int, list[str]] = {}
    for name, tensor in own.items():
        other = state.get(name)
        if other is None or not tensor.dim() or other.dim() != tensor.dim():
            continue
        if tensor.shape[0] == classes != other.shape[0] and tensor.shape[1:] == other.shape[1:]:
            counts.setdefault(int(other.shape[0]), []).append(name)
    if len(counts) != 1:
        return None
    ((count, names),) = counts.items()
    return names, count
