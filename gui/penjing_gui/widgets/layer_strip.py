"""What each layer costs before, planned and now, side by side, with its channels underneath."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetrics
from PySide6.QtWidgets import QWidget

from penjing_gui import numbers
from penjing_gui.theme import Theme, font
from penjing_gui.widgets.column_plot import ColumnPlot
from penjing_gui.widgets.curve_axes import CalmAxis, linear_ticks, nice_step
from penjing_gui.widgets.data_table import TableAction, TableData
from penjing_gui.widgets.layer_axis import AxisRow, LayerAxis
from penjing_gui.widgets.strip_bars import StripBars


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


def removed_colours(theme: Theme, shares: Sequence[float | None]) -> tuple[QColor | None, ...]:
    """The colours of shares of removed channels, linear from 0 to 1."""
    known = {
        share: QColor(*theme.cost_lut[round(255 * min(1.0, max(0.0, share)))].tolist())
        for share in set(shares)
        if share is not None
    }
    return tuple(None if share is None else known[share] for share in shares)


class LayerStrip(ColumnPlot):
    """Bars for every layer. `selected` tells the layer that was clicked or reached by an arrow key."""

    edge = 0.1

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self.layers: tuple[StripLayer, ...] = ()
        self._names: list[str] = []
        self._unit = ""
        super().__init__(theme, CalmAxis("left"), LayerAxis(theme), parent)
        self.setAccessibleName(self.tr("Cost by layer: before, planned and now"))
        self.plotItem.layout.setContentsMargins(0, 8, 8, 0)
        self._bars = StripBars()
        self.stack(self._bars.ghosts, self._bars.bars, self._bars.marks)
        self.box.sigXRangeChanged.connect(self._show_range)
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
        self._bars.set_colours(theme.ghost, theme.series[2], theme.series[1])
        self._frame.setPen(pg.mkPen(theme.accent, width=2))
        self._draw()

    def set_layers(self, layers: Sequence[StripLayer], unit: str) -> None:
        """Show these layers, their costs in `unit` ("FLOPs" or "MACs"). The same ones again cost nothing."""
        if tuple(layers) == self.layers and unit == self._unit:
            return
        names, before = [layer.name for layer in layers], self._names
        self.layers, self._names, self._unit = tuple(layers), names, unit
        self._draw()
        if names != before:
            self.fit()

    def names(self) -> Sequence[str]:
        """The layers, from left to right."""
        return self._names

    def frame(self, index: int) -> QRectF:
        """The whole height over the layer."""
        return QRectF(index - 0.5, 0.0, 1.0, self._top)

    def tip_at(self, position: QPointF) -> str:
        """The exact figures of the layer under the mouse."""
        index = self.index_at(position)
        return "" if index is None else self.tell(self.layers[index])

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
        self._bars.set_values(
            [layer.before for layer in layers],
            [layer.planned for layer in layers],
            [layer.now for layer in layers],
        )
        self._show_range()
        self.columns.set_layers(self._names, self._axis_rows())
        self.set_selection(self._selection)

    def _show_range(self, *_: object) -> None:
        low, high = self.box.viewRange()[0]
        self._bars.show_range(low, high, self.box.width())

    def resizeEvent(self, ev: object) -> None:
        """As many bars as there is room for."""
        super().resizeEvent(ev)
        if hasattr(self, "_bars"):
            self._show_range()

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
            rows.append(AxisRow(self.tr("removed, %"), texts, removed_colours(self._theme, shares)))
        return rows

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
