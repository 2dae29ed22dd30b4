"""Growing arrays for live curves: cheap to append to, free to look at."""

from __future__ import annotations

from typing import Any

import numpy as np

FloatArray = np.ndarray[Any, np.dtype[np.float64]]


class Curve:
    """Pairs (step, value) in order of steps. `arrays` gives views that later appends do not change."""

    def __init__(self) -> None:
        self._steps: FloatArray = np.empty(256)
        self._values: FloatArray = np.empty(256)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, step: float, value: float) -> None:
        """Add one pair; what is at this step or later already (a run that went back) goes first."""
        if self._count and self._steps[self._count - 1] >= step:
            self.cut(step - 0.5)
        if self._count == len(self._steps):
            self._grow(2 * self._count)
        self._steps[self._count] = step
        self._values[self._count] = value
        self._count += 1

    def cut(self, step: float) -> None:
        """Drop everything later than `step`. Views given out before keep what they had."""
        kept = int(np.searchsorted(self._steps[: self._count], step, side="right"))
        if kept < self._count:
            self._count = kept
            self._grow(len(self._steps))

    def arrays(self) -> tuple[FloatArray, FloatArray]:
        """Steps and values, as read-only views."""
        steps, values = self._steps[: self._count], self._values[: self._count]
        steps.flags.writeable = False
        values.flags.writeable = False
        return steps, values

    def _grow(self, capacity: int) -> None:
        steps, values = np.empty(capacity), np.empty(capacity)
        steps[: self._count] = self._steps[: self._count]
        values[: self._count] = self._values[: self._count]
        self._steps, self._values = steps, values
