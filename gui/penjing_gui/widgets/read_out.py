"""The column beside a plot: a sample of each curve, its name, and its value at one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from penjing_gui.theme import Theme, font

SAMPLE = 22  # pixels that the sample of a line takes


@dataclass(frozen=True)
class ReadOutRow:
    """One row. `pen` draws a line, and on it `mark` a symbol (see `draw_mark`); a `strong` value is semibold.

    An empty name is a separator line.
    """

    name: str
    value: str = ""
    pen: QPen | None = None
    mark: str = ""
    colour: QColor | None = None
    strong: bool = True


def mark_path(mark: str, centre: QPointF, radius: float) -> QPolygonF:
    """The corners of a mark (for "dot" and "ring": of its bounding square)."""
    x, y, r = centre.x(), centre.y(), radius
    corners = {
        "down": [(-r, -r * 0.8), (r, -r * 0.8), (0, r)],
        "triangle": [(-r, r * 0.8), (r, r * 0.8), (0, -r)],
        "diamond": [(0, -r * 1.2), (r * 1.2, 0), (0, r * 1.2), (-r * 1.2, 0)],
    }.get(mark, [(-r, -r), (r, -r), (r, r), (-r, r)])
    return QPolygonF([QPointF(x + dx, y + dy) for dx, dy in corners])


def draw_mark(
    painter: QPainter, mark: str, centre: QPointF, radius: float, colour: QColor, base: QColor
) -> None:
    """Draw a mark: "dot" and "down" are filled, the others open on the page's colour."""
    filled = mark in ("dot", "down")
    painter.setPen(QPen(colour, 0 if filled else 1.6))
    painter.setBrush(colour if filled else base)
    if mark in ("dot", "ring"):
        painter.drawEllipse(centre, radius, radius)
    elif mark == "plus":
        painter.drawLine(centre + QPointF(0, -radius - 2), centre + QPointF(0, radius + 2))
        painter.drawLine(centre + QPointF(-radius - 2, 0), centre + QPointF(radius + 2, 0))
    elif mark == "cross":
        for slope in (1, -1):
            painter.drawLine(
                centre + QPointF(-radius, -radius * slope), centre + QPointF(radius, radius * slope)
            )
    else:
        painter.drawPolygon(mark_path(mark, centre, radius))


class ReadOut(QWidget):
    """Rows of sample, name and value under an optional title, painted in one go."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.title = ""
        self.rows: tuple[ReadOutRow, ...] = ()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def apply_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.update()

    def set_rows(self, title: str, rows: Sequence[ReadOutRow]) -> None:
        """Replace the title and the rows; the accessible description says the same in words."""
        if title == self.title and tuple(rows) == self.rows:
            return
        self.title, self.rows = title, tuple(rows)
        words = [f"{row.name} {row.value}".strip() for row in rows if row.name]
        self.setAccessibleDescription("; ".join([title, *words] if title else words))
        self.update()

    def _row_height(self) -> int:
        return max(22, self.fontMetrics().height() + 6)

    def sizeHint(self) -> QSize:
        """Wide enough for a name of usual length and its value."""
        return QSize(int(self.fontMetrics().averageCharWidth() * 17) + SAMPLE + 48, self._row_height() * 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint title and rows from the top."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height, width, y = self._row_height(), self.width() - 1, 0
        if self.title:
            painter.setFont(font(-1))
            painter.setPen(self._theme.text2)
            painter.drawText(
                QRectF(0, y, width, height),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                self.title,
            )
            y += height
        for row in self.rows:
            if row.name:
                self._paint_row(painter, row, QRectF(0, y, width, height))
                y += height
            else:
                painter.setPen(self._theme.line)
                painter.drawLine(QPointF(0, y + 5.5), QPointF(width, y + 5.5))
                y += 11

    def _paint_row(self, painter: QPainter, row: ReadOutRow, rect: QRectF) -> None:
        centre = QPointF(SAMPLE / 2 - 1, rect.center().y() + 0.5)
        if row.pen is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(row.pen)
            painter.drawLine(QPointF(0, centre.y()), QPointF(SAMPLE - 2, centre.y()))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.mark:
            colour = row.colour or self._theme.text2
            draw_mark(painter, row.mark, centre, 2.5 if row.pen else 4.5, colour, self._theme.base)
        value_font = font(1, semibold=True) if row.strong else font()
        painter.setFont(value_font)
        painter.setPen(self._theme.text if row.strong else self._theme.text2)
        value_width = painter.fontMetrics().horizontalAdvance(row.value)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | middle, row.value)
        painter.setFont(font())
        painter.setPen(self._theme.text)
        room = rect.adjusted(SAMPLE + 6, 0, -value_width - 6, 0)
        text = painter.fontMetrics().elidedText(row.name, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | middle, text)
