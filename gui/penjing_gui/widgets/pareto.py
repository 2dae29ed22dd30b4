"""Accuracy against a cost, one mark a run, with 95 % intervals and the line of the best so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent
from PySide6.QtWidgets import QWidget

from penjing_gui.theme import Theme, font
from penjing_gui.widgets.curve_axes import CalmAxis, linear_ticks, nice_step
from penjing_gui.widgets.curve_plot import dashed
from penjing_gui.widgets.data_table import TableAction, TableData

Kind = Literal["before", "this", "pruning", "distillation", "training"]
SYMBOLS = {"before": "s", "this": "o", "pruning": "o", "distillation": "t1", "training": "d"}  # t1: points up


@dataclass(frozen=True)
class ParetoPoint:
    """One run, or the model before (`key` is empty). Intervals are (low, high) or None where there is none.

    `cost` is in axis units, `accuracy` and its interval are shares; of a regression they are errors.
    """

    key: str
    name: str
    kind: Kind
    cost: float
    accuracy: float
    accuracy_interval: tuple[float, float] | None = None
    cost_interval: tuple[float, float] | None = None


def front(points: Sequence[ParetoPoint], error: bool = False) -> list[ParetoPoint]:
    """Points that no other beats: ascending in cost and in accuracy, or descending in `error`."""
    best: list[ParetoPoint] = []
    sign = -1 if error else 1
    for point in sorted(points, key=lambda p: (p.cost, -sign * p.accuracy)):
        if not best or sign * point.accuracy > sign * best[-1].accuracy:
            best.append(point)
    return best


def kind_colour(theme: Theme, kind: str) -> QColor:
    """The colour of a kind of run."""
    return {
        "before": theme.text,
        "this": theme.accent,
        "pruning": theme.series[2],
        "distillation": theme.series[1],
        "training": theme.series[3],
    }[kind]


class ParetoPlot(pg.PlotWidget):
    """The plot. `chosen` tells the key of a run whose mark was clicked or reached by key."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._theme = theme
        self.left, self.bottom = CalmAxis("left"), CalmAxis("bottom")
        super().__init__(parent, axisItems={"left": self.left, "bottom": self.bottom})
        self.points: tuple[ParetoPoint, ...] = ()
        self.setAccessibleName(self.tr("Accuracy against a cost"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.plotItem.setMenuEnabled(False)
        self.plotItem.hideButtons()
        self.plotItem.layout.setContentsMargins(8, 14, 18, 4)
        self.box = self.plotItem.getViewBox()
        self.box.setDefaultPadding(0)
        self.box.disableAutoRange()
        self.box.setMouseEnabled(x=False, y=False)
        self._front = pg.PlotDataItem(antialias=False)
        self._bars = [pg.ErrorBarItem(beam=0) for _ in SYMBOLS]
        self._error = False
        self._spots = pg.ScatterPlotItem()
        self._texts: list[pg.TextItem] = []
        for depth, item in enumerate((self._front, *self._bars, self._spots)):
            item.setZValue(depth)
            self.plotItem.addItem(item, ignoreBounds=True)
        self._labels = ("", "")
        self._spots.sigClicked.connect(self._clicked)
        TableAction(self, self.table)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._theme = theme
        self.setBackground(theme.base)
        for axis in (self.left, self.bottom):
            axis.set_look(theme, font(-1))
            axis.label.setDefaultTextColor(theme.text2)
            axis.label.setFont(font(-1))
        self.left.fit_width("100.5", label=True)
        self._draw()

    def set_points(
        self, points: Sequence[ParetoPoint], cost_label: str, accuracy_label: str, error: bool = False
    ) -> None:
        """Show these points; labels are the axes', with units. Of an `error`, less is better."""
        self.points, self._labels, self._error = tuple(points), (cost_label, accuracy_label), error
        self.bottom.setLabel(cost_label)
        self.left.setLabel(accuracy_label)
        self._draw()

    @property
    def _percent(self) -> float:
        """What a point's accuracy is multiplied with for the axis."""
        return 1.0 if self._error else 100.0

    def table(self) -> TableData:
        """The points as a table; intervals are 95 %."""
        points = self.points

        def end(intervals: list[tuple[float, float] | None], which: int) -> list[float | None]:
            return [None if one is None else one[which] for one in intervals]

        costs, shares = [p.cost_interval for p in points], [p.accuracy_interval for p in points]
        cost, share = self._labels
        low, high = self.tr("{figure}, low end"), self.tr("{figure}, high end")
        return TableData(
            self.accessibleName(),
            (
                self.tr("run"),
                *(cost, low.format(figure=cost), high.format(figure=cost)),
                *(share, low.format(figure=share), high.format(figure=share)),
            ),
            (
                [p.name for p in points],
                *([p.cost for p in points], end(costs, 0), end(costs, 1)),
                *(
                    [None if value is None else self._percent * value for value in column]
                    for column in ([p.accuracy for p in points], end(shares, 0), end(shares, 1))
                ),
            ),
        )

    def _draw(self) -> None:
        theme, points = self._theme, self.points
        self._fit()
        steps = front(points, self._error)
        xs: list[float] = []
        ys: list[float] = []
        for i, point in enumerate(steps):
            end = steps[i + 1].cost if i + 1 < len(steps) else self.box.viewRange()[0][1]
            xs += [point.cost, end]
            ys += [self._percent * point.accuracy, self._percent * point.accuracy]
        self._front.setData(xs, ys)
        self._front.setPen(dashed(theme.line2))
        for bars, kind in zip(self._bars, SYMBOLS, strict=True):
            self._draw_bars(bars, [point for point in points if point.kind == kind], kind)
        spots = []
        for point in sorted(points, key=lambda p: p.kind == "this"):  # this run on top
            colour = kind_colour(theme, point.kind)
            spots.append(
                {
                    "pos": (point.cost, self._percent * point.accuracy),
                    "symbol": SYMBOLS[point.kind],
                    "size": 14 if point.kind == "this" else 10,
                    "pen": pg.mkPen(colour, width=1.6),
                    "brush": pg.mkBrush(colour if point.kind == "this" else theme.base),
                    "data": point.key,
                }
            )
        self._spots.setData(spots)
        self._place_names()

    def _draw_bars(self, bars: pg.ErrorBarItem, points: Sequence[ParetoPoint], kind: str) -> None:
        bars.setVisible(bool(points))
        if not points:
            return
        colour = QColor(kind_colour(self._theme, kind))
        colour.setAlpha(150)

        def reach(value: float, interval: tuple[float, float] | None) -> tuple[float, float]:
            return (value - interval[0], interval[1] - value) if interval else (0.0, 0.0)

        heights = [reach(point.accuracy, point.accuracy_interval) for point in points]
        widths = [reach(point.cost, point.cost_interval) for point in points]
        bars.setData(
            x=np.array([point.cost for point in points]),
            y=np.array([self._percent * point.accuracy for point in points]),
            bottom=np.array([self._percent * low for low, _ in heights]),
            top=np.array([self._percent * high for _, high in heights]),
            left=np.array([low for low, _ in widths]),
            right=np.array([high for _, high in widths]),
            pen=pg.mkPen(colour),
        )

    def _fit(self) -> None:
        costs = [value for p in self.points for value in (p.cost, *(p.cost_interval or ()))]
        shares = [
            self._percent * value for p in self.points for value in (p.accuracy, *(p.accuracy_interval or ()))
        ]
        right = max(costs, default=1.0) * 1.12 or 1.0
        step = nice_step(right, 7)
        low, high = min(shares, default=0.0), max(shares, default=100.0)
        rise = nice_step(max(high - low, 0.05 * high if self._error else 1.0) or 1.0, 6)
        low, high = np.floor(low / rise) * rise, np.ceil(high / rise) * rise
        if not self._error:
            high = min(100.0, high)
        top = float(high if high > low else low + rise)
        edge = max(shares, default=0.0) > top - 0.02 * (top - low)  # a mark there is drawn whole
        self.left.fit_width(f"{high:g}" if self._error else "100.5", label=True)
        self.box.setRange(
            xRange=(0.0, float(np.ceil(right / step) * step)),
            yRange=(float(low), top + (0.04 * (top - low) if edge else 0.0)),
            padding=0,
        )
        self.bottom.set_ticks_at(lambda a, b: linear_ticks(a, b, 8))
        self.left.set_ticks_at(lambda a, b: linear_ticks(a, b, 6))
        self.bottom.write = "{:,g}".format

    def resizeEvent(self, ev: object) -> None:
        """Place the names anew."""
        super().resizeEvent(ev)
        if hasattr(self, "_texts"):
            self._place_names()

    def _place_names(self) -> None:
        """Write each name beside its mark, on the side where it covers no mark and no other name."""
        for text in self._texts:
            self.plotItem.removeItem(text)
        self._texts.clear()
        size, (xs, ys) = self.box.size(), self.box.viewRange()
        if size.width() < 50 or size.height() < 50 or not self.points:
            return

        def pixel(point: ParetoPoint) -> QPointF:
            across = (point.cost - xs[0]) / (xs[1] - xs[0]) * size.width()
            return QPointF(across, (ys[1] - self._percent * point.accuracy) / (ys[1] - ys[0]) * size.height())

        taken = [QRectF(pixel(p).x() - 7, pixel(p).y() - 7, 14, 14) for p in self.points]
        frame = QRectF(0, 0, size.width(), size.height())
        for point in sorted(self.points, key=lambda p: p.kind not in ("this", "before")):
            strong = point.kind == "this"
            face = font(0 if strong else -1, semibold=strong)
            metrics = QFontMetricsF(face)
            wide, tall, at = metrics.horizontalAdvance(point.name) + 4, metrics.height(), pixel(point)
            spots = [
                QRectF(at.x() + 10, at.y() - tall - 2, wide, tall),
                QRectF(at.x() - 10 - wide, at.y() - tall - 2, wide, tall),
                QRectF(at.x() + 10, at.y() + 3, wide, tall),
                QRectF(at.x() - 10 - wide, at.y() + 3, wide, tall),
                QRectF(at.x() + 10, at.y() + 3 + tall, wide, tall),
            ]
            free = [s for s in spots if frame.contains(s) and not any(s.intersects(t) for t in taken)]
            if not free and not strong:
                continue  # the mark's tooltip still has the name
            spot = free[0] if free else spots[0]
            taken.append(spot)
            text = pg.TextItem(point.name, anchor=(0, 0), fill=pg.mkBrush(self._theme.base))
            text.setFont(face)
            text.setColor(self._theme.text if point.kind in ("this", "before") else self._theme.text2)
            text.textItem.document().setDocumentMargin(1)
            text.setZValue(10)
            across = xs[0] + spot.left() / size.width() * (xs[1] - xs[0])
            text.setPos(across, ys[1] - spot.top() / size.height() * (ys[1] - ys[0]))
            self.plotItem.addItem(text, ignoreBounds=True)
            self._texts.append(text)

    def _clicked(self, _: object, spots: Sequence[pg.SpotItem]) -> None:
        keys = [spot.data() for spot in spots if spot.data()]
        if keys:
            self.chosen.emit(keys[0])

    def keyPressEvent(self, ev: QKeyEvent) -> None:
        """Left and right go to the run of the next lower or higher cost."""
        runs = sorted((p for p in self.points if p.key), key=lambda p: p.cost)
        here = next((i for i, p in enumerate(runs) if p.kind == "this"), None)
        move = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(ev.key()))
        if move is None or here is None or not 0 <= here + move < len(runs):
            super().keyPressEvent(ev)
        else:
            self.chosen.emit(runs[here + move].key)
