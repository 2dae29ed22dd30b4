"""Outlines, bars and marks of a strip of layers; of very many layers the highest of those that share some pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem

BAR = 0.34  # half the width of a bar, in columns
FEW = 400  # so many layers are drawn one by one in any case
LEAST = 4.0  # px that a column takes at least where there are more

Values = np.ndarray[Any, np.dtype[np.float64]]


class StripBars:
    """Outlines of what was, bars of what is, marks of what is planned; nothing where it is not known."""

    def __init__(self) -> None:
        self.ghosts, self.marks = QGraphicsPathItem(), QGraphicsPathItem()
        self.bars = pg.BarGraphItem(x=[], height=[], width=2 * BAR)
        self._before = self._planned = self._now = np.empty(0)
        self._shown: tuple[int, int, int] | None = None

    def set_colours(self, ghost: QColor, bar: QColor, mark: QColor) -> None:
        """Use other colours."""
        self.ghosts.setPen(pg.mkPen(ghost))
        self.marks.setPen(pg.mkPen(mark, width=2))
        self.bars.setOpts(brush=pg.mkBrush(bar), pen=pg.mkPen(None))

    def set_values(
        self, before: Sequence[float], planned: Sequence[float | None], now: Sequence[float | None]
    ) -> None:
        """Take other values; `show_range` draws them."""
        self._before, self._planned, self._now = (
            np.array(values, dtype=np.float64) for values in (before, planned, now)
        )
        self._shown = None

    def show_range(self, low: float, high: float, pixels: float) -> None:
        """Draw the columns from `low` to `high` on so many `pixels`. The same ones again cost nothing."""
        first, last, size = 0, len(self._before), 1
        if last > FEW:
            first, last = max(0, int(low)), min(last, int(high) + 2)
            size = max(1, int(np.ceil((last - first) * LEAST / max(pixels, 1.0))))
            first -= first % size
        if (first, last, size) != self._shown:
            self._shown = first, last, size
            self._draw(first, last, size)

    def _draw(self, first: int, last: int, size: int) -> None:
        ghosts, marks = QPainterPath(), QPainterPath()
        starts = np.arange(first, last, size)
        before, planned, now = (
            np.fmax.reduceat(values[:last], starts) if len(starts) else values[:0]
            for values in (self._before, self._planned, self._now)
        )
        middles = (starts + np.minimum(starts + size, last) - 1) / 2
        half, over = BAR * size, (BAR + 0.08) * size
        for x, height, plan in zip(middles.tolist(), before.tolist(), planned.tolist(), strict=True):
            ghosts.addRect(QRectF(x - half, 0.0, 2 * half, height))
            if plan == plan:  # known
                marks.moveTo(x - over, plan)
                marks.lineTo(x + over, plan)
        self.ghosts.setPath(ghosts)
        self.marks.setPath(marks)
        known = ~np.isnan(now)
        self.bars.setOpts(x=middles[known], height=now[known], width=2 * half * 0.86)
