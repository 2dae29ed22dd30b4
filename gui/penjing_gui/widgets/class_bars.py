"""How many samples each class has in each split, or how a regression's target is spread: upright stacked bars."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QFontMetrics, QHelpEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from penjing_gui import theme as themes
from penjing_gui.theme import Theme
from penjing_gui.widgets.curve_axes import nice_step
from penjing_gui.widgets.data_table import TableAction, TableData
from penjing_gui.widgets.split_fill import SPLITS, fill_split

LEFT, TOP, RIGHT = 48, 16, 8
LEAST_GAP = 6  # px between two names


class ClassBars(QWidget):
    """One column a class (or an interval of the target). Arrows move through the columns; each has a tooltip."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.names: tuple[str, ...] = ()
        self.counts: dict[str, tuple[int, ...]] = {}
        self.edges: tuple[float, ...] = ()
        self.current = -1
        self.setAccessibleName(self.tr("Samples by class"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        TableAction(self, self.table)

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """Enough to tell bars apart."""
        return QSize(320, 150)

    def minimumSizeHint(self) -> QSize:
        """An axis and a bar that can be seen."""
        return QSize(160, 96)

    # What is shown

    def set_classes(self, names: Sequence[str], counts: Mapping[str, Sequence[int]]) -> None:
        """Show samples by class for each split."""
        self.setAccessibleName(self.tr("Samples by class"))
        self._set(names, counts, ())

    def set_histogram(self, edges: Sequence[float], counts: Sequence[int]) -> None:
        """Show how many training samples have a target between two edges."""
        self.setAccessibleName(self.tr("Training samples by target"))
        names = [f"{low:.4g} – {high:.4g}" for low, high in itertools.pairwise(edges)]
        self._set(names, {"train": counts}, tuple(edges))

    def _set(
        self, names: Sequence[str], counts: Mapping[str, Sequence[int]], edges: tuple[float, ...]
    ) -> None:
        self.names, self.edges, self.current = tuple(names), edges, -1
        self.counts = {split: tuple(counts[split]) for split in SPLITS if split in counts}
        self.setAccessibleDescription(self.finding())
        self.update()

    def totals(self) -> list[int]:
        """Samples of each class in all splits."""
        return [
            sum(counts[index] for counts in self.counts.values() if index < len(counts))
            for index in range(len(self.names))
        ]

    def finding(self) -> str:
        """What the bars say, in a sentence."""
        totals = self.totals()
        if not totals or self.edges:
            return ""
        low, high = int(np.argmin(totals)), int(np.argmax(totals))
        text = self.tr("{low} to {high} samples a class; fewest in {name}.")
        return text.format(low=f"{totals[low]:,}", high=f"{totals[high]:,}", name=self.names[low])

    def describe(self, index: int) -> str:
        """A column in words."""
        names = {"train": self.tr("train"), "validation": self.tr("validation"), "test": self.tr("test")}
        parts = [
            f"{names[split]} {counts[index]:,}"
            for split, counts in self.counts.items()
            if index < len(counts)
        ]
        return f"{self.names[index]}: {', '.join(parts)}"

    def table(self) -> TableData:
        """The same as a table."""
        heads = {"train": self.tr("train"), "validation": self.tr("validation"), "test": self.tr("test")}
        first = self.tr("target") if self.edges else self.tr("class")
        columns = [
            [counts[index] if index < len(counts) else None for index in range(len(self.names))]
            for counts in self.counts.values()
        ]
        headers = (first, *(heads[split] for split in self.counts))
        return TableData(self.accessibleName(), headers, (list(self.names), *columns))

    # Painting

    def _plot(self) -> QRectF:
        bottom = QFontMetrics(themes.font(-1)).height() + 6
        return QRectF(LEFT, TOP, self.width() - LEFT - RIGHT, self.height() - TOP - bottom)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Axis, bars, names and counts as far as there is room, the frame of the focus."""
        painter = QPainter(self)
        painter.setFont(themes.font(-1))
        plot, totals = self._plot(), self.totals()
        if totals and plot.width() > 20 and plot.height() > 20:
            top = max(1, max(totals))
            self._axis(painter, plot, top)
            self._bars(painter, plot, totals, top)
            self._names(painter, plot)
        if self.hasFocus() and self.current < 0:
            painter.setPen(QPen(self._theme.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _axis(self, painter: QPainter, plot: QRectF, top: int) -> None:
        step = max(1.0, nice_step(float(top), 3))
        value = 0.0
        while value <= top:
            y = round(plot.bottom() - plot.height() * value / top) + 0.5
            painter.setPen(self._theme.line2 if value == 0 else self._theme.grid)
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(self._theme.text2)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, y - 8, LEFT - 6, 16), right, f"{value:,.0f}")
            value += step

    def _slot(self, plot: QRectF) -> float:
        return plot.width() / max(1, len(self.names))

    def _bars(self, painter: QPainter, plot: QRectF, totals: list[int], top: int) -> None:
        slot = self._slot(plot)
        gap = 0.0 if self.edges else min(8.0, 0.25 * slot)
        metrics = painter.fontMetrics()
        told = slot >= max(metrics.horizontalAdvance(f"{total:,}") for total in totals) + LEAST_GAP
        # More classes than pixels: the fullest of those that share a pixel stands for them.
        columns = range(len(totals)) if slot >= 1 else self._fullest(plot, totals)
        for index in columns:
            left = plot.left() + index * slot + gap / 2
            width = max(1.0, slot - gap - (1 if self.edges else 0))
            bottom = plot.bottom()
            for split, counts in self.counts.items():
                height = plot.height() * (counts[index] if index < len(counts) else 0) / top
                if height > 0:
                    fill_split(painter, QRectF(left, bottom - height, width, height), self._theme, split)
                bottom -= height
            if told:
                painter.setPen(self._theme.text2)
                room = QRectF(left - gap, bottom - TOP, width + 2 * gap, TOP - 1)
                painter.drawText(room, Qt.AlignmentFlag.AlignCenter, f"{totals[index]:,}")
            if index == self.current:
                painter.setPen(QPen(self._theme.accent, 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(QRectF(left - 2, bottom - 2, width + 4, plot.bottom() - bottom + 4))

    def _fullest(self, plot: QRectF, totals: list[int]) -> list[int]:
        pixels = (np.arange(len(totals)) * self._slot(plot)).astype(np.int64)
        starts = np.flatnonzero(np.diff(pixels, prepend=-1))
        ends = [*starts[1:], len(totals)]
        return [int(start + np.argmax(totals[start:end])) for start, end in zip(starts, ends, strict=True)]

    def _names(self, painter: QPainter, plot: QRectF) -> None:
        painter.setPen(self._theme.text2)
        metrics, slot = painter.fontMetrics(), self._slot(plot)
        y, height = plot.bottom() + 3, metrics.height()
        if self.edges:
            for part in range(5):
                x = plot.left() + plot.width() * part / 4
                value = self.edges[0] + (self.edges[-1] - self.edges[0]) * part / 4
                text = f"{value:.3g}".replace("-", "−")
                half = metrics.horizontalAdvance(text) / 2
                x = min(max(x - half, 0.0), self.width() - 2 * half)
                painter.drawText(QPointF(x, y + metrics.ascent()), text)
            return
        widest = max(metrics.horizontalAdvance(name) for name in self.names) + 2
        every = 1
        if widest + LEAST_GAP > slot:
            # Each name cut to its slot where at least three letters remain of it, else every n-th name.
            if slot >= 34:
                widest = int(slot - LEAST_GAP)
            else:
                widest = min(widest, 60)
                every = int(np.ceil((widest + LEAST_GAP) / slot))
        for index in range(0, len(self.names), every):
            name = metrics.elidedText(self.names[index], Qt.TextElideMode.ElideRight, widest)
            centre = plot.left() + (index + 0.5) * slot
            room = QRectF(centre - widest / 2 - 1, y, widest + 2, height)
            if room.right() <= self.width():
                painter.drawText(room, Qt.AlignmentFlag.AlignCenter, name)

    # Mouse and keyboard

    def index_at(self, x: float) -> int:
        """The column at a horizontal place, −1 where there is none."""
        plot = self._plot()
        if not self.names or not plot.left() <= x < plot.right():
            return -1
        return min(len(self.names) - 1, int((x - plot.left()) / self._slot(plot)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, Home and End go to the ends, Esc lets go."""
        last = len(self.names) - 1
        moves = {
            Qt.Key.Key_Left: max(0, self.current - 1),
            Qt.Key.Key_Right: min(last, self.current + 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        key = Qt.Key(event.key())
        if last >= 0 and key in moves:
            self.current = moves[key]
            self.setAccessibleDescription(self.describe(self.current))
            QToolTip.showText(self.mapToGlobal(self.rect().center()), self.describe(self.current), self)
        elif key == Qt.Key.Key_Escape and self.current >= 0:
            self.current = -1
            QToolTip.hideText()
        else:
            super().keyPressEvent(event)
            return
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Nothing is picked out any more."""
        self.current = -1
        self.update()
        super().focusOutEvent(event)

    def event(self, event: QEvent) -> bool:
        """A tooltip with the column's counts."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.index_at(event.pos().x())
            if index >= 0:
                QToolTip.showText(event.globalPos(), self.describe(index), self)
            else:
                QToolTip.hideText()
            return True
        return bool(super().event(event))
