"""The left pane of step 3: the plan as a form before the run, the recipe to be read while it runs and after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from penjing.spec.messages import Failure
from penjing_gui import theme as themes
from penjing_gui.compress.data_facts import DataFacts
from penjing_gui.compress.data_summary import given
from penjing_gui.compress.outcome import Outcome
from penjing_gui.compress.prediction import Prediction, predict_plan
from penjing_gui.compress.recipe_check import check, field_of, problem_text
from penjing_gui.compress.recipe_form import RecipeForm
from penjing_gui.compress.recipe_rows import recipe_sections
from penjing_gui.compress.recipe_view import RecipeView
from penjing_gui.compress.strip_data import before_table
from penjing_gui.icons import icon
from penjing_gui.run_view import RunView
from penjing_gui.state import Workbench
from penjing_gui.theme import Theme
from penjing_gui.widgets.ink import label, set_ink
from penjing_gui.widgets.pane import Pane

# For regressions: their errors have no common size, and these steps do not depend on it.
GENTLE = {"optimizer": "adamw", "lr": 0.001}


def _scrolled(widget: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidget(widget)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.viewport().setAutoFillBackground(False)
    widget.setAutoFillBackground(False)
    return area


class RecipePane(Pane):
    """Edits `bench.plan`; shows `bench.run_view.recipe`. `predicted` carries the plan's `Prediction` or None."""

    predicted = Signal(object)
    go_to_decide = Signal()
    data_wanted = Signal()

    def __init__(self, bench: Workbench, facts: DataFacts) -> None:
        super().__init__("", "compress.recipe", bench.theme)
        self.set_title(self.tr("Recipe"))
        self.setMinimumWidth(240)
        self.bench = bench
        self.prediction: Prediction | None = None
        self._own: Mapping[str, Any] | None = None
        self._editing = True
        self._facts = facts
        self._seen: object = None
        self.form = RecipeForm(bench.theme)
        self.outcome = Outcome(bench.theme)
        self.view = RecipeView(bench.theme)
        self.again = QPushButton(self.tr("Edit as a new plan"))
        self.again.setAccessibleName(self.again.text())
        self._lock_icon = QLabel()
        self._lock_text = label(self.tr("fixed while it runs"))
        self.lock = QWidget()
        self.lock.setAccessibleName(self._lock_text.text())
        row = QHBoxLayout(self.lock)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._lock_icon)
        row.addWidget(self._lock_text)
        self.lock.hide()
        self.add_tool(self.lock)
        self.stack = QStackedWidget()
        self.stack.addWidget(self._page(self.form, self.outcome))
        self.stack.addWidget(self._page(self.view, self._foot()))
        self.set_body(self.stack)
        self.form.edited.connect(self._edited)
        self.form.data_wanted.connect(self.data_wanted)
        facts.changed.connect(self._facts_changed)
        self.outcome.start.connect(self.start)
        self.again.clicked.connect(self.edit_again)
        bench.plan_changed.connect(self._plan_changed)
        bench.data_changed.connect(self._data_changed)
        bench.model_changed.connect(self._data_changed)
        bench.session.ready.connect(self._session_ready)
        bench.groups_changed.connect(self._predict)
        bench.table_changed.connect(self._predict)
        bench.unit_changed.connect(self._unit_changed)
        bench.run_view_changed.connect(self._run_changed)
        self.apply_theme(bench.theme)
        self._unit_changed(bench.unit)

    def _page(self, content: QWidget, foot: QWidget) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(_scrolled(content), 1)
        layout.addWidget(foot)
        return page

    def _foot(self) -> QWidget:
        self._foot_widget = QWidget()
        layout = QVBoxLayout(self._foot_widget)
        layout.setContentsMargins(12, 4, 12, 12)
        layout.addWidget(self.again)
        return self._foot_widget

    # --- what is shown

    @property
    def own(self) -> Mapping[str, Any] | None:
        """The plan, where it is as the form says and not from elsewhere."""
        return self._own

    @property
    def running(self) -> bool:
        """Whether a run goes on, so that nothing can be edited."""
        view = self.bench.run_view
        return view is not None and not view.ended

    def _show(self) -> None:
        """The form, the recipe of the run, or the empty state."""
        view = self.bench.run_view
        recipe = view.recipe or self.bench.plan if view is not None else None
        if view is not None and recipe and (self.running or not self._editing):
            self._facts.want(recipe["data"])
            self._show_recipe(view, recipe)
        elif self.bench.plan is None:
            self._facts.want(self.bench.current_data)
            actions = [(self.tr("Go to Decide"), self.go_to_decide.emit)]
            model = self.bench.model
            if model is not None and model.network and self.bench.current_data is not None:
                actions.append((self.tr("Train as it is"), self.plan_training))
            self.set_empty(self.tr("No plan yet."), actions)
        else:
            self._facts.want(self.bench.current_data)
            self.clear_empty()
            self.stack.setCurrentIndex(0)
        self.lock.setVisible(self.running)

    def _show_recipe(self, view: RunView, recipe: Mapping[str, Any]) -> None:
        self.clear_empty()
        self.stack.setCurrentIndex(1)
        self._foot_widget.setVisible(not self.running)
        known = self._facts.section is not None and given(recipe["data"]) == self._facts.section
        realised = dict((view.result or {}).get("realised") or {})
        before, planned = before_table(self.bench, view), view.costs_planned
        if not realised and before is not None and planned is not None and view.channels:
            for name in ("params", "macs"):
                whole = getattr(before.totals, name)
                if whole:
                    realised[name] = getattr(planned.totals, name) / whole
        self.view.show_sections(
            recipe_sections(recipe, self.bench.unit_name, self._facts.summary if known else None, realised)
        )

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        super().apply_theme(theme)
        for part in (self.form, self.outcome, self.view):
            part.apply_theme(theme)
        self._lock_icon.setPixmap(icon("lock", theme).pixmap(QSize(14, 14), self.devicePixelRatioF()))
        set_ink(self._lock_text, theme.text2)
        self._lock_text.setFont(themes.font(-1))

    # --- the plan

    def _plan_changed(self, plan: dict[str, Any] | None) -> None:
        if plan is None or plan is not self._own:
            self._own = None
            self._editing = True
            if plan is not None:
                self.form.load(plan)
        self._show()
        if plan is not None:
            self._apply_facts(plan)

    def _edited(self, recipe: dict[str, Any]) -> None:
        if self._judge(recipe):
            self._own = recipe
            if recipe["data"] != (self.bench.plan or {}).get("data"):
                self.bench.data = recipe["data"]  # also for plans to come
            self.bench.set_plan(recipe)
        else:
            self._set_prediction(None)

    def _judge(self, recipe: Mapping[str, Any]) -> bool:
        """Check a recipe, show what is wrong with it and what it would lead to; True where it can be run."""
        failure = check(recipe)
        if failure is None:
            self.form.show_error(None, "")
            self.clear_failure()
            self._predict()
            failure = self.prediction.failure if self.prediction else None
        if failure is not None:
            self._show_error(failure)
        self.outcome.button.setEnabled(failure is None)
        self.outcome.button.setToolTip("" if failure is None else self.tr("The recipe has an error above."))
        return failure is None

    def _show_error(self, failure: Failure) -> None:
        what, why, todo = self.bench.say_parts(failure)
        key = field_of(failure)
        text = problem_text(failure)
        if not text:
            text = "; ".join(filter(None, (": ".join(filter(None, (what, why))), todo)))
        if key is not None and self.form.show_error(key, text):
            self.clear_failure()
        else:
            self.form.show_error(None, "")
            self.show_failure((what, why, todo))

    def _predict(self, *_: object) -> None:
        plan = self.form.recipe() if self.bench.plan is not None else None
        if plan is None or not self._for_open_model(plan):
            self._set_prediction(None)
        else:
            self._set_prediction(predict_plan(plan, self.bench.table, self.bench.groups))

    def _for_open_model(self, plan: Mapping[str, Any]) -> bool:
        model = self.bench.model
        return model is not None and plan["model"]["reference"] == model.reference

    def _set_prediction(self, prediction: Prediction | None) -> None:
        self.prediction = prediction
        self._show_prediction()
        self.predicted.emit(prediction)

    def _show_prediction(self) -> None:
        waiting = not self.bench.groups_known
        self.outcome.show_prediction(self.prediction, self.bench.unit_factor, self.bench.unit_name, waiting)

    def _unit_changed(self, _: str) -> None:
        self.form.set_unit(self.bench.unit_name)
        self._show_prediction()
        self._show()

    def start(self) -> None:
        """Start the run that the form describes."""
        self.form.flush()
        if self.outcome.button.isEnabled() and self.bench.plan is not None and not self.running:
            self._editing = False
            self.bench.start_run()

    def edit_again(self) -> None:
        """Take the recipe of the run that has ended as a plan to be edited."""
        view = self.bench.run_view
        if view is not None and view.recipe and not self.running:
            self.bench.set_plan(dict(view.recipe))

    def _run_changed(self, view: RunView) -> None:
        if self.running:
            self._editing = False
        self._show()

    def plan_training(self) -> None:
        """Make a plan that trains the open model on the chosen data as it is."""
        model, data = self.bench.model, self.bench.current_data
        if model is None or data is None:
            return
        from penjing.spec.recipe import parse

        try:
            recipe = parse(
                {
                    "model": model.recipe(),
                    "data": {"target_scale": "standardise", **data},
                    "technique": "training",
                    "training": GENTLE if self._facts.task == "regression" else {},
                }
            )
        except Failure as failure:
            self.bench.failed.emit(failure)
        else:
            self.bench.set_plan(recipe.to_json())

    # --- the data and the machine

    def _data_changed(self, *_: object) -> None:
        """Other data, or another model to read them for."""
        if self.bench.plan is None:
            self._show()
        else:
            self._facts.want(self.bench.current_data)

    def _facts_changed(self) -> None:
        """What the data are has become known, or why they cannot be read."""
        facts, plan = self._facts, self.bench.plan
        seen = (facts.section, facts.summary, facts.failure)
        if seen == self._seen:
            return  # only a sign of life
        self._seen = seen
        view = self.bench.run_view
        if view is not None and view.recipe and (self.running or not self._editing):
            self._show_recipe(view, view.recipe)
        elif plan is not None:
            self._apply_facts(plan)

    def _apply_facts(self, plan: Mapping[str, Any]) -> None:
        """Check the form with what is known of its data."""
        facts = self._facts
        mine = given(plan["data"]) == facts.section
        self.form.set_data_facts(facts.summary if mine else None)
        self._judge(self.form.recipe())
        failure = facts.failure if mine else None
        if failure is not None and failure.message.code.startswith("data."):
            what, why, todo = self.bench.say_parts(failure)
            self.form.show_error("data.reference", ". ".join(filter(None, (what, why, todo))))
            self.outcome.button.setEnabled(False)

    def _session_ready(self, greeting: Mapping[str, Any]) -> None:
        self.form.set_devices(tuple(greeting.get("devices") or ("cpu",)))
