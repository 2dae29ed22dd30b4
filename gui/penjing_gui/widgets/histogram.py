"""Two small plots of a layer's weights: the histogram of all, and the sorted norms of its output channels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg

from penjing_gui import numbers
from penjing_gui.theme import Theme
from penjing_gui.widgets.small_plot import SmallPlot

Floats = npt.NDArray[np.float64]


def power(largest: float) -> int:
    """The power of ten, a multiple of three, by which an axis is divided to have few digits."""
    if not np.isfinite(largest) or largest <= 0:
        return 0
    exponent = int(np.floor(np.log10(largest)))
    return 3 * (exponent // 3) if exponent >= 3 or exponent < -1 else 0


def superscript(exponent: int) -> str:
    """An exponent of ten as text: `10⁻³`."""
    return "10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def times_ten(value: float) -> str:
    """A small figure in words of the axis: `2.3 × 10⁻³`, `0.42`."""
    if not np.isfinite(value):
        return "NaN"
    if value == 0 or 0.01 <= abs(value) < 1000:
        return f"{value:.2g}" if abs(value) < 1 else f"{value:.3g}"
    exponent = int(np.floor(np.log10(abs(value))))
    return f"{value / 10.0**exponent:.1f} × {superscript(exponent)}"


class HistogramPlot(SmallPlot):
    """Bars of equal width."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._bars = pg.BarGraphItem(x=[], height=[], width=1)
        self.addItem(self._bars)
        self.getAxis("left").setWidth(46)
        self.set_theme(theme)

    def set_values(
        self, counts: Floats, edges: Floats, x_label: str, y_label: str, y_label_with_unit: str
    ) -> None:
        """Show counts (n,) between edges (n + 1,). `y_label_with_unit` holds `{unit}`."""
        reach = float(np.max(np.abs(edges))) if edges.size else 1.0
        x_power, scale = power(reach), max(float(counts.max(initial=0.0)), 1.0)
        prefix = numbers.column_prefix(scale, 0)
        x = edges / 10.0**x_power
        y = counts / prefix.scale
        self._bars.setOpts(x=(x[:-1] + x[1:]) / 2, height=y, width=float(x[1] - x[0]) if len(x) > 1 else 1.0)
        self.setXRange(float(x[0]), float(x[-1]), padding=0)
        top = nice_top(float(y.max(initial=0.0)))
        self.setYRange(0, top, padding=0)
        self.set_ticks(axis_ticks(float(x[0]), float(x[-1]), 3), axis_ticks(0.0, top, 3))
        self.set_labels(
            f"{x_label} × {superscript(x_power)}" if x_power else x_label,
            y_label_with_unit.format(unit=prefix.symbol) if prefix.symbol else y_label,
        )

    def retheme_items(self) -> None:
        """The third series colour; the pen closes the gaps that rounding leaves between bars."""
        self._bars.setOpts(
            brush=pg.mkBrush(self._theme.series[2]), pen=pg.mkPen(self._theme.series[2], width=1)
        )


class NormPlot(SmallPlot):
    """Norms of a layer's output channels, largest first."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._curve = pg.PlotDataItem()
        self.addItem(self._curve)
        self.getAxis("left").setWidth(40)
        self.set_theme(theme)

    def set_values(self, norms: Floats, channels: int, x_label: str) -> None:
        """Show sorted norms (n,), n ≥ 1: of all `channels`, or of a sample evenly spread over them."""
        self._curve.setData(np.linspace(min(1, channels - 1), channels, len(norms)), norms)
        top = nice_top(float(norms.max(initial=0.0)))
        self.setXRange(0, max(2, channels), padding=0)
        self.setYRange(0, top, padding=0)
        half = channels // 2
        x = [(0.0, "0"), (float(half), f"{half:,}"), (float(channels), f"{channels:,}")]
        self.set_ticks(x if half > 1 else [x[0], x[-1]], axis_ticks(0.0, top, 4))
        self.set_labels(x_label)

    def retheme_items(self) -> None:
        """The third series colour."""
        self._curve.setPen(pg.mkPen(self._theme.series[2], width=1))


def nice_top(largest: float) -> float:
    """The least of 1, 1.5, 2, 3, 4, 5, 6, 8, 10 times a power of ten that is not below `largest`."""
    if not np.isfinite(largest) or largest <= 0:
        return 1.0
    unit = 10.0 ** np.floor(np.log10(largest))
    steps = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
    return float(unit * next((step for step in steps if step * unit >= largest * (1 - 1e-9)), 10.0))


def axis_ticks(low: float, high: float, about: int = 4) -> list[tuple[float, str]]:
    """Round ticks between two ends, with a real minus."""
    span = high - low
    if not np.isfinite(span) or span <= 0:
        return [(low, f"{low:g}")]
    raw = span / about
    unit = 10.0 ** np.floor(np.log10(raw))
    step = float(unit * min((1.0, 2.0, 2.5, 5.0, 10.0), key=lambda s: abs(s * unit - raw)))
    first = int(np.ceil(low / step - 1e-9))
    places = [k * step for k in range(first, int(np.floor(high / step + 1e-9)) + 1)]
    decimals = next(d for d in range(12) if abs(round(step, d) - step) < step * 1e-6)
    return [(place, f"{place + 0.0:,.{decimals}f}".replace("-", "−")) for place in places]
