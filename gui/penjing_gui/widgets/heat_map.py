"""A heat map of a network: one column a layer, one row a cost, one texture for all cells."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QWheelEvent

from penjing_gui import theme as themes
from penjing_gui.theme import Theme
from penjing_gui.widgets.column_axis import ColumnAxis
from penjing_gui.widgets.cost_bar import CostBar, Floats, colours
from penjing_gui.widgets.heat_marks import HeatMarks, percent_text
from penjing_gui.widgets.key_view import KeyView

LEAST_WIDTH = 6.0  # px a column, below which neighbours are drawn as one


def _no_tip(row: int, column: int) -> str:
    return ""


@dataclass(frozen=True, slots=True, eq=False)
class HeatData:
    """`shares` is (rows, columns), 0 to 1: 0 is a dash, NaN unknown.

    `missing` is a row's sentence where nothing in it is known. `tip(row, column)` is a cell's tooltip; row −1 is the
    column's label. What is not a share in percent brings its own scale: `least` is the low end of the logarithmic
    one, `ticks` are the legend's (logarithmic, linear), `text(share, row)` is a cell's figure, `label` the legend's.
    """

    rows: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()  # the same object for the same columns: it is not looked through again
    shares: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    missing: tuple[str, ...] = ()
    tip: Callable[[int, int], str] = _no_tip
    least: float = themes.LEAST_SHARE
    ticks: tuple[tuple[tuple[float, str], ...], tuple[tuple[float, str], ...]] = ((), ())
    text: Callable[[float, int], str] = percent_text
    label: str = ""


def grouped_maximum(shares: Floats, size: int) -> Floats:
    """Columns in groups of `size` by their maximum; a group without a known value is NaN."""
    if size <= 1 or not shares.size:
        return shares
    rows, count = shares.shape
    groups = math.ceil(count / size)
    padded = np.full((rows, groups * size), -1.0)
    padded[:, :count] = np.where(np.isnan(shares), -1.0, shares)
    largest = padded.reshape(rows, groups, size).max(axis=2)
    return np.asarray(np.where(largest < 0, np.nan, largest), dtype=np.float64)


class HeatMap(KeyView):
    """The map, its row names, column names with brackets, and its legend."""

    regrouped = Signal(int)  # how many neighbouring columns are drawn as one

    def __init__(self, theme: Theme, bar_label: str) -> None:
        super().__init__(theme)
        self._data = HeatData()
        self._places: dict[str, int] = {}
        self._selected = -1
        self._offset = 0
        self._logarithmic = True
        self._group_size = 1
        self._grouped = HeatData().shares
        self._axis = ColumnAxis(theme)
        self.plot: pg.PlotItem = self.ci.addPlot(
            row=0, col=0, axisItems={"bottom": self._axis}, enableMenu=False
        )
        self.plot.hideButtons()
        self.box: pg.ViewBox = self.plot.getViewBox()
        self.box.invertY(True)
        self.box.setMouseEnabled(x=True, y=False)
        self.box.setDefaultPadding(0.0)
        self.image = pg.ImageItem(axisOrder="row-major")
        self.plot.addItem(self.image)
        self.marks = HeatMarks(self.box, theme)
        self._bar = CostBar(theme, bar_label)
        self.ci.addItem(self._bar, row=0, col=1)
        self.ci.layout.setHorizontalSpacing(6)
        self.box.sigXRangeChanged.connect(self._refresh)
        self.box.sigResized.connect(self._refresh)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        super().set_theme(theme)
        left = self.plot.getAxis("left")
        left.setPen(theme.base)
        left.setTextPen(theme.text)
        left.setStyle(tickFont=themes.font(0), tickLength=0, tickTextOffset=8)
        self._axis.set_theme(theme)
        self._bar.set_theme(theme)
        self.marks.theme = theme
        self._refresh()

    def set_data(self, data: HeatData) -> None:
        """Show other values; a zoom stays where the columns are the same."""
        same = data.names is self._data.names or data.names == self._data.names
        if not same:
            chosen = self._data.names[self._selected] if self._selected >= 0 else ""
            self._places = {name: place for place, name in enumerate(data.names)}
            self._selected = self._places.get(chosen, -1)
        if data.label and data.label != self._data.label:
            self._bar.set_label(data.label)
        self._data = data
        self._bar.set_scale(self._logarithmic, data.ticks[not self._logarithmic])
        rows, count = len(data.rows), max(1, len(data.names))
        self.plot.getAxis("left").setTicks([[(i + 0.5, name) for i, name in enumerate(data.rows)], []])
        self.box.setLimits(xMin=0, xMax=count, minXRange=min(4, count), yMin=0, yMax=max(1, rows))
        self.box.setYRange(0, max(1, rows), padding=0)
        if not same:
            self.box.setXRange(0, count, padding=0)
        self._axis.set_columns(data.labels, data.groups)
        self._axis.set_selected(self._selected)
        self._refresh()

    def set_scale(self, logarithmic: bool) -> None:
        """Logarithmic from 0.1 % to 100 %, or linear."""
        self._logarithmic = logarithmic
        self._bar.set_scale(logarithmic, self._data.ticks[not logarithmic])
        self._refresh()

    def set_bar_label(self, label: str) -> None:
        """What the legend's figures are."""
        self._bar.set_label(label)

    def select(self, name: str) -> None:
        """Frame the column of that name, or none; a zoomed view moves to it."""
        self._selected = self._places.get(name, -1)
        if self._selected >= 0:
            low, high = self.box.viewRange()[0]
            if not low <= self._selected <= high - 1:
                start = min(max(0.0, self._selected - (high - low) / 2), len(self._data.names) - (high - low))
                self.box.setXRange(start, start + high - low, padding=0)
        self._axis.set_selected(self._selected)
        self._mark()

    @property
    def group_size(self) -> int:
        """How many neighbouring columns are drawn as one at the present width and zoom."""
        low, high = self.box.viewRange()[0]
        width = self.box.width()
        if width <= 0 or high <= low:
            return 1
        return max(1, math.ceil(float(LEAST_WIDTH * (high - low) / width - 1e-9)))

    def _refresh(self, *_: object) -> None:
        data, size = self._data, self.group_size
        if size != self._group_size:
            self._group_size = size
            self.regrouped.emit(size)
        # Only what is in sight becomes a texture: no image can be 100,000 columns wide.
        low, high = self.box.viewRange()[0]
        first, last = max(0, math.floor(low / size)), math.ceil(high / size) + 1
        shares = grouped_maximum(data.shares[:, first * size : last * size], size)
        if shares.size:
            rgba = colours(self._theme, shares, self._logarithmic, data.least)
            self.image.setImage(rgba, autoLevels=False, levels=(0, 255))
            self.image.setRect(QRectF(first * size, 0, shares.shape[1] * size, shares.shape[0]))
        self._offset = first
        self.image.setVisible(bool(shares.size))
        self._grouped = shares
        self._mark()
        self._axis.update()

    def _mark(self) -> None:
        data = self._data
        self.marks.set(
            self._grouped,
            self._group_size,
            len(data.names),
            data.missing,
            self._selected,
            self._logarithmic,
            self._offset,
            data.least,
            data.text,
        )

    # Mouse and keyboard

    def cell_at(self, point: QPointF) -> tuple[int, int]:
        """Row and column at a point of the scene; the row is −1 on the labels below; (−1, −1) outside."""
        where = self.box.mapSceneToView(point)
        column = math.floor(where.x())
        if not 0 <= column < len(self._data.names) or not self.box.sceneBoundingRect().left() <= point.x():
            return -1, -1
        size = self.group_size
        first = column // size * size
        if 0 <= where.y() < len(self._data.rows) and self.box.sceneBoundingRect().contains(point):
            row = math.floor(where.y())
            values = np.nan_to_num(self._data.shares[row, first : first + size], nan=-1.0)
            return row, first + int(np.argmax(values))
        if self._axis.sceneBoundingRect().contains(point):
            return -1, column
        return -1, -1

    def name_at(self, point: QPointF) -> str:
        """The layer whose column is there."""
        column = self.cell_at(point)[1]
        return self._data.names[column] if column >= 0 else ""

    def tip_at(self, point: QPointF) -> str:
        """The layer and what it costs."""
        row, column = self.cell_at(point)
        return self._data.tip(row, column) if column >= 0 else ""

    def step(self, dx: int, dy: int) -> str:
        """The layer before or after."""
        if not self._data.names:
            return ""
        if self._selected < 0:
            return self._data.names[0]
        place = self._selected + dx + dy
        return self._data.names[min(max(place, 0), len(self._data.names) - 1)]

    def end(self, last: bool) -> str:
        """The first or last layer."""
        return self._data.names[-1 if last else 0] if self._data.names else ""

    def leave_zoom(self) -> None:
        """All columns again."""
        self.box.setXRange(0, max(1, len(self._data.names)), padding=0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel zooms along the layers only where there is something to resolve."""
        if len(self._data.names) > 8 or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
        else:
            event.ignore()
