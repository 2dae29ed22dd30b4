"""The time left on a line from now: a band for its 95 % interval and a mark for its middle."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from penjing_gui import numbers
from penjing_gui.theme import Theme, font

_ENDS = (10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 18000, 36000, 72000)


def line_end(seconds: float) -> float:
    """Where the line ends: the least round time that leaves some room beyond `seconds`."""
    wanted = seconds * 1.08
    return float(next((end for end in _ENDS if end >= wanted), 86400 * (1 + wanted // 86400)))


class EtaWidget(QWidget):
    """Shows (middle, low, high) in seconds, or an empty line where nothing is estimated."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.estimate: tuple[float, float, float] | None = None
        self.words = numbers.ENGLISH
        self.setAccessibleName(self.tr("Time left with its spread"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def apply_theme(self, theme: Theme) -> None:
        """Paint in another theme's colours."""
        self._theme = theme
        self.update()

    def set_estimate(self, estimate: tuple[float, float, float] | None) -> None:
        """Replace the estimate."""
        if estimate != self.estimate:
            self.estimate = estimate
            self.update()

    def sizeHint(self) -> QSize:
        """The line and one row of texts."""
        return QSize(240, 10 + self._line(self.fontMetrics()) + 6)

    def _line(self, metrics: QFontMetrics) -> int:
        """How high a line of texts is: those of another script may be higher than the font says."""
        return max(metrics.height(), metrics.size(0, self.tr("now")).height())

    def minimumSizeHint(self) -> QSize:
        """As high as it is."""
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint line, band, mark and texts."""
        painter, theme, width = QPainter(self), self._theme, self.width() - 1.0
        painter.fillRect(QRectF(0, 5, width, 1), theme.line2)
        if self.estimate is None:
            return
        middle, low, high = self.estimate
        end = line_end(high)
        at = [width * value / end for value in (low, middle, high)]
        band = QColor(theme.accent)
        band.setAlpha(90)
        painter.fillRect(QRectF(at[0], 1, max(3.0, at[2] - at[0]), 9), band)
        painter.fillRect(QRectF(at[1] - 1, 0, 2, 11), theme.accent)
        painter.setFont(font(-1))
        painter.setPen(theme.text2)
        metrics = painter.fontMetrics()
        texts = [numbers.clock(low), numbers.clock(high)]
        widths = [metrics.horizontalAdvance(text) for text in texts]
        left = at[0] - widths[0] / 2
        right = at[2] - widths[1] / 2
        overlap = left + widths[0] + 8 - right
        if overlap > 0:  # a narrow band: move the two texts apart evenly
            left, right = left - overlap / 2, right + overlap / 2
        left = max(0.0, left)
        right = max(left + widths[0] + 8, right)
        y, height = 13.0, float(self._line(metrics))
        last = self._end_text(end)
        last_x = width - metrics.horizontalAdvance(last)
        now = self.tr("now")
        if metrics.horizontalAdvance(now) + 8 < left:
            painter.drawText(QRectF(0, y, 100, height), Qt.AlignmentFlag.AlignLeft, now)
        painter.drawText(QRectF(left, y, 120, height), Qt.AlignmentFlag.AlignLeft, texts[0])
        painter.drawText(QRectF(right, y, 120, height), Qt.AlignmentFlag.AlignLeft, texts[1])
        if right + widths[1] + 8 < last_x:
            painter.drawText(QRectF(last_x, y, 160, height), Qt.AlignmentFlag.AlignLeft, last)

    def _end_text(self, end: float) -> str:
        if end < 60:
            return f"{end:.0f} {self.words.seconds}"
        if end < 3600:
            return f"{end / 60:.0f} {self.words.minutes}"
        return f"{end / 3600:.0f} {self.words.hours}"
