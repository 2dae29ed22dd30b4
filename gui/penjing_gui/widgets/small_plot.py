"""A small still plot: themed axes, no menu, no zoom; its finding is its accessible description."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import Qt

from penjing_gui import theme as themes
from penjing_gui.theme import Theme


class SmallPlot(pg.PlotWidget):
    """A plot that is read, not handled. Subclasses colour their own items in `retheme_items`."""

    def __init__(self, theme: Theme, x_label: str = "", y_label: str = "") -> None:
        super().__init__()
        self._theme = theme
        self._labels = {"bottom": x_label, "left": y_label}
        plot = self.getPlotItem()
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.setMouseEnabled(x=False, y=False)
        plot.showGrid(x=False, y=False)
        plot.setContentsMargins(0, 4, 8, 0)
        box = plot.getViewBox()
        box.setDefaultPadding(0.0)
        box.setMouseMode(pg.ViewBox.PanMode)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._grid: list[pg.InfiniteLine] = []

    def set_labels(self, x_label: str, y_label: str = "") -> None:
        """Name the axes (with their units)."""
        self._labels = {"bottom": x_label, "left": y_label}
        self._label_axes()

    def set_ticks(self, x: Sequence[tuple[float, str]], y: Sequence[tuple[float, str]]) -> None:
        """Place ticks, and a grid line at each."""
        self.getAxis("bottom").setTicks([list(x), []])
        self.getAxis("left").setTicks([list(y), []])
        for line in self._grid:
            self.removeItem(line)
        pen = pg.mkPen(self._theme.grid, width=1)
        self._grid = [pg.InfiniteLine(value, 90, pen) for value, _ in x]
        self._grid += [pg.InfiniteLine(value, 0, pen) for value, _ in y]
        for line in self._grid:
            line.setZValue(-10)
            self.addItem(line, ignoreBounds=True)

    def set_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._theme = theme
        self.setBackground(theme.base)
        small = themes.font(-1)
        for side in ("bottom", "left"):
            axis = self.getAxis(side)
            axis.setPen(theme.line2)
            axis.setTextPen(theme.text2)
            axis.setStyle(tickFont=small, tickLength=4)
        for line in self._grid:
            line.setPen(pg.mkPen(theme.grid, width=1))
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
