"""Time left, from the times of recent steps, with its spread. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

LEAST_STEPS = 10
LEAST_SPREAD = 0.03  # of the estimate: a computer's speed is never steadier than this
_BLOCKS = 8
# Two-sided 95 % quantiles of Student's t by degrees of freedom, 1 to 7.
_T95 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365)

Estimate = tuple[float, float, float]


def speed(times: Sequence[float]) -> float | None:
    """Steps a second over the given times of steps (seconds, ascending); None for fewer than two."""
    if len(times) < 2 or times[-1] <= times[0]:
        return None
    return (len(times) - 1) / (times[-1] - times[0])


def time_left(times: Sequence[float], steps_left: int, now: float | None = None) -> Estimate | None:
    """Seconds left as (estimate, low, high), or None ("measuring") before ten steps.

    The recent steps are cut into up to eight blocks of equal length; the 95 % interval is Student's on the
    blocks' means, which keeps what happens once in a while (a validation, a checkpoint) inside the mean and
    lets it widen the spread. `now` takes off what has passed since the last step.
    """
    gaps = np.diff(np.asarray(times, dtype=np.float64))
    if len(gaps) + 1 < LEAST_STEPS or steps_left < 0:
        return None
    mean = float(gaps.mean())
    blocks = min(_BLOCKS, len(gaps) // 2)
    length = len(gaps) // blocks
    means = gaps[len(gaps) - blocks * length :].reshape(blocks, length).mean(axis=1)
    error = _T95[blocks - 2] * float(means.std(ddof=1)) / math.sqrt(blocks)
    spread = max(error, LEAST_SPREAD * mean)
    passed = 0.0 if now is None else max(0.0, now - float(times[-1]))
    middle = max(0.0, mean * steps_left - passed)
    low = max(0.0, (mean - spread) * steps_left - passed)
    high = max(middle, (mean + spread) * steps_left - passed)
    return middle, min(low, middle), high
