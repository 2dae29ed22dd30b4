"""One plot of a live run: curves, a line at the present, a grey field for the time ahead.

Ranges are set by the owner, never by pyqtgraph's automatic ranging, so that an update costs only its arrays.
The wheel and dragging zoom along the steps; a double click or Esc goes back to the whole run.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPen
from PySide6.QtWidgets import QWidget

from penjing_gui.theme import Theme, font
from penjing_gui.widgets.curve_axes import CalmAxis

Array = np.ndarray[Any, np.dtype[np.float64]]
MOST_DOTS = 80  # beyond so many points a curve has no dots


def dashed(colour: QColor, pattern: tuple[float, ...] = ()) -> QPen:
    """A one-pixel pen, with a dash pattern in pixels where one is given (wider pens are slow to draw)."""
    pen: QPen = pg.mkPen(colour, width=1)
    if pattern:
        pen.setDashPattern(list(pattern))
    return pen


class CurvePlot(pg.PlotWidget):
    """A plot with named curves. `hovered` tells the step under the mouse, `key_moved` a move by key."""

    hovered = Signal(object)
    key_moved = Signal(int)  # −1, +1: a step back or on; −2, +2: first or present; 0: back to the present

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        self.left = CalmAxis("left")
        self.bottom = CalmAxis("bottom")
        self.bottom.write = "{:,.0f}".format
        super().__init__(parent, axisItems={"left": self.left, "bottom": self.bottom})
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(90)
        self.plotItem.setMenuEnabled(False)
        self.plotItem.hideButtons()
        self.plotItem.layout.setContentsMargins(0, 8, 18, 0)
        self.box = self.plotItem.getViewBox()
        self.box.setMouseEnabled(x=True, y=False)
        self.box.setDefaultPadding(0)
        self.box.disableAutoRange()
        self._curves: dict[str, pg.PlotDataItem] = {}
        self._looks: dict[str, tuple[QPen, QColor | None]] = {}
        self._span = (0.0, 1.0)
        self._y = (0.0, 1.0)
        self._zoomed = False
        self._ahead = pg.LinearRegionItem(movable=False, pen=pg.mkPen(None))
        self._ahead.setZValue(-20)
        self._present = pg.InfiniteLine(angle=90)
        self._present.setZValue(30)
        self._cursor = pg.InfiniteLine(angle=90)
        self._cursor.setZValue(31)
        for item in (self._ahead, self._present, self._cursor):
            item.setVisible(False)
            self.addItem(item, ignoreBounds=True)
        self.scene().sigMouseMoved.connect(self._mouse_moved)
        self.box.sigRangeChangedManually.connect(self._zoomed_by_hand)
        self.apply_theme(theme)

    # --- look

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours (the owner sets the curves' pens again)."""
        self._theme = theme
        self.setBackground(theme.base)
        for axis in (self.left, self.bottom):
            axis.set_look(theme, font(-1))
        self.left.fit_width("0.0005")
        veil = QColor(theme.text2)
        veil.setAlpha(12)
        self._ahead.setBrush(pg.mkBrush(veil))
        for line in self._ahead.lines:
            line.setPen(pg.mkPen(None))
        self._present.setPen(dashed(theme.text2, (3, 3)))
        self._cursor.setPen(dashed(theme.control))

    # --- content

    def set_curve(
        self, key: str, x: Array, y: Array, pen: QPen, dots: QColor | None = None, depth: float = 0.0
    ) -> None:
        """Create or replace a curve. `y` is in axis units; values that are not finite leave a gap."""
        curve = self._curves.get(key)
        if curve is None:
            curve = pg.PlotDataItem(connect="finite", antialias=True, autoDownsampleFactor=1.0)
            self.plotItem.addItem(curve, ignoreBounds=True)
            # these two only take effect on an item that is in a view
            curve.setDownsampling(auto=True, method="peak")
            curve.setClipToView(True)
            self._curves[key] = curve
            curve.setZValue(depth)
            curve.setSymbolSize(4.5)
            curve.setSymbolPen(pg.mkPen(None))
        shows = dots is not None and len(x) <= MOST_DOTS
        look = (pen, dots if shows else None)
        if look != self._looks.get(key):
            self._looks[key] = look
            curve.setPen(pen)
            curve.setSymbol("o" if shows else None)
            if shows:
                curve.setSymbolBrush(pg.mkBrush(dots))
        if not curve.isVisible():
            curve.setVisible(True)
        curve.setData(x, y)

    def hide_curves(self, but: set[str]) -> None:
        """Hide every curve that is not named."""
        for key, curve in self._curves.items():
            if key not in but and curve.isVisible():
                curve.setVisible(False)

    def set_time(self, step: int, total: int, running: bool) -> None:
        """Show all of 0 to `total`; what lies after `step` is grey while the run is not over."""
        end = float(max(total, step, 1))
        span = (-0.012 * end, end)  # a little room for the marks at step 0
        if span != self._span:
            self._span = span
            if not self._zoomed:
                self._reset_x()
        unfinished = 0 <= step < total
        self._ahead.setVisible(unfinished)
        self._present.setVisible(unfinished and running)
        if unfinished:
            self._ahead.setRegion((float(step), span[1]))
            self._present.setValue(float(step))

    def set_y_range(self, low: float, high: float) -> None:
        """Set the vertical range where it differs from the present one."""
        if (low, high) != self._y and high > low:
            self._y = (low, high)
            self.box.setYRange(low, high, padding=0)

    @property
    def y_range(self) -> tuple[float, float]:
        """The vertical range, in axis units."""
        return self._y

    def set_cursor(self, step: float | None) -> None:
        """Draw the read-out line at a step, or none."""
        self._cursor.setVisible(step is not None)
        if step is not None:
            self._cursor.setValue(step)

    # --- events

    def _reset_x(self) -> None:
        self.box.setXRange(*self._span, padding=0)

    def whole(self) -> None:
        """Leave the zoom."""
        self._zoomed = False
        self._reset_x()

    def _zoomed_by_hand(self, *_: object) -> None:
        self._zoomed = True

    def _mouse_moved(self, position: object) -> None:
        if self.box.sceneBoundingRect().contains(position):
            self.hovered.emit(float(self.box.mapSceneToView(position).x()))
        else:
            self.hovered.emit(None)

    def leaveEvent(self, event: QEvent) -> None:
        """No step is under the mouse any more."""
        self.hovered.emit(None)
        super().leaveEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Leave the zoom."""
        self.whole()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home and End move the read-out; Esc goes back to the present and leaves the zoom."""
        moves = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Home: -2,
            Qt.Key.Key_End: 2,
            Qt.Key.Key_Escape: 0,
        }
        move = moves.get(Qt.Key(event.key()))
        if move is None:
            super().keyPressEvent(event)
            return
        if move == 0:
            self.whole()
        self.key_moved.emit(move)
        event.accept()
