"""A roofline: arithmetic intensity across, rate upwards, both logarithmic; a machine's roofs and each layer under them.

After S. Williams, A. Waterman, D. Patterson, "Roofline: an insightful visual performance model", CACM 52(4), 2009.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor

from penjing_gui import numbers
from penjing_gui import theme as themes
from penjing_gui.theme import Theme
from penjing_gui.widgets.curve_axes import CalmAxis, log_text, log_ticks
from penjing_gui.widgets.data_table import TableAction, TableData
from penjing_gui.widgets.key_view import KeyView

Floats = npt.NDArray[np.float64]
Roof = Literal["convolution", "matmul"]
ROOFS: tuple[Roof, ...] = ("convolution", "matmul")
SYMBOLS: dict[Roof, str] = {"convolution": "o", "matmul": "s"}
DASHES: dict[Roof, tuple[float, ...]] = {"convolution": (), "matmul": (6.0, 3.0)}
NEAR = 12.0  # px from a mark within which it is meant
LEAST_MARK, MOST_MARK = 6.0, 15.0  # px, by share of the operations


@dataclass(frozen=True, slots=True)
class RoofPoint:
    """A layer: `intensity` in operations a byte, rates in operations a second, `share` of the model's operations."""

    name: str
    roof: Roof
    intensity: float
    attainable: float
    achieved: float | None
    share: float


def _no_tip(index: int) -> str:
    return ""


@dataclass(frozen=True, slots=True, eq=False)
class RoofData:
    """What is drawn. `peaks` are the roofs in operations a second, `copy` is in bytes a second.

    `unit` is one operation ("FLOP", "MAC"); `tip(index)` is a point's tooltip.
    """

    peaks: dict[Roof, float] = field(default_factory=dict)
    copy: float = 0.0
    points: tuple[RoofPoint, ...] = ()
    unit: str = "FLOP"
    tip: Callable[[int], str] = _no_tip


def memory_line(peaks: Sequence[float], copy: float, low: float) -> tuple[list[float], list[float]]:
    """The memory's line in log10, from an intensity up to where it meets the highest peak."""
    xs = [low, max(peaks) / copy]
    return [math.log10(x) for x in xs], [math.log10(copy * x) for x in xs]


def peak_line(peak: float, copy: float, high: float) -> tuple[list[float], list[float]]:
    """A roof in log10, from where the memory's line meets it up to an intensity."""
    return [math.log10(peak / copy), math.log10(high)], [math.log10(peak)] * 2


def roof_colour(theme: Theme, roof: str) -> QColor:
    """The colour of a roof and of the layers under it."""
    return theme.series[2] if roof == "convolution" else theme.series[1]


