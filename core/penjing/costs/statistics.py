"""Medians with 95 % intervals that assume nothing about the distribution."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence


def median_interval(values: Sequence[float]) -> tuple[float, tuple[float, float]]:
    """The median and a 95 % interval for it by order statistics.

    The number of values below the true median is binomial(n, ½), so the k-th smallest and k-th largest
    enclose it with probability 1 − 2·P(B ≤ k − 1). Below six values no pair reaches 95 %: then the interval
    is the whole range.
    """
    ordered = sorted(values)
    n = len(ordered)
    tail, k = 0.0, 0
    while k < n // 2:
        tail += math.comb(n, k) * 0.5**n if n < 1000 else _log_binomial(n, k)
        if tail > 0.025:
            break
        k += 1
    low = max(0, k - 1)
    return statistics.median(ordered), (ordered[low], ordered[n - 1 - low])


def _log_binomial(n: int, k: int) -> float:
    log = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) - n * math.log(2)
    return math.exp(log)
