"""Learning rate as a function of the step alone, so that a resumed run needs no scheduler state."""

from __future__ import annotations

import math


def learning_rate(base: float, schedule: str, step: int, total_steps: int) -> float:
    """The rate for the 0-based `step` of `total_steps`: constant, or half a cosine down to zero
    (Loshchilov and Hutter 2017, arXiv:1608.03983, without restarts)."""
    if schedule == "constant" or total_steps <= 1:
        return base
    return base * 0.5 * (1 + math.cos(math.pi * min(step, total_steps) / total_steps))
