"""Running means for noisy curves."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]


def smoothing_window(total_steps: int) -> int:
    """How many steps a smoothed curve averages: 2 % of the run, from 5 to 500."""
    return max(5, min(500, total_steps // 50))


def running_mean(values: Array, window: int) -> Array:
    """The mean over `window` values around each (fewer at the ends), shape as given.

    Values that are not finite are left out of the means they fall into, and stay gaps (NaN) themselves.
    """
    half = window // 2
    if half < 1 or len(values) == 0:
        return values
    finite = np.isfinite(values)
    sums = np.concatenate(([0.0], np.cumsum(np.where(finite, values, 0.0))))
    counts = np.concatenate(([0], np.cumsum(finite)))
    at = np.arange(len(values))
    starts, ends = np.maximum(0, at - half), np.minimum(len(values), at + half + 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        means: Array = (sums[ends] - sums[starts]) / (counts[ends] - counts[starts])
    means[~finite] = np.nan
    return means


class GrowingCurve:
    """A curve that is smoothed and put on its axis as it grows: only what is new or near it is computed.

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

        `low` and `high` then hold the least and greatest finite value so far, infinite where there is none.
        """
        done = self._done if self._continues(x, y, (window, logarithmic)) else 0
        if done == 0:
            self.low, self.high = np.inf, -np.inf
        if len(y) > len(self._buffer):
            grown = np.empty(max(256, 2 * len(y)))
            grown[:done] = self._buffer[:done]
            self._buffer = grown
        if len(y) > done:
            half = window // 2
            first = max(0, done - half)  # means that were cut short at the old end
            start = max(0, first - half)
            fresh = running_mean(np.asarray(y[start:], dtype=float), window)[first - start :]
            if logarithmic:
                with np.errstate(divide="ignore", invalid="ignore"):
                    fresh = np.log10(fresh)
            finite = np.isfinite(fresh)
            if finite.any():
                self.low = min(self.low, float(fresh[finite].min()))
                self.high = max(self.high, float(fresh[finite].max()))
            self._buffer[first : len(y)] = np.where(finite, fresh, np.nan)
            self._last = (float(x[-1]), float(y[-1]))
        self._done, self._how = len(y), (window, logarithmic)
        return self._buffer[: len(y)]

    def value(self, index: int) -> float:
        """The smoothed value at an index, in the curve's own unit."""
        value = float(self._buffer[index])
        return 10.0**value if self._how[1] else value

    def _continues(self, x: Array, y: Array, how: tuple[int, bool]) -> bool:
        done = self._done
        if how != self._how or len(y) < done or done == 0:
            return False
        return (float(x[done - 1]), repr(float(y[done - 1]))) == (self._last[0], repr(self._last[1]))
