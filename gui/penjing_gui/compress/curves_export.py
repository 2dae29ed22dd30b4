"""The button that writes the curves into a file: PNG, SVG or CSV. Files are written off the main thread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton, QWidget

from penjing.spec.files import write_atomic
from penjing.spec.messages import Failure
from penjing_gui.background import Work
from penjing_gui.icons import icon
from penjing_gui.theme import Theme
from penjing_gui.widgets.csv_file import write_csv
from penjing_gui.widgets.data_table import TableData
from penjing_gui.widgets.picture import Picture


class CurvesExport(QToolButton):
    """A menu of what can be written. `begun` brings the file's path, `ended` it and a `Failure` or None."""

    begun = Signal(object)
    ended = Signal(object, object)

    def __init__(
        self,
        theme: Theme,
        picture: Callable[[], Picture],
        table: Callable[[], TableData],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._picture, self._table = picture, table
        self._work: Work | None = None
        self._path = Path()
        name = self.tr("Export the curves")
        self.setAutoRaise(True)
        self.setFixedSize(20, 20)
        self.setToolTip(name)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.setAccessibleName(name)
        self.export_actions: dict[str, QAction] = {}
        for kind, text in (
            ("png", self.tr("Save as PNG…")),
            ("svg", self.tr("Save as SVG…")),
            ("csv", self.tr("Save as CSV…")),
            ("copy", self.tr("Copy picture")),
        ):
            action = QAction(text, self)
            action.setData(kind)
            menu.addAction(action)
            self.export_actions[kind] = action
        menu.triggered.connect(self._asked)
        self.setMenu(menu)
        self.set_theme(theme)

    def command(self, kind: str, text: str) -> QAction:
        """The same as an entry of the menu, under a text that says what is saved."""
        action = QAction(text, self)
        action.triggered.connect(self.export_actions[kind].trigger)
        return action

    def set_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self.setIcon(icon("export", theme))

    def _asked(self, action: QAction) -> None:
        kind = str(action.data())
        if kind == "copy":
            QGuiApplication.clipboard().setImage(self._picture().image())
            return
        kinds = {
            "png": self.tr("PNG pictures (*.png)"),
            "svg": self.tr("SVG drawings (*.svg)"),
            "csv": self.tr("Comma-separated values (*.csv)"),
        }
        title = self.export_actions[kind].text().removesuffix("…")
        chosen, _ = QFileDialog.getSaveFileName(self, title, f"{self._picture().title}.{kind}", kinds[kind])
        if chosen:
            path = Path(chosen)
            self.write(
                path if path.suffix.casefold() == f".{kind}" else path.with_name(f"{path.name}.{kind}")
            )

    def write(self, path: Path) -> None:
        """Write the kind of file that the name says; it is drawn here and written on a thread."""
        self.drop()
        kind = path.suffix.casefold()
        if kind == ".csv":
            table = self._table()
            write = _reported(path, lambda: write_csv(path, table))
        elif kind == ".svg":
            drawing = self._picture().svg()
            write = _reported(path, lambda: write_atomic(path, lambda temporary: _put(temporary, drawing)))
        else:
            image = self._picture().image()
            write = _reported(path, lambda: write_atomic(path, lambda temporary: _encode(temporary, image)))
        self._path = path
        self._work = Work(write, self)
        self._work.done.connect(self._written)
        self._work.failed.connect(self._unwritten)
        self.begun.emit(path)
        self._work.start()

    def drop(self) -> None:
        """Wait for what is being written."""
        if self._work is not None:
            self._work.drop()
            self._work.deleteLater()
            self._work = None

    def _written(self, _: object) -> None:
        self.ended.emit(self._path, None)

    def _unwritten(self, failure: Failure) -> None:
        self.ended.emit(self._path, failure)


def _reported(path: Path, write: Callable[[], None]) -> Callable[[], None]:
    def carried_out() -> None:
        try:
            write()
        except OSError as error:
            raise Failure(
                "window.curves_not_saved", file=path.name, problem=error.strerror or str(error)
            ) from None

    return carried_out


def _put(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def _encode(path: Path, image: QImage) -> None:
    if not image.save(str(path), "PNG"):  # type: ignore[call-overload]
        raise OSError("PNG")
