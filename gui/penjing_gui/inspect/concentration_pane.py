"""The pane of the concentration curves: how much of a cost the most expensive tenth of the layers holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from penjing_gui import numbers
from penjing_gui.inspect import controls
from penjing_gui.inspect.layer_tree import Ints, LayerTree
from penjing_gui.inspect.maps import Unit, cost_name
from penjing_gui.theme import Theme
from penjing_gui.widgets.concentration import (
    Concentration,
    ConcentrationPlot,
    Curve,
    concentration,
    series_pen,
)
from penjing_gui.widgets.data_table import TableAction, TableData
from penjing_gui.widgets.ink import label, set_ink
from penjing_gui.widgets.pane import Pane
from penjing_gui.widgets.picture import Picture, PictureMenu, of_widget

COSTS = ("params", "macs")
TENTH = 0.1


class _LineSample(QWidget):
    """A short stroke in the manner of a series."""

    def __init__(self, theme: Theme, place: int) -> None:
        super().__init__()
        self.theme, self._place = theme, place
        self.setFixedSize(QSize(22, 17))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The stroke."""
        painter = QPainter(self)
        painter.setPen(series_pen(self.theme, self._place))
        painter.drawLine(0, self.height() // 2, self.width(), self.height() // 2)


class ConcentrationPane(Pane):
    """The curves at the left, what they say at the right. `picked` names the layer the person went to."""

    picked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(self.tr("Concentration"), "inspect.concentration", theme)
        self._tree: LayerTree | None = None
        self._unit = Unit("FLOPs", 2)
        self._layers: Ints = np.zeros(0, dtype=np.int64)
        self._found: list[Concentration] = []
        self._places: Ints = self._layers
        body = QWidget()
        self.plot = ConcentrationPlot(theme, self.tr("layers, most expensive first"))
        self.plot.setAccessibleName(self.tr("Concentration of costs"))
        self.plot.setMinimumHeight(60)
        self.plot.picked.connect(self._went_to)
        self.picture_menu = PictureMenu(theme, self.picture)
        self.picture_menu.failed.connect(self.say_unwritten)
        self.add_tool(self.picture_menu)
        TableAction(self.plot, self.table)
        self.picture_menu.offer_in(self.plot)
        self._samples = [_LineSample(theme, place) for place in range(len(COSTS))]
        self.sentences = [label(selectable=True, wrap=True) for _ in COSTS]
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        for place in range(len(COSTS)):
            grid.addWidget(self._samples[place], place, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(self.sentences[place], place, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(len(COSTS), 1)
        layout = QHBoxLayout(body)
        layout.setContentsMargins(4, 8, 12, 4)
        layout.setSpacing(12)
        layout.addWidget(self.plot, 64)
        layout.addLayout(grid, 36)
        self.set_body(body)
        self.set_tree(None, Unit("FLOPs", 2))

    def set_tree(self, tree: LayerTree | None, unit: Unit) -> None:
        """Show a model's curves, of the layers that cost anything."""
        if tree is not self._tree or not self._found:
            self._tree = tree
            self._layers = (
                np.flatnonzero(tree.leaf & ~tree.costless) if tree is not None else self._layers[:0]
            )
            self._found = (
                [concentration(tree.own[cost][self._layers]) for cost in COSTS] if tree is not None else []
            )
            self._places = np.argsort(self._found[0].order) if self._found else self._layers
        self._unit = unit
        curves = [self._curve(cost, found) for cost, found in zip(COSTS, self._found, strict=False)]
        for place in range(len(COSTS)):
            sentence = curves[place].sentence if curves else ""
            self.sentences[place].setText(sentence.replace(" %", "\u00a0%"))  # not on a line of its own
            self.sentences[place].setToolTip(self._half(self._found[place]) if curves else "")
            self._samples[place].setVisible(bool(curves))
        blind = self._tree is not None and self._tree.blind
        self.plot.set_curves(curves[:1] if blind else curves)  # a line at 0 would be a figure
        self.plot.setAccessibleDescription(" ".join(f"{curve.sentence}." for curve in curves))

    def _curve(self, cost: str, found: Concentration) -> Curve:
        name = cost_name(cost, self._unit)
        if cost == "macs" and self._tree is not None and self._tree.blind:
            return Curve(name, self._of(name, self.tr("unknown")), found)
        if not found.layers:
            return Curve(name, self._of(name, self.tr("no layer has any")), found)
        count, held = found.share(TENTH)
        part = count / len(found.order)
        said = self.tr("10 % of the layers ({count} of {layers}) hold {share}")
        if count == 1:
            said = self.tr("1 of {layers} layers holds {share}")
        elif abs(part - TENTH) >= 0.005:  # so few layers that there is no tenth of them
            said = self.tr("{count} of {layers} layers ({part}) hold {share}")
        sentence = said.format(
            count=f"{count:,}",
            layers=f"{len(found.order):,}",
            part=numbers.percent(part, 0),
            share=numbers.percent(held),
        )
        return Curve(name, self._of(name, sentence), found, (float(count), held))

    def _of(self, name: str, sentence: str) -> str:
        """What is said of a cost, with the cost."""
        return self.tr("{cost}: {sentence}").format(cost=name, sentence=sentence)

    def _half(self, found: Concentration) -> str:
        """How few layers hold half."""
        count, held = found.holders(0.5)
        if not count:
            return ""
        said = self.tr("Half is in {count} of {layers} layers ({share})")
        return said.format(count=f"{count:,}", layers=f"{len(found.order):,}", share=numbers.percent(held))

    # One layer

    def show_selected(self, name: str) -> None:
        """Ring the selected layer on the first curve."""
        node = self._tree.find(name) if self._tree is not None else -1
        place = int(np.searchsorted(self._layers, node))
        known = place < len(self._layers) and self._layers[place] == node
        self.plot.select(int(self._places[place]) if known else -1)

    def _went_to(self, place: int) -> None:
        if self._tree is not None and self._found:
            self.picked.emit(self._tree.names[int(self._layers[self._found[0].order[place]])])

    # As a table, as a picture

    def table(self) -> TableData:
        """The curves in figures: the layers by what they cost, most first."""
        assert self._tree is not None
        columns: list[list[Any]] = []
        heads: list[str] = []
        for cost, found in zip(COSTS, self._found, strict=True):
            name = cost_name(cost, self._unit)
            heads += [self.tr("Layer"), name, self.tr("Together, %")]
            nodes = self._layers[found.order]
            times = self._unit.factor if cost == "macs" else 1
            columns += [
                [self._tree.names[node] for node in nodes.tolist()],
                (self._tree.own[cost][nodes] * times).tolist(),
                (100 * found.curve[1:]).tolist(),
            ]
        return TableData(self.windowTitle(), tuple(heads), tuple(columns))

    def picture(self) -> Picture | None:
        """The curves as they are."""
        if self._tree is None:
            return None
        return of_widget(self.plot, f"{self._tree.labels[0]}-concentration", self.theme)

    def say_unwritten(self, path: Path, why: str) -> None:
        """A picture could not be written."""
        self.show_failure(controls.unwritten(path, why))

    def apply_theme(self, theme: Theme) -> None:
        """Take over another theme."""
        super().apply_theme(theme)
        self.plot.set_theme(theme)
        self.picture_menu.set_theme(theme)
        for sample in self._samples:
            sample.theme = theme
            sample.update()
        for sentence in self.sentences:
            set_ink(sentence, theme.text)
