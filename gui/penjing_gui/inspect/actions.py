"""What can be done on step 1 besides looking: measure the machine, compare with another model, add and save figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog

from penjing.spec.messages import Failure
from penjing_gui.inspect.own_figures import MOST, titles
from penjing_gui.page import PageCommand
from penjing_gui.state import Asked

if TYPE_CHECKING:
    from penjing.spec.costs import CostTable
    from penjing.spec.overlay import Overlay
    from penjing_gui.background import Work
    from penjing_gui.inspect.page import InspectPage
    from penjing_gui.inspect.side_by_side import SideBySide

SAID = 5  # names that no layer has, that are said at once


class InspectActions(QObject):
    """The page's commands. What a command shows is imported when it is first asked for."""

    def __init__(self, page: InspectPage) -> None:
        super().__init__(page)
        self._page = page
        self.windows: list[SideBySide] = []
        self.commands: list[PageCommand] = []
        self._work: Work | None = None
        self.compare = self._add("inspect.compare", self.tr("Compare with ano&ther model…"), self.ask_other)
        self.roofline = self._add("inspect.roofline", self.tr("Measure this mac&hine"), self.measure_machine)
        self.add = self._add("inspect.figures", self.tr("Add n&umbers from a file…"), self.ask_figures)
        self.remove = self._add("inspect.no_figures", self.tr("&Remove added numbers"), self.remove_figures)
        self.netron = self._add("inspect.netron", self.tr("Save as &Netron attachment…"), self.save_netron)
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
        self.remove.setEnabled(bool(self._page.bench.overlays))

    # The roofline

    def measure_machine(self) -> None:
        """Show the roofline and measure it."""
        self._page.show_pane(self._page.roofline)
        self._page.roofline.start_measuring()

    # Two models

    def ask_other(self) -> None:
        """Ask for another model or a finished run and put it beside the open one."""
        from penjing_gui.inspect.other_dialog import OtherDialog

        bench = self._page.bench
        if bench.table is None:
            return
        model = bench.model.reference if bench.model is not None else ""
        dialog = OtherDialog(bench.theme, bench.language, self._page.window(), bench.session, model)
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

    # A person's own figures

    def ask_figures(self) -> None:
        """Ask for a file of figures by layer."""
        kinds = self.tr("Figures by layer (*.csv *.tsv *.txt *.json);;All files (*)")
        path, _ = QFileDialog.getOpenFileName(
            self._page.window(), self.tr("Add numbers from a file"), "", kinds
        )
        if path:
            self.add_figures(Path(path))

    def add_figures(self, path: Path) -> None:
        """Read a file beside the window and show its columns; what is wrong with it is said in the table's pane."""
        from penjing.spec.overlay import read
        from penjing_gui.background import Work

        table = self._page.bench.table
        if table is None:
            return
        names = {row.name for row in table.rows} | set(table.modules)
        self._drop_work()
        self._page.layers.show_busy(self.tr("Reading {file}").format(file=path.name))
        self._work = Work(lambda: (table, path, read(path, names)), self)
        self._work.done.connect(self._figures_read)
        self._work.failed.connect(self._figures_unread)
        self._work.start()

    def _figures_read(self, value: tuple[CostTable, Path, Overlay]) -> None:
        table, path, overlay = value
        bench, layers = self._page.bench, self._page.layers
        layers.clear_busy()
        if bench.table is None or bench.table.model != table.model:
            return  # another model was opened meanwhile
        others = [one for one in bench.overlays if one.title != overlay.title]  # the same file read again
        if overlay.columns:
            bench.set_overlays((*others, overlay))
        self._say_unmatched(path, overlay)

    def _say_unmatched(self, path: Path, overlay: Overlay) -> None:
        """Which names no layer has, and which columns there was no room for."""
        unmatched = overlay.unmatched
        comma, stop = ("、", "。") if self._page.bench.language == "zh_CN" else (", ", ". ")
        dropped = titles(self._page.bench.overlays)[MOST:]
        said = []
        if unmatched:
            count = len(unmatched)
            what = self.tr("1 name in {file} is no layer of this model")
            if count > 1:
                what = self.tr("{count} names in {file} are no layers of this model")
            said.append(what.format(count=count, file=path.name))
        if dropped:
            text = self.tr("There is room for {most} columns; left out: {titles}")
            said.append(text.format(most=MOST, titles=comma.join(dropped)))
        if not said:
            return
        first = comma.join(unmatched[:SAID]) + (f"{comma}…" if len(unmatched) > SAID else "")
        rest = [*said[1:], self.tr("Left out: {names}").format(names=first) if unmatched else ""]
        why = stop.join(filter(None, rest))
        details = "\n".join(unmatched) if len(unmatched) > SAID else ""
        self._page.layers.show_notice((said[0], why, ""), details)

    def _figures_unread(self, failure: Failure) -> None:
        self._page.layers.clear_busy()
        self._page.layers.show_failure(self._page.bench.say_parts(failure))

    def remove_figures(self) -> None:
        """Take all added columns away."""
        self._page.bench.set_overlays(())

    def save_netron(self) -> None:
        """Ask for a file and write every layer's figures into it, as Netron shows them on a model's nodes."""
        table = self._page.bench.table
        if table is None:
            return
        path, _ = QFileDialog.getSaveFileName(
            self._page.window(),
            self.tr("Save as Netron attachment"),
            f"{self._page.title}-costs.json",
            self.tr("Netron attachments (*.json)"),
        )
        if path:
            self.write_netron(Path(path))

    def write_netron(self, path: Path) -> None:
        """Write the attachment; what goes wrong is said in the table's pane."""
        from penjing.spec.overlay import write_netron

        table = self._page.bench.table
        if table is None:
            return
        try:
            write_netron(table, path)
        except OSError as error:
            what = self.tr("The file {file} could not be written").format(file=path.name)
            self._page.layers.show_failure(
                (what, error.strerror or str(error), self.tr("Choose another folder"))
            )

    def _drop_work(self) -> None:
        if self._work is not None:
            self._work.drop()
            self._work.deleteLater()
            self._work = None

    def close(self) -> None:
        """Close what belongs to the page."""
        self._drop_work()
        for window in list(self.windows):
            window.close()
