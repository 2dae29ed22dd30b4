"""Any drawing as a picture: PNG at twice its size, SVG as lines and text, or on the clipboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QGuiApplication, QImage, QPainter, QRegion
from PySide6.QtWidgets import QFileDialog, QGraphicsView, QMenu, QToolButton, QWidget

from penjing.spec.files import write_bytes
from penjing_gui.icons import icon
from penjing_gui.theme import Theme

SCALE = 2.0  # pixels of the file for one of the screen
LARGEST = 30_000  # pixels of a side; more than that no image can have


@dataclass(frozen=True, slots=True)
class Picture:
    """Something that can be drawn: how large it is, on which colour, and what draws it at (0, 0)."""

    title: str
    size: QSize
    ground: QColor
    draw: Callable[[QPainter], None]

    def image(self) -> QImage:
        """The drawing in pixels, sharp at twice the size where that fits."""
        longest = max(self.size.width(), self.size.height(), 1)
        scale = min(SCALE, LARGEST / longest)
        image = QImage(self.size * scale, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(scale)
        image.fill(self.ground)
        painter = QPainter(image)
        self.draw(painter)
        painter.end()
        return image

    def png(self) -> bytes:
        """The drawing as the bytes of a PNG file."""
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        self.image().save(buffer, "PNG")  # type: ignore[call-overload]
        return bytes(buffer.data().data())

    def svg(self) -> bytes:
        """The drawing as the bytes of an SVG file."""
        from PySide6.QtSvg import QSvgGenerator

        buffer = QBuffer()
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        # as on the screen: at another resolution fonts in points and those in pixels would no longer fit together
        generator.setResolution(round(QGuiApplication.primaryScreen().logicalDotsPerInch()))
        generator.setSize(self.size)
        generator.setViewBox(QRect(QPoint(0, 0), self.size))
        generator.setTitle(self.title)
        painter = QPainter(generator)
        painter.fillRect(QRect(QPoint(0, 0), self.size), self.ground)
        self.draw(painter)
        painter.end()
        return bytes(buffer.data().data())

    def save(self, path: Path) -> None:
        """Write the file that its name says: SVG or else PNG. Raises `OSError`."""
        write_bytes(path, self.svg() if path.suffix.casefold() == ".svg" else self.png())


def of_widget(widget: QWidget, title: str, theme: Theme) -> Picture:
    """A picture of a widget as it is on the screen."""

    def draw(painter: QPainter) -> None:
        if isinstance(widget, QGraphicsView):
            # A view draws its scene, so that lines stay lines in SVG; what is kept as pixels is drawn anew for it.
            kept = [(item, item.cacheMode()) for item in widget.scene().items()]
            for item, _ in kept:
                item.setCacheMode(item.CacheMode.NoCache)
            area = widget.viewport().rect()  # without it the device's pixels would be the target
            widget.render(painter, QRectF(area), area)
            for item, mode in kept:
                item.setCacheMode(mode)
        else:
            widget.render(painter, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)

    size = widget.viewport().size() if isinstance(widget, QGraphicsView) else widget.size()
    return Picture(title, size, theme.base, draw)


class PictureMenu(QToolButton):
    """The small button in a pane's title: save the pane's picture, or copy it; other actions stand above them."""

    failed = Signal(object, str)  # Path, why

    def __init__(
        self, theme: Theme, make: Callable[[], Picture | None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._make = make
        name = self.tr("Save")
        self.setAutoRaise(True)
        self.setFixedSize(20, 20)
        self.setToolTip(name)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._menu.setAccessibleName(name)
        self.save_action = QAction(self.tr("Save picture…"), self)
        self.save_action.triggered.connect(self.ask)
        self.copy_action = QAction(self.tr("Copy picture"), self)
        self.copy_action.triggered.connect(self.copy)
        self._menu.addActions([self.save_action, self.copy_action])
        self.setMenu(self._menu)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self.setIcon(icon("save", theme))

    def put_first(self, actions: list[QAction]) -> None:
        """Put other actions above those of the picture."""
        self._menu.insertActions(self.save_action, actions)
        self._menu.insertSeparator(self.save_action)

    def offer_in(self, widget: QWidget) -> None:
        """The same actions in a widget's context menu."""
        widget.addActions([self.save_action, self.copy_action])
        widget.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def ask(self) -> None:
        """Ask for a file, PNG or SVG, and write the picture."""
        picture = self._make()
        if picture is None:
            return
        kinds = [self.tr("PNG pictures (*.png)"), self.tr("SVG drawings (*.svg)")]
        chosen, kind = QFileDialog.getSaveFileName(
            self, self.tr("Save picture"), f"{picture.title}.png", ";;".join(kinds)
        )
        if not chosen:
            return
        path = Path(chosen)
        if path.suffix.casefold() not in (".png", ".svg"):
            path = path.with_name(path.name + (".svg" if kind == kinds[1] else ".png"))
        self.write(path)

    def write(self, path: Path) -> None:
        """Write the picture; what goes wrong is said by the pane."""
        picture = self._make()
        if picture is None:
            return
        try:
            picture.save(path)
        except OSError as error:
            self.failed.emit(path, error.strerror or str(error))

    def copy(self) -> None:
        """Put the picture on the clipboard."""
        picture = self._make()
        if picture is not None:
            QGuiApplication.clipboard().setImage(picture.image())
