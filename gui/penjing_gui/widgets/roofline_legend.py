"""The legend over a roofline: each roof with its line and rate, and what the two kinds of mark are."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from penjing_gui import theme as themes
from penjing_gui.theme import Theme
from penjing_gui.widgets.roofline import DASHES, ROOFS, roof_colour


class RooflineLegend(QWidget):
    """Samples and words on one line, or on two where there is no room."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._entries: tuple[tuple[str, str], ...] = ()
        self.setFont(themes.font(-1))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_entries(self, entries: Sequence[tuple[str, str]]) -> None:
        """Pairs of what is drawn ("convolution", "matmul", "copy", "attainable", "achieved") and its words."""
        self._entries = tuple(entries)
        said = ", ".join(text for _, text in entries)
        self.setAccessibleName(said)
        self.setToolTip(said)
        self.updateGeometry()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._theme = theme
        self.setFont(themes.font(-1))
        self.update()

    def _places(self, width: int) -> tuple[list[QPointF], int]:
        """Left top of each entry, in as many lines as they need, and how many."""
        metrics = QFontMetrics(self.font())
        x, line, places = 0, 0, []
        for _, text in self._entries:
            wide = 30 + metrics.horizontalAdvance(text)
            if x and x + wide > width:
                x, line = 0, line + 1
            places.append(QPointF(x, line * (metrics.height() + 2)))
            x += wide + 14
        return places, line + 1

    def hasHeightForWidth(self) -> bool:
        """Narrow ones take two lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height of the lines it needs."""
        return self._places(width)[1] * (QFontMetrics(self.font()).height() + 2) + 2

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(200, self.heightForWidth(max(200, self.width())))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Samples and words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, height = self._theme, QFontMetrics(self.font()).height()
        for (kind, text), place in zip(self._entries, self._places(self.width())[0], strict=True):
            middle = place.y() + height / 2
            colour = roof_colour(theme, kind) if kind in ROOFS else theme.text2
            pen = QPen(colour, 1.4)
            if kind == "matmul":
                pen.setDashPattern(list(DASHES["matmul"]))
            painter.setPen(pen)
            left = place.x()
            if kind in ROOFS:
                painter.drawLine(QPointF(left, middle), QPointF(left + 22, middle))
            elif kind == "copy":
                painter.drawLine(QPointF(left + 4, middle + 5), QPointF(left + 18, middle - 5))
            else:
                painter.setPen(QPen(theme.text2, 1.2))
                painter.setBrush(theme.text2 if kind == "achieved" else theme.base)
                painter.drawEllipse(QPointF(left + 14, middle), 3.5, 3.5)
            painter.setPen(theme.text2)
            box = QRectF(left + 28, place.y(), self.width(), height)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)
