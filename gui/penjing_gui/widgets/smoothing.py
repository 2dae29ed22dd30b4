"""Running means for noisy curves."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]


def smoothing_window(total_steps: int) -> int:
    """How many steps a smoothed curve averages: 2 % of the run, from 5 to 500."""
    return max(5, min(500, total_steps // 50))


def running_mean(values: Array, window: int) -> Array:
    """The mean of each value and the `window − 1` before it, shape as given.

    Values that are not finite are left out of the means they fall into; a window of them alone gives NaN.
    """
    if window <= 1 or len(values) == 0:
        return values
    finite = np.isfinite(values)
    sums = np.concatenate(([0.0], np.cumsum(np.where(finite, values, 0.0))))
    counts = np.concatenate(([0], np.cumsum(finite)))
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(0, ends - window)
    counted = counts[ends] - counts[starts]
    with np.errstate(invalid="ignore", divide="ignore"):
        means: Array = (sums[ends] - sums[starts]) / counted
    means[~finite] = np.nan
    return means


class GrowingCurve:
    """A curve that is smoothed and put on its axis as it grows: only what is new is computed.

    An array that is not a continuation of the last one (a run went back to a checkpoint) is computed afresh.
    """

    def __init__(self) -> None:
        self._how: tuple[int, bool] = (0, False)
        self._done = 0
        self._last = (0.0, 0.0)
        self._buffer = np.empty(0)
        self.low = np.inf
        self.high = -np.inf

    def update(self, x: Array, y: Array, window: int, logarithmic: bool) -> Array:
        """Values for the axis, as long as `y`: running means over `window`, log10 where asked; gaps are NaN.

        `low` and `high` then hold the least and greatest finite value, infinite where there is none.
        """
        done = self._done if self._continues(x, y, (window, logarithmic)) else 0
        if done == 0:
            self.low, self.high = np.inf, -np.inf
        if len(y) > len(self._buffer):
            grown = np.empty(max(256, 2 * len(y)))
            grown[:done] = self._buffer[:done]
            self._buffer = grown
        if len(y) > done:
            start = max(0, done - window + 1)
            fresh = running_mean(np.asarray(y[start:], dtype=float), window)[done - start :]
            if logarithmic:
                with np.errstate(divide="ignore", invalid="ignore"):
                    fresh = np.log10(fresh)
            finite = np.isfinite(fresh)
            if finite.any():
                self.low = min(self.low, float(fresh[finite].min()))
                self.high = max(self.high, float(fresh[finite].max()))
            self._buffer[done : len(y)] = np.where(finite, fresh, np.nan)
            self._last = (float(x[-1]), float(y[-1]))
        self._done, self._how = len(y), (window, logarithmic)
        return self._buffer[: len(y)]

    def _continues(self, x: Array, y: Array, how: tuple[int, bool]) -> bool:
        done = self._done
        if how != self._how or len(y) < done or done == 0:
            return False
        return (float(x[done - 1]), repr(float(y[done - 1]))) == (self._last[0], repr(self._last[1]))
