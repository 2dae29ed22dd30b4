"""A scale: one axis with a threshold, the side that says yes, known models' marks, and where this model stands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from penjing_gui import theme as themes
from penjing_gui.theme import Theme

_BAR = 5
_MARGIN = 2


@dataclass(frozen=True, slots=True)
class Scale:
    """What a scale shows. `value` None: not known yet. `yes_below`: whether the side under the threshold says yes.

    `marks` are (value, name) of known models; `ticks` (value, text) stand below the line; `band` is an
    interval of the value. `logarithmic` needs positive ends.
    """

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...] = ()
    threshold: float | None = None
    yes_below: bool = True
    value: float | None = None
    value_text: str = ""
    marks: tuple[tuple[float, str], ...] = ()
    band: tuple[float, float] | None = None
    logarithmic: bool = False
    description: str = ""

    def position(self, value: float) -> float:
        """Where a value stands, 0 to 1; beyond the ends it stands at the end."""
        if self.high <= self.low:
            return 0.0
        if self.logarithmic:
            value = max(value, self.low)
            share = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return min(1.0, max(0.0, share))


def place_marks(
    centres: Sequence[float], widths: Sequence[float], room: float, gap: float = 8.0
) -> list[int | None]:
    """The line (0 nearest to the bar, 1 above it) for each label so that none covers another; None: no room."""
    taken: list[list[tuple[float, float]]] = [[], []]
    lines: list[int | None] = [None] * len(centres)
    for index in sorted(range(len(centres)), key=lambda i: centres[i]):
        left = min(max(0.0, centres[index] - widths[index] / 2), max(0.0, room - widths[index]))
        right = left + widths[index]
        for line, spans in enumerate(taken):
            if all(right + gap <= start or left >= end + gap for start, end in spans):
                spans.append((left, right))
                lines[index] = line
                break
    return lines


class ScaleWidget(QWidget):
    """Paints a `Scale`."""

    def __init__(self, theme: Theme, scale: Scale, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._scale = theme, scale
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(scale.description or scale.value_text)

    def set_scale(self, scale: Scale) -> None:
        """Show another scale."""
        if scale != self._scale:
            self._scale = scale
            self.setAccessibleName(scale.description or scale.value_text)
            self.updateGeometry()
            self.update()

    def set_value(self, value: float | None, text: str) -> None:
        """Move the model's mark."""
        self.set_scale(replace(self._scale, value=value, value_text=text))

    def scale_data(self) -> Scale:
        """What is shown."""
        return self._scale

    def apply_theme(self, theme: Theme) -> None:
        """Take over the theme's colours."""
        self._theme = theme
        self.update()

    def _line(self) -> int:
        return QFontMetrics(self._face()).height()

    @staticmethod
    def _face(strong: bool = False) -> QFont:
        return themes.font(-1, semibold=strong)

    def sizeHint(self) -> QSize:
        """Two lines of marks (where there are any) above the bar, ticks and the model's name below."""
        above = 2 * self._line() + 2 if self._scale.marks else 6
        return QSize(240, above + _BAR + 2 * self._line() + 6)

    def minimumSizeHint(self) -> QSize:
        """It may be narrow, never low."""
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The bar, its sides, marks, ticks and the value."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale, theme, line = self._scale, self._theme, self._line()
        top = 2 * line + 2 if scale.marks else 6
        room = self.width() - 2 * _MARGIN
        bar = QRectF(_MARGIN, top, room, _BAR)
        painter.fillRect(bar, theme.grid)
        if scale.threshold is not None:
            edge = bar.left() + room * scale.position(scale.threshold)
            left, right = (bar.left(), edge) if scale.yes_below else (edge, bar.right())
            painter.fillRect(QRectF(left, top, right - left, _BAR), theme.accent_soft)
        self._paint_marks(painter, bar, room)
        below = top + _BAR + 2
        self._paint_ticks(painter, bar, room, below)
        if scale.threshold is not None:
            edge = bar.left() + room * scale.position(scale.threshold)
            painter.fillRect(QRectF(edge - 1, top - 5, 2, _BAR + 10), theme.text)
        if scale.band is not None:
            low, high = (bar.left() + room * scale.position(one) for one in scale.band)
            soft = theme.accent.lighter(100)
            soft.setAlpha(90)
            painter.fillRect(QRectF(low, top - 1, max(2.0, high - low), _BAR + 2), soft)
        if scale.value is not None:
            self._paint_value(painter, bar, room, below)

    def _paint_marks(self, painter: QPainter, bar: QRectF, room: float) -> None:
        scale, theme, line = self._scale, self._theme, self._line()
        metrics = QFontMetrics(self._face())
        centres = [room * scale.position(value) for value, _ in scale.marks]
        widths = [float(metrics.horizontalAdvance(name)) for _, name in scale.marks]
        lines = place_marks(centres, widths, room)
        painter.setFont(self._face())
        painter.setPen(theme.line2)
        for centre, where in zip(centres, lines, strict=True):
            x = bar.left() + centre
            painter.drawLine(QPointF(x, bar.top() - 2 - (where or 0) * line), QPointF(x, bar.bottom()))
        painter.setPen(theme.text2)
        for (_, name), centre, wide, where in zip(scale.marks, centres, widths, lines, strict=True):
            if where is None:
                continue
            left = bar.left() + min(max(0.0, centre - wide / 2), max(0.0, room - wide))
            foot = bar.top() - 4 - where * line
            # another mark's line stops at the name instead of going through it
            painter.fillRect(QRectF(left - 1, foot - metrics.ascent(), wide + 2, line + 1), theme.base)
            painter.drawText(QPointF(left, foot), name)

    def _paint_ticks(self, painter: QPainter, bar: QRectF, room: float, below: float) -> None:
        scale, theme = self._scale, self._theme
        for value, text in scale.ticks:
            strong = scale.threshold is not None and value == scale.threshold
            painter.setFont(self._face(strong))
            wide = QFontMetrics(painter.font()).horizontalAdvance(text)
            centre = room * scale.position(value)
            left = bar.left() + min(max(0.0, centre - wide / 2), room - wide)
            painter.setPen(theme.text if strong else theme.text2)
            painter.drawText(
                QRectF(left, below + 2, wide + 1, self._line()), Qt.AlignmentFlag.AlignLeft, text
            )

    def _paint_value(self, painter: QPainter, bar: QRectF, room: float, below: float) -> None:
        scale, theme = self._scale, self._theme
        assert scale.value is not None
        x = bar.left() + room * scale.position(scale.value)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.accent)
        painter.drawEllipse(QPointF(x, bar.center().y()), 4.5, 4.5)
        painter.setFont(self._face(True))
        wide = QFontMetrics(painter.font()).horizontalAdvance(scale.value_text)
        left = bar.left() + min(max(0.0, x - bar.left() - wide / 2), max(0.0, room - wide))
        box = QRectF(left, below + 1, wide + 1, self._line())
        # The name goes below the ticks where it would cover one of them.
        if self._covers_tick(bar, room, left, left + wide):
            box.translate(0, self._line())
        tip = QPolygonF(
            [QPointF(x, bar.bottom() + 3), QPointF(x - 4, bar.bottom() + 8), QPointF(x + 4, bar.bottom() + 8)]
        )
        if box.top() > below + self._line() / 2 and not self._covers_tick(bar, room, x - 3, x + 3):
            painter.drawPolygon(tip)
        painter.setPen(theme.accent)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft, scale.value_text)

    def _covers_tick(self, bar: QRectF, room: float, left: float, right: float) -> bool:
        metrics = QFontMetrics(self._face(True))
        for value, text in self._scale.ticks:
            wide = metrics.horizontalAdvance(text)
            start = bar.left() + min(max(0.0, room * self._scale.position(value) - wide / 2), room - wide)
            if left < start + wide + 4 and start < right + 4:
                return True
        return False
