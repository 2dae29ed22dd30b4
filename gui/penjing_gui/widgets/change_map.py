"""How the costs of each layer changed: a row a cost, a column a layer, blue for less, ochre for more."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QFontMetricsF, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QTransform
from PySide6.QtWidgets import QGraphicsRectItem, QToolTip, QWidget

from penjing_gui import numbers
from penjing_gui.theme import Theme, change_colour, font, ink_on
from penjing_gui.widgets.curve_axes import CalmAxis
from penjing_gui.widgets.data_table import TableAction, TableData
from penjing_gui.widgets.layer_axis import LayerAxis

Matrix = np.ndarray[Any, np.dtype[np.float64]]
WIDEST = 112.0  # pixels a column takes at most


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
        hatch = QBrush(self.theme.ghost, Qt.BrushStyle.BDiagPattern)
        for row in range(rows):
            for column in range(columns):
                centre = world.map(QPointF(column, row))
                rect = QRectF(
                    centre.x() - cell.width() / 2, centre.y() - cell.height() / 2, cell.width(), cell.height()
                )
                value = self.values[row, column]
                if math.isnan(value):
                    p.fillRect(rect, self.theme.base)
                    p.fillRect(rect, hatch)
                elif roomy:
                    colour = change_colour(self.theme, value)
                    p.setPen(ink_on(colour.red(), colour.green(), colour.blue()))
                    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip
                    p.drawText(rect, int(flags), change_text(value))
        p.setPen(self.theme.base)
        if cell.width() > 8:
            for column in range(1, columns):
                top, foot = (
                    world.map(QPointF(column - 0.5, -0.5)),
                    world.map(QPointF(column - 0.5, rows - 0.5)),
                )
                p.drawLine(top, foot)
        for row in range(1, rows):
            p.drawLine(world.map(QPointF(-0.5, row - 0.5)), world.map(QPointF(columns - 0.5, row - 0.5)))
        p.restore()


class ChangeMap(pg.PlotWidget):
    """The map. `selected` tells the layer that was clicked or reached by an arrow key."""

    selected = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._theme = theme
        self.left = CalmAxis("left", lambda low, high: [float(i) for i in range(len(self.rows))])
        self.columns = LayerAxis(theme, gap=3)
        self.rows: tuple[str, ...] = ()
        self.layers: tuple[str, ...] = ()
        self.values: Matrix = np.empty((0, 0))
        super().__init__(parent, axisItems={"left": self.left, "bottom": self.columns})
        self.setAccessibleName(self.tr("Change of every cost by layer"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.plotItem.setMenuEnabled(False)
        self.plotItem.hideButtons()
        self.plotItem.layout.setContentsMargins(4, 10, 4, 2)
        self.box = self.plotItem.getViewBox()
        self.box.setDefaultPadding(0)
        self.box.disableAutoRange()
        self.box.invertY(True)
        self.box.setMouseEnabled(x=True, y=False)
        self.left.setWidth(84)
        self.left.setGrid(False)
        self.left.write = lambda value: self.rows[int(value)] if 0 <= int(value) < len(self.rows) else ""
        self._image = pg.ImageItem(axisOrder="row-major", levels=(-1.0, 1.0))
        self._numbers = _Numbers(theme)
        self._frame = QGraphicsRectItem()
        for depth, item in enumerate((self._image, self._numbers, self._frame)):
            item.setZValue(depth)
            self.plotItem.addItem(item, ignoreBounds=True)
        self._frame.setVisible(False)
        self._selection = ""
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
        self._fit()
        self.set_selection(self._selection)

    def table(self) -> TableData:
        """The changes as a table: a row a layer, in percent."""
        headers = tuple(f"{row}, %" for row in self.rows)
        columns = [(100 * row).tolist() for row in self.values]
        return TableData(self.accessibleName(), (self.tr("layer"), *headers), (list(self.layers), *columns))

    def set_selection(self, name: str) -> None:
        """Frame the column of a layer, or none."""
        self._selection = name
        shown = name in self.layers
        self._frame.setVisible(shown)
        if shown:
            self._frame.setRect(QRectF(self.layers.index(name) - 0.5, -0.5, 1.0, len(self.rows)))

    def _fit(self) -> None:
        columns = max(len(self.layers), self.box.width() / WIDEST, 1)
        self.box.setRange(
            xRange=(-0.5, columns - 0.5), yRange=(-0.5, max(1, len(self.rows)) - 0.5), padding=0
        )

    def resizeEvent(self, ev: object) -> None:
        """Fit the columns to the new width."""
        super().resizeEvent(ev)
        if hasattr(self, "box"):
            self._fit()

    # --- events

    def _cell_at(self, position: QPointF) -> tuple[int, int] | None:
        view = self.box.mapSceneToView(self.mapToScene(position.toPoint()))
        row, column = round(view.y()), round(view.x())
        inside = 0 <= row < len(self.rows) and 0 <= column < len(self.layers)
        return (row, column) if inside else None

    def mousePressEvent(self, ev: QMouseEvent) -> None:
        """Select the layer under the mouse."""
        cell = self._cell_at(ev.position())
        if cell is not None and ev.button() == Qt.MouseButton.LeftButton:
            self.selected.emit(self.layers[cell[1]])
        super().mousePressEvent(ev)

    def mouseDoubleClickEvent(self, ev: QMouseEvent) -> None:
        """Leave the zoom."""
        self._fit()
        ev.accept()

    def keyPressEvent(self, ev: QKeyEvent) -> None:
        """Arrows, Home and End select layers; Esc leaves the zoom."""
        here = self.layers.index(self._selection) if self._selection in self.layers else -1
        last = len(self.layers) - 1
        targets = {
            Qt.Key.Key_Left: max(0, here - 1),
            Qt.Key.Key_Right: min(last, here + 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        target = targets.get(Qt.Key(ev.key()))
        if ev.key() == Qt.Key.Key_Escape:
            self._fit()
        elif target is not None and last >= 0:
            self.selected.emit(self.layers[target])
        else:
            super().keyPressEvent(ev)

    def viewportEvent(self, event: QEvent) -> bool:
        """A tooltip that names the cell under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            cell = self._cell_at(QPointF(event.pos()))
            if cell is not None:
                value = self.values[cell]
                text = self.tr("not measured") if math.isnan(value) else numbers.signed_percent(value)
                QToolTip.showText(
                    event.globalPos(), f"{self.layers[cell[1]]}\n{self.rows[cell[0]]}: {text}", self
                )
                return True
        return bool(super().viewportEvent(event))
