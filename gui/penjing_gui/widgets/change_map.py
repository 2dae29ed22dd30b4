"""How the costs of each layer changed: a row a cost, a column a layer, blue for less, ochre for more."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QFontMetricsF, QPainter, QTransform
from PySide6.QtWidgets import QWidget

from penjing_gui import numbers
from penjing_gui.theme import Theme, change_colour, font, ink_on
from penjing_gui.widgets.column_plot import ColumnPlot
from penjing_gui.widgets.curve_axes import CalmAxis
from penjing_gui.widgets.data_table import TableAction, TableData
from penjing_gui.widgets.layer_axis import LayerAxis

Matrix = np.ndarray[Any, np.dtype[np.float64]]


def change_text(change: float) -> str:
    """A relative change as whole percent with its sign: `−62`, `+9`, `0`."""
    whole = round(100 * change)
    return "0" if whole == 0 else f"{whole:+d}".replace("-", numbers.MINUS)


class _Numbers(pg.GraphicsObject):
    """The figures on the cells and the hatch of cells that were not measured."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.values: Matrix = np.empty((0, 0))

    def boundingRect(self) -> QRectF:
        return QRectF(-0.5, -0.5, max(1, self.values.shape[1]), max(1, self.values.shape[0]))

    def paint(self, p: QPainter, *_: Any) -> None:
        rows, columns = self.values.shape
        if not columns:
            return
        world: QTransform = p.worldTransform()
        cell = world.mapRect(QRectF(0, 0, 1, 1))
        p.save()
        p.setWorldTransform(QTransform())
        p.setFont(font(-1))
        roomy = QFontMetricsF(p.font()).horizontalAdvance("−88") + 2 <= cell.width() and cell.height() >= 11
        low, high = self.getViewBox().viewRange()[0]
        seen = range(max(0, int(low)), min(columns, int(high) + 2))
        self._hatch(p, world, seen)
        for column in seen if roomy else ():
            for row in np.flatnonzero(~np.isnan(self.values[:, column])).tolist():
                value = float(self.values[row, column])
                colour = change_colour(self.theme, value)
                p.setPen(ink_on(colour.red(), colour.green(), colour.blue()))
                flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip
                rect = world.mapRect(QRectF(column - 0.5, row - 0.5, 1, 1))
                p.drawText(rect, int(flags), change_text(value))
        p.setPen(self.theme.base)
        if cell.width() > 8:
            for column in seen[1:]:
                top, foot = (
                    world.map(QPointF(column - 0.5, -0.5)),
                    world.map(QPointF(column - 0.5, rows - 0.5)),
                )
                p.drawLine(top, foot)
        for row in range(1, rows):
            p.drawLine(world.map(QPointF(-0.5, row - 0.5)), world.map(QPointF(columns - 0.5, row - 0.5)))
        p.restore()

    def _hatch(self, p: QPainter, world: QTransform, seen: range) -> None:
        """Hatch what was not measured, neighbours together."""
        hatch = QBrush(self.theme.ghost, Qt.BrushStyle.BDiagPattern)
        unknown = np.isnan(self.values[:, seen.start : seen.stop])
        for row in range(len(unknown)):
            edges = np.flatnonzero(np.diff(unknown[row].astype(np.int8), prepend=0, append=0)) + seen.start
            for first, last in edges.reshape(-1, 2).tolist():
                rect = world.mapRect(QRectF(first - 0.5, row - 0.5, last - first, 1))
                p.fillRect(rect, self.theme.base)
                p.fillRect(rect, hatch)


