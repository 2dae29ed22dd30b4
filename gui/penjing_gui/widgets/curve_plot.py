"""One plot of a live run: curves, a line at the present, a grey field for the time ahead.

Ranges are set by the owner, never by pyqtgraph's automatic ranging, so that an update costs only its arrays; and what
is drawn is thinned to the screen by the owner too.
"""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPen
from PySide6.QtWidgets import QWidget

from penjing_gui.theme import Theme, font
from penjing_gui.widgets.curve_axes import CalmAxis
from penjing_gui.widgets.curve_zoom import Span, StepBox, moved, zoomed
from penjing_gui.widgets.extremes import Array

__all__ = ["Array", "CurvePlot", "dashed"]

MOST_DOTS = 80  # beyond so many points a curve has no dots
_MOVES = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Home: -2,
    Qt.Key.Key_End: 2,
    Qt.Key.Key_Escape: 0,
}
_ZOOMS = {Qt.Key.Key_Plus: 0.5, Qt.Key.Key_Equal: 0.5, Qt.Key.Key_Minus: 2.0}
_PANS = {Qt.Key.Key_Left: -0.25, Qt.Key.Key_Right: 0.25}


def dashed(colour: QColor, pattern: tuple[float, ...] = ()) -> QPen:
    """A one-pixel pen, with a dash pattern in pixels where one is given (wider pens are slow to draw)."""
    pen: QPen = pg.mkPen(colour, width=1)
    if pattern:
        pen.setDashPattern(list(pattern))
    return pen


