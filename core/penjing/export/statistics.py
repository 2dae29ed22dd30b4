"""Intervals for shares and their differences. Pure functions; all intervals are 95 %.

Sources: Wilson's score interval (Wilson 1927); Newcombe, Statistics in Medicine 17 (1998): 873-890 for the
difference of independent shares (hybrid score) and 2635-2650 for paired ones (square-and-add, method 10).
"""

from __future__ import annotations

import math

Z = 1.959963984540054  # the normal distribution's 97.5 % point

Interval = tuple[float, float]


def wilson(successes: float, count: int) -> Interval:
    """Score interval of a share. `successes` out of `count` (at least 1)."""
    share = successes / count
    centre = share + Z * Z / (2 * count)
    half = Z * math.sqrt(share * (1 - share) / count + Z * Z / (4 * count * count))
    scale = 1 + Z * Z / count
    # Exact at the ends: rounding must not put the share outside its own interval.
    low = 0.0 if successes <= 0 else (centre - half) / scale
    high = 1.0 if successes >= count else (centre + half) / scale
    return low, high


def independent_difference(before: float, before_count: int, after: float, after_count: int) -> Interval:
    """Interval of the share after less the share before, from successes in two independent samples."""
    return _square_and_add(
        before / before_count,
        after / after_count,
        wilson(before, before_count),
        wilson(after, after_count),
        0.0,
    )


def paired_difference(both: int, before_only: int, after_only: int, neither: int) -> Interval:
    """Interval of the share after less the share before, where both were taken on the same samples."""
    count = both + before_only + after_only + neither
    before, after = both + before_only, both + after_only
    margins = before * (count - before) * after * (count - after)
    agreement = both * neither - before_only * after_only
    corrected = max(agreement - count / 2, 0.0) if agreement > 0 else agreement
    phi = corrected / math.sqrt(margins) if margins else 0.0
    return _square_and_add(before / count, after / count, wilson(before, count), wilson(after, count), phi)


def _square_and_add(before: float, after: float, first: Interval, second: Interval, phi: float) -> Interval:
    difference = after - before
    return (
        difference - _length(after - second[0], first[1] - before, phi),
        difference + _length(second[1] - after, before - first[0], phi),
    )


def _length(one: float, other: float, phi: float) -> float:
    return math.sqrt(max(0.0, one * one - 2 * phi * one * other + other * other))
