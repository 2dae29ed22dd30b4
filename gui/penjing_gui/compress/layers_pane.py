"""What each layer costs before, by the plan, and now."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from penjing.spec.costs import CostTable
from penjing_gui.compress.prediction import Prediction
from penjing_gui.compress.strip_data import (
    agreement,
    before_table,
    costs_now,
    locked_layers,
    of_open_model,
    strip_layers,
)
from penjing_gui.run_view import RunView
from penjing_gui.state import Workbench
from penjing_gui.theme import Theme
from penjing_gui.widgets.layer_strip import LayerStrip
from penjing_gui.widgets.pane import Pane
from penjing_gui.widgets.strip_legend import StripLegend


class LayersPane(Pane):
    """Shows the run where there is one, else the plan's prediction, else the open model alone."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__("", "compress.layers", bench.theme)
        self.set_title(self.tr("Layers: planned and real"))
        self.align_note_right()
        self.setMinimumWidth(480)
        self.bench = bench
        self.prediction: Prediction | None = None
        self.strip = LayerStrip(bench.theme)
        self.legend = StripLegend(bench.theme)
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(8, 4, 12, 6)
        layout.setSpacing(0)
        layout.addWidget(self.legend)
        layout.addWidget(self.strip, 1)
        self.strip.setMinimumHeight(150)
        self.set_body(body)
        self._run_tables: tuple[CostTable | None, ...] = ()
        self._shown: tuple[object, ...] = ()
        self._due = False
        self.strip.selected.connect(bench.select)
        bench.selection_changed.connect(self.strip.set_selection)
        bench.run_view_changed.connect(self._run_changed)
        bench.unit_changed.connect(self.refresh)
        bench.table_changed.connect(self.refresh)
        bench.groups_changed.connect(self.refresh)
        self.refresh()

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        super().apply_theme(theme)
        self.strip.apply_theme(theme)
        self.legend.apply_theme(theme)

    def show_prediction(self, prediction: Prediction | None) -> None:
        """Take over what the plan would lead to."""
        self.prediction = prediction
        self.refresh()

    def _run_changed(self, view: RunView) -> None:
        # a table is the same object until the run's thread reads a new one, so this is cheap for most views
        shown = (
            view.folder,
            view.costs_before,
            view.costs_planned,
            view.costs_after,
            view.channels,
            view.ended,
        )
        if shown != self._shown:
            self._shown = shown
            self.refresh()

    def _tables(self) -> tuple[CostTable | None, CostTable | None, CostTable | None]:
        """Before, planned and now."""
        view, bench = self.bench.run_view, self.bench
        own = self.prediction is not None and bench.plan is not None
        if view is None or (view.ended and own and not view.costs_planned):
            planned = self.prediction.after if self.prediction else None
            return bench.table, planned, None
        before, same = before_table(bench, view), of_open_model(bench, view)
        if before is None:
            return None, None, None
        groups = bench.groups if same else ()
        student = view.recipe.get("technique") == "distillation"
        now = costs_now(before, view.costs_planned, view.costs_after, view.channels, groups, student)
        return before, view.costs_planned, now

    def refresh(self, *_: object) -> None:
        """Draw the layers again; behind another page, when they are shown."""
        self._due = not self.isVisible()
        if not self._due:
            self._fill()

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what has changed meanwhile."""
        super().showEvent(event)
        if self._due:
            self._due = False
            self._fill()

    def _fill(self) -> None:
        before, planned, now = self._tables()
        view = self.bench.run_view
        if before is None:
            self.strip.set_layers((), self.bench.unit_name)
            self.set_note("")
            return
        groups = self.bench.groups if before is self.bench.table or self._same_layers(before) else ()
        layers = strip_layers(before, planned, now, self.bench.unit_factor, locked_layers(before, groups))
        self.strip.set_layers(layers, self.bench.unit_name)
        self.strip.set_selection(self.bench.selection)
        self.legend.set_now(now is not None)
        equal = agreement(layers)
        if view is not None and view.recipe.get("technique") == "training":
            note = self.tr("training leaves the layers as they are")
        elif equal is None:
            note = self.tr("planned, not yet carried out") if planned is not None else ""
        elif now is not None and now is self._counted():
            note = self.tr("real equals planned in {equal} of {all} layers").format(
                equal=equal[0], all=equal[1]
            )
        else:
            note = self.tr("channels as planned in {equal} of {all} layers").format(
                equal=equal[0], all=equal[1]
            )
        self.set_note(note)
        self.strip.setAccessibleDescription(note)

    def _counted(self) -> CostTable | None:
        """The costs that were counted on the run's artefact, where they are."""
        view = self.bench.run_view
        return view.costs_after if view is not None else None

    def _same_layers(self, table: CostTable) -> bool:
        mine = self.bench.table
        return mine is not None and [row.name for row in mine.rows] == [row.name for row in table.rows]
