"""Base of the drawn maps: a pyqtgraph view with arrow keys, a visible focus and tooltips of its own."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip

from penjing_gui.theme import Theme

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class KeyView(pg.GraphicsLayoutWidget):
    """A drawing whose parts have names. Subclasses answer `tip_at`, `step` and `name_at`."""

    picked = Signal(str)  # a part was chosen by mouse or keyboard

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._by_keyboard = False
        self.setBackground(theme.base)
        self.ci.setContentsMargins(0, 0, 0, 0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.scene().sigMouseClicked.connect(self._clicked)

    def set_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._theme = theme
        self.setBackground(theme.base)
        self.viewport().update()

    # What subclasses answer

    def name_at(self, point: QPointF) -> str:
        """Name of the part at a point of the scene, "" for none."""
        return ""

    def tip_at(self, point: QPointF) -> str:
        """Tooltip for a point of the scene, "" for none."""
        return ""

    def step(self, dx: int, dy: int) -> str:
        """Name of the part next to the selected one in a direction, "" for none."""
        return ""

    def end(self, last: bool) -> str:
        """Name of the first or last part, "" for none."""
        return ""

    def leave_zoom(self) -> None:
        """Show the whole drawing again."""

    # Events

    def _clicked(self, event: Any) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        name = self.name_at(event.scenePos())
        if name:
            event.accept()
            self.picked.emit(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home and End choose a part; Escape leaves the zoom."""
        key = Qt.Key(event.key())
        name = ""
        if key in _ARROWS:
            name = self.step(*_ARROWS[key])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            name = self.end(key == Qt.Key.Key_End)
        elif key == Qt.Key.Key_Escape:
            self.leave_zoom()
        else:
            super().keyPressEvent(event)
            return
        event.accept()
        if name:
            self.picked.emit(name)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the event: what lies behind has nothing to do with it."""
        super().mousePressEvent(event)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take the event."""
        super().mouseReleaseEvent(event)
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        """Tooltips."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = self.tip_at(self.mapToScene(event.pos()))
            if text:
                QToolTip.showText(event.globalPos(), text, self.viewport())
            else:
                QToolTip.hideText()
            return True
        return bool(super().viewportEvent(event))

    def focusInEvent(self, event: Any) -> None:
        """The frame appears when the focus came by keyboard."""
        self._by_keyboard = event.reason() != Qt.FocusReason.MouseFocusReason
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: Any) -> None:
        """The frame goes."""
        super().focusOutEvent(event)
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The drawing, then the frame of the focus."""
        super().paintEvent(event)
        if self.hasFocus() and self._by_keyboard:
            painter = QPainter(self.viewport())
            painter.setPen(QPen(self._theme.accent, 2))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))
            painter.end()
