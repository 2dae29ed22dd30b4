"""Splitting samples into training, validation and test by a seed."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from penjing.data.items import TensorSplit
from penjing.data.split_order import rows_of_parts, sizes_of


def split(
    x: torch.Tensor, y: torch.Tensor, shares: Sequence[float], seed: int, stratify: bool = True
) -> tuple[TensorSplit, ...]:
    """Split by `shares` (which add up to 1) of the samples; `stratify` keeps the classes' proportions.

    Each part keeps the samples' original order. Every sample lands in exactly one part.
    """
    sizes = sizes_of(len(x), shares)
    return tuple(TensorSplit(x[part], y[part]) for part in indices(y, sizes, seed, stratify))


def indices(y: torch.Tensor, sizes: Sequence[int], seed: int, stratify: bool) -> list[torch.Tensor]:
    """Indices of parts of exactly `sizes` samples (they add up to all), each ascending.

    `split_order.rows_of_parts` says how.
    """
    labels = y.numpy() if stratify else None
    return [torch.from_numpy(part) for part in rows_of_parts(len(y), labels, sizes, seed)]
