"""Time left, from the times of steps and of what stands between epochs, with its spread. No Qt."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

import numpy as np

LEAST_STEPS = 10
LEAST_SPREAD = 0.03  # of the estimate: a computer's speed is never steadier than this
_RECENT = 400  # steps whose pace counts
_EPOCHS = 20  # epochs that are remembered
_BLOCKS = 8
# Two-sided 95 % quantiles of Student's t by degrees of freedom, 1 to 7, and beyond.
_T95 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365)
_T95_MANY = 2.1

Estimate = tuple[float, float, float]


def _half_width(values: Sequence[float]) -> float:
    """Half of the 95 % interval of the mean (Student's), 0 for fewer than two values."""
    if len(values) < 2:
        return 0.0
    degrees = len(values) - 1
    quantile = _T95[degrees - 1] if degrees <= len(_T95) else _T95_MANY
    return quantile * float(np.std(values, ddof=1)) / math.sqrt(len(values))


def pace(gaps: Sequence[float]) -> tuple[float, float]:
    """Seconds a step, and half of the 95 % interval of that mean.

    The steps are cut into up to eight blocks of equal length and Student's interval is taken on the blocks' means:
    neighbouring steps are alike, and so are not as many measurements as they are steps.
    """
    times = np.asarray(gaps, dtype=np.float64)
    blocks = min(_BLOCKS, len(times) // 2)
    if blocks < 2:
        return float(times.mean()) if len(times) else 0.0, 0.0
    length = len(times) // blocks
    means = times[len(times) - blocks * length :].reshape(blocks, length).mean(axis=1)
    return float(times.mean()), _half_width(means.tolist())


class Forecast:
    """Learns from the run's events how long a step takes, and how long the pause between two epochs.

    What is written between two steps is told by `between`. After an epoch's end the time until the next step belongs to
    that end (validation, checkpoint) and not to the step; what happens now and then within epochs slows the steps.
    """

    def __init__(self) -> None:
        self._gaps: deque[float] = deque(maxlen=_RECENT)
        self._extras: deque[float] = deque(maxlen=_EPOCHS)
        self._paces: deque[float] = deque(maxlen=_EPOCHS)  # seconds a step, of whole epochs
        self._epoch: list[float] = []
        self.begin()

    def begin(self) -> None:
        """A process begins (anew): nothing that was measured before holds."""
        self._gaps.clear()
        self._extras.clear()
        self._paces.clear()
        self._epoch = []
        self.rest()

    def rest(self) -> None:
        """The run waits: the time until the next step is nobody's."""
        self._last: float | None = None
        self._other = self._ended = False

    def between(self, epoch_end: bool = False) -> None:
        """Something else than a step happened; `epoch_end` where it was an epoch's validation."""
        self._other = True
        self._ended = self._ended or epoch_end

    def step(self, t: float) -> float | None:
        """A step ended. The seconds it took, None where they are not known by themselves."""
        gap = None if self._last is None else max(0.0, t - self._last)
        alone = not self._other
        if gap is not None:
            if self._ended and self._epoch:
                self._extras.append(max(0.0, gap - float(np.mean(self._epoch))))
            elif self._ended:  # an epoch of one step: its end cannot be told from it
                self._extras.append(0.0)
                self._gaps.append(gap)
            else:
                self._gaps.append(gap)
                self._epoch.append(gap)
        if self._ended:
            if len(self._epoch) > 1:
                self._paces.append(float(np.mean(self._epoch)))
            self._epoch = []
        self._last = t
        self._other = self._ended = False
        return gap if alone else None

    @property
    def speed(self) -> float | None:
        """Steps a second of late, None before two."""
        if not self._gaps:
            return None
        mean = float(np.mean(self._gaps))
        return 1.0 / mean if mean > 0 else None

    def left(self, steps: int, epochs: int, now: float, extra: float | None = None) -> Estimate | None:
        """Seconds left as (estimate, low, high) for so many steps and ends of epochs; None before ten steps.

        `extra` is how long an epoch's end takes where none was seen yet (a validation before training, for instance).
        The spread is that of the recent steps, or of the epochs among themselves where that is wider.
        """
        if len(self._gaps) + 1 < LEAST_STEPS or steps < 0 or self._last is None:
            return None
        mean, error = pace(self._gaps)
        error = max(error, _half_width(self._paces))
        ends = np.asarray(self._extras) if self._extras else np.asarray([extra or 0.0])
        each, wide = float(ends.mean()), _half_width(ends.tolist())
        if not self._extras:
            wide = each  # not seen yet: it may be nothing, or twice as much
        passed = max(0.0, now - self._last)
        whole = mean * steps + each * epochs
        spread = max(math.hypot(error * steps, wide * epochs), LEAST_SPREAD * whole)
        middle = max(0.0, whole - passed)
        low = max(0.0, whole - spread - passed)
        return middle, min(low, middle), max(middle, whole + spread - passed)
