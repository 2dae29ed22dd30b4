"""The legend of a cost map: a colour bar with end values and unit, logarithmic or linear."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtGui import QFontMetricsF

from penjing_gui import theme as themes
from penjing_gui.theme import LEAST_SHARE, Theme

Floats = npt.NDArray[np.float64]
_LOG = [(0.0, "≤ 0.1"), (1 / 3, "1"), (2 / 3, "10"), (1.0, "100")]
_LINEAR = [(0.0, "0"), (0.25, "25"), (0.5, "50"), (0.75, "75"), (1.0, "100")]


def positions(shares: Floats, logarithmic: bool = True, least: float = LEAST_SHARE) -> Floats:
    """Where shares (0 to 1) stand on the scale, 0 to 1; NaN stays NaN. `least` is the low end of a logarithmic one."""
    clean = np.clip(shares, 0.0, 1.0)
    if not logarithmic:
        return clean
    with np.errstate(divide="ignore", invalid="ignore"):
        place = 1.0 - np.log10(np.maximum(clean, least)) / np.log10(least)
    return np.asarray(np.clip(place, 0.0, 1.0), dtype=np.float64)


def colours(
    theme: Theme, shares: Floats, logarithmic: bool = True, least: float = LEAST_SHARE
) -> npt.NDArray[np.uint8]:
    """RGBA bytes for shares, shape (…, 4); transparent where a share is 0 or unknown."""
    place = positions(shares, logarithmic, least)
    index = np.nan_to_num(np.round(255 * place)).astype(np.intp)
    rgba = np.empty((*shares.shape, 4), dtype=np.uint8)
    rgba[..., :3] = theme.cost_lut[index]
    rgba[..., 3] = np.where(np.nan_to_num(shares) > 0, 255, 0)
    return rgba


def least_share(layers: int) -> float:
    """The low end of the logarithmic scale: 0.1 %, and less where a layer's share can be no larger than that."""
    return LEAST_SHARE if layers < 1000 else 10.0 ** -(math.floor(math.log10(layers)) + 2)


def share_ticks(least: float) -> tuple[tuple[float, str], ...]:
    """Values in percent along a logarithmic scale from `least` to 100 %."""
    decades = round(-math.log10(least))
    step = 1 if decades < 4 else 2
    marks = [(1 - k / decades, f"{10.0 ** (2 - k):g}") for k in range(0, decades, step)]
    return ((0.0, least_text(least)), *reversed(marks))


def least_text(least: float) -> str:
    """The low end's value in percent."""
    return f"≤ {100 * least:.10f}".rstrip("0")


@functools.cache
def _map(name: str) -> pg.ColorMap:
    """A theme's cost map; making one takes as long as making a plot."""
    return themes.THEMES[name].cost_map()


class CostBar(pg.ColorBarItem):
    """A colour bar of shares in percent."""

    def __init__(self, theme: Theme, label: str) -> None:
        super().__init__(
            values=(0.0, 1.0),
            width=11,
            colorMap=_map(theme.name),
            label=label,
            interactive=False,
            colorMapMenu=False,
        )
        self._label = label
        self.getAxis("left").setWidth(20)
        for side in ("top", "bottom"):
            self.getAxis(side).setHeight(8)
        self.set_scale(True)
        self.set_theme(theme)

    def set_label(self, label: str) -> None:
        """What the shares are of."""
        self._label = label
        self.set_theme(self._theme)

    def set_scale(self, logarithmic: bool, ticks: Sequence[tuple[float, str]] = ()) -> None:
        """Choose the scale's end values: those of shares in percent, or the given ones."""
        shown = list(ticks) or (_LOG if logarithmic else _LINEAR)
        room = max(QFontMetricsF(themes.font(-1)).horizontalAdvance(text) for _, text in shown)
        self.axis.setWidth(max(40, math.ceil(room) + 8))
        self.axis.setTicks([shown, []])

    def set_theme(self, theme: Theme) -> None:
        """Use another theme's map and colours."""
        self._theme = theme
        self.setColorMap(_map(theme.name))
        small = themes.font(-1)
        for side in ("left", "right", "top", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(theme.line2)
            axis.setTextPen(theme.text2)
            axis.setStyle(tickFont=small, tickLength=3 if side == "right" else 0)
        left = self.getAxis("left")
        left.setLabel(self._label, **{"color": theme.text2.name(), "font-size": f"{small.pixelSize()}px"})
