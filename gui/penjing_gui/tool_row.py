"""The toolbar on one row: Open and the model at the left, the steps in the middle, Find and Commands at the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from penjing_gui import theme as themes
from penjing_gui.icons import BESIDE_TEXT, icon
from penjing_gui.step_switch import StepSwitch
from penjing_gui.theme import Theme
from penjing_gui.widgets.form_rows import ElidedLabel
from penjing_gui.widgets.ink import label, set_ink

HEIGHT = 44
_MARGIN = 12
_GAP = 12
_WIDE = 1280  # from here on there is room for the shortcut's name


class FindButton(QPushButton):
    """Looks like a field, and takes one to the page's search."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shortcut = "Ctrl+F"

    def apply_theme(self, theme: Theme) -> None:
        """Take over the theme's colours."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """Wide enough for words and shortcut."""
        metrics = self.fontMetrics()
        wide = (
            32 + metrics.horizontalAdvance(self.text()) + 28 + metrics.horizontalAdvance(self._shortcut) + 10
        )
        return QSize(max(190, wide), 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A field with a glass, what can be found, and the shortcut."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, on = self._theme, self.isEnabled()
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setBrush(theme.hover if on and self.underMouse() else theme.base if on else theme.window)
        painter.setPen(QPen(theme.control if on else theme.line2, 1))
        painter.drawRoundedRect(box, 3, 3)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.accent, 2))
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        glass = icon("find", theme, theme.text2 if on else theme.text3)
        glass.paint(painter, 8, (self.height() - 14) // 2, 14, 14)
        painter.setPen(theme.text2 if on else theme.text3)
        room = self.rect().adjusted(30, 0, -9, 0)
        small = themes.font(-1)
        taken = QFontMetrics(small).horizontalAdvance(self._shortcut) + 10
        metrics = self.fontMetrics()
        if metrics.horizontalAdvance(self.text()) + taken <= room.width():
            painter.setFont(small)
            side = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(room, int(side), self._shortcut)
        painter.setFont(self.font())
        text = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), text)


class ToolRow(QWidget):
    """Places the three parts itself, so that the steps stand in the window's middle wherever there is room."""

    def __init__(self, steps: Sequence[str], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._theme = theme
        self.open_button = QPushButton(self.tr("Open"), self)
        self.open_button.setAccessibleName(self.tr("Open a model"))
        self.open_button.setFixedHeight(28)
        self.open_button.setIconSize(BESIDE_TEXT)
        self.model = QWidget(self)
        self.reference = ElidedLabel(parent=self.model)
        self.reference.setFont(themes.font(semibold=True))
        self.reference.setAccessibleName(self.tr("Model"))
        self.weights = ElidedLabel(parent=self.model)
        self.weights.setFont(themes.font(-1))
        self.weights.setAccessibleName(self.tr("Weights"))
        self.remarks = QToolButton(self.model)
        self.remarks.setAutoRaise(True)
        self.remarks.setFont(themes.font(-1))
        self.remarks.setIconSize(QSize(12, 12))
        self.remarks.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.remarks.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.remarks.setFixedHeight(self.remarks.fontMetrics().height() + 4)
        self.remarks.hide()
        below = QHBoxLayout()
        below.setSpacing(6)
        below.addWidget(self.weights, 1)
        below.addWidget(self.remarks)
        lines = QVBoxLayout(self.model)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addStretch(1)
        lines.addWidget(self.reference)
        lines.addLayout(below)
        lines.addStretch(1)
        self.steps = StepSwitch(steps, theme, self)
        self.find_button = FindButton(theme, self)
        self.commands_button = QToolButton(self)
        self.commands_button.setAutoRaise(True)
        self.commands_button.setIconSize(BESIDE_TEXT)
        self.commands_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.commands_button.setText(self.tr("Commands"))
        self.commands_button.setToolTip(self.tr("All commands (Ctrl+Shift+P)"))
        self.commands_button.setAccessibleName(self.tr("Commands"))
        self.commands_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.shortcut = label("Ctrl+Shift+P", self, font=themes.font(-1))
        self.set_find("")
        self.apply_theme(theme)

    def set_model(self, reference: str, weights: str) -> None:
        """Name the open model."""
        self.reference.setText(reference)
        self.weights.setText(weights)
        self._place()

    def set_remarks(self, remarks: Sequence[str]) -> None:
        """Say how many remarks there are on how the model was opened and counted; none: nothing is shown."""
        self.remarks.setText(self.tr("%n remark(s)", "", len(remarks)))
        self.remarks.setAccessibleName(self.remarks.text())
        self.remarks.setAccessibleDescription("\n".join(remarks))
        self.remarks.setToolTip(self.tr("How the model was opened and counted"))
        self.remarks.setVisible(bool(remarks))
        self._place()

    def set_find(self, hint: str) -> None:
        """Say what Find finds on this page; nothing: it is off."""
        self.find_button.setText(hint or self.tr("Find"))
        self.find_button.setAccessibleName(hint or self.tr("Find"))
        self.find_button.setEnabled(bool(hint))
        self.find_button.setToolTip("" if hint else self.tr("There is nothing to search on this page."))
        self._place()

    def apply_theme(self, theme: Theme) -> None:
        """Take over the theme's colours."""
        self._theme = theme
        self.open_button.setIcon(icon("open", theme, theme.text))
        self.commands_button.setIcon(icon("commands", theme, theme.text))
        self.remarks.setIcon(icon("info", theme, theme.text2))
        set_ink(self.weights, theme.text2)
        set_ink(self.shortcut, theme.text2)
        self.steps.apply_theme(theme)
        self.find_button.apply_theme(theme)
        self.update()

    def sizeHint(self) -> QSize:
        """One row of 44."""
        return QSize(1000, max(HEIGHT, 2 * self.fontMetrics().height() + 12))

    def minimumSizeHint(self) -> QSize:
        """The window's minimum decides."""
        return QSize(400, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place everything."""
        super().resizeEvent(event)
        self._place()

    def event(self, event: QEvent) -> bool:
        """Place everything again when a part changes its size."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return super().event(event)

    def _place(self) -> None:
        wide, high = self.width(), self.height()

        def put(widget: QWidget, x: int, width: int) -> None:
            hint = widget.sizeHint().height()
            tall = min(hint, high)
            widget.setGeometry(x, (high - tall) // 2, width, tall)

        left = _MARGIN
        put(self.open_button, left, self.open_button.sizeHint().width())
        left += self.open_button.width() + _GAP
        commands = self.commands_button.sizeHint().width()
        right = wide - _MARGIN
        self.shortcut.setVisible(wide >= _WIDE)
        if wide >= _WIDE:
            hint = self.shortcut.sizeHint()
            right -= hint.width()
            self.shortcut.setGeometry(right, (high - hint.height()) // 2, hint.width(), hint.height())
            right -= 2
        right -= commands
        put(self.commands_button, right, commands)
        middle = self.steps.sizeHint().width()
        centre = (wide - middle) // 2
        room = right - _GAP - (centre + middle + _GAP)
        find = min(self.find_button.sizeHint().width(), max(80, room))
        right -= find + _GAP
        put(self.find_button, right, find)
        centre = min(centre, right - _GAP - middle)
        put(self.steps, centre, middle)
        metrics = QFontMetrics(self.reference.font())
        text = max(
            metrics.horizontalAdvance(self.reference.text()),
            QFontMetrics(self.weights.font()).horizontalAdvance(self.weights.text())
            + (0 if self.remarks.isHidden() else 6 + self.remarks.sizeHint().width()),
        )
        space = max(0, centre - _GAP - left)
        self.model.setGeometry(left, 0, min(space, text + 4), high)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The chrome's colour and a line below."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.window)
