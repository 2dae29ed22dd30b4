"""Step 1: five panes over one cost table, joined by one selection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QCloseEvent
from PySide6.QtWidgets import QToolBar

from penjing.spec.costs import CostTable
from penjing_gui import numbers
from penjing_gui.inspect import layer_tree, maps
from penjing_gui.inspect.actions import InspectActions
from penjing_gui.inspect.concentration_pane import ConcentrationPane
from penjing_gui.inspect.heat_map_pane import HeatMapPane
from penjing_gui.inspect.layer_pane import LayerPane
from penjing_gui.inspect.layer_tree import LayerTree
from penjing_gui.inspect.layers_pane import LayersPane
from penjing_gui.inspect.maps import Unit
from penjing_gui.inspect.own_figures import with_figures
from penjing_gui.inspect.roofline_pane import RooflinePane
from penjing_gui.inspect.table_commands import TableCommands
from penjing_gui.inspect.tree_map_pane import TreeMapPane
from penjing_gui.inspect.view_bar import ViewBar
from penjing_gui.page import Page, PageCommand, StepState
from penjing_gui.state import OpenModel, Workbench
from penjing_gui.theme import Theme

if TYPE_CHECKING:
    from penjing.spec.overlay import Overlay


class InspectPage(Page):
    """What every layer of the open model costs."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench, "inspect")
        theme = bench.theme
        self._costs: LayerTree | None = None
        self._timed = False  # the column of latencies is there because they were measured
        self.layers = LayersPane(theme)
        self.concentration = ConcentrationPane(theme)
        self.heat_map = HeatMapPane(bench)
        self.tree_map = TreeMapPane(theme)
        self.layer = LayerPane(bench)
        self.roofline = RooflinePane(bench)
        vertical = Qt.Orientation.Vertical
        left = Qt.DockWidgetArea.LeftDockWidgetArea
        self.add_pane(self.layers, left, 46)
        self.add_pane(self.heat_map, left, 54)
        self.split(self.layers, self.concentration, vertical, (81, 19))
        self.split(self.heat_map, self.tree_map, vertical, (23, 77))
        self.split(self.tree_map, self.layer, vertical, (44, 33))
        self.add_tab(self.tree_map, self.roofline)
        for pane in (self.layers, self.heat_map, self.tree_map):
            pane.setMinimumWidth(320)
            pane.picked.connect(bench.select)
        self.concentration.picked.connect(bench.select)
        self.layer.picked.connect(bench.select)
        self.roofline.picked.connect(bench.select)
        self.layers.view.opened.connect(self._opened)
        self.actions_made = InspectActions(self)
        self.table_commands = TableCommands(self.layers)
        self.set_step_state(StepState("ready", None, self.tr("No model is open.")))
        self.view_bar: ViewBar | None = None
        self._bar: QToolBar | None = None
        bench.model_changed.connect(self._model_changed)
        bench.table_changed.connect(self._table_changed)
        bench.overlays_changed.connect(self._overlays_changed)
        bench.selection_changed.connect(self._selection_changed)
        bench.unit_changed.connect(self._unit_changed)
        self._say_empty()
        if bench.table is not None:
            self._table_changed(bench.table)

    def commands(self) -> list[PageCommand]:
        """What can be measured, compared, added and saved here."""
        return [*self.actions_made.commands, *self.table_commands.commands]

    # The empty state

    def _say_empty(self) -> None:
        self.layers.set_empty(
            self.tr("Open a model to see what each layer costs."),
            [(self.tr("Open…"), self._ask_file), (self.tr("Try the sample"), self._try_sample)],
        )

    def _ask_file(self) -> None:
        self._command("file.open")

    def _try_sample(self) -> None:
        self._command("file.sample")

    def _command(self, name: str) -> None:
        """Do what the window's command of that name does."""
        action = self.window().findChild(QAction, name)
        if action is not None:
            action.trigger()

    # What the bench says

    def _model_changed(self, model: OpenModel | None) -> None:
        """A file that can only be looked at is said to be one, and nothing is measured of it."""
        if self._bar is not None:
            self._bar.hide()
        if model is None or model.network:
            return
        if self.view_bar is None or self._bar is None:
            self._make_view_bar()
        assert self.view_bar is not None and self._bar is not None
        self.view_bar.show_model(model)
        self._bar.show()

    def _make_view_bar(self) -> None:
        self.view_bar = ViewBar(self.bench)
        self._bar = self.set_strip(self.view_bar, self.tr("What this file is"))
        self._bar.setContentsMargins(0, 0, 0, 0)
        if (strip := self._bar.layout()) is not None:
            strip.setContentsMargins(0, 0, 0, 0)
        self.view_bar.wanted.connect(self._command)

    def apply_theme(self, theme: Theme) -> None:
        """Take over another theme."""
        super().apply_theme(theme)
        if self.view_bar is not None:
            self.view_bar.apply_theme(theme)

    @property
    def unit(self) -> Unit:
        """The unit of operations shown."""
        return Unit(self.bench.unit_name, self.bench.unit_factor)

    def _table_changed(self, table: CostTable | None) -> None:
        if table is None:
            return
        self.layers.clear_empty()
        self.layers.clear_failure()
        self.actions_made.set_table(True)
        self.table_commands.set_table(True)
        tree = with_figures(layer_tree.build(table), self.bench.overlays)
        new = self._costs is None or self._costs.names != tree.names
        self._costs = tree
        measured = bool((tree.own["latency_ms"][tree.leaf] > 0).any())
        if measured or (self._timed and new):  # an empty column says nothing
            self.layers.show_column("latency_ms", measured)
        self._timed = measured
        self._show()
        if tree.find(self.bench.selection) <= 0:
            largest = maps.largest(tree, "params")
            self.bench.select(tree.names[largest] if largest >= 0 else "")
        self._selection_changed(self.bench.selection)
        if new:
            self.layers.view.scrollToTop()
        found = self.tr("Layers counted: {count}.").format(count=int(tree.leaf.sum()))
        self.set_step_state(StepState("done", None, found))
        self.status_changed.emit()

    def _overlays_changed(self, overlays: Sequence[Overlay]) -> None:
        self.actions_made.set_table(self.bench.table is not None)
        if self._costs is None or self.bench.table is None:
            return
        self._costs = with_figures(self._costs, overlays)
        self._show()
        self.layers.show_own_columns()
        self._selection_changed(self.bench.selection)

    @property
    def title(self) -> str:
        """A short name of the model."""
        return self._costs.labels[0] if self._costs is not None else ""

    def _show(self) -> None:
        for pane in (self.layers, self.concentration, self.heat_map, self.tree_map):
            pane.set_tree(self._costs, self.unit)
        self.layer.set_tree(self._costs, self.unit)

    def _unit_changed(self, _: str) -> None:
        if self._costs is None:
            return
        self.layers.set_unit(self.unit)
        for pane in (self.concentration, self.heat_map, self.tree_map):
            pane.set_tree(self._costs, self.unit)
        self.layer.set_unit(self.unit)
        self.roofline.set_unit(self.unit)
        self.status_changed.emit()

    def _selection_changed(self, name: str) -> None:
        for pane in (
            self.layers,
            self.concentration,
            self.heat_map,
            self.tree_map,
            self.layer,
            self.roofline,
        ):
            pane.show_selected(name)

    def _opened(self, name: str) -> None:
        """Enter on a layer: to its details."""
        self.layer.show()
        self.layer.raise_()
        self.layer.take_focus()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask for nothing more."""
        self.layer.drop()
        self.heat_map.drop()
        self.roofline.cancel()
        self.actions_made.close()
        super().closeEvent(event)

    # What the shell asks

    def status_items(self) -> list[tuple[str, str]]:
        """The totals that matter on this page."""
        table = self.bench.table
        if table is None:
            return []
        totals = table.totals
        unknown = self._costs is not None and self._costs.blind
        operations = numbers.headline(totals.macs * self.bench.unit_factor)
        if not totals.complete:
            operations = self.tr("at least {figure}").format(figure=operations)
        items: list[tuple[str, str]] = [
            (numbers.headline(totals.params), self.tr("params")),
            (self.tr("unknown") if unknown else operations, self.bench.unit_name),
            (numbers.size(totals.weight_bytes), self.tr("weights")),
        ]
        if totals.peak_activation_bytes:
            items.append((numbers.size(totals.peak_activation_bytes), self.tr("peak activations")))
        if totals.params and not unknown:
            items.append((f"{totals.macs / totals.params:,.1f}", self.tr("MACs per param")))
        for spec in table.input:
            shape = numbers.dims((1, *spec.shape))
            items.append(("", self.tr("Input {shape} {dtype}").format(shape=shape, dtype=spec.dtype)))
        return items

    def focus_search(self) -> None:
        """Ctrl+F: the layer search."""
        self.layers.show()
        self.layers.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.layers.search.selectAll()

    def search_hint(self) -> str:
        """What Ctrl+F finds here."""
        return self.tr("Find layer")
