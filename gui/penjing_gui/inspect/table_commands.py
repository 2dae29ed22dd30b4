"""What can be done with the layer table, as commands of the page: for menu, palette and shortcut list."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from penjing_gui.inspect.layers_pane import LayersPane
from penjing_gui.page import PageCommand


class TableCommands(QObject):
    """The commands of a layer table; they need a counted model."""

    def __init__(self, pane: LayersPane) -> None:
        super().__init__(pane)
        self._pane = pane
        self.commands: list[PageCommand] = []
        export = pane.export
        self._add("inspect.csv", "file", self.tr("Save the table as &CSV…"), export.save_csv)
        self._add("inspect.picture", "file", self.tr("Save the table's &picture…"), export.save_button.ask)
        self._add("inspect.copy", "edit", self.tr("&Copy the table's rows"), export.copy_rows)
        self._add("inspect.range", "edit", self.tr("Filter layers by &range"), self.ask_range)
        self.flat = self._add("inspect.list", "view", self.tr("Layers &in one list"), self.switch_list)
        self._add("inspect.open", "view", self.tr("Open all &modules"), self.open_modules)
        self._add("inspect.close", "view", self.tr("Clos&e all modules"), self.close_modules)
        self.set_table(False)

    def _add(self, name: str, menu: str, text: str, slot: Callable[[], None]) -> QAction:
        action = QAction(text, self)
        action.triggered.connect(slot)
        self.commands.append(PageCommand(name, menu, action))
        return action

    def set_table(self, there: bool) -> None:
        """Whether there is anything in the table."""
        for command in self.commands:
            command.action.setEnabled(there)

    def ask_range(self) -> None:
        """To the fields of the range."""
        self._pane.show()
        self._pane.range_button.setChecked(True)
        self._pane.range.focus()

    def switch_list(self) -> None:
        """From modules to one list, and back."""
        self._pane.set_flat(not self._pane.model.rows.flat)

    def open_modules(self) -> None:
        """Show what is in every module."""
        self._pane.view.set_all_open(True)

    def close_modules(self) -> None:
        """Show the outermost modules alone."""
        self._pane.view.set_all_open(False)
