"""Long curves thinned to what a screen can show, without losing a peak, at a cost that does not grow with the curve."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
BLOCK = 64  # values whose extremes are kept together


class Extremes:
    """Keeps the least and the greatest value of each block of a growing array; gaps (NaN) are passed over."""

    def __init__(self) -> None:
        self._low, self._high = np.empty(0), np.empty(0)

    def update(self, values: Array, first: int) -> None:
        """Take in `values` of which those from index `first` on are new."""
        start = first // BLOCK
        blocks = -(-len(values) // BLOCK)
        if blocks > len(self._low):
            for name in ("_low", "_high"):
                grown = np.empty(max(16, 2 * blocks))
                grown[:start] = getattr(self, name)[:start]
                setattr(self, name, grown)
        fresh = values[start * BLOCK :]
        if len(fresh):
            self._low[start:blocks] = _reduce(np.fmin, fresh, BLOCK)
            self._high[start:blocks] = _reduce(np.fmax, fresh, BLOCK)

    def line(
        self, x: Array, values: Array, low: float, high: float, pixels: float
    ) -> tuple[Array, Array, bool]:
        """The points to draw between `low` and `high` on so many pixels, and whether they are thinned.

        Where there are more than two values a pixel, each bin of values (a power of two of them, counted from the
        first, so that a growing curve does not flicker) becomes its least and its greatest value.
        """
        first = max(0, int(np.searchsorted(x, low, side="left")) - 1)
        last = min(len(x), int(np.searchsorted(x, high, side="right")) + 1)
        count = last - first
        if count <= 2 * max(1.0, pixels):
            return x[first:last], values[first:last], False
        size = 1 << int(np.log2(count / max(1.0, pixels)))
        first = first // size * size
        last = min(len(x), -(-last // size) * size)
        if size >= BLOCK:
            blocks = slice(first // BLOCK, -(-last // BLOCK))
            lows, highs, each = self._low[blocks], self._high[blocks], size // BLOCK
        else:
            lows = highs = values[first:last]
            each = size
        least, most = _reduce(np.fmin, lows, each), _reduce(np.fmax, highs, each)
        at = x[np.minimum(np.arange(first, last, size) + size // 2, last - 1)]
        points = np.empty(2 * len(least))
        points[0::2], points[1::2] = least, most
        return np.repeat(at, 2), points, True


def _reduce(extreme: np.ufunc, values: Array, size: int) -> Array:
    if size == 1:
        return values
    with np.errstate(invalid="ignore"):
        found: Array = extreme.reduceat(values, np.arange(0, len(values), size))
    return found


def on_log_axis(points: Array, thinned: bool) -> Array:
    """log10 of points; what a logarithmic axis cannot show is a gap. A bin half below zero shows its upper half."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log10(points)
    logs[~np.isfinite(logs)] = np.nan
    if thinned:
        lower, upper = logs[0::2], logs[1::2]
        np.copyto(lower, upper, where=np.isnan(lower))
    return logs
