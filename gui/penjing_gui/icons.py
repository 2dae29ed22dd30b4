"""The one set of icons: SVG line drawings, recoloured from the theme."""

from __future__ import annotations

import functools
from importlib.resources import files

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from penjing_gui.theme import Theme


@functools.cache
def _drawing(name: str) -> str:
    return (files("penjing_resources") / "icons" / f"{name}.svg").read_text(encoding="utf-8")


@functools.cache
def _renderer(name: str, colour: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_drawing(name).replace("currentColor", colour).encode()))


class _LineEngine(QIconEngine):
    """Draws one SVG at any size and scale; disabled in the theme's third text colour."""

    def __init__(self, name: str, colour: QColor, disabled: QColor) -> None:
        super().__init__()
        self._name, self._colour, self._disabled = name, colour, disabled

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draw into the rectangle: a square at its left, so that a wider icon has a gap before a button's text."""
        colour = self._disabled if mode == QIcon.Mode.Disabled else self._colour
        side = min(rect.width(), rect.height())
        box = QRectF(rect.x(), rect.y() + (rect.height() - side) / 2, side, side)
        _renderer(self._name, colour.name()).render(painter, box)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """A picture of that size in device pixels. Buttons ask for it at each paint: it is kept."""
        colour = self._disabled if mode == QIcon.Mode.Disabled else self._colour
        key = f"penjing/{self._name}/{colour.name()}/{size.width()}x{size.height()}"
        picture = QPixmap()
        if QPixmapCache.find(key, picture):
            return picture
        picture = QPixmap(size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self.paint(painter, picture.rect(), mode, state)
        painter.end()
        QPixmapCache.insert(key, picture)
        return picture

    def clone(self) -> QIconEngine:
        """Another engine of the same icon."""
        return _LineEngine(self._name, self._colour, self._disabled)


# The size of an icon beside text on a button: 16, and 4 more before the text.
BESIDE_TEXT = QSize(20, 16)


def icon(name: str, theme: Theme, colour: QColor | None = None) -> QIcon:
    """The icon of that name, in the theme's second text colour or the given one."""
    return QIcon(_LineEngine(name, colour or theme.text2, theme.text3))


def app_icon() -> QIcon:
    """The program's own icon."""
    return QIcon(str(files("penjing_resources") / "icons" / "penjing.svg"))
