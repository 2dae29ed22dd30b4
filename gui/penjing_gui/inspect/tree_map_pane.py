"""The pane of the tree map: one cost as area, another as colour."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from penjing_gui import numbers
from penjing_gui.inspect import controls, maps
from penjing_gui.inspect.layer_tree import LayerTree
from penjing_gui.inspect.maps import Unit
from penjing_gui.theme import Theme
from penjing_gui.widgets.ink import label, set_ink
from penjing_gui.widgets.pane import Pane
from penjing_gui.widgets.tree_map import TreeMap, TreeMapData

COSTS = ("params", "macs", "activation_bytes", "weight_bytes", "latency_ms")


class TreeMapPane(Pane):
    """The map and its two choices. `picked` names the tile the person went to."""

    picked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(self.tr("Tree map"), "inspect.tree_map", theme)
        self._tree: LayerTree | None = None
        self._unit = Unit("FLOPs", 2)
        self._selected = ""
        self._words = [label(self.tr("Area")), label(self.tr("Colour"))]
        self.area = controls.title_combo(self.tr("Area"))
        self.colour = controls.title_combo(self.tr("Colour"))
        for word, combo in zip(self._words, (self.area, self.colour), strict=True):
            word.setBuddy(combo)
            self.add_tool(word)
            self.add_tool(combo)
        self._fill(self.area, "params")
        self._fill(self.colour, "macs")
        self.map = TreeMap(theme, "", self.tr("other"))
        self.map.setAccessibleName(self.tr("Tree map of the layers"))
        self.map.setMinimumHeight(110)
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(12, 6, 6, 10)
        layout.addWidget(self.map)
        self.set_body(body)
        self.area.currentIndexChanged.connect(self._draw)
        self.colour.currentIndexChanged.connect(self._draw)
        self.map.picked.connect(self.picked)
        self.apply_theme(theme)

    def _fill(self, combo: QComboBox, chosen: str) -> None:
        """Offer the costs that are known; keep the choice where it is among them."""
        combo.blockSignals(True)
        combo.clear()
        for cost in COSTS:
            known = cost != "latency_ms" if self._tree is None else np.nan_to_num(self._tree.own[cost]).any()
            if known:
                combo.addItem(maps.cost_name(cost, self._unit), cost)
        combo.setCurrentIndex(max(0, combo.findData(chosen)))
        combo.blockSignals(False)

    def set_tree(self, tree: LayerTree | None, unit: Unit) -> None:
        """Show a model's layers."""
        self._tree, self._unit = tree, unit
        self._fill(self.area, str(self.area.currentData()))
        self._fill(self.colour, str(self.colour.currentData()))
        self._draw()

    def show_selected(self, name: str) -> None:
        """Frame a layer's tile."""
        self._selected = name
        self.map.select(name)

    def _draw(self, *_: object) -> None:
        area, colour = str(self.area.currentData()), str(self.colour.currentData())
        of = self.tr("share of {cost}, %").format(cost=self._lower(colour))
        if self._tree is None:
            self.map.set_data(TreeMapData(), of)
            self.map.setAccessibleDescription("")
            return
        self.map.set_data(maps.tree_map_data(self._tree, self._unit, area, colour), of)
        self.map.select(self._selected)
        largest = maps.largest(self._tree, area)
        self.map.setAccessibleDescription(
            self.tr("Largest tile: {layer}, {share} of {cost}.").format(
                layer=self._tree.names[largest],
                share=numbers.percent(float(self._tree.share(area)[largest])),
                cost=self._lower(area),
            )
            if largest >= 0
            else ""
        )

    def _lower(self, cost: str) -> str:
        """A cost's name inside a sentence: FLOPs and MACs keep their capitals."""
        name = maps.cost_name(cost, self._unit)
        return name if cost == "macs" else name[:1].lower() + name[1:]

    def apply_theme(self, theme: Theme) -> None:
        """Take over another theme."""
        super().apply_theme(theme)
        self.map.set_theme(theme)
        for word in self._words:
            set_ink(word, theme.text2)
