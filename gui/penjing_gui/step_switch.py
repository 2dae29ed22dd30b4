"""The four-step switch in the toolbar: where one is, and how far each step has come."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from penjing_gui import theme as themes
from penjing_gui.page import StepState
from penjing_gui.theme import Theme

HEIGHT = 28
_ICON = 14


class StepButton(QToolButton):
    """One step: its state as an icon, its number, its name, and the percent of what is running."""

    def __init__(self, number: int, text: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._number, self._theme = number, theme
        self._state = StepState("locked")
        self.first = self.last = False
        self.setText(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._name()

    def set_state(self, state: StepState) -> None:
        """Show another state."""
        if state == self._state:
            return
        wider = (state.percent is None) != (self._state.percent is None) or state.kind != self._state.kind
        self._state = state
        self._name()
        if wider:
            self.updateGeometry()
        self.update()

    def state(self) -> StepState:
        """The state that is shown."""
        return self._state

    def apply_theme(self, theme: Theme) -> None:
        """Take over the theme's colours."""
        self._theme = theme
        self.update()

    def _name(self) -> None:
        words = {
            "locked": self.tr("nothing there yet"),
            "ready": self.tr("can be opened"),
            "running": self.tr("running"),
            "done": self.tr("has a result"),
            "failed": self.tr("failed"),
        }[self._state.kind]
        tail = f", {self._state.percent} %" if self._state.percent is not None else ""
        self.setAccessibleName(f"{self._number} {self.text()}: {words}{tail}")
        self.setAccessibleDescription(self._state.tip)
        self.setToolTip(self._state.tip)

    def _tail(self) -> str:
        if self._state.kind == "failed":
            return self.tr("failed")
        if self._state.kind == "running" and self._state.percent is not None:
            return f"{self._state.percent} %"
        return ""

    def sizeHint(self) -> QSize:
        """Room for icon, number, name in the heavy weight, and the percent."""
        heavy = QFontMetrics(themes.font(semibold=True))
        wide = (
            14
            + _ICON
            + 8
            + heavy.horizontalAdvance(f"{self._number}")
            + 7
            + heavy.horizontalAdvance(self.text())
        )
        if self._state.kind == "running":
            wide += 8 + QFontMetrics(themes.font(-1)).horizontalAdvance("100 %")
        elif self._tail():
            wide += 8 + QFontMetrics(themes.font(-1)).horizontalAdvance(self._tail())
        return QSize(wide + 14, max(HEIGHT, heavy.height() + 10))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The segment."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, box = self._theme, QRectF(self.rect())
        chosen, locked = self.isChecked(), self._state.kind == "locked"
        fill = theme.accent_soft if chosen else theme.hover if self.underMouse() else theme.button
        painter.fillRect(box.adjusted(1, 1, -1, -1), fill)
        painter.setPen(QPen(theme.control, 1))
        edges = box.adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawLine(edges.topLeft(), edges.topRight())
        painter.drawLine(edges.bottomLeft(), edges.bottomRight())
        painter.drawLine(edges.topLeft(), edges.bottomLeft())
        if self.last:
            painter.drawLine(edges.topRight(), edges.bottomRight())
        if chosen:
            painter.fillRect(QRectF(0, box.height() - 2, box.width(), 2), theme.accent)
        if self.hasFocus():
            painter.setPen(QPen(theme.accent, 2))
            painter.drawRect(box.adjusted(1, 1, -1, -1))
        self._paint_icon(painter, QRectF(14, (box.height() - _ICON) / 2, _ICON, _ICON))
        ink = theme.text2 if locked and not chosen else theme.text
        painter.setPen(ink)
        painter.setFont(themes.font(semibold=chosen))
        middle = Qt.AlignmentFlag.AlignVCenter
        x = 14 + _ICON + 8.0
        for text, gap in ((str(self._number), 7), (self.text(), 8)):
            wide = painter.fontMetrics().horizontalAdvance(text)
            painter.drawText(QRectF(x, 0, wide + 2, box.height()), middle, text)
            x += wide + gap
        if tail := self._tail():
            painter.setFont(themes.font(-1))
            painter.setPen(theme.error if self._state.kind == "failed" else theme.text2)
            painter.drawText(QRectF(x, 0, box.width() - x, box.height()), middle, tail)

    def _paint_icon(self, painter: QPainter, box: QRectF) -> None:
        theme, kind = self._theme, self._state.kind
        painter.save()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        pen = QPen(theme.accent, 1.8)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        x, y, w = box.x(), box.y(), box.width()
        if kind == "done":
            painter.setPen(pen)
            points = [QPointF(x + 0.1 * w, y + 0.55 * w), QPointF(x + 0.38 * w, y + 0.82 * w)]
            painter.drawPolyline(QPolygonF([*points, QPointF(x + 0.92 * w, y + 0.2 * w)]))
        elif kind == "failed":
            pen.setColor(theme.error)
            painter.setPen(pen)
            painter.drawLine(box.adjusted(2, 2, -2, -2).topLeft(), box.adjusted(2, 2, -2, -2).bottomRight())
            painter.drawLine(box.adjusted(2, 2, -2, -2).topRight(), box.adjusted(2, 2, -2, -2).bottomLeft())
        else:
            ring = box.adjusted(2, 2, -2, -2)
            painter.setPen(QPen(theme.line2 if kind == "locked" else theme.control, 1.4))
            painter.drawEllipse(ring)
            if kind == "running":
                pen.setWidthF(2.2)
                painter.setPen(pen)
                share = (self._state.percent or 0) / 100
                painter.drawArc(ring, 90 * 16, -round(360 * 16 * share))
        painter.restore()


class StepSwitch(QWidget):
    """The four buttons. `chosen` carries the index of the one that was clicked."""

    chosen = Signal(int)

    def __init__(self, names: Sequence[str], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Steps"))
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self.buttons: list[StepButton] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for index, name in enumerate(names):
            button = StepButton(index + 1, name, theme, self)
            button.first, button.last = index == 0, index == len(names) - 1
            self._group.addButton(button, index)
            self.buttons.append(button)
            row.addWidget(button)
        self._group.buttonClicked.connect(self._clicked)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_current(self, index: int) -> None:
        """Show which step is open."""
        self.buttons[index].setChecked(True)

    def set_state(self, index: int, state: StepState) -> None:
        """Show a step's state."""
        self.buttons[index].set_state(state)

    def apply_theme(self, theme: Theme) -> None:
        """Take over the theme's colours."""
        for button in self.buttons:
            button.apply_theme(theme)

    def _clicked(self, button: QAbstractButton) -> None:
        self.chosen.emit(self._group.id(button))
