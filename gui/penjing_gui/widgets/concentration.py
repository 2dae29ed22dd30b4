"""How unevenly a cost is spread over the layers: the curve, and the sentence that says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtGui import QPen

from penjing_gui.theme import Theme
from penjing_gui.widgets.small_plot import SmallPlot

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Concentration:
    """`curve[k]` is the share of the `k` most expensive layers (curve[0] = 0).

    `holders` of the `layers` that have the cost hold the share `held`: the fewest with at least half.
    """

    curve: Floats
    layers: int
    holders: int
    held: float


def concentration(costs: Floats) -> Concentration:
    """Sort what layers cost (any unit; NaN and 0 do not count) and add up from the most expensive."""
    values = np.sort(costs[np.nan_to_num(costs) > 0])[::-1]
    if not values.size:
        return Concentration(np.zeros(1), 0, 0, 0.0)
    curve = np.concatenate([[0.0], np.cumsum(values) / values.sum()])
    # The last sum is 1 but for rounding; a half that is exact must not be missed by it either.
    holders = int(np.searchsorted(curve, 0.5 - 1e-12))
    return Concentration(curve, len(values), holders, float(curve[holders]))


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One cost's curve with its name and its sentence."""

    name: str
    sentence: str
    values: Concentration


class ConcentrationPlot(SmallPlot):
    """Share of a cost over the number of layers, most expensive first; series differ by colour and dash."""

    def __init__(self, theme: Theme, x_label: str) -> None:
        super().__init__(theme, x_label)
        self._items: list[pg.PlotDataItem] = []
        self._mark = pg.ScatterPlotItem(size=7)
        self.addItem(self._mark)
        self.getAxis("left").setWidth(44)
        self.set_curves([])
        self.set_theme(theme)

    def set_curves(self, curves: Sequence[Curve]) -> None:
        """Draw these; the first one's holders are marked with a dot."""
        for item in self._items:
            self.removeItem(item)
        self._items = []
        most = max([curve.values.layers for curve in curves], default=0)
        for curve in curves:
            item = pg.PlotDataItem(np.arange(len(curve.values.curve)), curve.values.curve)
            self.addItem(item)
            self._items.append(item)
        first = curves[0].values if curves else None
        self._mark.setData(
            [first.holders] if first and first.layers else [], [first.held] if first and first.layers else []
        )
        self.setXRange(0, max(1, most), padding=0.01)
        self.setYRange(0, 1.04, padding=0)
        self.set_ticks(whole_ticks(max(1, most)), [(0, "0 %"), (0.5, "50 %"), (1, "100 %")])
        self.retheme_items()

    def retheme_items(self) -> None:
        """Pine and solid first, then dashes."""
        for place, item in enumerate(self._items):
            item.setPen(series_pen(self._theme, place))
        self._mark.setBrush(self._theme.series[0])
        self._mark.setPen(pg.mkPen(None))


def series_pen(theme: Theme, place: int) -> QPen:
    """The pen of the first, second … series of this plot."""
    pen: QPen = pg.mkPen(theme.series[place], width=1)
    if place:
        pen.setDashPattern([5.0, 3.0])
    return pen


def whole_ticks(most: int, about: int = 4) -> list[tuple[float, str]]:
    """Ticks at whole numbers from 0 to `most`, about so many of them, the last one at the end."""
    step = max(1, round(most / about))
    size = 10 ** max(0, len(str(step)) - 1)
    step = max(1, round(step / size) * size)
    places = [*range(0, most - step // 2, step), most] if most > step // 2 else [0, most]
    return [(float(place), f"{place:,}") for place in dict.fromkeys(places)]
