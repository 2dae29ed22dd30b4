"""What each layer costs before, planned and now, side by side, with its channels underneath."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QKeyEvent, QMouseEvent, QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsRectItem, QToolTip, QWidget

from penjing_gui import numbers
from penjing_gui.theme import Theme, font
from penjing_gui.widgets.curve_axes import CalmAxis, linear_ticks, nice_step
from penjing_gui.widgets.data_table import TableAction, TableData
from penjing_gui.widgets.layer_axis import AxisRow, LayerAxis

BAR = 0.34  # half the width of a bar, in columns
WIDEST = 100.0  # pixels a column takes at most


@dataclass(frozen=True)
class StripLayer:
    """One layer. Costs are in the unit shown; None where they are not known (yet)."""

    name: str
    before: float
    planned: float | None = None
    now: float | None = None
    channels_before: int | None = None
    channels_planned: int | None = None
    channels_now: int | None = None
    locked: bool = False

    @property
    def removed(self) -> float | None:
        """The share of channels removed, by what is so now, else by the plan."""
        after = self.channels_now if self.channels_now is not None else self.channels_planned
        if self.locked or after is None or not self.channels_before:
            return None
        return 1 - after / self.channels_before


def removed_colour(theme: Theme, share: float) -> QColor:
    """The colour of a share of removed channels, linear from 0 to 1."""
    red, green, blue = theme.cost_lut[round(255 * min(1.0, max(0.0, share)))].tolist()
    return QColor(red, green, blue)


class LayerStrip(pg.PlotWidget):
    """Bars for every layer. `selected` tells the layer that was clicked or reached by an arrow key."""

    selected = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._theme = theme
        self.left = CalmAxis("left")
        self.columns = LayerAxis(theme)
        super().__init__(parent, axisItems={"left": self.left, "bottom": self.columns})
        self.layers: tuple[StripLayer, ...] = ()
        self._unit = ""
        self._selection = ""
        self.setAccessibleName(self.tr("Cost by layer: before, planned and now"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.plotItem.setMenuEnabled(False)
        self.plotItem.hideButtons()
        self.plotItem.layout.setContentsMargins(0, 8, 8, 0)
        self.box = self.plotItem.getViewBox()
        self.box.setDefaultPadding(0)
        self.box.disableAutoRange()
        self.box.setMouseEnabled(x=True, y=False)
        self._ghosts = QGraphicsPathItem()
        self._marks = QGraphicsPathItem()
        self._bars = pg.BarGraphItem(x=[], height=[], width=2 * BAR)
        self._frame = QGraphicsRectItem()
        for depth, item in enumerate((self._ghosts, self._bars, self._marks, self._frame)):
            item.setZValue(depth)
            self.plotItem.addItem(item, ignoreBounds=True)
        self._frame.setVisible(False)
        TableAction(self, self.table)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._theme = theme
        self.setBackground(theme.base)
        self.left.set_look(theme, font(-1))
        self.left.label.setDefaultTextColor(theme.text2)
        self.left.label.setFont(font(-1))
        self.left.setWidth(max(72, QFontMetrics(font(-1)).horizontalAdvance(self.tr("removed, %")) + 22))
        self.columns.apply_theme(theme)
        self.columns.setPen(pg.mkPen(theme.line2))
        self._ghosts.setPen(pg.mkPen(theme.ghost))
        marks = pg.mkPen(theme.series[1], width=2)
        self._marks.setPen(marks)
        self._bars.setOpts(brush=pg.mkBrush(theme.series[2]), pen=pg.mkPen(None))
        self._frame.setPen(pg.mkPen(theme.accent, width=2))
        self._draw()

    def set_layers(self, layers: Sequence[StripLayer], unit: str) -> None:
        """Show these layers, their costs in `unit` ("FLOPs" or "MACs"). The same ones again cost nothing."""
        if tuple(layers) == self.layers and unit == self._unit:
            return
        names = [layer.name for layer in layers] != [layer.name for layer in self.layers]
        self.layers, self._unit = tuple(layers), unit
        self._draw()
        if names:
            self._fit()

    def set_selection(self, name: str) -> None:
        """Frame the column of a layer, or none."""
        self._selection = name
        index = next((i for i, layer in enumerate(self.layers) if layer.name == name), None)
        self._frame.setVisible(index is not None)
        if index is not None:
            self._frame.setRect(QRectF(index - 0.5, 0.0, 1.0, self._top))

    def table(self) -> TableData:
        """The layers as a table, exact."""
        fields = ("before", "planned", "now", "channels_before", "channels_planned", "channels_now")
        names = (self.tr("before"), self.tr("planned"), self.tr("now"))
        channels = self.tr("channels {when}")
        headers = [f"{self._unit} {name}" for name in names] + [channels.format(when=name) for name in names]
        columns = [[getattr(layer, field) for layer in self.layers] for field in fields]
        return TableData(
            self.accessibleName(),
            (self.tr("layer"), *headers),
            ([layer.name for layer in self.layers], *columns),
        )

    # --- drawing

    def _draw(self) -> None:
        layers = self.layers
        highest = max(
            (value for layer in layers for value in (layer.before, layer.planned or 0)), default=0.0
        )
        prefix = numbers.column_prefix(highest)
        step = nice_step(highest, 4) if highest > 0 else 1.0
        self._top = max(1.0, float(np.ceil(highest * 1.02 / step)) * step)
        self.box.setYRange(0.0, self._top, padding=0)
        self.left.set_ticks_at(lambda low, high: linear_ticks(0.0, self._top, 4))
        self.left.write = lambda value: f"{value / prefix.scale:,g}"
        self.left.setLabel(
            self.tr("{unit}, {prefix}").format(unit=self._unit, prefix=prefix.symbol)
            if prefix.symbol
            else self._unit
        )
        ghosts, marks = QPainterPath(), QPainterPath()
        for i, layer in enumerate(layers):
            ghosts.addRect(QRectF(i - BAR, 0.0, 2 * BAR, layer.before))
            if layer.planned is not None:
                marks.moveTo(i - BAR - 0.08, layer.planned)
                marks.lineTo(i + BAR + 0.08, layer.planned)
        self._ghosts.setPath(ghosts)
        self._marks.setPath(marks)
        now = [(i, layer.now) for i, layer in enumerate(layers) if layer.now is not None]
        self._bars.setOpts(x=[i for i, _ in now], height=[value for _, value in now], width=2 * BAR * 0.86)
        self.columns.set_layers([layer.name for layer in layers], self._axis_rows())
        self.set_selection(self._selection)

    def _axis_rows(self) -> list[AxisRow]:
        layers = self.layers

        def text(value: int | None) -> str:
            return "" if value is None else str(value)

        rows = [
            AxisRow(self.tr("before"), tuple(text(layer.channels_before) for layer in layers), quiet=True)
        ]
        if any(layer.channels_now is not None for layer in layers):
            rows.append(AxisRow(self.tr("now"), tuple(text(layer.channels_now) for layer in layers)))
        elif any(layer.channels_planned is not None for layer in layers):
            rows.append(AxisRow(self.tr("planned"), tuple(text(layer.channels_planned) for layer in layers)))
        if len(rows) > 1:
            locked = self.tr("lock")
            shares = [layer.removed for layer in layers]
            texts = tuple(
                locked if layer.locked else "" if share is None else f"{100 * share:.0f}"
                for layer, share in zip(layers, shares, strict=True)
            )
            colours = tuple(None if share is None else removed_colour(self._theme, share) for share in shares)
            rows.append(AxisRow(self.tr("removed, %"), texts, colours))
        return rows

    def _fit(self) -> None:
        """All columns in view, but none wider than is calm."""
        width = max(1.0, self.box.width())
        columns = max(len(self.layers), width / WIDEST)
        self.box.setXRange(-0.6, columns - 0.4, padding=0)

    def resizeEvent(self, ev: object) -> None:
        """Fit the columns to the new width."""
        super().resizeEvent(ev)
        if hasattr(self, "box"):
            self._fit()

    # --- events

    def _index_at(self, position: QPointF) -> int | None:
        view = self.box.mapSceneToView(self.mapToScene(position.toPoint()))
        index = round(view.x())
        return index if 0 <= index < len(self.layers) and abs(view.x() - index) <= 0.5 else None

    def mousePressEvent(self, ev: QMouseEvent) -> None:
        """Select the layer under the mouse."""
        index = self._index_at(ev.position())
        if index is not None and ev.button() == Qt.MouseButton.LeftButton:
            self.selected.emit(self.layers[index].name)
        super().mousePressEvent(ev)

    def mouseDoubleClickEvent(self, ev: QMouseEvent) -> None:
        """Leave the zoom."""
        self._fit()
        ev.accept()

    def keyPressEvent(self, ev: QKeyEvent) -> None:
        """Arrows, Home and End select layers; Esc leaves the zoom."""
        here = next((i for i, layer in enumerate(self.layers) if layer.name == self._selection), -1)
        last = len(self.layers) - 1
        targets = {
            Qt.Key.Key_Left: max(0, here - 1),
            Qt.Key.Key_Right: min(last, here + 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        target = targets.get(Qt.Key(ev.key()))
        if ev.key() == Qt.Key.Key_Escape:
            self._fit()
        elif target is not None and last >= 0:
            self.selected.emit(self.layers[target].name)
        else:
            super().keyPressEvent(ev)

    def viewportEvent(self, event: QEvent) -> bool:
        """A tooltip with the exact figures of the layer under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self._index_at(QPointF(event.pos()))
            if index is not None:
                QToolTip.showText(event.globalPos(), self.tell(self.layers[index]), self)
                return True
        return bool(super().viewportEvent(event))

    def tell(self, layer: StripLayer) -> str:
        """One layer's figures in words, exact."""
        lines = [layer.name]
        for name, cost, channels in (
            (self.tr("before"), layer.before, layer.channels_before),
            (self.tr("planned"), layer.planned, layer.channels_planned),
            (self.tr("now"), layer.now, layer.channels_now),
        ):
            if cost is not None:
                line = f"{name}: {cost:,.0f} {self._unit}"
                if channels is not None:
                    line += self.tr(", {channels} channels").format(channels=channels)
                lines.append(line)
        return "\n".join(lines)
