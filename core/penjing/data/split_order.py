"""Which samples go into which part, by a seed. NumPy alone: recipes are fitted before torch is imported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Rows = np.ndarray[Any, np.dtype[np.int64]]


def sizes_of(total: int, shares: Sequence[float]) -> list[int]:
    """How many of `total` samples each part has; they add up to all."""
    bounds = [round(total * sum(shares[: i + 1])) for i in range(len(shares))]
    return [high - low for low, high in zip([0, *bounds[:-1]], bounds, strict=True)]


def rows_of_parts(
    total: int, labels: np.ndarray[Any, Any] | None, sizes: Sequence[int], seed: int
) -> list[Rows]:
    """Indices of parts of exactly `sizes` samples (they add up to `total`), each ascending.

    Samples are shuffled, then, where there are `labels`, laid out so that every class is spread evenly over the whole,
    and cut: each part has its share of each class to within one sample or so.
    """
    # RandomState's stream is frozen by NumPy's policy, so splits stay the same over its versions.
    random = np.random.RandomState(seed)
    order = random.permutation(total)
    if labels is not None:
        mixed = labels[order]
        place = np.empty(len(order))
        for label in np.unique(mixed):
            mine = np.flatnonzero(mixed == label)
            place[mine] = (np.arange(len(mine)) + random.uniform()) / len(mine)
        order = order[np.argsort(place, kind="stable")]
    cuts = np.cumsum(sizes)[:-1]
    return [np.sort(part) for part in np.split(order, cuts)]
