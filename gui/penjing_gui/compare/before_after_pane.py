"""Before and after: what was gained and what was lost, in total."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox

from penjing_gui.compare.measure_model import BAR, MeasureModel
from penjing_gui.compare.measures import conditions, measures
from penjing_gui.compare.reading_table import ReadingTable
from penjing_gui.compare.runs import FinishedRun, short_names
from penjing_gui.state import Workbench
from penjing_gui.theme import Theme
from penjing_gui.widgets.pane import Pane


class BeforeAfterPane(Pane):
    """The table, and in its title the run that is compared. `chosen` tells another run's key."""

    chosen = Signal(str)

    def __init__(self, bench: Workbench) -> None:
        super().__init__("", "compare.before_after", bench.theme)
        self.set_title(self.tr("Before and after"))
        self.align_note_right()
        self.setMinimumWidth(520)
        self.bench = bench
        self.run: FinishedRun | None = None
        self.model = MeasureModel(bench.theme, self)
        self.table = ReadingTable(bench.theme, self.tr("Before and after"))
        self.table.setModel(self.model)
        self.table.set_columns(BAR, (BAR,))
        self.table.fit_rows()
        self.runs = QComboBox()
        self.runs.setAccessibleName(self.tr("Run that is compared"))
        self.runs.setFixedHeight(max(20, self.runs.fontMetrics().height() + 4))
        self.runs.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.runs.setMinimumContentsLength(13)
        self.add_tool(self.runs)
        self.table.setMinimumHeight(110)
        self.set_body(self.table)
        self.runs.activated.connect(self._activated)
        bench.unit_changed.connect(self.refresh)

    def set_runs(self, runs: Sequence[FinishedRun], chosen: FinishedRun | None) -> None:
        """Offer these runs."""
        self.runs.clear()
        names = short_names(runs)
        for index, run in enumerate(runs):
            self.runs.addItem(names[run.key], run.key)
            self.runs.setItemData(index, run.folder.name, Qt.ItemDataRole.ToolTipRole)
        if chosen is not None:
            self.runs.setCurrentIndex(self.runs.findData(chosen.key))
        self.runs.setVisible(bool(runs))

    def _activated(self, index: int) -> None:
        self.chosen.emit(str(self.runs.itemData(index)))

    def show_run(self, run: FinishedRun) -> None:
        """Show a run's figures."""
        self.run = run
        self.refresh()

    def refresh(self, *_: object) -> None:
        """Write the figures again (in the other unit, for instance)."""
        if self.run is None:
            return
        self.model.set_rows(measures(self.run.result, self.bench.unit_factor, self.bench.unit_name))
        if self.table.bars is not None:
            self.table.bars.both_sides = self.model.both_sides
        how = conditions(self.run.result)
        if how is None:
            self.set_note("")
        else:
            threads, pairs = how
            note = self.tr("%n thread(s), median of {pairs} pairs", "", threads).format(pairs=f"{pairs:,}")
            self.set_note(note, self.tr("Latency, measured on this machine: {how}").format(how=note))
        told = [f"{row.name} {row.change} {row.words}".strip() for row in self.model.rows]
        self.table.setAccessibleDescription("; ".join(told))

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        super().apply_theme(theme)
        self.model.apply_theme(theme)
        self.table.apply_theme(theme)
