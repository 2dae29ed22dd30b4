"""The legend of the layer strip: outline, mark and bar, and the scale of removed channels."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from penjing_gui.theme import Theme, font

SCALE = 150.0


class StripLegend(QWidget):
    """Painted in one row. `show_now` is off before a run, when there is only a plan."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._now = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Legend of the layer strip"))

    def apply_theme(self, theme: Theme) -> None:
        """Paint in another theme's colours."""
        self._theme = theme
        self.update()

    def set_now(self, on: bool) -> None:
        """Whether there are bars for what is so now."""
        if on != self._now:
            self._now = on
            self.update()

    def sizeHint(self) -> QSize:
        """One row high."""
        return QSize(420, max(24, self.fontMetrics().height() + 8))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the samples at the left and the scale at the right."""
        painter = QPainter(self)
        painter.setFont(font(-1))
        middle = self.height() / 2
        x = 72.0
        for text, kind in (
            (self.tr("before"), "ghost"),
            (self.tr("planned"), "mark"),
            (self.tr("now"), "bar" if self._now else ""),
        ):
            if kind:
                x = self._sample(painter, kind, text, x, middle)
        needed = painter.fontMetrics().horizontalAdvance(self.tr("removed channels, %") + "   0 100")
        if self.width() - x > SCALE + needed + 40:
            self._scale(painter, middle)

    def _sample(self, painter: QPainter, kind: str, text: str, x: float, middle: float) -> float:
        theme = self._theme
        width = 14.0 if kind == "mark" else 11.0
        if kind == "mark":
            painter.fillRect(QRectF(x, middle - 1, width, 2), theme.series[1])
        elif kind == "bar":
            painter.fillRect(QRectF(x, middle - 5, width, 11), theme.series[2])
        else:
            painter.setPen(theme.ghost)
            painter.drawRect(QRectF(x, middle - 5.5, width, 11))
        painter.setPen(theme.text2)
        advance = painter.fontMetrics().horizontalAdvance(text)
        painter.drawText(
            QRectF(x + width + 7, 0, advance + 4, self.height()), Qt.AlignmentFlag.AlignVCenter, text
        )
        return x + width + 7 + advance + 24

    def _scale(self, painter: QPainter, middle: float) -> None:
        end = self.width() - painter.fontMetrics().horizontalAdvance("100") - 12.0
        lut = self._theme.cost_lut
        image = QImage(lut.tobytes(), 256, 1, 256 * 3, QImage.Format.Format_RGB888)
        painter.drawImage(QRectF(end - SCALE, middle - 4.5, SCALE, 10), image)
        painter.setPen(self._theme.text2)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        title = self.tr("removed channels, %") + "   0"
        painter.drawText(QRectF(0, 0, end - SCALE - 7, self.height()), right, title)
        painter.drawText(QRectF(end + 7, 0, 80, self.height()), Qt.AlignmentFlag.AlignVCenter, "100")
