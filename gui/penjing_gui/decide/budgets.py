"""Needs and budgets: what the model needs now and after the plan, as shares of each budget."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from penjing.advice.needs import Need
from penjing_gui import theme as themes
from penjing_gui.decide import words
from penjing_gui.theme import Theme

_MARGIN = 16.0


class BudgetBars(QWidget):
    """One row a need: name, basis and budget; the bars; the figures. 100 % of every budget is one line."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._needs: tuple[Need, ...] = ()
        self._precision = ""

    def set_needs(self, needs: Sequence[Need], precision: str) -> None:
        """Show other needs, with the device's precision."""
        self._needs, self._precision = tuple(needs), precision
        self.setAccessibleDescription(". ".join(self.row_text(need) for need in self._needs))
        self.updateGeometry()
        self.update()

    @property
    def needs(self) -> tuple[Need, ...]:
        """What is shown."""
        return self._needs

    def row_text(self, need: Need) -> str:
        """A row in words."""
        name, value = words.quantity(need), words.amount(need, need.value)
        if need.budget is None:
            text = self.tr("{name}: {value} {unit}, no limit set").format(
                name=name, value=value, unit=need.unit
            )
        else:
            text = self.tr("{name}: {value} of {budget} {unit}").format(
                name=name, value=value, budget=words.budget(need), unit=need.unit
            )
        if need.planned is not None:
            text += self.tr(", after the plan {value}").format(value=words.amount(need, need.planned))
        return text

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._theme = theme
        self.update()

    # sizes

    def _line(self) -> float:
        return QFontMetricsF(themes.font(-1)).height()

    def _least_row(self) -> float:
        return 3 * self._line() + 14

    def sizeHint(self) -> QSize:
        """Three lines a row, the legend above, the axis below."""
        return QSize(480, self.minimumSizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """All rows are seen."""
        rows = max(1, len(self._needs))
        return QSize(360, round(rows * self._least_row() + 4 * self._line() + 24))

    def _most(self) -> float:
        """The axis' end, in budgets."""
        shares = [need.bounds(need.value)[1] / need.budget for need in self._needs if need.budget]
        most = max([1.25, *shares])
        if most <= 1.5:
            return 1.5
        step: float = 10.0 ** math.floor(math.log10(most))
        return next(one * step for one in (1.5, 2, 3, 4, 5, 6, 8, 10, 15) if one * step >= most * 1.02)

    # drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Legend, rows, the line of the budgets, axis."""
        if not self._needs:
            return
        theme, line = self._theme, self._line()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = QFontMetricsF(themes.font(semibold=True))
        names = [metrics.horizontalAdvance(self._name(need)) for need in self._needs]
        small = QFontMetricsF(themes.font(-1))
        names += [small.horizontalAdvance(words.basis(need, self._precision)) for need in self._needs]
        left = _MARGIN + max(names) + 18
        figures = max(metrics.horizontalAdvance(words.amount(need, need.value)) for need in self._needs)
        right = self.width() - _MARGIN - max(figures, 36.0) - 12
        top, bottom = _MARGIN / 2 + line + 10, self.height() - 2 * line - 14
        self._paint_legend(painter, left, line)
        height = (bottom - top) / len(self._needs)
        height = min(height, 1.7 * self._least_row())
        bottom = top + height * len(self._needs)
        room = QRectF(left, top, right - left, bottom - top)
        for index, need in enumerate(self._needs):
            self._paint_row(painter, need, room, top + index * height, height)
        hundred = room.left() + room.width() / self._most()
        painter.setPen(QPen(theme.text, 1.5))
        painter.drawLine(QPointF(hundred, room.top()), QPointF(hundred, room.bottom() + 4))
        self._paint_axis(painter, room, line)

    def _name(self, need: Need) -> str:
        name = words.quantity(need)
        if need.quantity == "macs":
            return name
        return self.tr("{name}, {unit}").format(name=name, unit=need.unit)

    def _paint_legend(self, painter: QPainter, left: float, line: float) -> None:
        entries = [(self._theme.ghost, self.tr("model now")), (self._theme.error, self.tr("over budget"))]
        metrics = QFontMetricsF(themes.font(-1))
        painter.setFont(themes.font(-1))
        with_plan = any(need.planned is not None for need in self._needs)
        planned = self.tr("after the plan, predicted") if with_plan else ""
        whole = sum(
            metrics.horizontalAdvance(text) + 38 for text in (*(text for _, text in entries), planned)
        )
        x, y = min(left, max(_MARGIN, self.width() - whole)), _MARGIN / 2 + 2
        for colour, text in entries:
            painter.fillRect(QRectF(x, y + (line - 8) / 2, 14, 8), colour)
            painter.setPen(self._theme.text2)
            painter.drawText(QPointF(x + 20, y + metrics.ascent()), text)
            x += 20 + metrics.horizontalAdvance(text) + 18
        if not with_plan:
            return
        self._paint_planned(painter, QRectF(x, y + (line - 8) / 2, 14, 8))
        painter.setPen(self._theme.text2)
        room = self.width() - x - 20 - 6
        painter.drawText(
            QPointF(x + 20, y + metrics.ascent()),
            metrics.elidedText(planned, Qt.TextElideMode.ElideRight, room),
        )

    def _paint_row(self, painter: QPainter, need: Need, room: QRectF, top: float, height: float) -> None:
        theme, line = self._theme, self._line()
        if top > room.top():
            painter.setPen(QPen(theme.grid, 1))
            painter.drawLine(QPointF(_MARGIN, top), QPointF(self.width() - _MARGIN, top))
        y = top + (height - 3 * line) / 2
        bold = QFontMetricsF(themes.font(semibold=True))
        small = QFontMetricsF(themes.font(-1))
        painter.setFont(themes.font(semibold=True))
        painter.setPen(theme.text)
        painter.drawText(QPointF(_MARGIN, y + bold.ascent() - 1), self._name(need))
        painter.setFont(themes.font(-1))
        painter.setPen(theme.text2)
        if need.budget is None:
            budget = self.tr("no limit set")
        else:
            budget = self.tr("budget {budget}").format(budget=words.budget(need))
        for index, text in enumerate((words.basis(need, self._precision), budget), 1):
            painter.drawText(QPointF(_MARGIN, y + index * line + small.ascent()), text)
        bar = min(15.0, line)
        upper = QRectF(room.left(), y, room.width(), bar)
        lower = QRectF(room.left(), y + bar + 7, room.width(), bar)
        if need.budget is not None:
            self._paint_bar(painter, need, need.value, upper, now=True)
            if need.planned is not None:
                self._paint_bar(painter, need, need.planned, lower, now=False)
        self._paint_figure(
            painter, words.amount(need, need.value), upper, theme.error if need.exceeded else theme.text
        )
        if need.planned is not None:
            self._paint_figure(painter, words.amount(need, need.planned), lower, theme.accent)

    def _paint_figure(self, painter: QPainter, text: str, bar: QRectF, ink: QColor) -> None:
        painter.setFont(themes.font(semibold=True))
        painter.setPen(ink)
        room = QRectF(bar.right(), bar.top() - 4, self.width() - _MARGIN - bar.right(), bar.height() + 8)
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_bar(self, painter: QPainter, need: Need, value: float, room: QRectF, now: bool) -> None:
        assert need.budget is not None
        unit = room.width() / self._most() / need.budget
        length = max(value * unit, 1.0)
        bar = QRectF(room.left(), room.top(), length, room.height())
        if now:
            within = min(length, need.budget * unit)
            painter.fillRect(QRectF(bar.left(), bar.top(), within, bar.height()), self._theme.ghost)
            if length > within:
                over = QRectF(bar.left() + within, bar.top(), length - within, bar.height())
                painter.fillRect(over, self._theme.error)
        else:
            self._paint_planned(painter, bar)
        low, high = need.bounds(value)
        if high > low:
            y, first, last = bar.center().y(), bar.left() + low * unit, bar.left() + high * unit
            painter.setPen(QPen(self._theme.text, 1))
            painter.drawLine(QPointF(first, y), QPointF(last, y))
            for x in (first, last):
                painter.drawLine(QPointF(x, y - 4), QPointF(x, y + 4))

    def _paint_planned(self, painter: QPainter, rect: QRectF) -> None:
        """Hatched with an accent outline: a prediction."""
        painter.fillRect(rect, self._theme.accent_soft)
        painter.setPen(QPen(self._theme.accent, 1))
        painter.setBrush(QBrush(self._theme.accent, Qt.BrushStyle.BDiagPattern))
        painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_axis(self, painter: QPainter, room: QRectF, line: float) -> None:
        most = self._most()
        step = next(
            one * power
            for power in (1, 10, 100, 1000, 10**4, 10**5, 10**6, 10**7, 10**8, 10**9, 10**10)
            for one in (0.5, 1, 2, 5)
            if most / (one * power) <= 5
        )
        painter.setPen(self._theme.text2)
        painter.setFont(themes.font(-1))
        share = 0.0
        while share <= most * 1.0001:
            bold = abs(share - 1) < 1e-9
            if bold or abs(share - 1) * room.width() / most > 44:
                self._tick(painter, room, share, bold, line)
            share += step
        if step > 1:
            self._tick(painter, room, 1.0, True, line)
        painter.setFont(themes.font(-1))
        painter.setPen(self._theme.text2)
        caption = QRectF(room.left(), room.bottom() + 6 + line, room.width(), line)
        painter.drawText(caption, Qt.AlignmentFlag.AlignHCenter, self.tr("share of the budget"))

    def _tick(self, painter: QPainter, room: QRectF, share: float, bold: bool, line: float) -> None:
        painter.setFont(themes.font(-1, semibold=bold))
        painter.setPen(self._theme.text if bold else self._theme.text2)
        x = room.left() + share * room.width() / self._most()
        label = QRectF(x - 40, room.bottom() + 5, 80, line)
        painter.drawText(label, Qt.AlignmentFlag.AlignHCenter, f"{100 * share:,.0f} %")
