"""What is known of one layer or module, a row each."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from penjing.spec.costs import Row
from penjing_gui import numbers
from penjing_gui.inspect.layer_tree import LayerTree
from penjing_gui.inspect.maps import Unit, cost_text
from penjing_gui.theme import Theme
from penjing_gui.widgets.form_rows import FormRows

MOST_NAMES = 20  # of neighbours in one row
ROW_HEIGHT = 21  # px; less where there is little room
ROWS = (
    "kind",
    "output",
    "params",
    "macs",
    "calls",
    "weights",
    "ratio",
    "latency",
    "fed_by",
    "feeds",
    "coupled",
)


class LayerFacts(QScrollArea):
    """The rows, in a column that scrolls where there is no room for all of them."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.form = FormRows(theme, lines=True, row_height=ROW_HEIGHT)
        self._make_form()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("What is known of the layer"))
        column = QWidget()
        column.setBackgroundRole(QPalette.ColorRole.Base)
        rows = QVBoxLayout(column)
        rows.setContentsMargins(0, 0, 4, 0)
        rows.addWidget(self.form)
        rows.addStretch(1)
        self.setWidget(column)
        metrics = self.fontMetrics()
        needed = metrics.horizontalAdvance(self.tr("MACs per param")) + metrics.horizontalAdvance(
            "Conv2d 3×3, 512 → 512"
        )
        self.setMinimumWidth(needed + 36)

    def _make_form(self) -> None:
        names = {
            "kind": self.tr("Kind"),
            "output": self.tr("Output"),
            "params": self.tr("Parameters"),
            "macs": "FLOPs",
            "calls": self.tr("Calls"),
            "weights": self.tr("Weights"),
            "ratio": self.tr("MACs per param"),
            "latency": self.tr("Latency"),
            "fed_by": self.tr("Fed by"),
            "feeds": self.tr("Feeds"),
            "coupled": self.tr("Coupled with"),
        }
        for key in ROWS:
            self.form.add_row(key, names[key])

    def show_node(self, tree: LayerTree, node: int, unit: Unit, summary: str) -> None:
        """Show a layer's or module's facts; `summary` is the layer in the worker's words, "" where not known."""
        form, row = self.form, tree.rows[node]
        form.set_label("macs", unit.name)
        form.set_value("kind", self._kind(tree, node, summary))
        shape = row.output_shape if row is not None else None
        form.set_value("output", numbers.dims(shape, spaced=True) if shape else "")
        for cost in ("params", "macs"):
            form.set_value(cost, self._figure(tree, node, cost, unit))
        weights = float(tree.sums["weight_bytes"][node])
        form.set_value("weights", numbers.size(weights) if weights else numbers.DASH)
        params, macs = tree.sums["params"][node], tree.sums["macs"][node]
        form.set_value(
            "ratio", f"{macs / params:,.2f}" if params and not tree.unknown_macs()[node] else numbers.DASH
        )
        latency = float(tree.own["latency_ms"][node]) if row is not None else float("nan")
        form.set_value("latency", "" if np.isnan(latency) else numbers.milliseconds(latency))
        form.set_value("calls", self._calls(row, unit) if row is not None else "")
        form.set_row_visible("latency", not np.isnan(latency))
        form.set_row_visible("output", bool(shape))
        form.set_row_visible("calls", row is not None and row.calls not in (0, 1))
        self._fit_rows()

    def show_names(self, key: str, names: list[str], shown: bool) -> None:
        """Show neighbours in a row; of very many the first."""
        self.form.set_row_visible(key, shown)
        more = ["…"] if len(names) > MOST_NAMES else []
        self.form.set_value(key, ", ".join(names[:MOST_NAMES] + more) or numbers.DASH)
        self._fit_rows()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Rows stand closer rather than out of sight."""
        super().resizeEvent(event)
        self._fit_rows()

    def _fit_rows(self) -> None:
        shown = sum(not self.form.value(key).isHidden() for key in ROWS)
        least = max(self.form.value(key).sizeHint().height() for key in ROWS)
        self.form.set_row_height(max(least, min(ROW_HEIGHT, self.viewport().height() // max(1, shown))))

    def _kind(self, tree: LayerTree, node: int, summary: str) -> str:
        row = tree.rows[node]
        if row is None:
            layers = int(tree.leaf[node : tree.end[node]].sum())
            many = self.tr("1 layer") if layers == 1 else self.tr("{count} layers")
            return f"{tree.kinds[node]}, {many.format(count=layers)}"
        if summary:
            return summary
        if row.in_channels is not None and row.out_channels is not None:
            return f"{row.kind}, {numbers.integer(row.in_channels)} → {numbers.integer(row.out_channels)}"
        return row.kind

    def _figure(self, tree: LayerTree, node: int, cost: str, unit: Unit) -> str:
        value = float(tree.own[cost][node] if tree.leaf[node] else tree.sums[cost][node])
        if np.isnan(value) or (cost == "macs" and tree.unknown_macs()[node]):
            return self.tr("unknown") if tree.blind else self.tr("not counted")
        if value == 0:
            return numbers.DASH
        if cost == "macs":
            value *= unit.factor
        text = numbers.size(value) if cost.endswith("bytes") else numbers.headline(value)
        return f"{text} ({numbers.percent(float(tree.share(cost)[node]), 2)})"

    def _calls(self, row: Row, unit: Unit) -> str:
        """How often the layer is called in a pass, and what one call costs."""
        count = numbers.integer(row.calls)
        if not row.macs or row.calls < 1:
            return count
        each = cost_text("macs", row.macs / row.calls, unit)
        return self.tr("{count}, {figure} each").format(count=count, figure=each)
