"""Keeps the main window's frame in step with what is worked on: title, model line, steps, menus, status bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

from penjing_gui import settings as stored
from penjing_gui.page import StepState
from penjing_gui.run_view import RunView
from penjing_gui.state import Busy, OpenModel
from penjing_gui.theme import Theme

if TYPE_CHECKING:
    from penjing_gui.main_window import MainWindow


class Showing(QObject):
    """Listens to the workbench and the pages."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._run_status = ""
        bench = window.bench
        bench.model_changed.connect(self.model_changed)
        bench.table_changed.connect(self._table_changed)
        bench.unit_changed.connect(self._unit_changed)
        bench.theme_changed.connect(self._theme_changed)
        bench.plan_changed.connect(self._plan_changed)
        bench.run_view_changed.connect(self._run_changed)
        bench.busy_changed.connect(self._busy_changed)
        for page in window.pages:
            page.step_state_changed.connect(self._step_changed)

    def model_changed(self, model: OpenModel | None) -> None:
        """Name the open model."""
        window = self._window
        if model is None:
            window.row.set_model(self.tr("No model"), self.tr("open one, or try the sample"))
            window.setWindowTitle("Penjing")
        else:
            window.row.set_model(model.reference, self.tr("weights {name}").format(name=model.weights))
            window.setWindowTitle(f"{model.title} – Penjing")
            window.clear_failure()
        self._remarks_changed()
        window.tell_status()

    def _remarks_changed(self) -> None:
        bench = self._window.bench
        self._window.row.set_remarks([bench.say(one.code, one.params) for one in bench.remarks])
        self._window.menus.update_model(bench.model)

    def list_recent(self) -> None:
        """List the recent models in their menu."""
        recent = self._window.settings.recent
        self._window.menus.update_recent([(stored.written(one), index) for index, one in enumerate(recent)])

    def _table_changed(self) -> None:
        window = self._window
        if (model := window.bench.model) is not None:
            window.settings.remember(model.reference, model.weights_file, [str(one) for one in model.input])
            self.list_recent()
        self._remarks_changed()
        window.tell_status()
        window.paint_later()

    def _step_changed(self, state: StepState) -> None:
        window, page = self._window, self.sender()
        for index, one in enumerate(window.pages):
            if one is page:
                button = window.row.steps.buttons[index]
                news = state.kind != button.state().kind and state.kind in ("running", "done", "failed")
                window.row.steps.set_state(index, state)
                if news:
                    QAccessible.updateAccessibility(
                        QAccessibleAnnouncementEvent(window, button.accessibleName())
                    )

    def _unit_changed(self, unit: str) -> None:
        self._window.choices.unit_changed(unit)
        self._window.tell_status()

    def _theme_changed(self, theme: Theme) -> None:
        window = self._window
        window.row.apply_theme(theme)
        window.status.apply_theme(theme)
        window.centre.apply_theme(theme)
        window.paint_later()

    def _plan_changed(self) -> None:
        self._window.menus.update_run(self._window.bench.run_view)

    def _run_changed(self, view: RunView) -> None:
        window = self._window
        if view.status != self._run_status:
            self._run_status = view.status
            window.menus.update_run(view)
            window.settings.last_run = str(view.folder.path)
            if view.status == "starting":
                window.save_settings()

    def _busy_changed(self, busy: Busy | None) -> None:
        window = self._window
        window.menus.cancel.setEnabled(busy is not None)
        window.status.set_busy("" if busy is None else window.bench.say(busy.code, busy.params), busy)
