"""Running means for noisy curves."""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np

from penjing_gui.widgets.extremes import Extremes

Array = np.ndarray[Any, np.dtype[np.float64]]
Strength = Literal["off", "light", "strong"]
STRENGTHS: tuple[Strength, ...] = get_args(Strength)
# part of the run that a mean is taken over, in percent; and its least and greatest number of steps
_WINDOWS: dict[str, tuple[int, int, int]] = {"light": (2, 5, 500), "strong": (8, 15, 5000)}


def smoothing_window(total_steps: int, strength: Strength = "light") -> int:
    """How many steps a smoothed curve averages: 2 % of the run, from 5 to 500; strongly 8 %, from 15 to 5,000."""
    if strength == "off":
        return 1
    percent, least, most = _WINDOWS[strength]
    return max(least, min(most, total_steps * percent // 100))


def running_mean(values: Array, window: int) -> Array:
    """The mean over `window` values around each (fewer at the ends), shape as given.

    Values that are not finite are left out of the means they fall into, and stay gaps (NaN) themselves.
    """
    half = window // 2
    if half < 1 or len(values) == 0:
        return values
    finite = np.isfinite(values)
    if finite.all():
        counts = np.full(len(values), 2.0 * half + 1)
        missing = half - np.arange(min(half, len(values)))  # neighbours that are not there, at either end
        counts[: len(missing)] -= missing
        counts[len(values) - len(missing) :] -= missing[::-1]
        means: Array = _window_sums(values, half) / counts
        return means
    with np.errstate(invalid="ignore", divide="ignore"):
        sums = _window_sums(np.where(finite, values, 0.0), half)
        means = sums / _window_sums(finite.astype(np.float64), half)
    means[~finite] = np.nan
    return means


def _window_sums(values: Array, half: int) -> Array:
    """Sums over `half` values to both sides and the one between; by slices, which is faster than by indices."""
    count = len(values)
    sums = np.zeros(count + 1)
    np.cumsum(values, out=sums[1:])
    inner = max(0, count - half)
    result = np.full(count, sums[count])
    result[:inner] = sums[half + 1 : half + 1 + inner]
    result[half:] -= sums[:inner]
    return result


class GrowingCurve:
    """A curve that is smoothed and thinned as it grows: only what is new or near it is computed.

    An array that is not a continuation of the last one (a run went back to a checkpoint) is computed afresh.
    """

    def __init__(self) -> None:
        self._window = 0
        self._done = 0
        self._last = ("", "")
        self._buffer = np.empty(0)
        self._x = self._values = np.empty(0)
        self._extremes = Extremes()

    def update(self, x: Array, y: Array, window: int) -> Array:
        """Running means over `window`, as long as `y`; gaps are NaN."""
        done = self._done if self._continues(x, y, window) else 0
        count, first = len(y), done
        if window <= 1:
            self._values = y
        elif count > done:
            if count > len(self._buffer):
                grown = np.empty(max(256, 2 * count))
                grown[:done] = self._buffer[:done]
                self._buffer = grown
            half = window // 2
            first = max(0, done - half)  # means that were cut short at the old end
            start = max(0, first - half)
            fresh = running_mean(np.asarray(y[start:], dtype=float), window)
            self._buffer[first:count] = fresh[first - start :]
        if window > 1:
            self._values = self._buffer[:count]
        if count > done:
            self._extremes.update(self._values, first)
            self._last = (repr(float(x[-1])), repr(float(y[-1])))
        self._x, self._done, self._window = x, count, window
        return self._values

    def line(self, low: float, high: float, pixels: float) -> tuple[Array, Array, bool]:
        """What to draw from step `low` to `high` on so many pixels, and whether it is thinned."""
        x, y, thinned = self._extremes.line(self._x, self._values, low, high, pixels)
        return x, np.where(np.isfinite(y), y, np.nan), thinned

    def value(self, index: int) -> float:
        """The smoothed value at an index."""
        return float(self._values[index])

    def _continues(self, x: Array, y: Array, window: int) -> bool:
        done = self._done
        if window != self._window or len(y) < done or done == 0:
            return False
        return (repr(float(x[done - 1])), repr(float(y[done - 1]))) == self._last
