"""Accuracy before and after with its intervals, from a run's result. Pure functions on plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from penjing.export.statistics import Interval, independent_difference, paired_difference, wilson


@dataclass(frozen=True, slots=True)
class Comparison:
    """Shares of test samples that are right, and the difference after less before, all with 95 % intervals.

    `paired` says that the difference's interval used which samples each model got right.
    """

    samples: int
    before: float
    after: float
    before_interval: Interval
    after_interval: Interval
    difference: float
    difference_interval: Interval
    paired: bool

    @property
    def verdict(self) -> str:
        """`same` where the interval of the difference holds 0, else `lower` or `higher`."""
        low, high = self.difference_interval
        return "same" if low <= 0 <= high else "higher" if low > 0 else "lower"


def compare(result: Mapping[str, Any]) -> Comparison | None:
    """The comparison of a run's result, None where it has no accuracies on a known number of test samples."""
    before, after = result.get("before") or {}, result.get("after") or {}
    samples = result.get("test_samples")
    first, second = before.get("accuracy"), after.get("accuracy")
    if first is None or second is None or not samples:
        return None
    pairs = result.get("test_pairs")
    difference = (
        paired_difference(pairs["both"], pairs["before_only"], pairs["after_only"], pairs["neither"])
        if pairs
        else independent_difference(first * samples, samples, second * samples, samples)
    )
    return Comparison(
        samples=samples,
        before=first,
        after=second,
        before_interval=wilson(first * samples, samples),
        after_interval=wilson(second * samples, samples),
        difference=second - first,
        difference_interval=difference,
        paired=bool(pairs),
    )
