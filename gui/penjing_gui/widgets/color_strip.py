"""A colour scale on one line: words, the low end's value, the colours, the high end's value."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from penjing_gui import theme as themes
from penjing_gui.theme import Lut, Theme

_GAP = 6


class ColorStrip(QWidget):
    """`label ≤ 0.1 ▒▒▓▓██ 100`. `kind` is "cost" or "change"; the label holds the unit."""

    def __init__(
        self,
        theme: Theme,
        label: str,
        low: str,
        high: str,
        kind: str = "cost",
        width: int = 76,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._label, self._low, self._high = theme, label, low, high
        self._kind, self._width = kind, width
        self._image: QImage | None = None
        self.setFont(themes.font(-1))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._name()

    def set_scale(self, label: str, low: str, high: str) -> None:
        """Change the words and the ends' values."""
        self._label, self._low, self._high = label, low, high
        self._name()
        self.updateGeometry()
        self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Take over the theme's colours."""
        self._theme, self._image = theme, None
        self.update()

    def _name(self) -> None:
        self.setAccessibleName(f"{self._label}: {self._low} – {self._high}")
        self.setToolTip(f"{self._label}: {self._low} – {self._high}")

    def sizeHint(self) -> QSize:
        """Room for everything."""
        metrics = self.fontMetrics()
        texts = [metrics.horizontalAdvance(text) for text in (self._label, self._low, self._high) if text]
        return QSize(sum(texts) + _GAP * len(texts) + self._width + 2, max(14, metrics.height()))

    def minimumSizeHint(self) -> QSize:
        """The colours and their ends; the label gives way first."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Words and colours."""
        painter = QPainter(self)
        metrics = self.fontMetrics()
        x = 0.0
        for text, ink in ((self._label, self._theme.text2), (self._low, self._theme.text2)):
            if text:
                wide = metrics.horizontalAdvance(text)
                painter.setPen(ink)
                painter.drawText(QRectF(x, 0, wide + 1, self.height()), Qt.AlignmentFlag.AlignVCenter, text)
                x += wide + _GAP
        bar = QRectF(x + 0.5, (self.height() - 9) / 2, self._width, 9)
        painter.drawImage(bar, self._colours())
        painter.setPen(QPen(self._theme.line2, 1))
        painter.drawRect(bar)
        painter.setPen(self._theme.text2)
        rest = QRectF(bar.right() + _GAP, 0, self.width(), self.height())
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, self._high)

    def _colours(self) -> QImage:
        if self._image is None:
            lut: Lut = self._theme.cost_lut if self._kind == "cost" else self._theme.change_lut
            data = np.ascontiguousarray(lut)
            self._image = QImage(data.tobytes(), 256, 1, 768, QImage.Format.Format_RGB888).copy()
        return self._image
