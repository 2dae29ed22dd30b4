"""The column beside a plot: a sample of each curve, its name, and its value at one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from penjing_gui.theme import Theme, font

SAMPLE = 22  # pixels that the sample of a line takes
_SEPARATOR = 11  # pixels of a line between rows


@dataclass(frozen=True)
class ReadOutRow:
    """One row. `pen` draws a line, and on it `mark` a symbol (see `draw_mark`); a `strong` value is semibold.

    An empty name is a separator line. A row with a `key` can be switched; it is `on` where its curve is drawn. `tip` is
    the name in full where `name` is short.
    """

    name: str
    value: str = ""
    pen: QPen | None = None
    mark: str = ""
    colour: QColor | None = None
    strong: bool = True
    key: str = ""
    on: bool = True
    tip: str = ""


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
    """Rows of sample, name and value under an optional title, painted in one go.

    `switched` brings the key of a row that is to be shown or hidden: clicked, or chosen with Up and Down and switched
    with Space.
    """

    switched = Signal(str)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.title = ""
        self.rows: tuple[ReadOutRow, ...] = ()
        self._current = ""
        self._hovered = ""
        self._room = 0
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
        words = [self._words(row) for row in rows if row.name]
        self.setAccessibleDescription("; ".join([title, *words] if title else words))
        keys = self._keys()
        if keys and self.focusPolicy() == Qt.FocusPolicy.NoFocus:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setMouseTracking(True)
        if self._current not in keys:
            self._current = keys[0] if keys else ""
        self.update()

    def _words(self, row: ReadOutRow) -> str:
        hidden = "" if row.on else self.tr("(hidden)")
        return " ".join(filter(None, (row.tip or row.name, row.value, hidden)))

    def _keys(self) -> list[str]:
        return [row.key for row in self.rows if row.key]

    def set_room(self, height: int) -> None:
        """How much height there is: rows stand closer rather than out of sight."""
        if height != self._room:
            self._room = height
            self.update()

    def _counts(self) -> tuple[int, int]:
        """Rows with a text, and lines between them."""
        named = sum(bool(row.name) for row in self.rows) + bool(self.title)
        return named, sum(not row.name for row in self.rows)

    def _row_height(self) -> int:
        usual = max(22, self.fontMetrics().height() + 6)
        named, lines = self._counts()
        if not self._room or not named:
            return usual
        return min(usual, max(self.fontMetrics().height() + 1, (self._room - lines * _SEPARATOR) // named))

    def content_height(self) -> int:
        """How high title and rows are together."""
        named, lines = self._counts()
        return named * self._row_height() + lines * _SEPARATOR

    def sizeHint(self) -> QSize:
        """Wide enough for a name of usual length and its value."""
        return QSize(
            int(self.fontMetrics().averageCharWidth() * 17) + SAMPLE + 48,
            6 * max(22, self.fontMetrics().height() + 6),
        )

    def _places(self) -> list[tuple[ReadOutRow, QRectF]]:
        """Each row with the place it takes."""
        height, width = self._row_height(), self.width() - 1
        y = height if self.title else 0
        places = []
        for row in self.rows:
            each = height if row.name else _SEPARATOR
            places.append((row, QRectF(0, y, width, each)))
            y += each
        return places

    def row_rect(self, key: str) -> QRectF:
        """Where the row of a key is."""
        return next((rect for row, rect in self._places() if row.key == key), QRectF())

    def _row_at(self, position: QPointF) -> ReadOutRow | None:
        return next((row for row, rect in self._places() if rect.contains(position)), None)

    # --- events

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show which row would be switched."""
        row = self._row_at(event.position())
        hovered = row.key if row is not None else ""
        if hovered != self._hovered:
            self._hovered = hovered
            self.setCursor(Qt.CursorShape.PointingHandCursor if hovered else Qt.CursorShape.ArrowCursor)
            self.setToolTip(self._tip(row) if row is not None else "")
            self.update()

    def _tip(self, row: ReadOutRow) -> str:
        if not row.key:
            return row.tip
        act = self.tr("Click to hide it") if row.on else self.tr("Click to show it")
        return f"{row.tip or row.name}\n{act}"

    def leaveEvent(self, event: QEvent) -> None:
        """No row would be switched."""
        self._hovered = ""
        self.update()
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Switch the row."""
        row = self._row_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and row is not None and row.key:
            self._current = row.key
            self.switched.emit(row.key)
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down choose a row, Space and Enter switch it."""
        keys, key = self._keys(), Qt.Key(event.key())
        if not keys:
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            at = keys.index(self._current) + (1 if key == Qt.Key.Key_Down else -1)
            self._current = keys[min(max(at, 0), len(keys) - 1)]
            self.update()
        elif key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.switched.emit(self._current)
        else:
            super().keyPressEvent(event)

    # --- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint title and rows from the top, and where the focus is."""
        painter = QPainter(self)
        for row, rect in self._places():
            if row.key and row.key == self._hovered:
                painter.fillRect(rect, self._theme.hover)
        self.paint(painter)
        if self.hasFocus() and self._current:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.accent, 2))
            painter.drawRoundedRect(self.row_rect(self._current).adjusted(1, 1, -1, -1), 3, 3)

    def paint(self, painter: QPainter) -> None:
        """Paint title and rows at (0, 0)."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.title:
            painter.setFont(font(-1))
            painter.setPen(self._theme.text2)
            painter.drawText(
                QRectF(0, 0, self.width() - 1, self._row_height()),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                self.title,
            )
        for row, rect in self._places():
            if row.name:
                self._paint_row(painter, row, rect)
            else:
                painter.setPen(self._theme.line)
                painter.drawLine(rect.topLeft() + QPointF(0, 5.5), rect.topRight() + QPointF(0, 5.5))

    def _paint_row(self, painter: QPainter, row: ReadOutRow, rect: QRectF) -> None:
        theme = self._theme
        centre = QPointF(SAMPLE / 2 - 1, rect.center().y() + 0.5)
        if not row.on:
            # an empty box where the line was: switched off, by shape and not by colour alone
            painter.setPen(QPen(theme.text2, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(centre.x() - 4.5, centre.y() - 4.5, 9, 9))
        elif row.pen is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(row.pen)
            painter.drawLine(QPointF(0, centre.y()), QPointF(SAMPLE - 2, centre.y()))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.mark and row.on:
            colour = row.colour or theme.text2
            draw_mark(painter, row.mark, centre, 2.5 if row.pen else 4.5, colour, theme.base)
        strong = row.strong and row.on
        painter.setFont(font(1, semibold=True) if strong else font())
        painter.setPen(theme.text if strong else theme.text2)
        value_width = painter.fontMetrics().horizontalAdvance(row.value)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | middle, row.value)
        painter.setFont(font())
        painter.setPen(theme.text if row.on else theme.text2)
        room = rect.adjusted(SAMPLE + 6, 0, -value_width - 6, 0)
        mode = Qt.TextElideMode.ElideLeft if row.tip else Qt.TextElideMode.ElideRight
        text = painter.fontMetrics().elidedText(row.name, mode, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | middle, text)
