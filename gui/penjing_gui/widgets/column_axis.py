"""The axis below a heat map: short column names, and brackets for the modules they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from penjing_gui import theme as themes
from penjing_gui.theme import Theme

GAP = 6.0
CUT_FROM = 32.0  # px of column width from which a cut name still says something
LEAST_DISTANCE = 11.0  # px from the beginning of one name to the next: a letter and the gap


def runs(groups: Sequence[str]) -> list[tuple[int, int, str]]:
    """Neighbouring columns of the same group: (first, one past the last, name)."""
    if not groups:
        return []
    edges = [0, *(i for i in range(1, len(groups)) if groups[i] != groups[i - 1]), len(groups)]
    return [(first, last, groups[first]) for first, last in pairwise(edges)]


class ColumnAxis(pg.AxisItem):
    """Names under their columns where they fit; the selected one always, in semibold."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("bottom")
        self._theme = theme
        self._labels: Sequence[str] = ()
        self._groups: Sequence[str] = ()
        self._runs: list[tuple[int, int, str]] = []
        self._edges = np.zeros((0, 2))
        self._selected = -1
        self.setStyle(showValues=False)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._theme = theme
        line = QFontMetricsF(themes.font(-1)).height()
        self.setHeight(2 * line + 8)
        self.update()

    def set_columns(self, labels: Sequence[str], groups: Sequence[str]) -> None:
        """Names of the columns, and for each the module whose bracket it is under ("" for none)."""
        self._labels = labels
        if groups is not self._groups:
            self._groups, self._runs = groups, runs(groups)
            self._edges = np.array([run[:2] for run in self._runs], dtype=np.float64).reshape(-1, 2)
        self.update()

    def set_selected(self, column: int) -> None:
        """Write this column's name in any case; −1 for none."""
        self._selected = column
        self.update()

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw names and brackets."""
        view = self.linkedView()
        if view is None or not self._labels:
            return
        low, high = view.viewRange()[0]
        # the axis is as wide as the plot's view, whose left edge is ours too
        scale = self.size().width() / max(high - low, 1e-9)
        plain, bold = themes.font(-1), themes.font(-1, semibold=True)
        metrics = QFontMetricsF(plain)
        line = metrics.height()
        taken: list[tuple[float, float]] = []
        places = [self._selected] if 0 <= self._selected < len(self._labels) else []
        # no two names are nearer than this, so not every one of very many columns is tried
        step = max(1, int(LEAST_DISTANCE / max(scale, 1e-9)))
        ends = max(0, int(low)), min(len(self._labels), int(high) + 1)
        places += [c for c in range(*ends, step) if c != self._selected]
        for column in places:
            chosen = column == self._selected
            centre = (column + 0.5 - low) * scale
            text, left, width = self._labels[column], 0.0, 0.0
            for cut in (False, True):  # a name that does not fit whole may fit cut, under a wide column
                if cut:
                    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, scale - GAP)
                width = QFontMetricsF(bold if chosen else plain).horizontalAdvance(text)
                left = centre - width / 2
                if chosen:
                    left = min(max(0.0, left), self.size().width() - width)
                inside = left >= -1 and left + width <= self.size().width() + 1
                if inside and not any(
                    left < end + GAP - 1 and left + width + GAP - 1 > start for start, end in taken
                ):
                    break
                if cut or scale < CUT_FROM:
                    text = ""
                    break
            if not text:
                continue
            taken.append((left, left + width))
            painter.setFont(bold if chosen else plain)
            painter.setPen(self._theme.text if chosen else self._theme.text2)
            painter.drawText(QRectF(left - 1, 2, width + 2, line), int(Qt.AlignmentFlag.AlignCenter), text)
        self._brackets(painter, low, scale, line, metrics)

    def _brackets(
        self, painter: QPainter, low: float, scale: float, line: float, metrics: QFontMetricsF
    ) -> None:
        painter.setFont(themes.font(-1))
        y, most = line + 4.5, self.size().width()
        wide = np.flatnonzero(np.diff(self._edges, axis=1)[:, 0] * scale >= 8)
        for first, last, name in (self._runs[run] for run in wide.tolist()):
            left, right = max(0.0, (first - low) * scale + 2), min(most, (last - low) * scale - 2)
            if not name or right - left < 4:
                continue
            painter.setPen(QPen(self._theme.line2, 1))
            painter.drawPolyline(
                [QPointF(left, y - 3), QPointF(left, y), QPointF(right, y), QPointF(right, y - 3)]
            )
            text = metrics.elidedText(
                name, Qt.TextElideMode.ElideLeft, right - left
            )  # the number is at the end
            if text == name or len(text) > 1:  # an ellipsis alone says nothing
                painter.setPen(self._theme.text2)
                painter.drawText(QRectF(left, y, right - left, line), int(Qt.AlignmentFlag.AlignCenter), text)
