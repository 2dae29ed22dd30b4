"""Axes of the live plots: steps, logarithmic loss and percent, drawn flat."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen

from penjing_gui.theme import Theme

TICK = 4.0  # length of a tick mark outside the plot


class CalmAxis(pg.AxisItem):
    """An axis whose grid lines, line and texts have their own colours. `ticks_at` gives its ticks' values."""

    def __init__(
        self, orientation: str, ticks_at: Callable[[float, float], Sequence[float]] | None = None
    ) -> None:
        super().__init__(orientation)
        self._ticks_at = ticks_at
        self._grid_pen = QPen()
        self.write: Callable[[float], str] = "{:g}".format
        self.setStyle(tickLength=int(TICK), tickAlpha=255, autoExpandTextSpace=False)
        self.setGrid(255)
        self.enableAutoSIPrefix(False)  # prefixes are in the label, chosen by the owner

    def set_look(self, theme: Theme, font: QFont) -> None:
        """Use a theme's colours and a font for the tick texts."""
        self._grid_pen = pg.mkPen(theme.grid)
        self.setPen(pg.mkPen(theme.line2))
        self.setTextPen(pg.mkPen(theme.text2))
        self.setTickFont(font)
        self.setZValue(-1000)  # grid lines under the curves; the plot sets 0.5 when it takes the axis

    def boundingRect(self) -> QRectF:
        """Larger than the axis, because the texts of the first and last tick reach over its ends."""
        rect: QRectF = super().boundingRect()
        return rect.adjusted(-30, 0, 30, 0) if self.orientation == "bottom" else rect.adjusted(0, -8, 0, 8)

    def fit_width(self, sample: str, label: bool = False) -> None:
        """Make a left axis as wide as `sample` is in its font, and a turned label beside it."""
        metrics = QFontMetricsF(self.style["tickFont"] or QFont())
        self.setWidth(
            round(metrics.horizontalAdvance(sample) + TICK + 8 + (metrics.height() + 4 if label else 0))
        )

    def set_ticks_at(self, ticks_at: Callable[[float, float], Sequence[float]] | None) -> None:
        """Replace the rule for tick values (None: pyqtgraph's own)."""
        self._ticks_at = ticks_at
        self.picture = None
        self.update()

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[Any, list[float]]]:
        """Ticks of one level, by the axis's own rule where it has one."""
        if self._ticks_at is None:
            levels = super().tickValues(minVal, maxVal, size)
            return [(levels[0][0], list(levels[0][1]))] if levels else []
        low, high = (
            min(minVal, maxVal),
            max(minVal, maxVal),
        )  # an inverted view gives them the other way round
        values = [value for value in self._ticks_at(low, high) if low <= value <= high]
        return [(None, self._apart(values, size / (high - low) if high > low else 0.0))]

    def _apart(self, values: list[float], scale: float) -> list[float]:
        """Without the ticks of an upright axis whose texts would lie on those before; `scale` is px a unit."""
        if self.orientation != "left":
            return values
        least = 0.8 * QFontMetricsF(self.style["tickFont"] or QFont()).height()
        kept: list[float] = []
        for value in values:
            if not kept or (value - kept[-1]) * scale >= least:
                kept.append(value)
        return kept

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Texts of the ticks."""
        return [self.write(value) for value in values]

    def drawPicture(self, p: QPainter, axisSpec: Any, tickSpecs: Any, textSpecs: Any) -> None:
        """Grid lines first, then the axis line with short ticks outside, then the texts."""
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        p.setPen(self._grid_pen)
        for _, start, end in tickSpecs:
            p.drawLine(start, end)
        pen, start, end = axisSpec
        p.setPen(pen)
        p.drawLine(start, end)
        outward = QPointF(0, TICK) if self.orientation == "bottom" else QPointF(-TICK, 0)
        for _, _, end in tickSpecs:
            p.drawLine(end, end + outward)
        if self.style["tickFont"] is not None:
            p.setFont(self.style["tickFont"])
        p.setPen(self.textPen())
        for rect, flags, text in textSpecs:
            p.drawText(rect, int(flags) | int(Qt.TextFlag.TextDontClip), text)


def log_ticks(low: float, high: float) -> list[float]:
    """Ticks of a log10 axis (`low` and `high` are log10): 1-2-5 in each decade, or fewer."""
    decades = high - low
    factors = (1, 2, 5) if decades <= 2.5 else (1, 3) if decades <= 5 else (1,)
    stride = max(1, math.ceil(decades / 8))
    first, last = math.floor(low), math.ceil(high)
    return [
        math.log10(factor) + power
        for power in range(first, last + 1)
        if power % stride == 0
        for factor in factors
    ]


def log_text(value: float) -> str:
    """The text of a log10 tick: 0.1, 2, 1,000, 1e-6."""
    number = float(10.0**value)
    if 1e-4 <= number < 1e5:
        return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"
    digit, power = f"{number:.0e}".split("e")
    return f"{digit}e{int(power)}"


def linear_text(value: float) -> str:
    """The text of a linear tick."""
    return f"{value:g}"


def nice_step(span: float, most: int) -> float:
    """The least of 1, 2, 5 × 10ⁿ that divides `span` into at most `most` parts."""
    if not span > 0:
        return 1.0
    rough = span / most
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= rough * (1 - 1e-9))


def step_ticks(total: int, epochs: int, most: int = 6) -> list[float]:
    """Ticks from step 0 to `total`: whole epochs where they are known, else round numbers; and the end."""
    if total <= 0:
        return [0.0]
    if epochs > 0 and total % epochs == 0:
        each = total // epochs
        stride = max(1, int(nice_step(epochs, most)))
        ticks = [float(each * epoch) for epoch in range(0, epochs + 1, stride)]
        gap = each * stride
    else:
        gap = max(1, int(nice_step(total, most)))
        ticks = [float(step) for step in range(0, total + 1, gap)]
    if total - ticks[-1] > 0.6 * gap:
        ticks.append(float(total))
    elif ticks[-1] != total:
        ticks[-1] = float(total)
    return ticks


def linear_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round values from `low` to `high`, at most about `most` of them."""
    step = nice_step(high - low, most)
    first = math.ceil(low / step - 1e-9)
    return [index * step for index in range(first, math.floor(high / step + 1e-9) + 1)]
