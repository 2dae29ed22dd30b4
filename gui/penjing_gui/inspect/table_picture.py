"""The layer table as a picture: its header and its rows, also those that are scrolled out of sight."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter

from penjing_gui.inspect import columns
from penjing_gui.inspect.layer_view import LayerView
from penjing_gui.theme import Theme
from penjing_gui.widgets.picture import Picture

MOST_ROWS = 600  # more than that nobody reads in a picture


def table_picture(view: LayerView, title: str, theme: Theme, more: str) -> Picture:
    """The table from its first row on. `more` is written below where rows are left out ({count} of them)."""
    model = view.model()
    height = view.verticalHeader().defaultSectionSize()
    head = view.header().height()
    shown = [i for i in range(len(columns.KEYS)) if not view.isColumnHidden(i)]
    rows = min(model.rowCount(), MOST_ROWS)
    left_out = model.rowCount() - rows
    width = sum(view.columnWidth(i) for i in shown)

    def draw(painter: QPainter) -> None:
        marks = view.cells.current, view.cells.hovered
        view.cells.current = view.cells.hovered = -1
        x = 0
        for column in shown:
            wide = view.columnWidth(column)
            painter.save()
            view.header().paintSection(painter, QRect(x, 0, wide, head), column)
            painter.restore()
            top = QRect(x, head, wide, height)
            view.cells.paint_column(painter, column, list(range(rows)), [False] * rows, top)
            x += wide
        view.cells.current, view.cells.hovered = marks
        if left_out:
            painter.setPen(theme.text2)
            below = QRect(12, head + rows * height, width - 12, height)
            painter.drawText(below, int(Qt.AlignmentFlag.AlignVCenter), more.format(count=f"{left_out:,}"))

    return Picture(title, QSize(width, head + (rows + bool(left_out)) * height), theme.base, draw)
