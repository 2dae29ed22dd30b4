"""A label for what may be left out: it shows its whole text or, where there is no room for it, none of it."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QLabel


class SpareLabel(QLabel):
    """Asks for its text's width and needs none. What it says has to be said elsewhere too."""

    def minimumSizeHint(self) -> QSize:
        """No width at all."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """All or nothing: half a figure misleads."""
        if self.fontMetrics().horizontalAdvance(self.text()) <= self.contentsRect().width():
            super().paintEvent(event)
