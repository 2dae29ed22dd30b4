"""What lies over the cells of a heat map: gaps, dashes, figures, hatch, the frame of the selected column."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QFontMetricsF, QPainter, QPen

from penjing_gui import numbers
from penjing_gui import theme as themes
from penjing_gui.theme import Theme
from penjing_gui.widgets.cost_bar import Floats, colours

FIGURES_FROM = 38.0  # px of cell width from which figures are written
GAPS_FROM = 5.0


def percent_text(share: float, row: int) -> str:
    """A share as a cell's digits."""
    return numbers.cell(share, numbers.Prefix(0.01, "", 1 if share >= 0.01 else 2))


class HeatMarks(pg.GraphicsObject):
    """One item in pixel coordinates of the view box; it follows its range."""

    def __init__(self, box: pg.ViewBox, theme: Theme) -> None:
        super().__init__()
        self.setParentItem(box)
        self.theme = theme
        self._box = box
        self._shares: Floats = np.zeros((0, 0))
        self._size, self._count, self._selected, self._offset = 1, 0, -1, 0
        self._least = themes.LEAST_SHARE
        self._text: Callable[[float, int], str] = percent_text
        self._missing: tuple[str, ...] = ()
        self._logarithmic = True
        self._area = QRectF()
        self.setZValue(10)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def set(
        self,
        shares: Floats,
        size: int,
        count: int,
        missing: tuple[str, ...],
        selected: int,
        logarithmic: bool,
        offset: int = 0,
        least: float = themes.LEAST_SHARE,
        text: Callable[[float, int], str] = percent_text,
    ) -> None:
        """Draw over these cells: the groups of `size` of `count` columns from the group `offset` on."""
        self.prepareGeometryChange()
        self._area = QRectF(0, 0, self._box.width(), self._box.height())
        self._shares, self._size, self._count = shares, size, count
        self._missing, self._selected, self._logarithmic = missing, selected, logarithmic
        self._offset, self._least, self._text = offset, least, text
        self.update()

    def boundingRect(self) -> QRectF:
        """The view box, with room for the frame."""
        return self._area.adjusted(-2, -2, 2, 2)

    def _x(self, column: float) -> float:
        low, high = self._box.viewRange()[0]
        return float((column - low) / max(high - low, 1e-9) * self._area.width())

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw what is in sight."""
        rows, groups = self._shares.shape
        groups += self._offset
        if not rows or groups == self._offset:
            return
        painter.save()
        painter.setClipRect(self.boundingRect())
        height = self._area.height() / rows
        width = self._x(self._size) - self._x(0)
        low, high = self._box.viewRange()[0]
        first = max(self._offset, int(low // self._size))
        last = min(groups, int(high // self._size) + 1)
        right = min(self._area.right(), self._x(self._count))
        frame = self._frame(width)
        self._gaps(painter, rows, height, width, first, last, right)
        for row in range(rows):
            top = row * height
            if self._missing[row]:
                left = max(0.0, self._x(0))
                self._hatch(painter, QRectF(left, top, right - left, height), row, frame)
                continue
            self._cells(painter, row, top, height, width, first, last)
        if frame is not None:
            painter.setPen(QPen(self.theme.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(frame.adjusted(0, 1, 0, -1))
        painter.restore()

    def _frame(self, width: float) -> QRectF | None:
        """The selected column."""
        if not 0 <= self._selected < self._count:
            return None
        left, wide = self._x(self._selected // self._size * self._size), max(width, 4.0)
        return QRectF(min(left, self._area.width() - wide), 0, wide, self._area.height())

    def _gaps(
        self, painter: QPainter, rows: int, height: float, width: float, first: int, last: int, right: float
    ) -> None:
        painter.setPen(QPen(self.theme.base, 1))
        for row in range(rows + 1):
            painter.drawLine(0, round(row * height), round(right), round(row * height))
        if width >= GAPS_FROM:
            for group in range(first, last + 1):
                x = round(self._x(group * self._size))
                painter.drawLine(x, 0, x, round(self._area.height()))

    def _hatch(self, painter: QPainter, area: QRectF, row: int, frame: QRectF | None) -> None:
        """Lines, and in their middle the reason; beside the frame where that goes through the middle."""
        painter.fillRect(area.adjusted(0, 1, 0, 0), QBrush(self.theme.line, Qt.BrushStyle.BDiagPattern))
        text = self._missing[row]
        painter.setFont(themes.font(0))
        extent = QFontMetricsF(painter.font()).horizontalAdvance(text) + 24
        if extent < area.width():
            left = area.center().x() - extent / 2
            if frame is not None and frame.left() - 2 < left + extent and left < frame.right() + 2:
                before = frame.left() - 2 - extent
                left = before if before >= area.left() else min(frame.right() + 2, area.right() - extent)
            middle = QRectF(left, area.top() + 1, extent, area.height() - 1)
            painter.fillRect(middle, self.theme.base)
            painter.setPen(self.theme.text2)
            painter.drawText(middle, int(Qt.AlignmentFlag.AlignCenter), text)

    def _cells(
        self, painter: QPainter, row: int, top: float, height: float, width: float, first: int, last: int
    ) -> None:
        figures = width >= FIGURES_FROM and height >= 14
        painter.setFont(themes.font(-1))
        shares = self._shares[row, first - self._offset : last - self._offset]
        inks = colours(self.theme, shares, self._logarithmic, self._least)
        for offset, share in enumerate(shares.tolist()):
            cell = QRectF(self._x((first + offset) * self._size), top, width, height)
            if share == 0:
                painter.fillRect(cell.adjusted(1, 1, 0, 0), self.theme.alt)
                if width >= 10:
                    painter.setPen(self.theme.text2)
                    painter.drawText(cell, int(Qt.AlignmentFlag.AlignCenter), numbers.DASH)
            elif np.isnan(share):
                painter.fillRect(
                    cell.adjusted(1, 1, 0, 0), QBrush(self.theme.line, Qt.BrushStyle.BDiagPattern)
                )
            elif figures:
                painter.setPen(themes.ink_on(*inks[offset, :3].tolist()))
                painter.drawText(cell, int(Qt.AlignmentFlag.AlignCenter), self._text(share, row))
