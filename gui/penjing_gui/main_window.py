"""The main window: menus, toolbar, the four pages, the status bar, and what is asked of the person."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDropEvent,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QMainWindow,
    QStackedWidget,
    QToolBar,
)

from penjing.spec.messages import Failure
from penjing_gui import settings as stored
from penjing_gui import window_memory
from penjing_gui.asking import Asking
from penjing_gui.choices import Choices
from penjing_gui.commands import Commands
from penjing_gui.compare.page import ComparePage
from penjing_gui.compress.page import CompressPage
from penjing_gui.decide.page import DecidePage
from penjing_gui.icons import app_icon
from penjing_gui.inspect.page import InspectPage
from penjing_gui.menus import STEPS, Menus, copy_text
from penjing_gui.open_kinds import reference_of
from penjing_gui.page import Page
from penjing_gui.settings import Settings
from penjing_gui.showing import Showing
from penjing_gui.state import Asked, Workbench
from penjing_gui.status_line import StatusLine
from penjing_gui.tool_row import ToolRow
from penjing_gui.widgets.strip import FailureStrip
from penjing_gui.widgets.strip_column import StripColumn

SAMPLE = "sample:digits-cnn"
NARROW = 1280
DATA_FILES = (".npz", ".csv", ".parquet")


class MainWindow(QMainWindow):
    """One window, four steps. `painted` comes once, after the first complete paint."""

    painted = Signal()

    def __init__(self, bench: Workbench, settings: Settings, pages: list[Page] | None = None) -> None:
        super().__init__()
        self.bench, self.settings = bench, settings
        bench.recent_data = settings.recent_data
        self._painted = False
        self.setObjectName("main")
        self.setWindowIcon(app_icon())
        self.setMinimumSize(1100, 700)
        self.setAcceptDrops(True)
        self.commands = Commands(self)
        self.asking = Asking(self)
        self.choices = Choices(self)
        self.menus = Menus(self, self.commands)
        names = [self.tr("Inspect"), self.tr("Decide"), self.tr("Compress"), self.tr("Compare")]
        self.row = ToolRow(names, bench.theme, self)
        self._make_toolbar()
        self.pages = pages if pages is not None else self._make_pages()
        self._make_centre()
        self.status = StatusLine(bench.theme, self)
        self.setStatusBar(self.status)
        for index, page in enumerate(self.pages):
            self.menus.add_page(page)
            self.row.steps.set_state(index, page.state)
            page.status_changed.connect(self.tell_status)
            page.go_to.connect(self.go_to)
        self._connect()
        self.showing = Showing(self)
        self._restore()
        self.show_step(0)
        self.showing.model_changed(bench.model)
        self.setFocus()

    def _make_pages(self) -> list[Page]:
        bench = self.bench
        return [InspectPage(bench), DecidePage(bench), CompressPage(bench), ComparePage(bench)]

    def _make_toolbar(self) -> None:
        bar = QToolBar(self.tr("Toolbar"), self)
        bar.setObjectName("toolbar")
        bar.setAccessibleName(self.tr("Toolbar"))
        bar.setMovable(False)
        bar.setFloatable(False)
        bar.setContentsMargins(0, 0, 0, 0)
        if (layout := bar.layout()) is not None:
            layout.setContentsMargins(0, 0, 0, 0)
        bar.toggleViewAction().setVisible(False)
        bar.addWidget(self.row)
        self.addToolBar(bar)

    def _make_centre(self) -> None:
        self.stack = QStackedWidget(self)
        for page in self.pages:
            self.stack.addWidget(page)
        self.centre = StripColumn(self.stack, self.bench.theme, self)
        self.setCentralWidget(self.centre)

    def _connect(self) -> None:
        bench = self.bench
        self.row.open_button.clicked.connect(self.asking.ask_open)
        self.row.find_button.clicked.connect(self.find_in_page)
        self.row.commands_button.clicked.connect(self.asking.show_palette)
        self.row.remarks.clicked.connect(self.asking.show_remarks)
        self.row.steps.chosen.connect(self.show_step)
        self.status.unit.chosen.connect(bench.set_unit)
        bench.failed.connect(self.show_failure)
        bench.trust_needed.connect(self.asking.ask_trust)

    # Steps

    def show_step(self, index: int) -> None:
        """Show a step by its index, 0 to 3."""
        page = self.pages[index]
        if self._painted and page is not self.page():
            page.hold_painting()
        self.stack.setCurrentWidget(page)
        self.row.steps.set_current(index)
        self.row.set_find(page.search_hint())
        self.menus.show_page(page, self.pages)
        self.tell_status()

    def go_to(self, step: str) -> None:
        """Show a step by its name."""
        if step in STEPS:
            self.show_step(STEPS.index(step))

    def show_inspect(self) -> None:
        """Show step 1."""
        self.show_step(0)

    def show_decide(self) -> None:
        """Show step 2."""
        self.show_step(1)

    def show_compress(self) -> None:
        """Show step 3."""
        self.show_step(2)

    def show_compare(self) -> None:
        """Show step 4."""
        self.show_step(3)

    def page(self) -> Page:
        """The page that is shown."""
        return self.pages[self.stack.currentIndex()]

    def find_in_page(self) -> None:
        """Put the focus on the page's search."""
        self.page().focus_search()

    def reset_layout(self) -> None:
        """Bring the page's panes back to their places."""
        self.page().reset_layout()

    def next_pane(self) -> None:
        """Move the focus on to the next pane."""
        self.page().next_pane(1)

    def previous_pane(self) -> None:
        """Move the focus back to the pane before."""
        self.page().next_pane(-1)

    def toggle_full_screen(self) -> None:
        """Fill the screen, or go back."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    # Opening

    def open(self, asked: Asked) -> None:
        """Open a model and remember it."""
        self.clear_failure()
        self.bench.open(asked.reference, asked.weights, asked.inputs, asked.trust, asked.sha256)

    def open_sample(self) -> None:
        """Open the sample network."""
        self.open(Asked(SAMPLE, None, (), False))

    def open_recent(self, index: int) -> None:
        """Open a model from the recent ones."""
        entry = self.settings.recent[index]
        self.open(Asked(entry["reference"], entry.get("weights"), tuple(entry.get("input", ())), False))

    def open_run(self, path: Path) -> None:
        """Watch the run in a folder and show step 3."""
        if not (path / "recipe.json").is_file():
            self.show_failure(Failure("window.run_unreadable", path=str(path)))
            return
        self.clear_failure()
        self.settings.last_run = str(path)
        self.bench.watch(path)
        self.show_compress()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and folders may be dropped."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped: a run's folder, data, a Python file (which function is asked), or a model."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if not paths:
            return
        event.acceptProposedAction()
        path = paths[0]
        if (path / "recipe.json").is_file():
            self.open_run(path)
        elif path.suffix in DATA_FILES:
            self.choose_data(str(path))
        elif path.suffix == ".py":
            self.asking.ask_open(Asked(reference_of(path), None, (), False))
        else:
            self.open(Asked(reference_of(path), None, (), False))

    def choose_data(self, path: str = "") -> None:
        """Show step 3 and ask for data there, or take those at `path`."""
        self.show_compress()
        self.page().choose_data(path if isinstance(path, str) else "")  # an action's `triggered` gives a bool

    # Run

    def start_run(self) -> None:
        """Show step 3 and start the plan as it stands there."""
        self.show_compress()
        self.page().start()

    def open_run_folder(self) -> None:
        """Show the run's folder in the system's file manager."""
        view = self.bench.run_view
        if view is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(view.folder.path)))

    def copy_reference(self) -> None:
        """Put the model's reference on the clipboard."""
        if self.bench.model is not None:
            copy_text(self.bench.model.reference)

    def tell_status(self) -> None:
        """Show the page's figures in the status bar."""
        self.status.items.set_items(self.page().status_items())

    def paint_later(self) -> None:
        """Once there is a picture at all, a new one is painted after what was posted meanwhile is done."""
        if self._painted:
            self.page().hold_painting()

    # Failures

    def show_failure(self, failure: Failure) -> None:
        """A strip over the page: what, why, what to do."""
        details = str(failure.message.params.get("log", ""))
        action: tuple[str, Callable[[], object]] | None = None
        if failure.message.code == "session.died":
            action = (self.tr("Open again"), self.bench.count_again)
        elif failure.message.code.startswith(("models.", "costs.")):
            action = (self.tr("Open…"), self.asking.ask_open_again)
        self.centre.show_failure(self.bench.say_parts(failure), details, action)

    def clear_failure(self) -> None:
        """Take the strip away."""
        self.centre.clear_failure()

    @property
    def failure(self) -> FailureStrip | None:
        """The strip, where one is shown."""
        return self.centre.failure

    # Beginning and end

    def _restore(self) -> None:
        window_memory.take_over(self, self.pages, self.settings)
        self.bench.set_unit("macs" if self.settings.unit == "macs" else "flops")
        self.status.unit.set_key(self.bench.unit)
        self.choices.mark()
        self.showing.list_recent()

    def save_settings(self) -> None:
        """Store the settings; where that is not possible, say so."""
        try:
            stored.save(self.settings)
        except OSError as error:
            self.show_failure(Failure("window.settings_not_saved", problem=error.strerror or str(error)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The first paint of the window paints all that is in it; `painted` follows."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.painted.emit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Below 1280 the pages' right-hand columns become tabs."""
        super().resizeEvent(event)
        for page in self.pages:
            page.set_narrow(self.width() < NARROW)

    def changeEvent(self, event: QEvent) -> None:
        """Views come slower while another window is the active one."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange:
            self.bench.set_active(self.isActiveWindow())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember places and let go of the workers. A run goes on."""
        window_memory.remember(self, self.pages, self.settings)
        with contextlib.suppress(OSError):  # there is nobody left to tell
            stored.save(self.settings)
        self.bench.close()
        super().closeEvent(event)
