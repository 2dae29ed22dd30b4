"""How unevenly a cost is spread over the layers: the curve, and the sentence that says it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen

from penjing_gui.theme import Theme
from penjing_gui.widgets.small_plot import SmallPlot

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
MOST_POINTS = 2000  # of a curve; no screen shows more


@dataclass(frozen=True, slots=True, eq=False)
class Concentration:
    """`curve[k]` is the share of the `k` most expensive layers (curve[0] = 0); `order` has them, the largest first.

    `layers` of all those given have the cost at all.
    """

    curve: Floats
    order: Ints
    layers: int

    def share(self, part: float) -> tuple[int, float]:
        """How many layers a part of all layers is (rounded up), and what share of the cost the largest so many hold."""
        count = min(math.ceil(part * len(self.order) - 1e-9), len(self.order))
        return count, float(self.curve[count])

    def holders(self, share: float) -> tuple[int, float]:
        """The fewest layers that together hold at least this share, and what they hold."""
        # The last sum is 1 but for rounding; a share that is exact must not be missed by it either.
        count = int(np.searchsorted(self.curve, share - 1e-12)) if self.layers else 0
        return count, float(self.curve[count])


def concentration(costs: Floats) -> Concentration:
    """Sort what layers cost (any unit; what is not known counts as nothing) and add up from the most expensive."""
    values = np.nan_to_num(costs)
    order = np.argsort(-values, kind="stable")
    total = float(values.sum())
    curve = np.concatenate([[0.0], np.cumsum(values[order]) / total if total else np.zeros(len(values))])
    return Concentration(curve, order, int((values > 0).sum()))


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One cost's curve with its name, its sentence, and the point of which the sentence speaks."""

    name: str
    sentence: str
    values: Concentration
    point: tuple[float, float] = (0.0, 0.0)


class ConcentrationPlot(SmallPlot):
    """Share of a cost over the number of layers, most expensive first; series differ by colour and dash.

    Click and arrow keys go along the first curve: `picked` has a place in its order.
    """

    picked = Signal(int)

    def __init__(self, theme: Theme, x_label: str) -> None:
        super().__init__(theme, x_label)
        self._items: list[pg.PlotDataItem] = []
        self._curves: Sequence[Curve] = ()
        self._selected = -1
        self._mark = pg.ScatterPlotItem(size=7)
        self.addItem(self._mark)
        self._here = pg.ScatterPlotItem(size=11, symbol="o")
        self._here.setZValue(5)
        self.addItem(self._here)
        self.getAxis("left").setWidth(44)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.scene().sigMouseClicked.connect(self._clicked)
        self.set_curves([])
        self.set_theme(theme)

    def set_curves(self, curves: Sequence[Curve]) -> None:
        """Draw these; the first one's point is marked with a dot."""
        same = [curve.values for curve in curves] == [curve.values for curve in self._curves]
        self._curves = curves
        if same and curves:
            return  # other words about the same values
        for item in self._items:
            self.removeItem(item)
        self._items = []
        most = max([curve.values.layers for curve in curves], default=0)
        for curve in curves:
            end = len(curve.values.curve)
            places = np.unique(np.linspace(0, end - 1, min(end, MOST_POINTS)).round().astype(np.int64))
            item = pg.PlotDataItem(places, curve.values.curve[places])
            self.addItem(item)
            self._items.append(item)
        first = curves[0] if curves and curves[0].values.layers else None
        self._mark.setData([first.point[0]] if first else [], [first.point[1]] if first else [])
        self.setXRange(0, max(1, most), padding=0.01)
        self.setYRange(-0.08, 1.12, padding=0)  # room for a ring at either end
        self.set_ticks(whole_ticks(max(1, most)), [(0, "0 %"), (0.5, "50 %"), (1, "100 %")])
        self.select(self._selected if self._selected < most else -1)
        self.retheme_items()

    # One layer

    def select(self, place: int) -> None:
        """Ring a layer by its place in the first curve's order; −1 for none."""
        self._selected = place
        curve = self._curves[0].values.curve if self._curves else np.zeros(1)
        known = 0 <= place < len(curve) - 1
        self._here.setData([place + 1] if known else [], [curve[place + 1]] if known else [])

    def _clicked(self, event: Any) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self._curves:
            return
        where = self.getPlotItem().getViewBox().mapSceneToView(event.scenePos())
        self._pick(round(where.x()) - 1)

    def _pick(self, place: int) -> None:
        last = self._curves[0].values.layers - 1 if self._curves else -1
        if last >= 0:
            self.picked.emit(min(max(place, 0), last))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go along the curve, Home and End to its ends."""
        key = Qt.Key(event.key())
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}
        if key in steps:
            self._pick(self._selected + steps[key])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._pick(0 if key == Qt.Key.Key_Home else 10**9)
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The frame appears when the focus came by keyboard."""
        self._framed = event.reason() != Qt.FocusReason.MouseFocusReason
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The frame goes."""
        self._framed = False
        super().focusOutEvent(event)
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The plot, then the frame of the focus."""
        super().paintEvent(event)
        if getattr(self, "_framed", False):
            painter = QPainter(self.viewport())
            painter.setPen(QPen(self._theme.accent, 2))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))
            painter.end()

    def retheme_items(self) -> None:
        """Pine and solid first, then dashes."""
        for place, item in enumerate(self._items):
            item.setPen(series_pen(self._theme, place))
        self._mark.setBrush(self._theme.series[0])
        self._mark.setPen(pg.mkPen(None))
        self._here.setBrush(pg.mkBrush(None))
        self._here.setPen(pg.mkPen(self._theme.text, width=2))


def series_pen(theme: Theme, place: int) -> QPen:
    """The pen of the first, second … series of this plot."""
    pen: QPen = pg.mkPen(theme.series[place], width=1)
    if place:
        pen.setDashPattern([5.0, 3.0])
    return pen


def whole_ticks(most: int, about: int = 4) -> list[tuple[float, str]]:
    """Ticks at whole numbers from 0 to `most`, about so many of them, the last one at the end."""
    step = max(1, round(most / about))
    size = 10 ** max(0, len(str(step)) - 1)
    step = max(1, round(step / size) * size)
    places = [*range(0, most - step // 2, step), most] if most > step // 2 else [0, most]
    return [(float(place), f"{place:,}") for place in dict.fromkeys(places)]
