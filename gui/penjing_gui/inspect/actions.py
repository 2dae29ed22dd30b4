"""What can be done on step 1 besides looking: measure the machine, compare with another model, add and save figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from penjing_gui.page import PageCommand
from penjing_gui.state import Asked

if TYPE_CHECKING:
    from penjing_gui.inspect.page import InspectPage
    from penjing_gui.inspect.side_by_side import SideBySide


class InspectActions(QObject):
    """The page's commands. What a command shows is imported when it is first asked for."""

    def __init__(self, page: InspectPage) -> None:
        super().__init__(page)
        self._page = page
        self.windows: list[SideBySide] = []
        self.commands: list[PageCommand] = []
        self.compare = self._add("inspect.compare", self.tr("Compare &with another model…"), self.ask_other)
        self.roofline = self._add("inspect.roofline", self.tr("Measure this &machine"), self.measure_machine)
        self.set_table(page.bench.table is not None)

    def _add(self, name: str, text: str, slot: object) -> QAction:
        action = QAction(text, self)
        action.triggered.connect(slot)
        self.commands.append(PageCommand(name, "model", action))
        return action

    def set_table(self, there: bool) -> None:
        """Commands need a counted model."""
        for command in self.commands:
            command.action.setEnabled(there)

    # The roofline

    def measure_machine(self) -> None:
        """Show the roofline and measure it."""
        self._page.show_pane(self._page.roofline)
        self._page.roofline.start_measuring()

    # Two models

    def ask_other(self) -> None:
        """Ask for another model and put it beside the open one."""
        from penjing_gui.open_dialog import OpenDialog

        bench = self._page.bench
        if bench.table is None:
            return
        dialog = OpenDialog(bench.theme, bench.language, self._page.window())
        dialog.setWindowTitle(self.tr("Compare with another model"))
        dialog.open_button.setText(self.tr("Compare"))
        accepted = bool(dialog.exec())
        dialog.deleteLater()
        if accepted and dialog.asked is not None:
            self.compare_with(dialog.asked)

    def compare_with(self, asked: Asked) -> SideBySide:
        """Show a window with the open model and another one."""
        from penjing_gui.inspect.side_by_side import SideBySide

        window = SideBySide(self._page.bench, asked, self._page)
        window.picked.connect(self._page.bench.select)
        window.closed.connect(self._forget)
        self.windows.append(window)
        window.show()
        return window

    def _forget(self, window: SideBySide) -> None:
        if window in self.windows:
            self.windows.remove(window)

    def close(self) -> None:
        """Close what belongs to the page."""
        for window in list(self.windows):
            window.close()
