"""A tree map of a network: area is one cost, colour another. One item paints all tiles from arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPen

from penjing_gui import numbers
from penjing_gui import theme as themes
from penjing_gui.theme import Theme
from penjing_gui.widgets import treemap_layout
from penjing_gui.widgets.cost_bar import CostBar, Floats, colours
from penjing_gui.widgets.key_view import KeyView
from penjing_gui.widgets.treemap_layout import Layout

LEAST_TEXT = 16.0
MARGIN = 5.0
LEAST_LINE = 60.0  # px; a line of figures is never narrower
LEAST_LETTERS = 6  # of a shortened name; less says nothing


def _no_lines(tile: int) -> list[str]:
    return []


def _no_tip(tile: int) -> str:
    return ""


def _nobody(name: str) -> int:
    return -1


@dataclass(frozen=True, slots=True, eq=False)
class TreeMapData:
    """Tiles: `areas` in any unit, `shares` for the colour (0 to 1, NaN unknown), `groups` into `group_names`.

    `lines(tile)` is what a large tile says below its name; `tip(tile)` its tooltip. `holder(name)` is the tile that a
    layer is in where it has none of its own, −1 for none. `total` is what shares of the area are of (0: their sum).
    """

    names: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    groups: tuple[int, ...] = ()
    group_names: tuple[str, ...] = ()
    areas: Floats = field(default_factory=lambda: np.zeros(0))
    shares: Floats = field(default_factory=lambda: np.zeros(0))
    lines: Callable[[int], list[str]] = _no_lines
    tip: Callable[[int], str] = _no_tip
    holder: Callable[[str], int] = _nobody
    total: float = 0.0

    def tile(self, name: str) -> int:
        """The tile of that name, or the one that it is in; −1 for none."""
        return self.names.index(name) if name in self.names else self.holder(name)


class Frame(pg.GraphicsObject):
    """The frame of the selected tile."""

    def __init__(self, parent: pg.GraphicsWidget) -> None:
        super().__init__()
        self.setParentItem(parent)
        self._rect, self._colour = QRectF(), QColor()
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def surround(self, rect: QRectF, colour: QColor) -> None:
        """Move to a tile; an empty rectangle hides the frame."""
        self.prepareGeometryChange()
        self._rect, self._colour = rect, colour
        self.setVisible(not rect.isEmpty())
        self.update()

    def boundingRect(self) -> QRectF:
        """The tile with the pen's width."""
        return self._rect.adjusted(-1, -1, 1, 1)

    def paint(self, painter: QPainter, *_: object) -> None:
        """Two pixels of accent just inside the tile."""
        box = self._rect
        painter.setPen(QPen(self._colour, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        size = max(2.0, box.width() - 2.5), max(2.0, box.height() - 2.5)
        painter.drawRect(QRectF(box.x() + 1, box.y() + 1, *size))


class Tiles(pg.GraphicsWidget):
    """All tiles of the map."""

    def __init__(self, theme: Theme, rest: str) -> None:
        super().__init__()
        self.theme = theme
        self._rest = rest
        self._data = TreeMapData()
        self._rgba = np.zeros((0, 4), dtype=np.uint8)
        self.layout_now = Layout(np.zeros((0, 4)), ())
        self._total, self._scale = 0.0, 1.0
        self._selected = -1
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setCacheMode(
            self.CacheMode.DeviceCoordinateCache
        )  # a selection does not paint hundreds of tiles anew
        self._frame = Frame(self)

    def set(self, data: TreeMapData, selected: int) -> None:
        """Show other tiles."""
        self._data, self._selected = data, selected
        self._total = data.total or max(float(np.nansum(data.areas)), 1e-300)
        self._scale = max(float(np.nansum(data.areas)), 1e-300) / self._total
        self._place()

    def select(self, tile: int) -> None:
        """Frame one tile; −1 for none."""
        self._selected = tile
        rects = self.layout_now.rects
        known = 0 <= tile < len(rects) and not np.isnan(rects[tile, 0])
        self._frame.surround(QRectF(*rects[tile].tolist()) if known else QRectF(), self.theme.accent)

    def resizeEvent(self, event: object) -> None:
        """Lay the tiles out anew."""
        super().resizeEvent(event)
        self._place()

    def retheme(self) -> None:
        """Take the colours anew."""
        self._rgba = colours(self.theme, self._data.shares)
        self.select(self._selected)
        self.update()

    def _place(self) -> None:
        heading = QFontMetricsF(themes.font(-1)).height() + 6
        size = self.size()
        self.layout_now = treemap_layout.grouped(
            self._data.areas, self._data.groups, size.width(), size.height(), heading
        )
        self.retheme()

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw all tiles and the headings."""
        painter.save()
        rects = self.layout_now.rects
        self._bold, self._plain = themes.font(0, semibold=True), themes.font(-1)
        self._heavy, self._light = QFontMetricsF(self._bold), QFontMetricsF(self._plain)
        for tile in np.flatnonzero(~np.isnan(rects[:, 0])).tolist():
            self._tile(painter, tile, rects[tile])
        self._headings(painter)
        painter.restore()

    def _tile(self, painter: QPainter, tile: int, rect: Floats) -> None:
        x, y, w, h = rect.tolist()
        left, top, right, bottom = round(x), round(y), round(x + w), round(y + h)
        gap = 1 if right - left > 2 and bottom - top > 2 else 0
        red, green, blue, known = self._rgba[tile].tolist()
        fill = QColor(red, green, blue) if known else self.theme.alt
        painter.fillRect(left, top, max(1, right - left - gap), max(1, bottom - top - gap), fill)
        if not known and min(w, h) > 4:
            painter.setPen(QPen(self.theme.line, 1))
            painter.drawRect(left, top, right - left - gap - 1, bottom - top - gap - 1)
        if min(w, h) < LEAST_TEXT:
            return
        painter.setPen(themes.ink_on(red, green, blue) if known else self.theme.text)
        inner = QRectF(left + MARGIN, top + 2, right - left - MARGIN - 3, bottom - top - 4)
        self._text(painter, tile, inner)

    def _text(self, painter: QPainter, tile: int, inner: QRectF) -> None:
        """Name and figures where all fit; else the short name and the share, or the share alone."""
        data, bold, plain, heavy, light = self._data, self._bold, self._plain, self._heavy, self._light
        lines = data.lines(tile) if inner.width() > LEAST_LINE else []
        share = numbers.percent(float(data.areas[tile]) / self._total)
        width = inner.width()
        if (
            lines
            and heavy.horizontalAdvance(data.names[tile]) <= width
            and max(map(light.horizontalAdvance, lines), default=0.0) <= width
            and inner.height() >= heavy.height() + len(lines) * light.height()
        ):
            texts = [(data.names[tile], bold), *((line, plain) for line in lines)]
        else:
            label = data.labels[tile]
            if light.horizontalAdvance(label) > width:
                label = light.elidedText(label, Qt.TextElideMode.ElideMiddle, width)
                if len(label) < LEAST_LETTERS:
                    label = ""
            texts = [
                (text, plain) for text in (label, share) if text and light.horizontalAdvance(text) <= width
            ]
        y = inner.top()
        for text, font in texts:
            metrics = heavy if font is bold else light
            if y + metrics.height() > inner.bottom() + 3:
                return
            painter.setFont(font)
            painter.drawText(QPointF(inner.left(), y + metrics.ascent()), text)
            y += metrics.height() + 1

    def _headings(self, painter: QPainter) -> None:
        font = themes.font(-1)
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(self.theme.text2)
        for column in self.layout_now.columns:
            name = self._data.group_names[column.group] if column.group >= 0 else self._rest
            room = column.width - 4
            whole = f"{name} · {numbers.percent(column.share * self._scale)}"
            text = whole if metrics.horizontalAdvance(whole) <= room else name
            text = metrics.elidedText(
                text, Qt.TextElideMode.ElideLeft, room
            )  # numbered parts differ at the end
            if text in (whole, name) or len(text) >= LEAST_LETTERS:
                painter.drawText(QPointF(column.x, metrics.ascent() + 2), text)


class TreeMap(KeyView):
    """The tiles and the legend of their colour. Enter and a double click go into a module, Escape goes back."""

    entered = Signal(str)  # towards this part
    left = Signal()

    def __init__(self, theme: Theme, bar_label: str, rest: str) -> None:
        super().__init__(theme)
        self._data = TreeMapData()
        self._selected = -1
        self._name = ""
        self.tiles = Tiles(theme, rest)
        self.ci.addItem(self.tiles, row=0, col=0)
        self._bar = CostBar(theme, bar_label)
        self.ci.addItem(self._bar, row=0, col=1)
        self.ci.layout.setHorizontalSpacing(8)
        self.ci.layout.setColumnStretchFactor(0, 1)

    def set_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        super().set_theme(theme)
        self.tiles.theme = theme
        self.tiles.retheme()
        self._bar.set_theme(theme)

    def set_data(self, data: TreeMapData, bar_label: str) -> None:
        """Show other tiles."""
        self._data = data
        self._selected = data.tile(self._name) if self._name else -1
        self.tiles.set(data, self._selected)
        self._bar.set_label(bar_label)

    def select(self, name: str) -> None:
        """Frame the tile of that name, or none."""
        self._name = name
        self._selected = self._data.tile(name) if name else -1
        self.tiles.select(self._selected)

    def tile_at(self, point: QPointF) -> int:
        """The tile at a point of the scene, −1 for none."""
        where = self.tiles.mapFromScene(point)
        return treemap_layout.tile_at(self.tiles.layout_now.rects, where.x(), where.y())

    def centre_of(self, name: str) -> QPointF:
        """Where the middle of a tile is in the scene."""
        x, y, w, h = self.tiles.layout_now.rects[self._data.names.index(name)].tolist()
        return QPointF(self.tiles.mapToScene(QPointF(x + w / 2, y + h / 2)))

    def name_at(self, point: QPointF) -> str:
        """The layer whose tile is there."""
        tile = self.tile_at(point)
        return self._data.names[tile] if tile >= 0 else ""

    def tip_at(self, point: QPointF) -> str:
        """The layer and what it costs."""
        tile = self.tile_at(point)
        return self._data.tip(tile) if tile >= 0 else ""

    def enter(self) -> None:
        """Into the module that the selected part is in."""
        if self._name:
            self.entered.emit(self._name)

    def leave_zoom(self) -> None:
        """Back to the module above."""
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes into a module, Backspace comes back as Escape does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.enter()
            event.accept()
        elif event.key() == Qt.Key.Key_Backspace:
            self.leave_zoom()
            event.accept()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Into the module under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            name = self.name_at(self.mapToScene(event.position().toPoint()))
            if name:
                self.entered.emit(name)
        event.accept()

    def step(self, dx: int, dy: int) -> str:
        """The tile beside the selected one in that direction."""
        tile = treemap_layout.neighbour(self.tiles.layout_now.rects, self._selected, dx, dy)
        return self._data.names[tile] if tile >= 0 else ""

    def end(self, last: bool) -> str:
        """The largest or the smallest tile."""
        areas = np.where(np.nan_to_num(self._data.areas) > 0, self._data.areas, np.nan)
        if not areas.size or np.isnan(areas).all():
            return ""
        return self._data.names[int(np.nanargmin(areas) if last else np.nanargmax(areas))]
