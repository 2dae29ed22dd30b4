"""Taking the layer table along: rows to the clipboard, CSV, and its picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QFileDialog, QToolTip

from penjing.spec.files import write_bytes
from penjing_gui.icons import icon
from penjing_gui.inspect import controls
from penjing_gui.inspect.csv_rows import csv_rows, rows_of, text_of
from penjing_gui.inspect.table_picture import table_picture
from penjing_gui.theme import Theme
from penjing_gui.widgets.picture import Picture, PictureMenu

if TYPE_CHECKING:
    from penjing_gui.inspect.layers_pane import LayersPane


class TableExport(QObject):
    """The buttons "copy" and "save" of the layer table, and their actions in its context menu."""

    def __init__(self, pane: LayersPane, theme: Theme) -> None:
        super().__init__(pane)
        self._pane = pane
        self.copy_button = controls.icon_button("copy", self.tr("Copy for a spreadsheet"), theme)
        self.copy_button.clicked.connect(self.copy_rows)
        self.save_button = PictureMenu(theme, self.picture)
        self.save_button.setFixedSize(controls.FIELD, controls.FIELD)
        self.save_button.failed.connect(self._say_failure)
        self.csv_action = QAction(self.tr("Save as CSV…"), self)
        self.csv_action.triggered.connect(self.save_csv)
        self.save_button.put_first([self.csv_action])
        self.copy_action = QAction(self.tr("Copy rows"), self)
        self.copy_action.setShortcut(QKeySequence.StandardKey.Copy)
        self.copy_action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.copy_action.triggered.connect(self.copy_rows)
        pane.view.addActions([self.copy_action, self.csv_action])
        self.save_button.offer_in(pane.view)

    def csv_text(self) -> str:
        """The layers shown as CSV, with exact numbers."""
        unit = self._pane.unit
        return text_of(csv_rows(self._pane.model, unit.name, unit.factor))

    def copied_text(self) -> tuple[str, int]:
        """Tab-separated: the selected rows where there are several, else the layers shown; and how many."""
        pane = self._pane
        nodes = pane.view.selected_nodes().tolist()
        if len(nodes) < 2:
            nodes = pane.model.shown_layers()
        return text_of(rows_of(pane.model, pane.unit.name, pane.unit.factor, nodes), "\t"), len(nodes)

    def copy_rows(self) -> None:
        """Put rows on the clipboard, as a spreadsheet takes them."""
        if self._pane.model.tree is None:
            return
        text, count = self.copied_text()
        QGuiApplication.clipboard().setText(text)
        place = self.copy_button.mapToGlobal(QPoint(0, self.copy_button.height()))
        said = self.tr("1 row copied") if count == 1 else self.tr("{count} rows copied")
        QToolTip.showText(place, said.format(count=f"{count:,}"), self.copy_button)

    def save_csv(self) -> None:
        """Ask for a file and write the layers shown into it."""
        tree = self._pane.model.tree
        if tree is None:
            return
        suggested = f"{tree.labels[0]}-costs.csv"
        path, _ = QFileDialog.getSaveFileName(
            self._pane, self.tr("Save as CSV"), suggested, self.tr("CSV files (*.csv)")
        )
        if path:
            self.write_csv(Path(path))

    def write_csv(self, path: Path) -> None:
        """Write the layers shown; what goes wrong is said in the pane."""
        try:
            write_bytes(path, self.csv_text().encode("utf-8-sig"))
        except OSError as error:
            self._say_failure(path, error.strerror or str(error))

    def picture(self) -> Picture | None:
        """The table as it is sorted, filtered and opened, from its first row on."""
        pane = self._pane
        if pane.model.tree is None:
            return None
        title = f"{pane.model.tree.labels[0]}-costs"
        return table_picture(
            pane.view, title, pane.theme, self.tr("{count} more rows are not in this picture")
        )

    def _say_failure(self, path: Path, why: str) -> None:
        self._pane.show_failure(controls.unwritten(path, why))

    def apply_theme(self, theme: Theme) -> None:
        """Take over another theme."""
        self.copy_button.setIcon(icon("copy", theme))
        self.save_button.set_theme(theme)
