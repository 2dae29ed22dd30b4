"""How training, validation and test samples are drawn: blue, green, and hatched for what stays closed."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen

from penjing_gui.theme import Theme

SPLITS = ("train", "validation", "test")


def fill_split(painter: QPainter, box: QRectF, theme: Theme, split: str) -> None:
    """Fill a rectangle as samples of a split."""
    if split == "test":
        painter.fillRect(box, theme.base)
        painter.fillRect(box, QBrush(theme.ghost, Qt.BrushStyle.BDiagPattern))
        if min(box.width(), box.height()) >= 3:
            painter.setPen(QPen(theme.ghost, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
    else:
        painter.fillRect(box, theme.series[2] if split == "train" else theme.series[0])
