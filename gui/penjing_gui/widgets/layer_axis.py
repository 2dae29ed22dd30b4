"""A bottom axis with one column a layer: rows of figures, labels, and brackets for modules."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from penjing_gui.theme import Theme, font, ink_on
from penjing_gui.widgets.column_axis import runs
from penjing_gui.widgets.layer_names import label_layers, short_label

ROW, LABELS, BRACKET = 19.0, 22.0, 22.0  # least heights; a larger font takes more
GAP = 10.0  # between the plot and the first row
LEAST_BRACKET = 4.0  # px that a module's columns take at least to be marked
MEASURED = 500  # texts that are measured to know how wide they are


@dataclass(frozen=True)
class AxisRow:
    """A row of figures under the columns. `colours` (None: a plain text) fill the cells behind them."""

    title: str
    texts: tuple[str, ...]
    colours: tuple[QColor | None, ...] | None = None
    quiet: bool = False


class LayerAxis(pg.AxisItem):
    """The axis. Column i lies at i − 0.5 to i + 0.5 of the linked view."""

    def __init__(self, theme: Theme, gap: float = GAP) -> None:
        super().__init__("bottom")
        self._theme = theme
        self._gap = gap
        self._labels: list[tuple[str, str]] = []
        self._runs: list[tuple[int, int, str]] = []
        self._edges = np.zeros((0, 2))
        self._rows: tuple[AxisRow, ...] = ()
        self._row, self._label_row = ROW, LABELS
        self.setStyle(tickLength=0, showValues=False)

    def apply_theme(self, theme: Theme) -> None:
        """Paint in another theme's colours."""
        self._theme = theme
        self._redraw()

    def set_layers(self, names: Sequence[str], rows: Sequence[AxisRow] = ()) -> None:
        """Replace labels and rows; the axis takes the height that they need."""
        labels = label_layers(names)
        self._labels, self._rows = labels, tuple(rows)
        self._runs = runs([module for module, _ in labels])
        self._edges = np.array([run[:2] for run in self._runs], dtype=np.float64).reshape(-1, 2)
        text = QFontMetricsF(font(-1)).height()
        self._row, self._label_row = max(ROW, text + 5), max(LABELS, text + 8)
        brackets = max(BRACKET, text + 8) if any(module for module, _ in labels) else 0.0
        self.setHeight(math.ceil(self._gap + self._row * len(rows) + self._label_row + brackets))
        self._redraw()

    def _redraw(self) -> None:
        self.picture = None
        self.prepareGeometryChange()
        self.update()

    def boundingRect(self) -> QRectF:
        """Larger than the axis by the rows' titles at its left."""
        return self.mapRectFromParent(self.geometry()).adjusted(-110, 0, 40, 0)  # type: ignore[no-any-return]

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[Any, list[float]]]:
        """No ticks: columns are labelled, not values."""
        return []

    def paint(self, p: QPainter, opt: Any, widget: Any) -> None:
        """Paint rows, labels and brackets for the columns in view."""
        area = self.mapRectFromParent(self.geometry())
        low, high = self.range
        if high <= low or not self._labels:
            return
        column = area.width() / (high - low)
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        p.setFont(font(-1))
        metrics = QFontMetricsF(p.font())
        y = area.top() + self._gap
        first, last = max(0, math.ceil(low - 0.5)), min(len(self._labels) - 1, math.floor(high + 0.5))
        columns = range(first, last + 1)
        for row in self._rows:
            self._paint_row(p, row, columns, area.left() - low * column, column, y, metrics)
            p.setPen(self._theme.text2)
            title = QRectF(area.left() - 110, y, 102, self._row)
            p.drawText(title, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, row.title)
            y += self._row
        self._paint_labels(p, columns, area.left() - low * column, column, y, metrics)
        self._paint_brackets(p, columns, area.left() - low * column, column, y + self._label_row, metrics)

    def _paint_row(
        self,
        p: QPainter,
        row: AxisRow,
        columns: range,
        origin: float,
        width: float,
        y: float,
        metrics: QFontMetricsF,
    ) -> None:
        widest = max((metrics.horizontalAdvance(row.texts[i]) for i in _some(columns)), default=0.0)
        stride = 1 if row.colours else max(1, math.ceil((widest + 4) / width))
        step = stride if stride > 1 else max(1, int(1 / width))  # no two cells in the same pixel
        for i in range(columns.start - columns.start % step, columns.stop, step):
            cell = QRectF(origin + (i - 0.5) * width, y, max(width, 1.0), self._row)
            colour = row.colours[i] if row.colours else None
            if colour is not None:
                gap = 0.5 if width > 2 else 0.0
                p.fillRect(cell.adjusted(gap, 1, -gap, -1), colour)
                p.setPen(ink_on(colour.red(), colour.green(), colour.blue()))
            else:
                p.setPen(self._theme.text2 if row.quiet or row.colours else self._theme.text)
            if width * stride > 4 and metrics.horizontalAdvance(row.texts[i]) + 2 <= width * stride:
                flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip
                p.drawText(cell, int(flags), row.texts[i])

    def _paint_labels(
        self, p: QPainter, columns: range, origin: float, width: float, y: float, metrics: QFontMetricsF
    ) -> None:
        p.setPen(self._theme.text2)
        widths = sorted(metrics.horizontalAdvance(short_label(*self._labels[i])) for i in _some(columns))
        usual = widths[int(0.9 * (len(widths) - 1))] if widths else 0.0
        stride = max(1, math.ceil((usual + 2) / width)) if usual > 3 * width else 1
        if stride == 1 and usual + 2 > width:
            stride = max(1, math.ceil(min(usual + 2, 40) / width))
        for i in range(columns.start + -columns.start % stride, columns.stop, stride):
            room = width * stride + 1
            text = metrics.elidedText(
                short_label(*self._labels[i]), Qt.TextElideMode.ElideLeft, max(room, 14)
            )
            cell = QRectF(origin + (i - 0.5) * width, y, width, self._label_row)
            p.drawText(cell, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip), text)

    def _paint_brackets(
        self, p: QPainter, columns: range, origin: float, width: float, y: float, metrics: QFontMetricsF
    ) -> None:
        room = np.diff(np.clip(self._edges, columns.start, columns.stop), axis=1)[:, 0] * width
        for run in np.flatnonzero(room >= LEAST_BRACKET).tolist():
            start, stop, module = self._runs[run]
            i, end = max(start, columns.start), min(stop, columns.stop) - 1
            if module:
                left, right = origin + (i - 0.42) * width, origin + (end + 0.42) * width
                p.setPen(self._theme.line2)
                p.drawLine(QPointF(left, y), QPointF(right, y))
                p.setPen(self._theme.text2)
                text = metrics.elidedText(module, Qt.TextElideMode.ElideMiddle, right - left)
                p.drawText(
                    QRectF(left, y + 2, right - left, max(BRACKET - 3, metrics.height())),
                    Qt.AlignmentFlag.AlignCenter,
                    text,
                )


def _some(columns: range) -> range:
    """The columns, or of very many every so many."""
    return columns[:: max(1, len(columns) // MEASURED)]
