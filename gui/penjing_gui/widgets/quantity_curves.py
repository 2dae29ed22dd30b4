"""The lower plot: one chosen quantity by step, of the watched run and of those laid over it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from PySide6.QtCore import QObject

from penjing_gui import numbers
from penjing_gui.theme import Theme
from penjing_gui.widgets.accuracy_marks import AccuracyMarks
from penjing_gui.widgets.curve_axes import linear_ticks, nice_step
from penjing_gui.widgets.curve_cache import CurveCache, bounds
from penjing_gui.widgets.curve_figures import DrawnRun, short_name, value_at
from penjing_gui.widgets.curve_looks import Look, run_look
from penjing_gui.widgets.curve_plot import CurvePlot, dashed
from penjing_gui.widgets.curve_quantities import Quantity, quantity, usual
from penjing_gui.widgets.curve_zoom import Span
from penjing_gui.widgets.extremes import Array
from penjing_gui.widgets.loss_curves import entry
from penjing_gui.widgets.read_out import ReadOutRow

ENTRY = "quantity"


def fitted(found: Span | None) -> Span:
    """A range with round ends around values; from zero up where none is negative."""
    if found is None:
        return 0.0, 1.0
    low, high = found
    width = high - low or 0.2 * abs(high) or 1.0
    step = nice_step(width, 5)
    bottom = step * float(np.floor((low - 0.3 * step) / step))
    top = step * float(np.ceil((high + 0.3 * step) / step))
    return (max(0.0, bottom) if low >= 0 else bottom), top


def tick_text(value: float) -> str:
    """The text of a tick: thousands apart, small ones with an exponent."""
    return f"{value:,.10g}" if abs(value) >= 1e-3 or value == 0 else numbers.small(value)


class QuantityCurves(QObject):
    """Draws into a `CurvePlot` and tells the rows of its read-out. `chosen` is a series' name, "" for the usual one."""

    def __init__(self, plot: CurvePlot, theme: Theme, cache: CurveCache, hidden: set[str]) -> None:
        super().__init__(plot)
        self._plot, self._theme, self._cache = plot, theme, cache
        self.hidden = hidden
        self.chosen = ""
        self.marks = AccuracyMarks(plot, theme)
        plot.left.write = tick_text
        plot.left.set_ticks_at(partial(linear_ticks, most=6))

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours from the next drawing on."""
        self._theme = theme
        self.marks.apply_theme(theme)

    def quantity(self, run: DrawnRun) -> Quantity:
        """What is shown: what was chosen, or what such a run is judged by."""
        return quantity(self.chosen or usual(run.data.series))

    def _look(self, run: DrawnRun) -> Look:
        one = self._theme.series[0]
        return run_look(self._theme, run.slot) if run.slot else Look(dashed(one), one)

    def draw(self, runs: Sequence[DrawnRun], span: Span, whole: bool) -> None:
        """Draw the runs over a span of steps; the stages of the first only where it is the `whole` of them."""
        shown = self.quantity(runs[0])
        drawn: set[str] = set()
        values: list[Array] = []
        for run in runs:
            key = entry(run, ENTRY)
            if shown.key not in run.data.series or key in self.hidden:
                continue
            x, y, thin = self._cache.points(run, shown.key, 1, span, self._plot.pixels)
            look = self._look(run)
            dots = look.dots if shown.validated else None
            depth = 4.5 if run.slot else 5.0
            self._plot.set_curve(key, x, shown.factor * y, look.solid() if thin else look.pen, dots, depth)
            drawn.add(key)
            values.append(shown.factor * y)
        self._plot.keep_curves(drawn)
        self._plot.set_y_range(*self._range(runs[0], shown, values, whole))
        self._draw_settings(runs[0], shown)
        data = runs[0].data
        room = data.total_steps - data.step
        self.marks.show_ahead(data.step, whole and room > 0.12 * max(span[1], 1))

    def _range(self, run: DrawnRun, shown: Quantity, values: list[Array], whole: bool) -> Span:
        every = np.concatenate(values) if values else np.empty(0)
        if whole and shown.key == "val_accuracy":
            return self.marks.show_marks(every, run.data.stages)
        if whole and shown.key == "val_mse":
            return self.marks.show_marks(every, run.data.stage_errors, rising=False)
        low, high = fitted(bounds(values))
        if shown.kind == "share":
            high = min(100.0, high) if high > 100 else high
        self.marks.hide()
        self.marks.set_range(low, high)
        return low, high

    def _draw_settings(self, run: DrawnRun, shown: Quantity) -> None:
        points: list[tuple[float, float]] = []
        if shown.key == "lr" and ENTRY not in self.hidden:
            points = [(float(step), rate) for step, rate in run.data.settings]
        self._plot.set_diamonds([x for x, _ in points], [y for _, y in points])

    # --- read-out

    def rows(self, runs: Sequence[DrawnRun], step: float, at_cursor: bool) -> list[ReadOutRow]:
        """The value of each run at `step`, and what the watched run's values are compared with."""
        first, shown = runs[0], self.quantity(runs[0])
        rows = []
        series = first.data.series.get(shown.key)
        now = value_at(series, step if at_cursor else np.inf)
        on = ENTRY not in self.hidden
        if now is not None:
            look, mark = self._look(first), "dot" if shown.validated else ""
            name = self.tr("at the cursor") if at_cursor else self.tr("now")
            value = shown.text(now) if on else ""
            rows.append(ReadOutRow(name, value, look.pen, mark, look.colour, key=ENTRY, on=on))
            rows += self._compared(first, shown, now)
        laid = []
        for run in runs[1:]:
            if shown.key not in run.data.series:
                continue
            key, look = entry(run, ENTRY), self._look(run)
            value, on = "", key not in self.hidden
            if on and not (at_cursor and step > run.data.step):
                value = shown.text(value_at(run.data.series[shown.key], step if at_cursor else np.inf))
            mark = "dot" if shown.validated else ""
            laid.append(
                ReadOutRow(
                    short_name(run.name), value, look.pen, mark, look.colour, key=key, on=on, tip=run.name
                )
            )
        return [*rows, ReadOutRow(""), *laid] if rows and laid else rows + laid

    def _compared(self, run: DrawnRun, shown: Quantity, now: float) -> list[ReadOutRow]:
        data, rows = run.data, list[ReadOutRow]()
        stages = {"val_accuracy": data.stages, "val_mse": data.stage_errors}.get(shown.key, {})
        dense, values = stages.get("dense"), data.series[shown.key][1]
        if dense is not None:
            rows.append(ReadOutRow(self.tr("dense"), shown.text(dense), dashed(self._theme.text2, (2, 3))))
        if shown.kind in ("share", "error") and data.best_epoch is not None and np.isfinite(values).any():
            best = float(np.nanmax(values) if shown.kind == "share" else np.nanmin(values))
            main = shown.key in ("val_accuracy", "val_mse")
            name = self.tr("best, epoch {epoch}") if main else self.tr("best")
            rows.append(ReadOutRow(name.format(epoch=data.best_epoch), shown.text(best)))
        if dense is not None and shown.kind == "share":
            points = numbers.points_value(now - dense)
            value = self.tr("{points} points").format(points=points)
            rows.append(ReadOutRow(self.tr("to dense"), value, strong=False))
        if shown.key == "samples_per_s":
            rows.append(ReadOutRow(self.tr("median"), shown.text(float(np.nanmedian(values))), strong=False))
        return rows
