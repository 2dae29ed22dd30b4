"""How long a redraw of the live curves takes with a million points.

The widget stands at its usual size on the offscreen platform. Each measured redraw is an append of a few steps: from
`show_data` with the longer arrays to the end of the paint that it asked for (the viewport is painted at once, not in
its turn). Measured are one curve, one with smoothing, and three runs laid over each other with smoothing, all whole
and zoomed. Then what is not appending: changing the span, the scale and the strength, and the first drawing.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtWidgets import QApplication

from penjing_gui import theme as themes
from penjing_gui.theme import LIGHT
from penjing_gui.widgets.curve_figures import CurveData, DrawnRun
from penjing_gui.widgets.live_curves import LiveCurves

LIMIT_MS = 16.0
APPENDED = 30  # steps between two redraws: a fast run at thirty views a second
SIZE = (828, 440)  # of the pane at 1440 × 900


def run(points: int, seed: int) -> CurveData:
    """A noisy falling loss of so many steps, validated fifty times."""
    x = np.arange(1.0, points + 1)
    noise = np.random.default_rng(seed).uniform(0.8, 1.25, points)
    loss = (3 * np.exp(-x / points * 5) + 0.1) * noise
    ends = np.linspace(points / 50, points, 50).round()
    series = {
        "loss": (x, loss),
        "val_loss": (ends, 3 * np.exp(-ends / points * 5) + 0.2),
        "val_accuracy": (ends, 0.98 - 0.5 * np.exp(-ends / points * 5)),
    }
    return CurveData(series, points, points, 50, ends)


def cut(data: CurveData, step: int) -> CurveData:
    """The run as it was at an earlier step."""
    series = {}
    for key, (x, y) in data.series.items():
        end = int(x.searchsorted(step, side="right"))
        series[key] = (x[:end], y[:end])
    return CurveData(series, step, data.total_steps, 50, data.checkpoints, running=True)


class Bench:
    """One widget, and the times of what is done with it."""

    def __init__(self, app: QApplication, points: int, redraws: int) -> None:
        self._app, self._redraws = app, redraws
        self.whole = run(points, 0)
        self.points = points
        self.curves = LiveCurves(LIGHT)
        self.curves.resize(*SIZE)
        self.curves.show()
        app.processEvents()

    def painted(self, act: Callable[[], object]) -> float:
        """Milliseconds from the call to the end of the paint."""
        start = time.perf_counter()
        act()
        for plot in (self.curves.loss, self.curves.below):
            plot.viewport().repaint()
        for values in (self.curves.loss_values, self.curves.below_values):
            values.repaint()
        return 1000 * (time.perf_counter() - start)

    def appends(self, name: str, last: tuple[int, int] | None = None) -> float:
        """Redraw after each of many appends; prints and gives the median in milliseconds."""
        begin = self.points - self._redraws * APPENDED
        self.curves.show_data(cut(self.whole, begin))
        self.curves.set_span(last)
        self._app.processEvents()
        times = []
        for index in range(1, self._redraws + 1):
            snapshot = cut(self.whole, begin + index * APPENDED)
            times.append(self.painted(lambda snapshot=snapshot: self.curves.show_data(snapshot)))  # type: ignore[misc]
            self._app.processEvents()
        median = statistics.median(times)
        print(f"{name:44} median {median:6.2f} ms, 99th percentile {np.percentile(times, 99):6.2f} ms")
        return median

    def once(self, name: str, act: Callable[[], object]) -> None:
        """Do one thing and print how long it took until it was painted."""
        took = self.painted(act)
        self._app.processEvents()
        print(f"{name:44}        {took:6.2f} ms")


def main() -> int:
    """Measure; 1 where the single curve takes too long in the median."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--redraws", type=int, default=200)
    arguments = parser.parse_args()
    app = QApplication.instance() or QApplication(["penjing"])
    assert isinstance(app, QApplication)
    themes.apply(app, LIGHT)
    bench = Bench(app, arguments.points, arguments.redraws)
    curves, points = bench.curves, arguments.points
    print(f"{points:,} points, {SIZE[0]} × {SIZE[1]} pixels, {APPENDED} steps appended before each redraw")
    curves.set_strength("off")
    single = bench.appends("one curve")
    curves.set_strength("light")
    smoothed = bench.appends("one curve, smoothed over the pale one")
    bench.appends("the same, the last tenth of it", (round(0.9 * points), points))
    bench.appends("the same, the last 2,000 steps", (points - 2000, points))
    curves.set_overlays([DrawnRun(str(slot), f"run {slot}", run(points, slot), slot) for slot in (1, 2)])
    app.processEvents()
    bench.appends("three runs, smoothed over the pale ones")
    curves.set_strength("strong")
    bench.appends("the same, strongly smoothed")
    bench.once("change to a tenth of the steps", lambda: curves.set_span((0.4 * points, 0.5 * points)))
    bench.once("change to the whole run", lambda: curves.set_span(None))
    bench.once("change to a linear axis", lambda: curves.set_logarithmic(False))
    bench.once("change to light smoothing, three runs", lambda: curves.set_strength("light"))
    curves.set_overlays([])
    app.processEvents()
    other = run(points, 9)
    bench.once("first drawing of another million", lambda: curves.show_data(other, "other"))
    ok = single <= LIMIT_MS
    print(
        f"limit for one curve: {LIMIT_MS:.0f} ms; {'kept' if ok else 'missed'}; smoothed: {smoothed:.2f} ms"
    )
    curves.close()
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
