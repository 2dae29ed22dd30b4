"""A chip: one or two words in a small frame, as `running`, `Yes`, `pruning`."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from penjing_gui import theme as themes
from penjing_gui.theme import Theme

ChipKind = Literal["accent", "filled", "warn", "error", "plain"]
HEIGHT = 18


def chip_colours(theme: Theme, kind: ChipKind) -> tuple[QColor, QColor, QColor]:
    """Fill, frame and ink of a chip."""
    return {
        "accent": (theme.base, theme.accent, theme.accent),
        "filled": (theme.accent, theme.accent, theme.on_accent),
        "warn": (theme.warn_soft, theme.warn, theme.warn),
        "error": (theme.error_soft, theme.error, theme.error),
        "plain": (theme.window, theme.line2, theme.text2),
    }[kind]


def paint_chip(painter: QPainter, box: QRectF, theme: Theme, text: str, kind: ChipKind) -> None:
    """Draw a chip into a rectangle (for delegates, too)."""
    fill, frame, ink = chip_colours(theme, kind)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(fill)
    painter.setPen(QPen(frame, 1))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    painter.setPen(ink)
    painter.setFont(themes.font(-1, semibold=kind != "plain"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


def chip_size(text: str) -> QSize:
    """The room that a chip with this text takes."""
    metrics = QFontMetrics(themes.font(-1, semibold=True))
    return QSize(metrics.horizontalAdvance(text) + 14, max(HEIGHT, metrics.height() + 2))


class Chip(QWidget):
    """A chip as a widget."""

    def __init__(
        self, theme: Theme, text: str = "", kind: ChipKind = "plain", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._text, self._kind = theme, text, kind
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    def set_chip(self, text: str, kind: ChipKind) -> None:
        """Change the word and its kind."""
        if (text, kind) == (self._text, self._kind):
            return
        self._text, self._kind = text, kind
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """The word."""
        return self._text

    def kind(self) -> ChipKind:
        """The kind."""
        return self._kind

    def apply_theme(self, theme: Theme) -> None:
        """Take over the theme's colours."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the word."""
        return chip_size(self._text)

    def minimumSizeHint(self) -> QSize:
        """A chip is never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The chip."""
        if self._text:
            paint_chip(QPainter(self), QRectF(self.rect()), self._theme, self._text, self._kind)
