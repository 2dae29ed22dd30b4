"""Splitting samples into training, validation and test by a seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from penjing.data.items import TensorSplit


def split(
    x: torch.Tensor, y: torch.Tensor, shares: Sequence[float], seed: int, stratify: bool = True
) -> tuple[TensorSplit, ...]:
    """Split by `shares` (which add up to 1) of the samples; `stratify` keeps the classes' proportions.

    Each part keeps the samples' original order. Every sample lands in exactly one part.
    """
    sizes = sizes_of(len(x), shares)
    return tuple(TensorSplit(x[part], y[part]) for part in indices(y, sizes, seed, stratify))


def sizes_of(total: int, shares: Sequence[float]) -> list[int]:
    """How many of `total` samples each part has; they add up to all."""
    bounds = [round(total * sum(shares[: i + 1])) for i in range(len(shares))]
    return [high - low for low, high in zip([0, *bounds[:-1]], bounds, strict=True)]


def indices(y: torch.Tensor, sizes: Sequence[int], seed: int, stratify: bool) -> list[torch.Tensor]:
    """Indices of parts of exactly `sizes` samples (they add up to all), each ascending.

    Samples are shuffled, then laid out so that every class is spread evenly over the whole, and cut: each
    part has its share of each class to within one sample or so.
    """
    # RandomState's stream is frozen by NumPy's policy, so splits stay the same over its versions.
    random = np.random.RandomState(seed)
    order = random.permutation(len(y))
    if stratify:
        labels = y.numpy()[order]
        place = np.empty(len(order))
        for label in np.unique(labels):
            mine = np.flatnonzero(labels == label)
            place[mine] = (np.arange(len(mine)) + random.uniform()) / len(mine)
        order = order[np.argsort(place, kind="stable")]
    cuts = np.cumsum(sizes)[:-1]
    return [torch.from_numpy(np.sort(part)) for part in np.split(order, cuts)]
