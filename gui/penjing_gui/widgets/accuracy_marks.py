"""Marks in the plot of accuracy (or error): the dense model's level, and where pruning and recalibration left it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QObject
from PySide6.QtGui import QColor, QFontMetricsF

from penjing_gui import numbers
from penjing_gui.theme import Theme, font
from penjing_gui.widgets.curve_axes import nice_step
from penjing_gui.widgets.curve_plot import Array, CurvePlot, dashed


def accuracy_range(values: Array, stages: Mapping[str, float]) -> tuple[float, float]:
    """The vertical range in percent: the curve and the dense level always, other stages where they are near.

    A stage that lies further below than the range is high is left outside and marked at the edge.
    """
    finite = values[np.isfinite(values)]
    held = []
    if len(finite):
        # a first epoch far below the others would flatten them: the curve may come in from under the scale
        middle, best = float(np.median(finite)), float(finite.max())
        held = [max(float(finite.min()), middle - 3 * (best - middle) - 5), best]
    dense = stages.get("dense")
    if dense is not None:
        held.append(100 * dense)
    if not held:
        return 0.0, 100.0
    low, high = min(held), max(held)
    for stage in ("recalibrated", "pruned"):
        value = stages.get(stage)
        if value is not None and 100 * value >= low - max(5.0, 1.2 * (high - low)):
            low, high = min(low, 100 * value), max(high, 100 * value)
    step = max(1.0, nice_step(high - low, 5)) if high - low > 1.5 else nice_step(max(high - low, 0.5), 5)
    low = step * np.floor((low - 0.3 * step) / step)
    high = step * np.ceil((high + 0.3 * step) / step)
    high = min(100.0, max(high, low + 3 * step))
    inside = [100 * value for value in stages.values() if 100 * value >= low]
    nearest = min([*inside, *(value for value in finite if value >= low)], default=high)
    outside = sum(100 * value < low for value in stages.values())
    # What is marked at the edge is written there, a line each: what is drawn stands clear of the lines.
    while outside and low > 0 and nearest - low < (0.06 + 0.14 * outside) * (high - low):
        low = max(0.0, low - step)
    return float(max(0.0, low)), float(high)


def error_range(values: Array, stages: Mapping[str, float]) -> tuple[float, float]:
    """The same for an error, of which less is better: a stage far above is left outside and marked at the edge."""
    finite = values[np.isfinite(values)]
    held = []
    if len(finite):
        middle, best = float(np.median(finite)), float(finite.min())
        held = [best, min(float(finite.max()), middle + 3 * (middle - best) + 0.05 * abs(middle))]
    dense = stages.get("dense")
    if dense is not None:
        held.append(dense)
    if not held:
        return 0.0, 1.0
    low, high = min(held), max(held)
    reach = 1.2 * (high - low) or 0.2 * abs(high)
    high = max([high, *(value for value in stages.values() if value <= high + reach)])
    step = nice_step(max(high - low, 0.05 * abs(high)) or 1.0, 5)
    low, high = (
        max(0.0, step * np.floor((low - 0.3 * step) / step)),
        step * np.ceil((high + 0.3 * step) / step),
    )
    outside = sum(value > high for value in stages.values())
    return float(low), float(high + (step * min(2, outside)))


class AccuracyMarks(QObject):
    """Owns the items; the plot draws them."""

    def __init__(self, plot: CurvePlot, theme: Theme) -> None:
        super().__init__(plot)
        self._dense = pg.InfiniteLine(angle=0)
        self._drop = pg.PlotDataItem()
        self._points = pg.ScatterPlotItem()
        self._points.setZValue(40)
        self._plot = plot
        self._texts = {key: pg.TextItem(anchor=(0, 0.5)) for key in ("recalibrated", "pruned", "ahead")}
        self.words: dict[str, str] = {}
        for item in (self._dense, self._drop, self._points, *self._texts.values()):
            item.setVisible(False)
            plot.addItem(item, ignoreBounds=True)
        self._range = (0.0, 100.0)
        self._spots: list[dict[str, object]] = []
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._theme = theme
        self._dense.setPen(dashed(theme.text2, (1, 3)))
        self._drop.setPen(dashed(theme.series[1], (1, 3)))
        veil = QColor(theme.base)
        veil.setAlpha(190)
        for key, text in self._texts.items():
            text.setColor(theme.text2 if key == "ahead" else theme.text)
            text.setFont(font(-1))
            if key != "ahead":
                text.fill = pg.mkBrush(veil)  # readable where a curve passes
                text.setZValue(38)  # under the marks, over the curves

    def hide(self) -> None:
        """Show no stage: another quantity is drawn, or only some of the steps."""
        self.words = {}
        for item in (
            self._dense,
            self._drop,
            self._points,
            self._texts["recalibrated"],
            self._texts["pruned"],
        ):
            item.setVisible(False)

    def set_range(self, low: float, high: float) -> None:
        """Tell the vertical range where no stages are shown."""
        self._range = (low, high)

    def show_marks(
        self, values: Array, stages: Mapping[str, float], rising: bool = True
    ) -> tuple[float, float]:
        """Place the marks for a curve of `values`; return the vertical range.

        Accuracies are `rising`: values in percent and stages as shares. Otherwise both are errors.
        """
        find = accuracy_range if rising else error_range
        low, high = self._range = find(values, stages)
        scale = 100.0 if rising else 1.0
        dense = stages.get("dense")
        self._dense.setVisible(dense is not None)
        if dense is not None:
            self._dense.setValue(scale * dense)
        spots: list[dict[str, object]] = []
        at: dict[str, float] = {}
        self.words = {}
        for stage, symbol, colour in (
            ("recalibrated", "o", self._theme.series[2]),
            ("pruned", "t", self._theme.series[1]),
        ):
            value = stages.get(stage)
            text = self._texts[stage]
            text.setVisible(value is not None)
            if value is None:
                continue
            inside = scale * value >= low if rising else value <= high
            edge = 0.05 * (high - low)
            at[stage] = y = max(scale * value, low + edge) if rising else min(value, high - edge)
            spots.append(
                {
                    "pos": (0.0, y),
                    "symbol": symbol if inside else "t" if rising else "t1",
                    "size": 9,
                    "pen": pg.mkPen(colour, width=1.5),
                    "brush": pg.mkBrush(self._theme.base if symbol == "o" and inside else colour),
                }
            )
            sentence = self._sentence(stage, f"{100 * value:.1f}" if rising else numbers.figure(value))
            if not inside:
                outside = self.tr("{mark}, below the scale") if rising else self.tr("{mark}, above the scale")
                sentence = outside.format(mark=sentence)
            self.words[stage] = sentence
            if text.toPlainText() != "  " + sentence:
                text.setPlainText("  " + sentence)
            beside = self._clear_of_curve(y, values, low, high) if rising else y
            half = self._line(low, high) / 2
            text.setPos(0.0, min(max(beside, low + half), high - half))
        self._points.setVisible(bool(spots))
        if spots != self._spots:
            self._spots = spots
            self._points.setData(spots)
        if len(at) == 2:
            places = [self._texts[stage].pos().y() for stage in ("recalibrated", "pruned")]
            line = max(0.18 * (high - low), self._line(low, high))
            if abs(places[0] - places[1]) < line:
                self._texts["recalibrated"].setPos(0.0, places[1] + (line if rising else -line))
        self._drop.setVisible(len(at) == 2)
        if len(at) == 2:
            self._drop.setData([0.0, 0.0], [at["recalibrated"], at["pruned"]])
        return low, high

    def _line(self, low: float, high: float) -> float:
        """The height of a line of text, in the axis's units."""
        room = float(self._plot.getViewBox().height())
        texts = [text.boundingRect().height() for text in self._texts.values() if text.isVisible()]
        tall = float(max([QFontMetricsF(font(-1)).height(), *texts]))
        return tall / max(room, 40.0) * (high - low)

    def _sentence(self, stage: str, value: str) -> str:
        words = {"recalibrated": self.tr("recalibrated {value}"), "pruned": self.tr("pruned {value}")}
        return words[stage].format(value=value)

    @staticmethod
    def _clear_of_curve(y: float, values: Array, low: float, high: float) -> float:
        """Where the text of the mark at `y` is clear of the curve's first points: below them, or above."""
        if not len(values) or abs(float(values[0]) - y) > 0.12 * (high - low):
            return y
        shift = 0.1 * (high - low)
        return y - shift if y - shift > low + 0.12 * (high - low) else y + shift

    def show_ahead(self, step: int, visible: bool) -> None:
        """Say beside the present line that the rest is to come."""
        text = self._texts["ahead"]
        text.setVisible(visible)
        if visible:
            if not text.toPlainText():
                text.setPlainText(self.tr("to come"))
            low, high = self._range
            text.setPos(float(step), low + max(0.1 * (high - low), self._line(low, high) / 2))