class ChangeMap(ColumnPlot):
    """The map. `selected` tells the layer that was clicked or reached by an arrow key."""

    widest = 160.0

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self.rows: tuple[str, ...] = ()
        self.layers: tuple[str, ...] = ()
        self.values: Matrix = np.empty((0, 0))
        left = CalmAxis("left", lambda low, high: [float(i) for i in range(len(self.rows))])
        super().__init__(theme, left, LayerAxis(theme, gap=3), parent)
        self.setAccessibleName(self.tr("Change of every cost by layer"))
        self.plotItem.layout.setContentsMargins(4, 10, 4, 2)
        self.box.invertY(True)
        self.left.setWidth(84)
        self.left.setGrid(False)
        self.left.write = lambda value: self.rows[int(value)] if 0 <= int(value) < len(self.rows) else ""
        self._image = pg.ImageItem(axisOrder="row-major", levels=(-1.0, 1.0))
        self._numbers = _Numbers(theme)
        self.stack(self._image, self._numbers)
        self.bar = pg.ColorBarItem(
            values=(-100.0, 100.0),
            colorMap=theme.change_map(),
            interactive=False,
            width=12,
            orientation="vertical",
        )
        self.bar.setImageItem(self._image, insert_in=self.plotItem)
        self._image.setLevels((-1.0, 1.0))  # the bar has set its own, which are in percent
        TableAction(self, self.table)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._theme = self._numbers.theme = theme
        self.setBackground(theme.base)
        self.left.set_look(theme, font())
        self.left.setPen(pg.mkPen(None))
        self.left.setTextPen(pg.mkPen(theme.text))
        self.left.setStyle(tickLength=0)
        self.columns.apply_theme(theme)
        self.columns.setPen(pg.mkPen(None))
        self.bar.setColorMap(theme.change_map())
        self._image.setLevels((-1.0, 1.0))
        axis = self.bar.axis
        axis.setPen(pg.mkPen(theme.line2))
        axis.setTextPen(pg.mkPen(theme.text2))
        axis.setTickFont(font(-1))
        axis.setTicks(
            [
                [
                    (value, f"{value:+d}".replace("-", "−") if value else "0")
                    for value in (-100, -50, 0, 50, 100)
                ]
            ]
        )
        axis.setLabel(self.tr("change, %"))
        axis.label.setDefaultTextColor(theme.text2)
        axis.label.setFont(font(-1))
        self._frame.setPen(pg.mkPen(theme.accent, width=2))
        self._numbers.update()

    def set_changes(self, rows: Sequence[str], layers: Sequence[str], values: Matrix) -> None:
        """Show `values` (relative changes, rows × layers; NaN: not measured)."""
        self.rows, self.layers, self.values = tuple(rows), tuple(layers), values
        self._image.setImage(np.nan_to_num(values), autoLevels=False, levels=(-1.0, 1.0))
        self._image.setRect(QRectF(-0.5, -0.5, max(1, len(layers)), max(1, len(rows))))
        self._numbers.prepareGeometryChange()
        self._numbers.values = values
        self._numbers.update()
        self.columns.set_layers(layers)
        metrics = QFontMetricsF(font())
        self.left.setWidth(round(max((metrics.horizontalAdvance(row) for row in rows), default=60.0)) + 14)
        self.left.set_ticks_at(lambda low, high: [float(i) for i in range(len(self.rows))])
        self.fit()
        self.set_selection(self._selection)

    def table(self) -> TableData:
        """The changes as a table: a row a layer, in percent."""
        headers = tuple(f"{row}, %" for row in self.rows)
        columns = [(100 * row).tolist() for row in self.values]
        return TableData(self.accessibleName(), (self.tr("layer"), *headers), (list(self.layers), *columns))

    def names(self) -> Sequence[str]:
        """The layers, from left to right."""
        return self.layers

    def frame(self, index: int) -> QRectF:
        """All cells of the layer."""
        return QRectF(index - 0.5, -0.5, 1.0, len(self.rows))

    def fit(self) -> None:
        """All columns and rows in view."""
        super().fit()
        self.box.setYRange(-0.5, max(1, len(self.rows)) - 0.5, padding=0)

    def index_at(self, position: QPointF) -> int | None:
        """The layer whose cell lies at a place."""
        inside = 0 <= round(self.to_view(position).y()) < len(self.rows)
        return super().index_at(position) if inside else None

    def tip_at(self, position: QPointF) -> str:
        """The change in the cell under the mouse."""
        column, row = self.index_at(position), round(self.to_view(position).y())
        if column is None:
            return ""
        value = self.values[row, column]
        text = self.tr("not measured") if math.isnan(value) else numbers.signed_percent(value)
        return f"{self.layers[column]}\n{self.rows[row]}: {text}"
