"""A small still plot: themed axes, no menu, no zoom; its finding is its accessible description."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics

from penjing_gui import theme as themes
from penjing_gui.theme import Theme
from penjing_gui.widgets.curve_axes import CalmAxis


class SmallPlot(pg.PlotWidget):
    """A plot that is read, not handled. Subclasses colour their own items in `retheme_items`."""

    def __init__(self, theme: Theme, x_label: str = "", y_label: str = "") -> None:
        axes = {side: CalmAxis(side) for side in ("bottom", "left")}
        super().__init__(axisItems=axes, enableMenu=False)
        self._theme = theme
        self._labels = {"bottom": x_label, "left": y_label}
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.setMouseEnabled(x=False, y=False)
        plot.layout.setContentsMargins(0, 8, 18, 0)
        box = plot.getViewBox()
        box.setDefaultPadding(0.0)
        box.setMouseMode(pg.ViewBox.PanMode)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def set_labels(self, x_label: str, y_label: str = "") -> None:
        """Name the axes (with their units)."""
        self._labels = {"bottom": x_label, "left": y_label}
        self._label_axes()

    def set_ticks(self, x: Sequence[tuple[float, str]], y: Sequence[tuple[float, str]]) -> None:
        """Place ticks; each has a grid line."""
        self.getAxis("bottom").setTicks([list(x), []])
        self.getAxis("left").setTicks([list(y), []])

    def set_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._theme = theme
        self.setBackground(theme.base)
        small = themes.font(-1)
        for side in ("bottom", "left"):
            self.getAxis(side).set_look(theme, small)
        self._label_axes()
        self.retheme_items()

    def retheme_items(self) -> None:
        """Colour what the subclass has drawn."""

    def _label_axes(self) -> None:
        style = {"color": self._theme.text2.name(), "font-size": f"{themes.font(-1).pixelSize()}px"}
        for side, text in self._labels.items():
            if text:
                self.getAxis(side).setLabel(text, **style)
            else:
                self.getAxis(side).showLabel(False)
        lines = 2 if self._labels["bottom"] else 1
        self.getAxis("bottom").setHeight(lines * QFontMetrics(themes.font(-1)).height() + 10)
