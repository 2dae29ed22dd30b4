"""The upper plot: the loss and its parts, of the watched run and of those laid over it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QObject

from penjing_gui.theme import Theme
from penjing_gui.widgets.curve_axes import linear_text, linear_ticks, log_text, log_ticks, nice_step
from penjing_gui.widgets.curve_cache import CurveCache, bounds
from penjing_gui.widgets.curve_figures import DrawnRun, loss_parts, loss_text, short_name, thinned
from penjing_gui.widgets.curve_looks import FAINT_BESIDE_OTHERS, Look, run_look, term_looks
from penjing_gui.widgets.curve_plot import CurvePlot
from penjing_gui.widgets.curve_zoom import Span
from penjing_gui.widgets.extremes import Array
from penjing_gui.widgets.read_out import ReadOutRow
from penjing_gui.widgets.smoothing import Strength, smoothing_window

UNSMOOTHED = "unsmoothed"


def entry(run: DrawnRun, term: str) -> str:
    """The key of a curve in the legend."""
    return f"{run.key}/{term}" if run.slot else term


class LossCurves(QObject):
    """Draws into a `CurvePlot` and tells the rows of its read-out. `hidden` are the entries that are switched off."""

    def __init__(self, plot: CurvePlot, theme: Theme, cache: CurveCache, hidden: set[str]) -> None:
        super().__init__(plot)
        self._plot, self._theme, self._cache = plot, theme, cache
        self.hidden = hidden
        self.logarithmic = True
        self.strength: Strength = "light"
        self._shown: object = None
        self._checkpoints = pg.ScatterPlotItem(symbol="t", size=9, pen=pg.mkPen(None))
        self._checkpoints.setZValue(20)
        plot.addItem(self._checkpoints, ignoreBounds=True)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours from the next drawing on."""
        self._theme = theme
        self._checkpoints.setBrush(pg.mkBrush(theme.ghost))

    def _window(self, run: DrawnRun, term: str) -> int:
        return 1 if term == "val_loss" else smoothing_window(run.data.total_steps, self.strength)

    def _terms(self, run: DrawnRun) -> Iterator[tuple[str, Look]]:
        """The losses of a run in the order of the legend, with their looks; of one laid over the totals alone."""
        series = run.data.series
        parts = [] if run.slot else loss_parts(series)
        looks = term_looks(self._theme, parts)
        for term in ("val_loss", "loss", *parts):
            if term in series:
                yield term, run_look(self._theme, run.slot) if run.slot else looks[term]

    def terms(self, run: DrawnRun) -> list[str]:
        """The losses of a run that are shown."""
        return [term for term, _ in self._terms(run) if entry(run, term) not in self.hidden]

    # --- drawing

    def draw(self, runs: Sequence[DrawnRun], span: Span, whole: bool) -> None:
        """Draw the runs over a span of steps; `whole` is the whole of them, from zero on a linear axis."""
        drawn: set[str] = set()
        values: list[Array] = []
        pixels = self._plot.pixels

        def one(key: str, run: DrawnRun, term: str, window: int, look: Look, depth: float) -> None:
            x, y, thin = self._cache.points(run, term, window, span, pixels, self.logarithmic)
            faint = key.endswith(f" {UNSMOOTHED}")
            beneath = look.faint(FAINT_BESIDE_OTHERS) if len(runs) > 1 else look.faint()
            pen = beneath if faint else look.solid() if thin and window == 1 else look.pen
            dots = look.dots if term == "val_loss" else None
            self._plot.set_curve(key, x, y, pen, dots, depth)
            drawn.add(key)
            values.append(y)

        for run in runs:
            shown = self.terms(run)
            for term, look in self._terms(run):
                if term not in shown:
                    continue
                window = self._window(run, term)
                pale = term == "loss" or "loss" not in shown
                if window > 1 and pale and UNSMOOTHED not in self.hidden:
                    one(f"{entry(run, term)} {UNSMOOTHED}", run, term, 1, look, 1)
                depth = 5.0 if term == "val_loss" else 3.0
                one(entry(run, term), run, term, window, look, depth - (0.5 if run.slot else 0.0))
        self._plot.keep_curves(drawn)
        self._plot.set_y_range(*self._range(bounds(values), whole))
        self._draw_marks(runs[0], span)
        write = log_text if self.logarithmic else linear_text
        if self._plot.left.write is not write:
            self._plot.left.write = write
            self._plot.left.set_ticks_at(log_ticks if self.logarithmic else linear_ticks)

    def _range(self, found: Span | None, whole: bool) -> Span:
        if found is None:
            return (-1.0, 1.0) if self.logarithmic else (0.0, 1.0)
        low, high = found
        if self.logarithmic:
            # tenths of a decade, so that the axis rests while values wander
            tenths = 10 if high - low > 0.3 else 50
            low, high = np.floor(tenths * low - 0.5) / tenths, np.ceil(tenths * high + 0.5) / tenths
            return float(low), float(high)
        if whole:
            low = min(0.0, low)
        step = nice_step(high - low, 10) if high > low else nice_step(abs(high) or 1.0, 10)
        low = float(np.floor(low / step) * step)
        return low, max(float(np.ceil(high / step) * step), low + step)

    def _draw_marks(self, run: DrawnRun, span: Span) -> None:
        """Triangles at checkpoints, diamonds where a learning rate was set by hand."""
        data, (low, high) = run.data, self._plot.y_range
        foot = low + 0.022 * (high - low)
        shown = (len(data.checkpoints), foot, span, tuple(data.checkpoints[-1:]))
        if shown != self._shown:
            self._shown = shown
            inside = data.checkpoints[(data.checkpoints >= span[0]) & (data.checkpoints <= span[1])]
            steps = thinned(inside, 0.025 * (span[1] - span[0]))
            self._checkpoints.setData(steps, np.full(len(steps), foot))
        points = [(float(step), self._mark_height(run, step, foot)) for step, _ in data.settings]
        self._plot.set_diamonds([x for x, _ in points], [y for _, y in points])

    def _mark_height(self, run: DrawnRun, step: int, foot: float) -> float:
        if "loss" not in self.terms(run):
            return foot
        value = self._cache.value(run, "loss", self._window(run, "loss"), step)
        if value is None or not np.isfinite(value) or (self.logarithmic and value <= 0):
            return foot
        return float(np.log10(value)) if self.logarithmic else value

    # --- read-out

    def rows(self, runs: Sequence[DrawnRun], step: float, at_cursor: bool) -> list[ReadOutRow]:
        """A row for each curve with its value at `step`, and what the marks mean."""
        first = runs[0]
        rows = [self._row(first, term, look, step, at_cursor) for term, look in self._terms(first)]
        for run in runs[1:]:
            laid = [
                self._row(run, term, look, step, at_cursor) for term, look in reversed([*self._terms(run)])
            ]
            rows += [ReadOutRow(""), *laid] if laid else []
        if not rows:
            return rows
        data = first.data
        extra: list[ReadOutRow] = []
        if len(data.checkpoints):
            last = f"{data.checkpoints[-1]:,.0f}"
            colour = self._theme.ghost
            extra.append(ReadOutRow(self.tr("checkpoint"), last, None, "down", colour, strong=False))
        set_before = [rate for at, rate in data.settings if at <= step]
        if set_before:
            value, tip = f"{set_before[-1]:.4g}", self.tr("Learning rate that was set by hand")
            row = ReadOutRow(
                self.tr("rate set"), value, None, "diamond", self._theme.text, strong=False, tip=tip
            )
            extra.append(row)
        if self.strength != "off" and "loss" in data.series:
            pen = term_looks(self._theme, ())["loss"].faint(130)
            on = UNSMOOTHED not in self.hidden
            extra.append(ReadOutRow(self.tr("unsmoothed"), "", pen, strong=False, key=UNSMOOTHED, on=on))
        return [*rows, ReadOutRow(""), *extra] if extra else rows

    def _row(self, run: DrawnRun, term: str, look: Look, step: float, at_cursor: bool) -> ReadOutRow:
        on = entry(run, term) not in self.hidden
        value = None
        if on and not (run.slot and at_cursor and step > run.data.step):  # that run has not come so far
            value = self._cache.value(run, term, self._window(run, term), step if at_cursor else np.inf)
        mark = "dot" if term == "val_loss" else ""
        name, tip = self._name(run, term)
        return ReadOutRow(
            name, loss_text(value), look.pen, mark, look.colour, key=entry(run, term), on=on, tip=tip
        )

    def _name(self, run: DrawnRun, term: str) -> tuple[str, str]:
        """The name of a curve, and in full where that is longer."""
        if run.slot:
            if term == "val_loss":
                return self.tr("its validation"), self.tr("{run}, validation").format(run=run.name)
            return short_name(run.name), self.tr("{run}, train").format(run=run.name)
        names = {
            "val_loss": self.tr("validation"),
            "loss": self.tr("train, total") if loss_parts(run.data.series) else self.tr("train"),
            "ce": self.tr("train, CE"),
            "kd": self.tr("train, KD"),
        }
        return names.get(term) or self.tr("train, {part}").format(part=term), ""
