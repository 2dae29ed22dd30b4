"""Change by layer: the diverging map of every cost."""

from __future__ import annotations

import numpy as np

from penjing.spec.costs import CostTable
from penjing_gui import numbers
from penjing_gui.compare.changes import Matrix, layer_changes
from penjing_gui.compare.runs import FinishedRun
from penjing_gui.state import Workbench
from penjing_gui.theme import Theme
from penjing_gui.widgets.change_map import ChangeMap
from penjing_gui.widgets.pane import Pane


class ChangePane(Pane):
    """The map, joined to the selection of the other pages."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__("", "compare.changes", bench.theme)
        self.set_title(self.tr("Change by layer"))
        self.align_note_right()
        self.setMinimumWidth(520)
        self.bench = bench
        self.map = ChangeMap(bench.theme)
        self.map.setMinimumHeight(130)
        self.set_body(self.map)
        self._tables: tuple[CostTable, CostTable, FinishedRun] | None = None
        self.map.selected.connect(bench.select)
        bench.selection_changed.connect(self.map.set_selection)
        bench.unit_changed.connect(self.refresh)

    def show_run(self, run: FinishedRun, before: CostTable | None, after: CostTable | None) -> None:
        """Show how a run's layers changed."""
        if before is None or after is None:
            self._tables = None
            self.set_empty(self.tr("The cost tables of this run are missing."))
            return
        self._tables = (before, after, run)
        self.refresh()

    def refresh(self, *_: object) -> None:
        """Draw the map again."""
        if self._tables is None:
            return
        before, after, run = self._tables
        names, values = layer_changes(before, after, (run.result.get("latency") or {}).get("layers"))
        if not names:
            self.set_empty(self.tr("The student's layers have other names than the teacher's."))
            return
        self.clear_empty()
        rows = (
            self.tr("Channels"),
            self.tr("Parameters"),
            self.bench.unit_name,
            self.tr("Activations"),
            self.tr("Latency"),
        )
        self.map.set_changes(rows, names, values)
        self.map.set_selection(self.bench.selection)
        self.map.setAccessibleDescription(self._finding(names, values))
        missing = sum(1 for row in before.rows if row.macs and row.out_channels) - len(names)
        note = self.tr("%n layer(s) only on one side", "", missing) if missing else ""
        self.set_note(note)

    def _finding(self, names: list[str], values: Matrix) -> str:
        """The layer whose work fell most, and the slowest to follow."""
        work = values[2]
        if np.isnan(work).all():
            return ""
        most = int(np.nanargmin(work))
        text = self.tr("{unit} fell most in {layer}: {change}.")
        return text.format(
            unit=self.bench.unit_name, layer=names[most], change=numbers.signed_percent(float(work[most]))
        )

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        super().apply_theme(theme)
        self.map.apply_theme(theme)
