"""Take pictures of every page and dialog in every look, to be looked at after a change to the window.

`packaging/screenshots.py --all FOLDER` starts a process a language: light and dark at 1280 × 800, and one of them at
1920 × 1080. All is shown on the sample; two runs are made on the way. Pictures are `PAGE.LANGUAGE-THEME-WIDTH.png`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from penjing_gui import theme as themes
from penjing_gui import translations
from penjing_gui.compare.page import ComparePage
from penjing_gui.compress.page import CompressPage
from penjing_gui.decide.page import DecidePage
from penjing_gui.inspect.page import InspectPage
from penjing_gui.main_window import MainWindow
from penjing_gui.settings import Settings
from penjing_gui.state import Workbench

if TYPE_CHECKING:
    from penjing_gui.run_view import RunView

PATIENCE = 300.0
SMALL, LARGE = (1280, 800), (1920, 1080)
REST = 0.5  # seconds in which a page is laid out and painted


class Tour:
    """One window in one language, and where its pictures go."""

    def __init__(self, app: QApplication, language: str, folder: Path) -> None:
        self.app, self.language, self.folder = app, language, folder
        self.bench = Workbench(theme=themes.LIGHT, language=language)
        self.window = MainWindow(self.bench, Settings(theme="light", language=language))
        inspect, decide, compress, compare = self.window.pages
        assert isinstance(inspect, InspectPage) and isinstance(decide, DecidePage)
        assert isinstance(compress, CompressPage) and isinstance(compare, ComparePage)
        self.inspect, self.decide, self.compress, self.compare = inspect, decide, compress, compare
        last = "light" if language == "en" else "dark"
        self.looks = [("light", SMALL), ("dark", SMALL), (last, LARGE)]

    def settle(self, seconds: float = REST) -> None:
        """Let the window work for so long."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            self.app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)

    def wait(self, condition: Callable[[], object], what: str) -> None:
        """Let it work until something is so."""
        limit = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > limit:
                raise TimeoutError(what)
            self.settle(0.05)

    def save(self, widget: QWidget, name: str, width: int = 0) -> None:
        """Write one picture."""
        size = f"-{width}" if width else ""
        file = self.folder / f"{name}.{self.language}-{self.bench.theme.name}{size}.png"
        widget.grab().save(str(file), "PNG")

    def page(self, name: str) -> None:
        """Take the window in every look."""
        for theme, (width, height) in self.looks:
            self.bench.set_theme(theme)
            self.window.resize(width, height)
            self.settle()
            self.save(self.window, name, width)
        self.bench.set_theme("light")
        self.window.resize(*SMALL)
        self.settle()

    def dialog(self, name: str, show: Callable[[], object]) -> None:
        """Take a dialog, which `show` returns from when it is closed, in both themes."""
        for theme in ("light", "dark"):
            self.bench.set_theme(theme)
            self.settle(0.1)
            self._show_dialog(name, show)
        self.bench.set_theme("light")

    def _show_dialog(self, name: str, show: Callable[[], object]) -> None:
        timer = QTimer()
        timer.setInterval(100)
        timer.timeout.connect(lambda: self._take_dialog(timer, name))
        timer.start()
        show()
        self.wait(lambda: not timer.isActive(), name)

    def _take_dialog(self, timer: QTimer, name: str) -> None:
        dialog = self.app.activeModalWidget()
        if dialog is None:
            return
        timer.stop()
        self.settle()
        self.save(dialog, name)
        if isinstance(dialog, QDialog):
            dialog.reject()
        else:
            dialog.close()

    def ended(self) -> bool:
        """Whether the run that is watched has ended."""
        view: RunView | None = self.bench.run_view
        return view is not None and view.ended

    def take_inspect(self) -> None:
        """Step 1: empty, the sample, a layer's tabs, measured, the roofline."""
        self.page("10-start")
        self.window.open_sample()
        self.wait(lambda: self.bench.groups_known, "the sample is open")
        table = self.bench.table
        assert table is not None
        convolutions = [row for row in table.rows if row.kind == "Conv2d"]
        self.bench.select(max(convolutions, key=lambda row: row.params).name)
        self.settle(1.5)
        self.page("11-inspect")
        for tab in ("neighbours", "kernels", "weights"):
            self.inspect.layer.tab.set_key(tab)
            self.inspect.layer.tab.chosen.emit(tab)
            if tab != "weights":
                self.page(f"12-{tab}")
        self.inspect.heat_map.start_measuring()
        self.wait(self.inspect.heat_map.measure.isEnabled, "latencies are measured")
        self.inspect.actions_made.measure_machine()
        self.wait(self.inspect.roofline.again.isVisible, "the roofline is measured")
        self.page("13-roofline")
        self.inspect.roofline.hide()

    def take_dialogs(self) -> None:
        """What is asked and listed."""
        asking = self.window.asking
        self.dialog("50-open", asking.ask_open)
        self.dialog("51-preferences", asking.ask_preferences)
        self.dialog("52-palette", asking.show_palette)
        self.dialog("53-shortcuts", asking.show_shortcuts)
        self.dialog("54-about", asking.show_about)
        self.dialog("55-other-model", self.inspect.actions_made.ask_other)
        self.window.show_compress()
        self.dialog("56-data", self.compress.data.choose)

    def take_decide(self) -> None:
        """Step 2: the advice."""
        self.window.show_decide()
        self.wait(self.decide.plan_card.use.isEnabled, "the advice is there")
        self.page("20-decide")

    def take_compress(self) -> None:
        """Step 3: no plan, two forms with the data, a run that is paused, goes on and is done."""
        self.window.show_compress()
        self.wait(lambda: not self.compress.facts.busy, "the data are read")
        self.page("30-no-plan")
        self.compress.recipe.plan_training()
        self.page("31-form-training")
        self.decide.plan_card.use.click()
        self.wait(lambda: self.bench.plan is not None, "the plan is taken")
        self.window.show_compress()
        self.page("32-form-of-the-plan")
        self.compress.start()
        self.wait(lambda: (view := self.bench.run_view) and (view.percent >= 40 or view.ended), "it runs")
        self.bench.pause()
        self.wait(lambda: (view := self.bench.run_view) and view.status == "paused", "it is paused")
        self.page("33-paused")
        self.dialog("57-rate", self.compress.progress.ask_rate)
        self.dialog("58-runs", self.compress.curves.ask_runs)
        self.bench.resume()
        self.wait(self.ended, "the run is done")
        self.page("34-done")

    def take_compare(self) -> None:
        """Step 4: a run's result."""
        self.window.show_compare()
        self.settle(1.0)
        self.compare.proof.verify.click()
        self.wait(self.compare.proof.verify.isEnabled, "the artefacts are verified")
        self.page("40-compare")

    def go(self) -> None:
        """Take them all."""
        try:
            self.window.resize(*SMALL)
            self.window.show()
            for part in (self.take_inspect, self.take_decide, self.take_compress, self.take_compare):
                part()
            self.take_dialogs()
        finally:
            self.window.close()
            self.bench.close()
        self.settle(0.2)


def photograph_all(language: str, folder: Path) -> None:
    """Every page and dialog in one language."""
    app = QApplication(["penjing"])
    translations.install(app, language)
    themes.apply(app, themes.LIGHT)
    Tour(app, language, folder).go()
