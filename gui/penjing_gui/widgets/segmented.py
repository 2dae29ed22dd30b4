"""Two or more buttons of which one is chosen, side by side in one frame."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from penjing_gui import theme as themes
from penjing_gui.theme import Theme

_RADIUS = 3.0


class _Segment(QToolButton):
    """One of the buttons: flat, filled softly where it is chosen."""

    def __init__(self, text: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme
        self.first = self.last = False
        self.setText(text)
        self.setCheckable(True)
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

    def _face(self) -> QFont:
        return themes.font(-1, semibold=self.isChecked())

    def sizeHint(self) -> QSize:
        """Room for the text in its heavier weight."""
        from PySide6.QtGui import QFontMetrics

        metrics = QFontMetrics(themes.font(-1, semibold=True))
        return QSize(metrics.horizontalAdvance(self.text()) + 18, max(20, metrics.height() + 4))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill, frame and text."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self.theme
        box = QRectF(self.rect()).adjusted(0.5 if self.first else 0.0, 0.5, -0.5 if self.last else 0.0, -0.5)
        shape = _rounded(box, self.first, self.last)
        hovered = self.underMouse() and self.isEnabled()
        fill = theme.accent_soft if self.isChecked() else theme.hover if hovered else theme.button
        painter.fillPath(shape, fill)
        painter.setPen(QPen(theme.control, 1))
        painter.drawPath(shape)
        if self.isChecked():
            painter.setPen(QPen(theme.accent, 1))
            painter.drawPath(_rounded(box.adjusted(0.5, 0, -0.5, 0), self.first, self.last))
        if self.hasFocus():
            painter.setPen(QPen(theme.accent, 2))
            painter.drawPath(_rounded(box.adjusted(1, 1, -1, -1), True, True))
        painter.setFont(self._face())
        painter.setPen(theme.text if self.isEnabled() else theme.text3)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


class Segmented(QWidget):
    """A choice of one among a few. `chosen` carries the key."""

    chosen = Signal(str)

    def __init__(
        self,
        theme: Theme,
        options: Sequence[tuple[str, str]],
        name: str,
        parent: QWidget | None = None,
    ) -> None:
        """`options` are (key, text) pairs; `name` is what is chosen, for assistive tools."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._keys: dict[QAbstractButton, str] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for index, (key, text) in enumerate(options):
            button = _Segment(text, theme, self)
            button.first, button.last = index == 0, index == len(options) - 1
            self._group.addButton(button)
            self._keys[button] = key
            row.addWidget(button)
        if self._keys:
            next(iter(self._keys)).setChecked(True)
        self._group.buttonClicked.connect(self._clicked)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def key(self) -> str:
        """The chosen option's key."""
        button = self._group.checkedButton()
        return self._keys.get(button, "") if button is not None else ""

    def set_key(self, key: str) -> None:
        """Choose an option without a signal."""
        for button, one in self._keys.items():
            if one == key:
                button.setChecked(True)

    def button(self, key: str) -> QAbstractButton:
        """The button of an option, for tooltips and enabling."""
        return next(button for button, one in self._keys.items() if one == key)

    def apply_theme(self, theme: Theme) -> None:
        """Take over the theme's colours."""
        for button in self._keys:
            assert isinstance(button, _Segment)
            button.theme = theme
            button.update()

    def _clicked(self, button: QAbstractButton) -> None:
        self.chosen.emit(self._keys[button])


def _rounded(box: QRectF, left: bool, right: bool) -> QPainterPath:
    """A rectangle with round corners on the named sides only."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    if left and right:
        path.addRoundedRect(box, _RADIUS, _RADIUS)
        return path
    if not left and not right:
        path.addRect(box)
        return path
    x0, x1, y0, y1, r = box.left(), box.right(), box.top(), box.bottom(), _RADIUS
    if left:
        path.moveTo(x1, y0)
        path.lineTo(x0 + r, y0)
        path.quadTo(x0, y0, x0, y0 + r)
        path.lineTo(x0, y1 - r)
        path.quadTo(x0, y1, x0 + r, y1)
        path.lineTo(x1, y1)
    else:
        path.moveTo(x0, y0)
        path.lineTo(x1 - r, y0)
        path.quadTo(x1, y0, x1, y0 + r)
        path.lineTo(x1, y1 - r)
        path.quadTo(x1, y1, x1 - r, y1)
        path.lineTo(x0, y1)
    path.closeSubpath()
    return path