class CurvePlot(pg.PlotWidget):
    """A plot with named curves.

    `hovered` tells the step under the mouse, `key_moved` a move by key, `span_asked` the steps that are to be shown
    (None: all), `resized` that there are more or fewer pixels to draw on.
    """

    hovered = Signal(object)
    key_moved = Signal(int)  # −1, +1: a step back or on; −2, +2: first or present; 0: back to the present
    span_asked = Signal(object)
    resized = Signal()

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        self.left = CalmAxis("left")
        self.bottom = CalmAxis("bottom")
        self.bottom.write = "{:,.0f}".format
        self.box = StepBox(enableMenu=False)
        super().__init__(parent, axisItems={"left": self.left, "bottom": self.bottom}, viewBox=self.box)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(90)
        self.plotItem.setMenuEnabled(False)
        self.plotItem.hideButtons()
        self.plotItem.layout.setContentsMargins(0, 8, 18, 0)
        self.box.setDefaultPadding(0)
        self.box.disableAutoRange()
        self._curves: dict[str, pg.PlotDataItem] = {}
        self._looks: dict[str, tuple[QPen, QColor | None]] = {}
        self._span: Span = (0.0, 1.0)
        self._y: Span = (0.0, 1.0)
        self.cursor_step: float | None = None
        self._ahead = pg.LinearRegionItem(movable=False, pen=pg.mkPen(None))
        self._ahead.setZValue(-20)
        self._present = pg.InfiniteLine(angle=90)
        self._present.setZValue(30)
        self._cursor = pg.InfiniteLine(angle=90)
        self._cursor.setZValue(31)
        for item in (self._ahead, self._present, self._cursor):
            item.setVisible(False)
            self.addItem(item, ignoreBounds=True)
        self._diamonds = pg.ScatterPlotItem(symbol="d", size=9)
        self._diamonds.setZValue(35)
        self.addItem(self._diamonds, ignoreBounds=True)
        self.scene().sigMouseMoved.connect(self._mouse_moved)
        self.box.asked.connect(self.span_asked)
        self.box.sigResized.connect(self._box_resized)
        self.apply_theme(theme)

    # --- look

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours (the owner sets the curves' pens again)."""
        self._theme = theme
        self.setBackground(theme.base)
        for axis in (self.left, self.bottom):
            axis.set_look(theme, font(-1))
        veil = QColor(theme.text2)
        veil.setAlpha(12)
        self._ahead.setBrush(pg.mkBrush(veil))
        for line in self._ahead.lines:
            line.setPen(pg.mkPen(None))
        self._present.setPen(dashed(theme.text2, (3, 3)))
        self._cursor.setPen(dashed(theme.control))
        self._diamonds.setPen(pg.mkPen(theme.text, width=1.5))
        self._diamonds.setBrush(pg.mkBrush(theme.base))
        self.box.rbScaleBox.setPen(dashed(theme.accent))
        chosen = QColor(theme.accent)
        chosen.setAlpha(40)
        self.box.rbScaleBox.setBrush(pg.mkBrush(chosen))

    # --- content

    @property
    def pixels(self) -> float:
        """How many pixels of the screen the steps are drawn on."""
        return float(max(1.0, self.box.width() * self.devicePixelRatioF()))

    def set_curve(
        self, key: str, x: Array, y: Array, pen: QPen, dots: QColor | None = None, depth: float = 0.0
    ) -> None:
        """Create or replace a curve. `y` is in axis units and holds what is drawn; NaN leaves a gap."""
        curve = self._curves.get(key)
        if curve is None:
            curve = pg.PlotDataItem(connect="finite", antialias=True)
            self.plotItem.addItem(curve, ignoreBounds=True)
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

    def drawn(self, key: str) -> tuple[Array, Array] | None:
        """The points of a curve as they are drawn, None where it is not."""
        curve = self._curves.get(key)
        if curve is None or not curve.isVisible():
            return None
        x, y = curve.getData()
        return (np.empty(0), np.empty(0)) if x is None else (x, y)

    def keep_curves(self, keys: set[str]) -> None:
        """Hide every curve that is not named."""
        for key, curve in self._curves.items():
            if key not in keys and curve.isVisible():
                curve.setVisible(False)

    def set_time(self, step: int, total: int, running: bool) -> None:
        """What lies after `step` is grey while the run is not over."""
        unfinished = 0 <= step < total
        self._ahead.setVisible(unfinished)
        self._present.setVisible(unfinished and running)
        if unfinished:
            region = (float(step), float(total))
            if self._ahead.getRegion() != region:
                self._ahead.setRegion(region)
            self._present.setValue(float(step))

    def set_span(self, span: Span) -> None:
        """Show these steps."""
        if span != self._span:
            self._span = span
            self.box.setXRange(*span, padding=0)

    def set_y_range(self, low: float, high: float) -> None:
        """Set the vertical range where it differs from the present one."""
        if (low, high) != self._y and high > low:
            self._y = (low, high)
            self.box.setYRange(low, high, padding=0)

    @property
    def y_range(self) -> Span:
        """The vertical range, in axis units."""
        return self._y

    def set_cursor(self, step: float | None) -> None:
        """Draw the read-out line at a step, or none."""
        self.cursor_step = step
        self._cursor.setVisible(step is not None)
        if step is not None:
            self._cursor.setValue(step)

    def set_diamonds(self, x: list[float], y: list[float]) -> None:
        """Mark points at which something was changed by hand."""
        self._diamonds.setData(x, y)

    # --- events

    def _box_resized(self, *_: object) -> None:
        self.resized.emit()

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
        self.span_asked.emit(None)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home and End move the read-out, with Shift the view; + and − zoom; Esc and 0 show the whole run."""
        key = Qt.Key(event.key())
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if shift and key in _PANS:
            self.span_asked.emit(moved(self._span, _PANS[key]))
        elif key in _ZOOMS:
            low, high = self._span
            at = self.cursor_step
            centre = at if at is not None and low <= at <= high else (low + high) / 2
            self.span_asked.emit(zoomed(self._span, _ZOOMS[key], centre))
        elif key in _MOVES or key == Qt.Key.Key_0:
            if key in (Qt.Key.Key_Escape, Qt.Key.Key_0):
                self.span_asked.emit(None)
            if key in _MOVES:
                self.key_moved.emit(_MOVES[key])
        else:
            super().keyPressEvent(event)
            return
        event.accept()
