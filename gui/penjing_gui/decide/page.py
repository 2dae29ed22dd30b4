"""Step 2: a device and limits are chosen; the advice by the document's rules appears, with each reason and a plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFileDialog, QPushButton

from penjing.advice.devices import THIS_MACHINE, load
from penjing.advice.limits import TrainingTime
from penjing.advice.rules import Thresholds
from penjing.spec.messages import Failure
from penjing_gui import numbers
from penjing_gui.decide import words
from penjing_gui.decide.adviser import Adviser, Answer, Question
from penjing_gui.decide.budgets import BudgetBars
from penjing_gui.decide.considerations import ConsiderationsView
from penjing_gui.decide.facts import FactsView
from penjing_gui.decide.nodes import nodes_of
from penjing_gui.decide.plan_card import PlanCard
from penjing_gui.decide.sources import SourcesDialog
from penjing_gui.decide.strip import DecideStrip
from penjing_gui.decide.tree import DecisionTree
from penjing_gui.page import Page, StepState
from penjing_gui.state import Workbench
from penjing_gui.theme import Theme
from penjing_gui.widgets.ink import set_ink
from penjing_gui.widgets.pane import Pane

if TYPE_CHECKING:
    from penjing.advice.advise import Advice

DEBOUNCE_MS = 40


class DecidePage(Page):
    """Facts, decision, needs and budgets, considerations, plan."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench, "decide")
        theme = bench.theme
        self.advice: Advice | None = None
        self._seconds = 0.0
        self._overrides: dict[str, bool] = {}
        self._thresholds: Thresholds | None = None  # None: those of the rules
        self._training: TrainingTime | None = None
        self._timing: int | None = None
        self.strip = DecideStrip(theme, bench.language)
        self.facts = FactsView(theme, bench.language)
        self.tree = DecisionTree(theme)
        self.tree.setAccessibleName(self.tr("Decision"))
        self.bars = BudgetBars(theme)
        self.bars.setAccessibleName(self.tr("Needs and budgets"))
        self.considerations = ConsiderationsView(theme)
        self.plan_card = PlanCard(theme, bench.language)
        self._build_panes(theme)
        self._debounce = QTimer(self)
        self._debounce.setSingleShot(True)
        self._debounce.setInterval(DEBOUNCE_MS)
        self._debounce.timeout.connect(self._ask)
        self._adviser = Adviser(self)
        self._adviser.answered.connect(self._answered)
        self.strip.device_changed.connect(self._changed)
        self.strip.limits_changed.connect(self._changed)
        self.strip.file_wanted.connect(self._choose_file)
        self.strip.measure_wanted.connect(self._measure)
        self.facts.chosen.connect(self._chosen)
        self.facts.thresholds_moved.connect(self._thresholds_moved)
        self.facts.estimate_wanted.connect(self._estimate)
        self.plan_card.taken.connect(self._taken)
        bench.model_changed.connect(self._model_changed)
        bench.table_changed.connect(self._changed)
        bench.groups_changed.connect(self._changed)
        bench.unit_changed.connect(self._show)
        bench.plan_changed.connect(self._show_state)
        bench.data_changed.connect(self._changed)
        self._show_empty()
        if bench.table is not None:
            self._model_changed()
            self._changed()

    def _build_panes(self, theme: Theme) -> None:
        bar = self.set_strip(self.strip, self.tr("Device and limits"))
        bar.setContentsMargins(0, 0, 0, 0)
        layout = bar.layout()
        if layout is not None:
            layout.setContentsMargins(0, 0, 0, 0)
        self.facts_pane = Pane(self.tr("Facts"), "decide.facts", theme)
        self.facts_pane.set_note(self.tr("threshold in bold · shaded side says yes"))
        self.tree_pane = Pane(self.tr("Decision"), "decide.tree", theme)
        self.tree_pane.set_note(self.tr("pseudo-code of the founding document, section 4"))
        self.bars_pane = Pane(self.tr("Needs and budgets"), "decide.needs", theme)
        self.sources = QPushButton(self.tr("Sources"))
        self.sources.setFlat(True)
        self.sources.setFixedHeight(20)
        self.sources.setAccessibleName(self.tr("Sources of the device's figures"))
        set_ink(self.sources, theme.accent)
        self.sources.clicked.connect(self._show_sources)
        self.bars_pane.add_tool(self.sources)
        self.rules_pane = Pane(self.tr("Considerations"), "decide.considerations", theme)
        self.rules_pane.set_note(self.tr("founding document, section 4"))
        self.plan_pane = Pane(self.tr("Plan"), "decide.plan", theme)
        self.plan_pane.set_note(self.tr("predicted"))
        bodies = (
            (self.facts_pane, self.facts, 340),
            (self.tree_pane, self.tree, 420),
            (self.bars_pane, self.bars, 420),
            (self.rules_pane, self.considerations, 340),
            (self.plan_pane, self.plan_card, 340),
        )
        for pane, body, width in bodies:
            pane.set_body(body)
            pane.setMinimumWidth(width)
            pane.align_note_right()
        self.add_pane(self.facts_pane, share=29)
        self.add_pane(self.tree_pane, share=38)
        self.add_pane(self.rules_pane, share=33)
        self.split(self.tree_pane, self.bars_pane, Qt.Orientation.Vertical, (46, 54))
        self.split(self.rules_pane, self.plan_pane, Qt.Orientation.Vertical, (56, 44))

    def _show_empty(self) -> None:
        self.tree_pane.set_empty(
            self.tr("Open a model to see which technique fits it.")
            if not self._view()
            else self._why_locked(),
            [(self.tr("Go to Inspect"), self._to_inspect)],
        )
        self.facts_pane.set_empty(self.tr("What is measured of the model appears here."))
        self.bars_pane.set_empty(self.tr("What the model needs on the device appears here."))
        self.rules_pane.set_empty(self.tr("The rules that speak here appear here."))
        self.plan_pane.set_empty(self.tr("The plan appears here."))
        self._show_state()

    def _view(self) -> bool:
        """Whether the open file can only be looked at."""
        return self.bench.model is not None and not self.bench.model.network

    def _why_locked(self) -> str:
        return self.tr("The open file is no network: it can be looked at, and neither pruned nor trained.")

    def _to_inspect(self) -> None:
        self.go_to.emit("inspect")

    # asking

    def _model_changed(self) -> None:
        """Another model: what was set by hand and timed for the old one does not hold for it."""
        self._overrides, self._training = {}, None
        if self._timing is not None:
            self.bench.session.drop(self._timing)  # it is about the model before
            self._timing = None
            self.facts_pane.clear_busy()
            self.facts.estimate.setEnabled(True)
        self.advice = None
        self.strip.set_input(self.bench.model.input if self.bench.model is not None else ())
        self._show_empty()
        self.status_changed.emit()

    def _changed(self) -> None:
        if self.bench.table is not None and self.bench.model is not None and self.bench.model.network:
            self._debounce.start()

    def _ask(self) -> None:
        bench = self.bench
        if bench.table is None or bench.model is None or not bench.model.network:
            return
        if not self.tree_pane.is_empty:
            self.plan_pane.show_busy(self.tr("Working out the plan"))
        self._adviser.ask(
            Question(
                table=bench.table,
                groups=bench.groups if bench.groups_known else None,
                device=self.strip.device,
                limits=self.strip.limits,
                training=self._training,
                overrides=dict(self._overrides),
                thresholds=self._thresholds,
                model=bench.model.recipe(),
                data=bench.chosen_data,
            )
        )

    def _answered(self, answer: Answer) -> None:
        if answer.question.table is not self.bench.table:
            return  # the model has changed meanwhile
        self.plan_pane.clear_busy()
        if answer.failure is not None:
            self.facts_pane.show_failure(self.bench.say_parts(answer.failure))
            return
        self.facts_pane.clear_failure()
        self.advice, self._seconds = answer.advice, answer.seconds
        for pane in self.panes:
            pane.clear_empty()
        self._show()

    # showing

    def _show(self) -> None:
        advice, bench = self.advice, self.bench
        if advice is None or bench.model is None:
            return
        say = bench.say
        self.facts.show_advice(advice, bench.model.title, say)
        self.facts.estimate.setEnabled(advice.plan is not None and bool(bench.chosen_data))
        over = self.tr("%n budget(s) exceeded", "", sum(need.exceeded for need in advice.needs))
        self.tree.set_nodes(nodes_of(advice, bench.say, bench.language, over), self.tr("yes"), self.tr("no"))
        self.bars.set_needs(advice.needs, advice.device.precision)
        self.bars_pane.set_note(advice.device.title(bench.language))
        self.considerations.show_advice(advice, say)
        self.plan_card.show_advice(advice, say, (bench.unit_factor, bench.unit_name))
        self._show_state()
        self.status_changed.emit()

    def _show_state(self) -> None:
        if self.advice is None:
            tip = self._why_locked() if self._view() else self.tr("Open a model first.")
            self.set_step_state(StepState("locked", tip=tip))
        elif self.bench.plan is not None:
            self.set_step_state(StepState("done", tip=self.tr("A plan has been taken.")))
        else:
            self.set_step_state(StepState("ready", tip=self.tr("The advice is there; no plan taken yet.")))

    def status_items(self) -> list[tuple[str, str]]:
        """Params, FLOPs, weights at the device's precision, MACs per parameter, and how long the advice took."""
        advice, table = self.advice, self.bench.table
        if advice is None or table is None:
            return []
        weights = next(need for need in advice.needs if need.quantity == "weights")
        ratio = advice.kind.ratio
        return [
            (numbers.headline(table.totals.params), self.tr("params")),
            (numbers.headline(table.totals.macs * self.bench.unit_factor), self.bench.unit_name),
            (
                f"{words.amount(weights, weights.value)} MB",
                self.tr("weights at {precision}").format(precision=advice.device.precision),
            ),
            (numbers.DASH if ratio is None else f"{ratio:,.1f}", self.tr("MACs per param")),
            ("", self.tr("Advice updated in {ms} ms").format(ms=max(1, round(self._seconds * 1000)))),
        ]

    # what the person does

    def _chosen(self, name: str, value: bool | None) -> None:
        if value is None:
            self._overrides.pop(name, None)
        else:
            self._overrides[name] = value
        self._changed()

    def _thresholds_moved(self, thresholds: Thresholds) -> None:
        self._thresholds = thresholds
        self._changed()

    def _taken(self, recipe: dict[str, Any]) -> None:
        data = self.bench.data
        if data is not None and data["reference"] == recipe["data"]["reference"]:
            # With all that was set for reading them.
            recipe = {**recipe, "data": {"target_scale": "standardise", **data}}
        self.bench.set_plan(recipe)
        self.go_to.emit("compress")

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, self.tr("Open a device profile"), "", self.tr("Device profiles (*.toml)")
        )
        self.strip.keep_device()
        if name:
            self.use_device_file(Path(name))

    def use_device_file(self, path: Path) -> None:
        """Take the device in a file; what is wrong with it is said in the facts' pane."""
        try:
            self.strip.add_file(path)
        except Failure as failure:
            self.facts_pane.show_failure(self.bench.say_parts(failure))
        else:
            self.facts_pane.clear_failure()

    def _show_sources(self) -> None:
        dialog = SourcesDialog(self.strip.device, self.bench.theme, self.bench.language, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _measure(self) -> None:
        self.strip.measure.setEnabled(False)
        self.facts_pane.show_busy(self.tr("Measuring this machine"))
        self.bench.session.request("measure_machine", {}, self._measured, self._not_measured)

    def _measured(self, value: Any) -> None:
        self.strip.measure.setEnabled(True)
        self.facts_pane.clear_busy()
        self.strip.set_device(
            load(THIS_MACHINE, macs_per_s=value["macs_per_s"], bytes_per_s=value["bytes_per_s"])
        )

    def _not_measured(self, failure: Failure) -> None:
        self.strip.measure.setEnabled(True)
        self.facts_pane.show_failure(self.bench.say_parts(failure))

    def _estimate(self) -> None:
        if self.advice is None or self.advice.plan is None or self._timing is not None:
            return
        self.facts.estimate.setEnabled(False)
        self.facts_pane.show_busy(self.tr("Timing training steps"), cancel=self._cancel_timing)
        self._timing = self.bench.session.request(
            "training_time", {"recipe": self.advice.plan.recipe}, self._time_known, self._time_unknown
        )

    def _cancel_timing(self) -> None:
        if self._timing is not None:
            self.bench.session.cancel(self._timing)

    def _time_known(self, value: Any) -> None:
        self._timing = None
        self.facts_pane.clear_busy()
        self.facts.estimate.setEnabled(True)
        self._training = TrainingTime.from_json(value)
        self._changed()

    def _time_unknown(self, failure: Failure) -> None:
        self._timing = None
        self.facts_pane.clear_busy()
        self.facts.estimate.setEnabled(True)
        if failure.message.code != "session.cancelled":
            self.facts_pane.show_failure(self.bench.say_parts(failure))

    # the rest

    def apply_theme(self, theme: Theme) -> None:
        """Take over another theme."""
        super().apply_theme(theme)
        set_ink(self.sources, theme.accent)
        for one in (self.strip, self.facts, self.tree, self.bars, self.considerations, self.plan_card):
            one.apply_theme(theme)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Wait for the advice's thread."""
        self._debounce.stop()
        self._adviser.close()
        super().closeEvent(event)
