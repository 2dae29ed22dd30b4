"""A plot with a column for every layer, one of which is selected by mouse or keyboard."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QGraphicsItem, QGraphicsRectItem, QToolTip, QWidget

from penjing_gui.theme import Theme
from penjing_gui.widgets.curve_axes import CalmAxis
from penjing_gui.widgets.layer_axis import LayerAxis


class ColumnPlot(pg.PlotWidget):
    """Layer i lies at i − 0.5 to i + 0.5. `selected` tells the layer that was clicked or reached by an arrow key.

    `widest` is how many pixels a column takes at most, `edge` the room beside the outer ones, in columns.
    """

    selected = Signal(str)
    widest, edge = 150.0, 0.0

    def __init__(self, theme: Theme, left: CalmAxis, columns: LayerAxis, parent: QWidget | None) -> None:
        self._theme = theme
        self.left, self.columns = left, columns
        super().__init__(parent, axisItems={"left": left, "bottom": columns})
        self._selection = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.plotItem.setMenuEnabled(False)
        self.plotItem.hideButtons()
        self.box = self.plotItem.getViewBox()
        self.box.setDefaultPadding(0)
        self.box.disableAutoRange()
        self.box.setMouseEnabled(x=True, y=False)
        self._frame = QGraphicsRectItem()
        self._frame.setVisible(False)

    def names(self) -> Sequence[str]:
        """The layers, from left to right."""
        return ()

    def frame(self, index: int) -> QRectF:
        """What is framed when a layer is selected."""
        return QRectF(index - 0.5, 0.0, 1.0, 1.0)

    def tip_at(self, position: QPointF) -> str:
        """What a tooltip says at a place."""
        index = self.index_at(position)
        return "" if index is None else self.names()[index]

    def index_at(self, position: QPointF) -> int | None:
        """The layer at a place."""
        index = round(self.to_view(position).x())
        return index if 0 <= index < len(self.names()) else None

    def to_view(self, position: QPointF) -> QPointF:
        """A place of the widget in the plot's own figures."""
        return QPointF(self.box.mapSceneToView(self.mapToScene(position.toPoint())))

    def stack(self, *items: QGraphicsItem) -> None:
        """Put items into the plot, each above the one before, and the frame above them all."""
        for depth, item in enumerate((*items, self._frame)):
            item.setZValue(depth)
            self.plotItem.addItem(item, ignoreBounds=True)

    def set_selection(self, name: str) -> None:
        """Frame the column of a layer, or none."""
        self._selection = name
        names = self.names()
        self._frame.setVisible(name in names)
        if name in names:
            self._frame.setRect(self.frame(names.index(name)))

    def fit(self) -> None:
        """All columns in view, but none wider than is calm."""
        columns = max(len(self.names()), self.box.width() / self.widest, 1)
        self.box.setXRange(-0.5 - self.edge, columns - 0.5 + self.edge, padding=0)

    def resizeEvent(self, ev: object) -> None:
        """Fit the columns to the new width."""
        super().resizeEvent(ev)
        if hasattr(self, "box"):
            self.fit()

    def mousePressEvent(self, ev: QMouseEvent) -> None:
        """Select the layer under the mouse."""
        index = self.index_at(ev.position())
        if index is not None and ev.button() == Qt.MouseButton.LeftButton:
            self.selected.emit(self.names()[index])
        super().mousePressEvent(ev)

    def mouseDoubleClickEvent(self, ev: QMouseEvent) -> None:
        """Leave the zoom."""
        self.fit()
        ev.accept()

    def keyPressEvent(self, ev: QKeyEvent) -> None:
        """Arrows, Home and End select layers; Esc leaves the zoom."""
        names = self.names()
        here = names.index(self._selection) if self._selection in names else -1
        last = len(names) - 1
        targets = {
            Qt.Key.Key_Left: max(0, here - 1),
            Qt.Key.Key_Right: min(last, here + 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        target = targets.get(Qt.Key(ev.key()))
        if ev.key() == Qt.Key.Key_Escape:
            self.fit()
        elif target is not None and last >= 0:
            self.selected.emit(names[target])
        else:
            super().keyPressEvent(ev)

    def viewportEvent(self, event: QEvent) -> bool:
        """Tooltips."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = self.tip_at(QPointF(event.pos()))
            if text:
                QToolTip.showText(event.globalPos(), text, self)
                return True
        return bool(super().viewportEvent(event))
