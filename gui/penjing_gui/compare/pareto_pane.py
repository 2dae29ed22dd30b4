"""Accuracy against a cost: all finished runs of the model, with their intervals."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from penjing_gui import numbers
from penjing_gui import theme as themes
from penjing_gui.compare.points import AXES, is_error, pareto_points
from penjing_gui.compare.runs import FinishedRun
from penjing_gui.state import Workbench
from penjing_gui.theme import Theme
from penjing_gui.widgets.curve_plot import dashed
from penjing_gui.widgets.ink import label, set_ink
from penjing_gui.widgets.pane import Pane
from penjing_gui.widgets.pareto import ParetoPlot, front, kind_colour
from penjing_gui.widgets.read_out import ReadOut, ReadOutRow

_MARKS = {
    "before": "square",
    "this": "dot",
    "pruning": "ring",
    "distillation": "triangle",
    "training": "diamond",
}


class ParetoPane(Pane):
    """The plot with its legend. `chosen` tells the key of a run that was clicked."""

    chosen = Signal(str)

    def __init__(self, bench: Workbench) -> None:
        super().__init__("", "compare.pareto", bench.theme)
        self.setMinimumWidth(520)
        self.bench = bench
        self.runs: tuple[FinishedRun, ...] = ()
        self.run: FinishedRun | None = None
        self.plot = ParetoPlot(bench.theme)
        self.legend = ReadOut(bench.theme, self.tr("Legend"))
        self.note = label(wrap=True)
        self.axis = QComboBox()
        self.axis.setAccessibleName(self.tr("Horizontal axis"))
        self.axis.setFixedHeight(max(20, self.axis.fontMetrics().height() + 4))
        for key in AXES:
            self.axis.addItem("", key)
        self._axis_title = QLabel(self.tr("Horizontal"))
        self.add_tool(self._axis_title)
        self.add_tool(self.axis)
        side = QVBoxLayout()
        side.setContentsMargins(0, 10, 12, 8)
        side.addWidget(self.legend)
        side.addWidget(self.note)
        side.addStretch(1)
        body = QWidget()
        layout = QHBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.plot, 1)
        layout.addLayout(side)
        self.plot.setMinimumHeight(150)
        self.set_body(body)
        self.note.setFixedWidth(self.legend.sizeHint().width())
        self.axis.currentIndexChanged.connect(self.refresh)
        self.plot.chosen.connect(self.chosen)
        bench.unit_changed.connect(self._unit_changed)
        self._unit_changed()
        self.apply_theme(bench.theme)

    def _unit_changed(self, *_: object) -> None:
        names = {
            "latency": self.tr("Latency, measured"),
            "macs": self.bench.unit_name,
            "params": self.tr("Parameters"),
            "weights": self.tr("Weights"),
        }
        for index in range(self.axis.count()):
            self.axis.setItemText(index, names[self.axis.itemData(index)])
        self.refresh()

    def show_runs(self, runs: Sequence[FinishedRun], chosen: FinishedRun) -> None:
        """Show these runs, one of them as the one that is compared."""
        self.runs, self.run = tuple(runs), chosen
        self.refresh()

    def refresh(self, *_: object) -> None:
        """Draw the plot again."""
        axis = str(self.axis.currentData())
        title = {
            "latency": self.tr("Accuracy against latency"),
            "macs": self.tr("Accuracy against {unit}").format(unit=self.bench.unit_name),
            "params": self.tr("Accuracy against parameters"),
            "weights": self.tr("Accuracy against weights"),
        }[axis]
        error = self.run is not None and is_error(self.run.result)
        if error:
            title = {
                "latency": self.tr("Error against latency"),
                "macs": self.tr("Error against {unit}").format(unit=self.bench.unit_name),
                "params": self.tr("Error against parameters"),
                "weights": self.tr("Error against weights"),
            }[axis]
        self.set_title(title)
        quality = self.tr("test error, MSE") if error else self.tr("test accuracy, %")
        factor, label_text = self._scale(axis)
        if self.run is None:
            self.plot.set_points((), label_text, quality)
            return
        points = pareto_points(self.runs, self.run, axis, factor, self.tr("before"))
        self.plot.set_points(points, label_text, quality, error)
        self._legend({point.kind for point in points})
        shown = sum(1 for point in points if point.key)
        once = self.tr("%n run(s), test split opened once for each, at its end", "", shown)
        self.note.setText(once)
        best = [point.name for point in front(points, error)]
        self.plot.setAccessibleDescription(
            self.tr("{count} runs; none beats: {names}.").format(count=shown, names=", ".join(best))
        )

    def _scale(self, axis: str) -> tuple[float, str]:
        """What a cost is multiplied with for the axis, and the axis's label."""
        if axis == "latency":
            return 1.0, self.tr("measured latency, ms, batch 1")
        key = {"macs": "macs", "params": "params", "weights": "weight_bytes"}[axis]
        factor = self.bench.unit_factor if axis == "macs" else 1
        largest = max(
            (float((run.result.get("before") or {}).get(key) or 0) * factor for run in self.runs), default=0.0
        )
        prefix = numbers.byte_prefix(largest) if axis == "weights" else numbers.column_prefix(largest)
        name = {
            "macs": self.bench.unit_name,
            "params": self.tr("parameters"),
            "weights": self.tr("weights"),
        }[axis]
        text = self.tr("{cost}, {unit}").format(cost=name, unit=prefix.symbol) if prefix.symbol else name
        return factor / prefix.scale, text

    def _legend(self, kinds: set[str]) -> None:
        names = {
            "before": self.tr("before"),
            "this": self.tr("this run"),
            "pruning": self.tr("pruned"),
            "distillation": self.tr("distilled"),
            "training": self.tr("trained"),
        }
        rows = [
            ReadOutRow(names[kind], "", None, mark, kind_colour(self.theme, kind))
            for kind, mark in _MARKS.items()
            if kind in kinds
        ]
        rows.append(ReadOutRow(self.tr("best so far"), "", dashed(self.theme.line2)))
        if any(point.accuracy_interval or point.cost_interval for point in self.plot.points):
            rows.append(ReadOutRow(self.tr("95 % intervals"), "", None, "plus", self.theme.text2))
        self.legend.set_rows("", rows)

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        super().apply_theme(theme)
        self.plot.apply_theme(theme)
        self.legend.apply_theme(theme)
        self.note.setFont(themes.font(-1))
        for text in (self.note, self._axis_title):
            set_ink(text, theme.text2)
        self.refresh()
