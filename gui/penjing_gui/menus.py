"""The menus of the main window, filled through the command registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QApplication, QMenu

from penjing_gui.commands import Commands
from penjing_gui.page import Page, StepName
from penjing_gui.run_view import RunView
from penjing_gui.state import OpenModel

if TYPE_CHECKING:
    from penjing_gui.main_window import MainWindow

STEPS: tuple[StepName, ...] = ("inspect", "decide", "compress", "compare")


class Menus(QObject):
    """Makes the menus, keeps the actions in step with what is possible."""

    def __init__(self, window: MainWindow, commands: Commands) -> None:
        super().__init__(window)
        self._window, self._commands = window, commands
        bar = window.menuBar()
        self.menus: dict[str, QMenu] = {
            "file": bar.addMenu(self.tr("&File")),
            "edit": bar.addMenu(self.tr("&Edit")),
            "view": bar.addMenu(self.tr("&View")),
            "model": bar.addMenu(self.tr("&Model")),
            "run": bar.addMenu(self.tr("&Run")),
            "window": bar.addMenu(self.tr("&Window")),
            "help": bar.addMenu(self.tr("&Help")),
        }
        self.recent = QMenu(self.tr("Open &recent"), window)
        self._file()
        self._edit()
        self._view()
        self._model()
        self._run()
        self._steps()
        self._help()
        self.recent.triggered.connect(self._open_recent)

    def _file(self) -> None:
        menu, add, window = self.menus["file"], self._commands.add, self._window
        add("file.open", menu, self.tr("&Open…"), window.asking.ask_open, "Ctrl+O")
        menu.addMenu(self.recent)
        add("file.sample", menu, self.tr("Open the &sample"), window.open_sample)
        menu.addSeparator()
        add("file.open_run", menu, self.tr("Open a r&un…"), window.asking.ask_open_run, "Ctrl+Shift+O")
        menu.addSeparator()
        add("file.take_out", menu, self.tr("Take the &weights out of a file…"), window.asking.ask_take_out)
        menu.addSeparator()
        add("file.quit", menu, self.tr("&Quit"), window.close, "Ctrl+Q")

    def _edit(self) -> None:
        menu, add, window = self.menus["edit"], self._commands.add, self._window
        add("edit.find", menu, self.tr("&Find"), window.find_in_page, "Ctrl+F")
        menu.addSeparator()
        add("edit.preferences", menu, self.tr("&Preferences…"), window.asking.ask_preferences, "Ctrl+,")

    def _view(self) -> None:
        menu, add, window = self.menus["view"], self._commands.add, self._window
        self.panes = menu.addMenu(self.tr("&Panes"))
        add("view.reset", menu, self.tr("&Reset layout"), window.reset_layout)
        add("view.next_pane", menu, self.tr("&Next pane"), window.next_pane, "F6")
        add("view.previous_pane", menu, self.tr("Pre&vious pane"), window.previous_pane, "Shift+F6")
        menu.addSeparator()
        theme = menu.addMenu(self.tr("&Theme"))
        options = [
            ("system", self.tr("As the &system")),
            ("light", self.tr("&Light")),
            ("dark", self.tr("&Dark")),
        ]
        self.theme = self._choice(theme, "view.theme", options, window.choices.choose_theme)
        language = menu.addMenu(self.tr("&Language"))
        options = [("system", self.tr("As the s&ystem")), ("en", "English"), ("zh_CN", "简体中文")]
        self.language = self._choice(language, "view.language", options, window.choices.choose_language)
        unit = menu.addMenu(self.tr("&Operations"))
        self.unit = self._choice(
            unit, "view.unit", [("flops", "FLOPs"), ("macs", "MACs")], window.choices.choose_unit
        )

    def _choice(
        self, menu: QMenu, name: str, options: list[tuple[str, str]], slot: object
    ) -> dict[str, QAction]:
        """Commands of which one is chosen; `slot` is called with the action."""
        group = QActionGroup(menu)
        actions: dict[str, QAction] = {}
        for key, text in options:
            action = self._commands.add(f"{name}.{key}", menu, text, checkable=True)
            action.setData(key)
            group.addAction(action)
            actions[key] = action
        group.triggered.connect(slot)
        return actions

    def _model(self) -> None:
        menu, add, window = self.menus["model"], self._commands.add, self._window
        self.count = add("model.count", menu, self.tr("&Count again"), window.bench.count_again, "F5")
        self.copy = add("model.copy", menu, self.tr("C&opy reference"), window.copy_reference)
        self.remarks = add("model.remarks", menu, self.tr("Re&marks…"), window.asking.show_remarks)
        self.cancel = add("model.cancel", menu, self.tr("Stop o&pening"), window.bench.cancel_opening)
        menu.addSeparator()
        asking = window.asking
        self.identify = add(
            "model.identify", menu, self.tr("&Which architecture is it?"), asking.ask_identify
        )
        self.architecture = add(
            "model.architecture", menu, self.tr("Choose an &architecture…"), asking.ask_architecture
        )
        self.graph = add("model.graph", menu, self.tr("Open its own &graph…"), asking.ask_graph)
        self.update_model(None)
        self.cancel.setEnabled(False)

    def _run(self) -> None:
        menu, add, bench = self.menus["run"], self._commands.add, self._window.bench
        self.start = add("run.start", menu, self.tr("&Start"), self._window.start_run, "Ctrl+Return")
        add("run.data", menu, self.tr("Choose &data…"), self._window.choose_data, "Ctrl+D")
        menu.addSeparator()
        self.pause = add("run.pause", menu, self.tr("&Pause"), bench.pause)
        self.resume = add("run.resume", menu, self.tr("&Resume"), bench.resume)
        self.stop = add("run.stop", menu, self.tr("S&top"), bench.stop)
        menu.addSeparator()
        self.folder = add("run.folder", menu, self.tr("Open run &folder"), self._window.open_run_folder)
        self.update_run(None)

    def _steps(self) -> None:
        menu, window = self.menus["window"], self._window
        names = [self.tr("&Inspect"), self.tr("&Decide"), self.tr("&Compress"), self.tr("C&ompare")]
        slots = [window.show_inspect, window.show_decide, window.show_compress, window.show_compare]
        for index, (step, text, slot) in enumerate(zip(STEPS, names, slots, strict=True)):
            self._commands.add(f"step.{step}", menu, text, slot, f"Ctrl+{index + 1}")
        menu.addSeparator()
        self._commands.add(
            "step.full_screen", menu, self.tr("&Full screen"), window.toggle_full_screen, "F11"
        )

    def _help(self) -> None:
        menu, add, window = self.menus["help"], self._commands.add, self._window
        add("help.commands", menu, self.tr("&Commands…"), window.asking.show_palette, "Ctrl+Shift+P")
        add("help.shortcuts", menu, self.tr("&Keyboard shortcuts…"), window.asking.show_shortcuts)
        menu.addSeparator()
        add("help.about", menu, self.tr("&About Penjing…"), window.asking.show_about)

    def add_page(self, page: Page) -> None:
        """Take a page's own commands into the menus."""
        first: set[str] = set()
        page.commands_made = page.commands()
        for command in page.commands_made:
            menu = self.menus[command.menu]
            if command.menu not in first:
                menu.addSeparator()
                first.add(command.menu)
            menu.addAction(command.action)
            self._commands.register(command.name, menu, command.action)

    def show_page(self, page: Page, pages: list[Page]) -> None:
        """List the panes of the page that is shown; commands of other pages are off."""
        self.panes.clear()
        for action in page.pane_actions():
            self.panes.addAction(action)
        for other in pages:
            for command in other.commands_made:
                command.action.setVisible(other is page)

    def update_model(self, model: OpenModel | None) -> None:
        """Switch on what can be asked of the open model."""
        self.count.setEnabled(model is not None)
        self.copy.setEnabled(model is not None)
        self.remarks.setEnabled(bool(self._window.bench.remarks))
        weights = self._window.bench.weights_only is not None
        self.identify.setEnabled(weights)
        self.architecture.setEnabled(weights)
        self.graph.setEnabled(model is not None and model.program)

    def update_recent(self, entries: list[tuple[str, int]]) -> None:
        """List the recent models: text and index."""
        self.recent.clear()
        for text, index in entries:
            self.recent.addAction(text.replace("&", "&&")).setData(index)
        self.recent.setEnabled(bool(entries))

    def _open_recent(self, action: QAction) -> None:
        self._window.open_recent(int(action.data()))

    def update_run(self, view: RunView | None) -> None:
        """Switch on what can be asked of the run."""
        status = view.status if view is not None else ""
        self.start.setEnabled(
            self._window.bench.plan is not None and status not in ("starting", "running", "paused")
        )
        self.pause.setEnabled(status == "running")
        self.resume.setEnabled(status in ("paused", "stopped", "failed", "dead"))
        self.stop.setEnabled(status in ("running", "paused"))
        self.folder.setEnabled(view is not None)


def copy_text(text: str) -> None:
    """Put a text on the clipboard."""
    QApplication.clipboard().setText(text)
