"""The pane of the tree map: one cost as area, another as colour, the whole model or one module of it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from penjing_gui import numbers
from penjing_gui.inspect import controls, maps, tiles
from penjing_gui.inspect.layer_tree import LayerTree
from penjing_gui.inspect.maps import Unit
from penjing_gui.theme import Theme
from penjing_gui.widgets.breadcrumb import Breadcrumb
from penjing_gui.widgets.data_table import TableAction, TableData
from penjing_gui.widgets.ink import label, set_ink
from penjing_gui.widgets.pane import Pane
from penjing_gui.widgets.picture import Picture, PictureMenu, of_widget
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
        self._base = 0
        self._words = [label(self.tr("Area")), label(self.tr("Colour"))]
        self.area = controls.title_combo(self.tr("Area"))
        self.colour = controls.title_combo(self.tr("Colour"))
        for word, combo in zip(self._words, (self.area, self.colour), strict=True):
            word.setBuddy(combo)
            self.add_tool(word)
            self.add_tool(combo)
        self._fill(self.area, "params")
        self._fill(self.colour, "macs")
        self.map = TreeMap(theme, self.tr("share, %"), self.tr("other"))
        self.map.setAccessibleName(self.tr("Tree map of the layers"))
        self.map.setMinimumHeight(110)
        self.picture_menu = PictureMenu(theme, self.picture)
        self.picture_menu.failed.connect(self.say_unwritten)
        self.add_tool(self.picture_menu)
        TableAction(self.map, self.table)
        self.picture_menu.offer_in(self.map)
        self.path = Breadcrumb(theme)
        self.path.setAccessibleName(self.tr("Module shown"))
        self.path.chosen.connect(self._back_to)
        self.path.hide()
        self.map.entered.connect(self.enter)
        self.map.left.connect(self.leave)
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(12, 6, 6, 10)
        layout.setSpacing(4)
        layout.addWidget(self.path)
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
            known = cost != "latency_ms" if self._tree is None else self._tree.sums[cost][0] > 0
            if known:
                combo.addItem(maps.cost_name(cost, self._unit), cost)
        if not combo.count():  # a file of empty tensors costs nothing at all
            combo.addItem(maps.cost_name(COSTS[0], self._unit), COSTS[0])
        combo.setCurrentIndex(max(0, combo.findData(chosen)))
        combo.blockSignals(False)

    def set_tree(self, tree: LayerTree | None, unit: Unit) -> None:
        """Show a model's layers."""
        if tree is None or self._tree is None or tree.names != self._tree.names:
            self._base = 0
        self._tree, self._unit = tree, unit
        self._fill(self.area, str(self.area.currentData()))
        self._fill(self.colour, str(self.colour.currentData()))
        self._draw()

    def show_selected(self, name: str) -> None:
        """Frame a layer's tile."""
        self._selected = name
        tree = self._tree
        if tree is not None and self._base and name:
            node = tree.find(name)
            if not self._base <= node < tree.end[self._base]:
                self._show_module(0)  # what is selected is elsewhere
        self.map.select(name)

    # Modules

    def enter(self, name: str) -> None:
        """Into the module in which a part is."""
        if self._tree is not None:
            base = tiles.inward(self._tree, self._base, name)
            if base != self._base:
                self._show_module(base)

    def leave(self) -> None:
        """Back to the module above."""
        if self._tree is not None and self._base:
            self._show_module(tiles.path_to(self._tree, self._base)[-2])

    def _back_to(self, place: int) -> None:
        if self._tree is not None:
            self._show_module(tiles.path_to(self._tree, self._base)[place])
            self.map.setFocus()

    def _show_module(self, base: int) -> None:
        self._base = base
        self._draw()

    def _draw(self, *_: object) -> None:
        area, colour = str(self.area.currentData()), str(self.colour.currentData())
        tree = self._tree
        self.path.set_path([tree.labels[node] for node in tiles.path_to(tree, self._base)] if tree else [])
        of = self.tr("share of {cost}, %").format(cost=self._lower(colour))
        if self._tree is None:
            self.map.set_data(TreeMapData(), of)
            self.map.setAccessibleDescription("")
            return
        self.map.set_data(tiles.tree_map_data(self._tree, self._unit, area, colour, self._base), of)
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

    def table(self) -> TableData:
        """What is drawn, in exact figures."""
        assert self._tree is not None
        area, colour = str(self.area.currentData()), str(self.colour.currentData())
        return tiles.tile_table(self._tree, self._unit, area, colour, self._base)

    def picture(self) -> Picture | None:
        """The map as it is."""
        if self._tree is None:
            return None
        return of_widget(self.map, f"{self._tree.labels[0]}-tree-map", self.theme)

    def say_unwritten(self, path: Path, why: str) -> None:
        """A picture could not be written."""
        self.show_failure(controls.unwritten(path, why))

    def _lower(self, cost: str) -> str:
        """A cost's name inside a sentence: FLOPs and MACs keep their capitals."""
        name = maps.cost_name(cost, self._unit)
        return name if cost == "macs" else name[:1].lower() + name[1:]

    def apply_theme(self, theme: Theme) -> None:
        """Take over another theme."""
        super().apply_theme(theme)
        self.map.set_theme(theme)
        self.path.apply_theme(theme)
        self.picture_menu.set_theme(theme)
        for word in self._words:
            set_ink(word, theme.text2)
