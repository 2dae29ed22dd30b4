"""The stages of a run, each with how long it took and the accuracy it left, as bars on one scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from penjing_gui import numbers
from penjing_gui.theme import Theme, font

State = Literal["waiting", "running", "done"]


@dataclass(frozen=True)
class Stage:
    """One row. `accuracy` is a share, None where it is not known; `note` is the time taken, or "so far".

    `error` stands in its place for a regression, without a bar: it has no scale that ends.
    """

    name: str
    state: State = "waiting"
    note: str = ""
    accuracy: float | None = None
    error: float | None = None


def scale_start(accuracies: Sequence[float]) -> int:
    """Where the bars' scale begins, in percent: ten below the least accuracy, in tens."""
    least = min(accuracies, default=0.0)
    return max(0, math.floor(100 * least / 10 - 0.5) * 10)


def _told(stage: Stage) -> str:
    if stage.accuracy is not None:
        return f"{100 * stage.accuracy:.1f} %"
    return "" if stage.error is None else f"MSE {numbers.figure(stage.error)}"


class StageBars(QWidget):
    """A small painted table."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.stages: tuple[Stage, ...] = ()
        self.progress = 0.0
        self.setAccessibleName(self.tr("Stages with their validation accuracies"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def apply_theme(self, theme: Theme) -> None:
        """Paint in another theme's colours."""
        self._theme = theme
        self.update()

    def set_stages(self, stages: Sequence[Stage], progress: float) -> None:
        """Replace the rows; `progress` (0 to 1) fills the ring of the stage that runs."""
        if tuple(stages) == self.stages and abs(progress - self.progress) < 0.005:
            return
        if len(stages) != len(self.stages):
            self.updateGeometry()
        self.stages, self.progress = tuple(stages), progress
        told = [f"{stage.name} {_told(stage)}" for stage in stages if _told(stage)]
        self.setAccessibleDescription(", ".join(told))
        self.update()

    def _row(self) -> int:
        return self.fontMetrics().height() + 9

    def sizeHint(self) -> QSize:
        """Header, rows and the scale's ends."""
        return QSize(240, self._row() * (len(self.stages) + 1) + self.fontMetrics().height() + 2)

    def minimumSizeHint(self) -> QSize:
        """All rows."""
        return QSize(180, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the table."""
        painter, theme = QPainter(self), self._theme
        row, width, middle = self._row(), self.width() - 1.0, Qt.AlignmentFlag.AlignVCenter
        painter.setFont(font(0, semibold=True))
        painter.setPen(theme.text)
        painter.drawText(QRectF(0, 0, width, row), middle, self.tr("Stage"))
        error = any(stage.error is not None for stage in self.stages)
        measure = "MSE" if error else self.tr("Accuracy, %")
        painter.drawText(QRectF(0, 0, width, row), Qt.AlignmentFlag.AlignRight | middle, measure)
        known = [stage.accuracy for stage in self.stages if stage.accuracy is not None]
        start = scale_start(known)
        value_width = painter.fontMetrics().horizontalAdvance("100.0")
        bar = QRectF(width - value_width - 10 - 0.25 * width, 0, 0.25 * width, 8)
        for index, stage in enumerate(self.stages):
            y = float(row * (index + 1))
            self._symbol(painter, stage.state, QPointF(7, y + row / 2))
            live = stage.state == "running"
            painter.setFont(font(0, semibold=live))
            painter.setPen(theme.text if stage.state != "waiting" else theme.text2)
            painter.drawText(QRectF(22, y, bar.left() - 22, row), middle, stage.name)
            name_width = painter.fontMetrics().horizontalAdvance(stage.name)
            painter.setFont(font(-1))
            painter.setPen(theme.text2)
            note = QRectF(22, y, bar.left() - 22 - 10, row)
            if name_width + 8 + painter.fontMetrics().horizontalAdvance(stage.note) <= note.width():
                painter.drawText(note, Qt.AlignmentFlag.AlignRight | middle, stage.note)
            if stage.error is not None:
                painter.setFont(font(0, semibold=True))
                painter.setPen(theme.text)
                place = QRectF(0, y, width, row)
                painter.drawText(place, Qt.AlignmentFlag.AlignRight | middle, numbers.figure(stage.error))
            if stage.accuracy is None:
                continue
            bar.moveTop(y + row / 2 - 4)
            painter.fillRect(bar, theme.grid)
            share = (100 * stage.accuracy - start) / max(1, 100 - start)
            filled = QRectF(bar.left(), bar.top(), bar.width() * min(1.0, max(0.0, share)), bar.height())
            painter.fillRect(filled, theme.accent if live or index == len(self.stages) - 1 else theme.ghost)
            painter.setFont(font(0, semibold=True))
            painter.setPen(theme.text)
            value = QRectF(0, y, width, row)
            painter.drawText(value, Qt.AlignmentFlag.AlignRight | middle, f"{100 * stage.accuracy:.1f}")
        if known:
            foot = QRectF(bar.left(), row * (len(self.stages) + 1), bar.width(), self.fontMetrics().height())
            painter.setFont(font(-1))
            painter.setPen(theme.text2)
            painter.drawText(foot, Qt.AlignmentFlag.AlignLeft, str(start))
            painter.drawText(foot, Qt.AlignmentFlag.AlignRight, "100")

    def _symbol(self, painter: QPainter, state: State, centre: QPointF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        x, y = centre.x(), centre.y()
        if state == "done":
            painter.setPen(QPen(self._theme.accent, 1.6))
            painter.drawPolyline(
                QPolygonF([QPointF(x - 5, y), QPointF(x - 1.5, y + 3.5), QPointF(x + 5, y - 4)])
            )
        else:
            ring = QRectF(x - 5, y - 5, 10, 10)
            painter.setPen(QPen(self._theme.line2, 2))
            painter.drawEllipse(ring)
            if state == "running":
                painter.setPen(QPen(self._theme.accent, 2))
                painter.drawArc(ring, 90 * 16, -round(360 * 16 * min(1.0, max(0.04, self.progress))))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
