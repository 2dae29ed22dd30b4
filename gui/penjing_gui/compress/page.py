"""Step 3, Compress: the recipe, the run's curves and layers, its progress and its log."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QCloseEvent

from penjing_gui import numbers
from penjing_gui.compress.curves_pane import CurvesPane
from penjing_gui.compress.data_facts import DataFacts
from penjing_gui.compress.data_pane import DataPane
from penjing_gui.compress.layers_pane import LayersPane
from penjing_gui.compress.log_pane import LogPane
from penjing_gui.compress.progress_pane import ProgressPane
from penjing_gui.compress.recipe_pane import RecipePane
from penjing_gui.compress.strip_data import before_table
from penjing_gui.page import Page, PageCommand, StepState
from penjing_gui.run_view import RunView
from penjing_gui.state import Workbench


class CompressPage(Page):
    """Before a run it edits the plan; while one goes on it shows and steers it."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench, "compress")
        self.facts = DataFacts(bench)
        self.recipe = RecipePane(bench, self.facts)
        self.data = DataPane(bench, self.facts)
        self.curves = CurvesPane(bench)
        self.layers = LayersPane(bench)
        self.progress = ProgressPane(bench)
        self.log = LogPane(bench)
        self.add_pane(self.recipe, share=0.20)
        self.add_pane(self.curves, share=0.58)
        self.add_pane(self.progress, share=0.22)
        self.split(self.curves, self.layers, Qt.Orientation.Vertical, (61, 39))
        self.add_tab(self.curves, self.data)
        self.split(self.progress, self.log, Qt.Orientation.Vertical, (66, 34))
        self.recipe.predicted.connect(self.layers.show_prediction)
        self.recipe.go_to_decide.connect(self._go_to_decide)
        self.recipe.data_wanted.connect(self.choose_data)
        self.data.changing.connect(self.recipe.form.flush)
        self.progress.see_result.connect(self._go_to_compare)
        self._items: list[tuple[str, str]] = []
        bench.model_changed.connect(self._update_state)
        bench.plan_changed.connect(self._update_state)
        bench.plan_changed.connect(self._show_data)
        bench.data_changed.connect(self._show_data)
        bench.run_view_changed.connect(self._show_curves)
        bench.run_view_changed.connect(self._update_state)
        bench.unit_changed.connect(self._update_state)
        self._followed: object = None
        self._show_data()
        self._update_state()

    def reset_layout(self) -> None:
        """Bring every pane back; what matters now comes to the front."""
        super().reset_layout()
        if self._goes():
            self.data.show()
            self.show_pane(self.curves)
        else:
            self._show_data()

    def choose_data(self, path: str = "") -> None:
        """Show the data, and ask which; those at `path` are taken without asking."""
        self.show_pane(self.data)
        if path:
            self.data.take(path)
        else:
            self.data.choose()

    def _goes(self) -> bool:
        view = self.bench.run_view
        return view is not None and not view.ended

    def _show_data(self, *_: object) -> None:
        """The data are in front while a plan is made; what is edited in the plan's own form changes nothing."""
        if not self._goes() and (self.bench.plan is None or self.bench.plan is not self.recipe.own):
            self.data.show()
            self.show_pane(self.data)

    def _show_curves(self, view: RunView) -> None:
        """The curves come to the front with each run that is watched."""
        if view.folder != self._followed:
            self._followed = view.folder
            self.show_pane(self.curves)

    def commands(self) -> list[PageCommand]:
        """What the panes' small controls do, for menu and palette."""
        smooth = QAction(self.tr("S&mooth losses"), self)
        logarithmic = QAction(self.tr("Lo&garithmic loss"), self)
        for action in (smooth, logarithmic):
            action.setCheckable(True)
            action.setChecked(True)
        smooth.toggled.connect(self.curves.set_smooth)
        self.curves.smooth_changed.connect(smooth.setChecked)
        logarithmic.toggled.connect(self.curves.set_logarithmic)
        self.curves.logarithmic_changed.connect(logarithmic.setChecked)
        whole = QAction(self.tr("Curves: &whole run"), self)
        whole.triggered.connect(self.curves.show_whole)
        lay = QAction(self.tr("&Lay runs over the curves…"), self)
        lay.triggered.connect(self.curves.ask_runs)
        rate = QAction(self.tr("Change the le&arning rate…"), self)
        rate.triggered.connect(self.progress.ask_rate)
        copy = QAction(self.tr("Copy &log"), self)
        copy.triggered.connect(self.log.log.copy_all)
        again = QAction(self.tr("&Edit as a new plan"), self)
        again.triggered.connect(self.recipe.edit_again)
        return [
            PageCommand("compress.smooth", "view", smooth),
            PageCommand("compress.logarithmic", "view", logarithmic),
            PageCommand("compress.whole_run", "view", whole),
            PageCommand("compress.overlay", "run", lay),
            PageCommand("compress.rate", "run", rate),
            *self.curves.export_commands(),
            PageCommand("compress.copy_log", "edit", copy),
            PageCommand("compress.edit_again", "run", again),
        ]

    def start(self) -> None:
        """Start the plan's run (for the Run menu and the palette)."""
        self.recipe.start()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let go of the runs that are laid over the curves."""
        self.curves.release()
        super().closeEvent(event)

    def _go_to_decide(self) -> None:
        self.go_to.emit("decide")

    def _go_to_compare(self) -> None:
        self.go_to.emit("compare")

    # --- the step's state and the status bar

    def _update_state(self, *_: object) -> None:
        self.set_step_state(self._step_state())
        items = self._status()
        if items != self._items:
            self._items = items
            self.status_changed.emit()

    def _step_state(self) -> StepState:
        view = self.bench.run_view
        if view is not None:
            if view.status in ("starting", "running", "paused"):
                tip = self.tr("paused") if view.status == "paused" else self.tr("running")
                return StepState("running", view.percent, tip)
            if view.status == "done":
                return StepState("done", None, self.tr("The run is done."))
            if view.status in ("failed", "dead"):
                return StepState("failed", None, self.tr("failed"))
            return StepState("ready", None, self.tr("The run was stopped. It can be resumed."))
        if self.bench.plan is not None:
            return StepState("ready", None, self.tr("The plan is ready to start."))
        if self.bench.model is not None and not self.bench.model.network:
            why = self.tr("The open file is no network: it can be looked at, and neither pruned nor trained.")
            return StepState("locked", None, why)
        return StepState("locked", None, self.tr("There is no plan yet. Step 2 makes one."))

    def status_items(self) -> list[tuple[str, str]]:
        """The run's name, what it saves, and that it needs no window."""
        return self._items

    def _status(self) -> list[tuple[str, str]]:
        view = self.bench.run_view
        if view is None:
            return []
        items = [(view.folder.name, "")]
        before = before_table(self.bench, view)
        after = view.costs_after or (view.costs_planned if view.channels else None)
        if before is not None and after is not None:
            factor = self.bench.unit_factor
            arrow = "{} → {}".format
            items += [
                (
                    arrow(numbers.headline(before.totals.params), numbers.headline(after.totals.params)),
                    self.tr("params"),
                ),
                (
                    arrow(
                        numbers.headline(before.totals.macs * factor),
                        numbers.headline(after.totals.macs * factor),
                    ),
                    self.bench.unit_name,
                ),
                (
                    arrow(numbers.size(before.totals.weight_bytes), numbers.size(after.totals.weight_bytes)),
                    self.tr("weights"),
                ),
            ]
        if self._goes_on(view):
            items.append(("", self.tr("Goes on if this window closes")))
        return items

    @staticmethod
    def _goes_on(view: RunView) -> bool:
        return not view.ended
