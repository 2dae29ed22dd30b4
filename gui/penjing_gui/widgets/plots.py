"""Plots in the look's manner: a factory for themed plots and the pens of the four series."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from penjing_gui import theme as themes
from penjing_gui.theme import Theme

DASHES: tuple[tuple[float, ...], ...] = ((), (2.0, 2.0), (), (6.0, 3.0))


def themed_plot(theme: Theme, x_label: str = "", y_label: str = "", name: str = "") -> pg.PlotWidget:
    """An empty plot with quiet axes and grid. `name` is its accessible name (else the axes' labels).

    It does not take the wheel or the mouse unless `setMouseEnabled` says so, and has no context menu.
    """
    plot = pg.PlotWidget()
    plot.setMenuEnabled(False)
    plot.hideButtons()
    plot.setMouseEnabled(False, False)
    plot.setFrameShape(plot.Shape.NoFrame)
    plot.setAccessibleName(name or " · ".join(filter(None, (y_label, x_label))))
    plot.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    item = plot.getPlotItem()
    item.setContentsMargins(0, 0, 4, 0)
    for side, text in (("bottom", x_label), ("left", y_label)):
        if text:
            item.setLabel(side, text)
    retheme(plot, theme)
    return plot


def retheme(plot: pg.PlotWidget, theme: Theme) -> None:
    """Give a plot's ground, axes, grid and labels the theme's colours; curves are their owner's."""
    plot.setBackground(theme.base)
    item = plot.getPlotItem()
    item.getViewBox().setBorder(None)
    for side in ("left", "bottom"):
        axis = item.getAxis(side)
        axis.setPen(pg.mkPen(theme.line2))
        axis.setTickPen(pg.mkPen(theme.grid))
        axis.setTextPen(pg.mkPen(theme.text2))
        axis.setTickFont(themes.font(-1))
        axis.setStyle(tickLength=-4, hideOverlappingLabels=True)
        axis.setGrid(255)
        axis.label.setFont(themes.font(-1))
        axis.label.setDefaultTextColor(theme.text2)
        axis.enableAutoSIPrefix(False)


def set_labels(
    plot: pg.PlotWidget, theme: Theme, x_label: str | None = None, y_label: str | None = None
) -> None:
    """Change the axes' labels, keeping their font and colour."""
    item = plot.getPlotItem()
    for side, text in (("bottom", x_label), ("left", y_label)):
        if text is not None:
            axis = item.getAxis(side)
            axis.setLabel(text)
            axis.label.setFont(themes.font(-1))
            axis.label.setDefaultTextColor(theme.text2)


def series_pen(theme: Theme, index: int, alpha: int = 255) -> QPen:
    """The pen of series 0 to 3: width 1 (wider ones are slow), told apart by dash as well as by colour."""
    return line_pen(theme.series[index], DASHES[index], alpha)


def line_pen(colour: QColor, dash: tuple[float, ...] = (), alpha: int = 255) -> QPen:
    """A cosmetic pen of width 1."""
    ink = QColor(colour)
    ink.setAlpha(alpha)
    pen: QPen = pg.mkPen(ink, width=1)
    if dash:
        pen.setDashPattern(list(dash))
    return pen


def add_curve(plot: pg.PlotWidget, pen: QPen, **options: Any) -> pg.PlotDataItem:
    """A curve for live data: peak downsampling and clipping are set after it is in the plot (else they do nothing)."""
    curve = pg.PlotDataItem(pen=pen, **options)
    plot.addItem(curve)
    curve.setDownsampling(auto=True, method="peak")
    curve.setClipToView(True)
    return curve
