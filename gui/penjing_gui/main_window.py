"""The main window: menus, toolbar, the four pages, the status bar, and what is asked of the person."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAction,
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
    QVBoxLayout,
    QWidget,
)

from penjing.spec.messages import Failure
from penjing_gui import settings as stored
from penjing_gui import theme as themes
from penjing_gui.asking import Asking
from penjing_gui.commands import Commands
from penjing_gui.compare.page import ComparePage
from penjing_gui.compress.page import CompressPage
from penjing_gui.decide.page import DecidePage
from penjing_gui.icons import app_icon
from penjing_gui.inspect.page import InspectPage
from penjing_gui.menus import STEPS, Menus, copy_text
from penjing_gui.open_kinds import reference_of
from penjing_gui.page import Page, StepState
from penjing_gui.run_view import RunView
from penjing_gui.settings import Settings
from penjing_gui.state import Asked, Busy, OpenModel, Workbench
from penjing_gui.status_line import StatusLine
from penjing_gui.theme import Theme
from penjing_gui.tool_row import ToolRow
from penjing_gui.widgets.strip import FailureStrip

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
        self._run_status = ""
        self._strip: FailureStrip | None = None
        self.setObjectName("main")
        self.setWindowIcon(app_icon())
        self.setMinimumSize(1100, 700)
        self.setAcceptDrops(True)
        self.commands = Commands(self)
        self.asking = Asking(self)
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
            page.step_state_changed.connect(self._step_changed)
            page.status_changed.connect(self._status_changed)
            page.go_to.connect(self.go_to)
        self._connect()
        self._restore()
        self.show_step(0)
        self._model_changed(bench.model)
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
        centre = QWidget(self)
        self._column = QVBoxLayout(centre)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.stack = QStackedWidget(centre)
        for page in self.pages:
            self.stack.addWidget(page)
        self._column.addWidget(self.stack, 1)
        self.setCentralWidget(centre)

    def _connect(self) -> None:
        bench = self.bench
        self.row.open_button.clicked.connect(self.asking.ask_open)
        self.row.find_button.clicked.connect(self.find_in_page)
        self.row.commands_button.clicked.connect(self.asking.show_palette)
        self.row.remarks.clicked.connect(self.asking.show_remarks)
        self.row.steps.chosen.connect(self.show_step)
        self.status.unit.chosen.connect(bench.set_unit)
        bench.model_changed.connect(self._model_changed)
        bench.table_changed.connect(self._table_changed)
        bench.unit_changed.connect(self._unit_changed)
        bench.theme_changed.connect(self._theme_changed)
        bench.plan_changed.connect(self._plan_changed)
        bench.run_view_changed.connect(self._run_changed)
        bench.busy_changed.connect(self._busy_changed)
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
        self._status_changed()

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

    # Choices

    def choose_theme(self, action: QAction) -> None:
        """Take the theme that an action names."""
        self.set_theme(str(action.data()))

    def set_theme(self, choice: str) -> None:
        """`light`, `dark` or `system`."""
        self.settings.theme = choice
        self.bench.set_theme(themes.theme_of(choice).name)
        self._mark_choices()
        self.save_settings()

    def choose_language(self, action: QAction) -> None:
        """Take the language that an action names, from the next start on."""
        self.set_language(str(action.data()))

    def set_language(self, choice: str) -> None:
        """`en`, `zh_CN` or `system`; shows when Penjing is started again."""
        if choice != self.settings.language:
            self.settings.language = choice
            self.save_settings()
            self.status.showMessage(self.tr("Another language shows when Penjing is started again."), 8000)
        self._mark_choices()

    def choose_unit(self, action: QAction) -> None:
        """Take the unit that an action names."""
        self.bench.set_unit("macs" if action.data() == "macs" else "flops")

    # What changes

    def _model_changed(self, model: OpenModel | None) -> None:
        if model is None:
            self.row.set_model(self.tr("No model"), self.tr("open one, or try the sample"))
            self.setWindowTitle("Penjing")
        else:
            self.row.set_model(model.reference, self.tr("weights {name}").format(name=model.weights))
            self.setWindowTitle(f"{model.title} – Penjing")
            self.clear_failure()
        self._remarks_changed()
        self._status_changed()

    def _remarks_changed(self) -> None:
        self.row.set_remarks([self.bench.say(one.code, one.params) for one in self.bench.remarks])
        self.menus.update_model(self.bench.model)

    def _list_recent(self) -> None:
        entries = [(stored.written(one), index) for index, one in enumerate(self.settings.recent)]
        self.menus.update_recent(entries)

    def _table_changed(self) -> None:
        if (model := self.bench.model) is not None:
            self.settings.remember(model.reference, model.weights_file, [str(one) for one in model.input])
            self._list_recent()
        self._remarks_changed()
        self._status_changed()
        self._paint_later()

    def _paint_later(self) -> None:
        """Once there is a picture at all, a new one is painted after what was posted meanwhile is done."""
        if self._painted:
            self.page().hold_painting()

    def _status_changed(self) -> None:
        self.status.items.set_items(self.page().status_items())

    def _step_changed(self, state: StepState) -> None:
        page = self.sender()
        for index, one in enumerate(self.pages):
            if one is page:
                button = self.row.steps.buttons[index]
                news = state.kind != button.state().kind and state.kind in ("running", "done", "failed")
                self.row.steps.set_state(index, state)
                if news:
                    QAccessible.updateAccessibility(
                        QAccessibleAnnouncementEvent(self, button.accessibleName())
                    )

    def _unit_changed(self, unit: str) -> None:
        self.status.unit.set_key(unit)
        self.settings.unit = unit
        self._mark_choices()
        self._status_changed()

    def _theme_changed(self, theme: Theme) -> None:
        self.row.apply_theme(theme)
        self.status.apply_theme(theme)
        if self._strip is not None:
            self._strip.apply_theme(theme)
        self._paint_later()

    def _plan_changed(self) -> None:
        self.menus.update_run(self.bench.run_view)

    def _run_changed(self, view: RunView) -> None:
        if view.status != self._run_status:
            self._run_status = view.status
            self.menus.update_run(view)
            self.settings.last_run = str(view.folder.path)
            if view.status == "starting":
                self.save_settings()

    def _busy_changed(self, busy: Busy | None) -> None:
        self.menus.cancel.setEnabled(busy is not None)
        self.status.set_busy("" if busy is None else self.bench.say(busy.code, busy.params), busy)

    # Failures

    def show_failure(self, failure: Failure) -> None:
        """A strip over the page: what, why, what to do."""
        self.clear_failure()
        details = str(failure.message.params.get("log", ""))
        action: tuple[str, Callable[[], object]] | None = None
        if failure.message.code == "session.died":
            action = (self.tr("Open again"), self.bench.count_again)
        elif failure.message.code.startswith(("models.", "costs.")):
            action = (self.tr("Open…"), self.asking.ask_open_again)
        self._strip = FailureStrip(self, self.bench.theme, self.bench.say_parts(failure), details, action)
        self._strip.closed.connect(self.clear_failure)
        self._column.insertWidget(0, self._strip)
        self._strip.show()

    def clear_failure(self) -> None:
        """Take the strip away."""
        if self._strip is not None:
            self._column.removeWidget(self._strip)
            self._strip.hide()
            self._strip.deleteLater()
            self._strip = None

    @property
    def failure(self) -> FailureStrip | None:
        """The strip, where one is shown."""
        return self._strip

    # Beginning and end

    def _mark_choices(self) -> None:
        self.menus.theme[self.settings.theme].setChecked(True)
        self.menus.language[self.settings.language].setChecked(True)
        self.menus.unit[self.bench.unit].setChecked(True)

    def _restore(self) -> None:
        if self.settings.geometry is None or not self.restoreGeometry(_bytes(self.settings.geometry)):
            self.resize(1440, 900)
        for page in self.pages:
            for narrow in (False, True):
                if text := self.settings.pages.get(_key(page, narrow)):
                    page.remember_layout(narrow, text)
        self.bench.set_unit("macs" if self.settings.unit == "macs" else "flops")
        self.status.unit.set_key(self.bench.unit)
        self._mark_choices()
        self._list_recent()

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
        self.settings.geometry = _text(self.saveGeometry())
        for page in self.pages:
            layouts = page.layouts()
            for narrow in (False, True):
                self.settings.pages.pop(_key(page, narrow), None)
                if narrow in layouts:
                    self.settings.pages[_key(page, narrow)] = layouts[narrow]
        with contextlib.suppress(OSError):  # there is nobody left to tell
            stored.save(self.settings)
        self.bench.close()
        super().closeEvent(event)


def _key(page: Page, narrow: bool) -> str:
    """Under which name an arrangement of a page is remembered."""
    return f"{page.objectName()}.narrow" if narrow else page.objectName()


def _bytes(text: str) -> QByteArray:
    """The inverse of `_text`; nothing for what is not base64."""
    try:
        return QByteArray(base64.b64decode(text, validate=True))
    except ValueError:
        return QByteArray()


def _text(data: QByteArray) -> str:
    """Qt's bytes for the settings file."""
    return base64.b64encode(bytes(data.data())).decode()
