"""The curves of all runs that are drawn, each kept smoothed and thinned as it grows."""

from __future__ import annotations

import numpy as np

from penjing_gui.widgets.curve_figures import DrawnRun, Series
from penjing_gui.widgets.curve_zoom import Span
from penjing_gui.widgets.extremes import Array, on_log_axis
from penjing_gui.widgets.smoothing import GrowingCurve


class CurveCache:
    """Gives the points to draw for a series of a run, and its value at a step."""

    def __init__(self) -> None:
        self._curves: dict[tuple[str, str, bool], GrowingCurve] = {}

    def keep(self, runs: set[str]) -> None:
        """Forget the runs that are not named."""
        for key in [key for key in self._curves if key[0] not in runs]:
            del self._curves[key]

    def _curve(self, run: DrawnRun, name: str, window: int) -> GrowingCurve:
        curve = self._curves.setdefault((run.key, name, window > 1), GrowingCurve())
        x, y = run.data.series[name]
        curve.update(x, y, window)
        return curve

    def points(
        self, run: DrawnRun, name: str, window: int, span: Span, pixels: float, logarithmic: bool = False
    ) -> tuple[Array, Array, bool]:
        """Steps and values to draw over a span, thinned to so many pixels; and whether they are thinned."""
        x, y, thinned = self._curve(run, name, window).line(*span, pixels)
        return x, on_log_axis(y, thinned) if logarithmic else y, thinned

    def value(self, run: DrawnRun, name: str, window: int, step: float) -> float | None:
        """The value at or before a step as it is drawn; the raw one where that is a gap, to say which."""
        x, y = run.data.series[name]
        index = int(np.searchsorted(x, step, side="right")) - 1
        if index < 0:
            return None
        raw = float(y[index])
        return self._curve(run, name, window).value(index) if np.isfinite(raw) else raw


def bounds(curves: list[Array]) -> Span | None:
    """The least and the greatest finite value of all, None where there is none."""
    found = [curve[np.isfinite(curve)] for curve in curves]
    found = [curve for curve in found if len(curve)]
    if not found:
        return None
    return min(float(one.min()) for one in found), max(float(one.max()) for one in found)


def last_step(series: Series) -> float:
    """The last step of a series, 0 for an empty one."""
    return float(series[0][-1]) if len(series[0]) else 0.0