class RooflinePlot(KeyView):
    """The plot. Marks are as large as the layer's share of the operations; arrow keys go by intensity."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.data = RoofData()
        self._selected = -1
        self._x: Floats = np.zeros(0)
        self._low: Floats = np.zeros(0)  # achieved, NaN where it is not known
        self._top: Floats = np.zeros(0)  # attainable
        self.setAccessibleName(self.tr("Roofline"))
        self._axes = {side: CalmAxis(side, log_ticks) for side in ("bottom", "left")}
        self._axes["bottom"].write = log_text
        self.plot: pg.PlotItem = self.ci.addPlot(row=0, col=0, axisItems=self._axes, enableMenu=False)
        self.plot.hideButtons()
        self.plot.layout.setContentsMargins(0, 6, 16, 0)
        self.box: pg.ViewBox = self.plot.getViewBox()
        self.box.setDefaultPadding(0.0)
        self.box.disableAutoRange()
        self._lines = {roof: pg.PlotDataItem() for roof in ROOFS}
        self._memory = pg.PlotDataItem()
        self._gaps = pg.PlotDataItem(connect="pairs")
        self._attainable = pg.ScatterPlotItem()
        self._achieved = pg.ScatterPlotItem()
        self._ring = pg.ScatterPlotItem()
        items = (
            self._memory,
            *self._lines.values(),
            self._gaps,
            self._attainable,
            self._achieved,
            self._ring,
        )
        for depth, item in enumerate(items):
            item.setZValue(depth)
            self.plot.addItem(item, ignoreBounds=True)
        TableAction(self, self.table)
        self.set_theme(theme)

    # What is shown

    def set_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        super().set_theme(theme)
        small = themes.font(-1)
        for axis in self._axes.values():
            axis.set_look(theme, small)
            axis.label.setDefaultTextColor(theme.text2)
            axis.label.setFont(small)
        self._axes["left"].fit_width("1,000", label=True)
        self._draw()

    def set_data(self, data: RoofData) -> None:
        """Show a machine and the layers of a model."""
        chosen = self.data.points[self._selected].name if self._selected >= 0 else ""
        self.data = data
        self._x = np.log10([point.intensity for point in data.points])
        self._top = np.log10([point.attainable for point in data.points])
        self._low = np.log10([point.achieved or math.nan for point in data.points])
        self._selected = self._find(chosen)
        self._draw()
        self.leave_zoom()

    def select(self, name: str) -> None:
        """Put a ring around the layer of that name, or none."""
        self._selected = self._find(name)
        self._draw_ring()

    def _find(self, name: str) -> int:
        return next((i for i, point in enumerate(self.data.points) if point.name == name), -1)

    def _ends(self) -> tuple[float, float, float, float]:
        """Least and largest intensity and rate, with some room around them (not logarithms)."""
        points, peaks = self.data.points, self.data.peaks
        ridge = max(peaks.values()) / self.data.copy
        xs = [point.intensity for point in points] + [ridge]
        ys = [point.attainable for point in points] + [one.achieved for one in points if one.achieved]
        low, high = min(xs) / 2, max(xs) * 3
        return low, high, min([*ys, *peaks.values()]) / 2, max(*ys, *peaks.values()) * 2

    def _draw(self) -> None:
        theme, data = self._theme, self.data
        drawn = bool(data.points and data.peaks and data.copy)
        for item in (self._memory, *self._lines.values(), self._gaps, self._attainable, self._achieved):
            item.setVisible(drawn)
        self._draw_ring()
        if not drawn:
            return
        low, high, _, top = self._ends()
        memory = memory_line(list(data.peaks.values()), data.copy, low / 100)
        self._memory.setData(*memory, pen=pg.mkPen(theme.text2, width=1))
        for roof, line in self._lines.items():
            pen = pg.mkPen(roof_colour(theme, roof), width=1)
            if DASHES[roof]:
                pen.setDashPattern(list(DASHES[roof]))
            line.setData(*peak_line(data.peaks[roof], data.copy, high * 100), pen=pen)
        known = ~np.isnan(self._low)
        self._gaps.setData(
            np.repeat(self._x[known], 2),
            np.column_stack([self._top[known], self._low[known]]).ravel(),
            pen=pg.mkPen(theme.line2),
        )
        self._attainable.setData(self._spots(self._top, filled=False))
        self._achieved.setData(self._spots(self._low, filled=True))
        prefix = numbers.column_prefix(top / 2)
        self._axes["left"].write = lambda value: log_text(value - math.log10(prefix.scale))
        self._axes["left"].setLabel(f"{prefix.symbol}{data.unit}/s")
        self._axes["bottom"].setLabel(self.tr("{unit}s per byte moved").format(unit=data.unit))
        for axis in self._axes.values():
            axis.label.setDefaultTextColor(theme.text2)
            axis.label.setFont(themes.font(-1))
            axis.picture = None

    def _spots(self, heights: Floats, filled: bool) -> list[dict[str, Any]]:
        theme = self._theme
        spots = []
        for index, point in enumerate(self.data.points):
            if math.isnan(heights[index]):
                continue
            colour = roof_colour(theme, point.roof)
            fill = QColor(colour)
            fill.setAlpha(150)
            spots.append(
                {
                    "pos": (self._x[index], heights[index]),
                    "symbol": SYMBOLS[point.roof],
                    "size": self._size(index) if filled else LEAST_MARK,
                    "pen": pg.mkPen(colour),
                    "brush": pg.mkBrush(fill if filled else theme.base),
                }
            )
        return spots

    def _size(self, index: int) -> float:
        largest = max((point.share for point in self.data.points), default=0.0)
        if largest <= 0:
            return LEAST_MARK
        share = self.data.points[index].share / largest
        return LEAST_MARK + (MOST_MARK - LEAST_MARK) * math.sqrt(share)

    def _height(self, index: int) -> float:
        """Where a layer's mark is: at what it achieves, or at what is attainable."""
        return float(self._top[index] if math.isnan(self._low[index]) else self._low[index])

    def _draw_ring(self) -> None:
        index = self._selected
        self._ring.setVisible(index >= 0)
        if index < 0:
            return
        measured = not math.isnan(self._low[index])
        self._ring.setData(
            [
                {
                    "pos": (self._x[index], self._height(index)),
                    "symbol": SYMBOLS[self.data.points[index].roof],
                    "size": (self._size(index) if measured else LEAST_MARK) + 7,
                    "pen": pg.mkPen(self._theme.accent, width=2),
                    "brush": pg.mkBrush(None),
                }
            ]
        )

    def table(self) -> TableData:
        """The layers as a table."""
        points, unit = self.data.points, self.data.unit
        return TableData(
            self.accessibleName(),
            (
                self.tr("layer"),
                self.tr("{unit}s per byte moved").format(unit=unit),
                self.tr("attainable, {unit}/s").format(unit=unit),
                self.tr("achieved, {unit}/s").format(unit=unit),
            ),
            (
                [point.name for point in points],
                [point.intensity for point in points],
                [point.attainable for point in points],
                [point.achieved for point in points],
            ),
        )

    # Mouse and keyboard

    def index_at(self, point: QPointF) -> int:
        """The layer whose mark is nearest to a point of the scene, −1 where none is near."""
        if not self.data.points or not self.box.sceneBoundingRect().contains(point):
            return -1
        zero, one = self.box.mapViewToScene(QPointF(0, 0)), self.box.mapViewToScene(QPointF(1, 1))
        across = zero.x() + self._x * (one.x() - zero.x()) - point.x()
        best, near = -1, NEAR
        for heights in (self._low, self._top):
            up = zero.y() + heights * (one.y() - zero.y()) - point.y()
            distances = np.nan_to_num(np.hypot(across, up), nan=np.inf)
            index = int(distances.argmin())
            if distances[index] < near:
                best, near = index, float(distances[index])
        return best

    def name_at(self, point: QPointF) -> str:
        """The layer there."""
        index = self.index_at(point)
        return self.data.points[index].name if index >= 0 else ""

    def tip_at(self, point: QPointF) -> str:
        """The layer and its rates."""
        index = self.index_at(point)
        return self.data.tip(index) if index >= 0 else ""

    def step(self, dx: int, dy: int) -> str:
        """The layer of the next lower or higher intensity."""
        order: list[int] = np.argsort(self._x, kind="stable").tolist()
        if not order:
            return ""
        if self._selected < 0:
            return self.data.points[order[0]].name
        place = order.index(self._selected) + (dx or -dy)
        return self.data.points[order[min(max(place, 0), len(order) - 1)]].name

    def end(self, last: bool) -> str:
        """The layer of the least or largest intensity."""
        order: list[int] = np.argsort(self._x, kind="stable").tolist()
        return self.data.points[order[-1 if last else 0]].name if order else ""

    def leave_zoom(self) -> None:
        """All of it again."""
        if not (self.data.points and self.data.peaks and self.data.copy):
            return
        low, high, foot, top = self._ends()
        self.box.setRange(
            xRange=(math.log10(low), math.log10(high)),
            yRange=(math.log10(foot), math.log10(top)),
            padding=0,
        )
