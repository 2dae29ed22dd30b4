"""The pane of the selected layer: its facts, its weights, its neighbours."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from penjing.spec.costs import CostTable
from penjing.spec.messages import Failure
from penjing_gui.inspect.kernels_view import KernelsView
from penjing_gui.inspect.layer_facts import LayerFacts
from penjing_gui.inspect.layer_tree import LayerTree
from penjing_gui.inspect.maps import Unit
from penjing_gui.inspect.neighbours import Neighbours
from penjing_gui.inspect.weights_view import WeightsView
from penjing_gui.state import OpenModel, Workbench
from penjing_gui.theme import Theme
from penjing_gui.widgets.pane import Pane
from penjing_gui.widgets.segmented import Segmented

QUIET_MS = 120  # a selection has to rest so long before its weights are asked for


class LayerPane(Pane):
    """What is known about the selected layer or module. `picked` names a neighbour the person went to."""

    picked = Signal(str)

    def __init__(self, bench: Workbench) -> None:
        theme = bench.theme
        super().__init__(self.tr("Layer"), "inspect.layer", theme)
        self._bench = bench
        self._tree: LayerTree | None = None
        self._unit = Unit("FLOPs", 2)
        self._name = ""
        self._request: int | None = None
        self._asked_of: OpenModel | None = None
        self._replies: dict[tuple[str, str], dict[str, Any]] = {}
        self._known: tuple[CostTable | None, dict[str, list[str]], dict[str, list[str]]] | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(QUIET_MS)
        self._rest.timeout.connect(self._ask)
        self.tab = Segmented(
            theme,
            [
                ("weights", self.tr("Weights")),
                ("neighbours", self.tr("Neighbours")),
                ("kernels", self.tr("Kernels")),
            ],
            self.tr("What is shown of the layer"),
        )
        self.tab.chosen.connect(self._show_tab)
        self.add_tool(self.tab)
        self.facts = LayerFacts(theme)
        self.form = self.facts.form
        self.weights = WeightsView(theme)
        self.neighbours = Neighbours(theme)
        self.neighbours.picked.connect(self.picked)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.weights)
        self._stack.addWidget(self.neighbours)
        self.kernels = KernelsView(theme)
        self._stack.addWidget(self.kernels)
        body = QWidget()
        layout = QHBoxLayout(body)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(14)
        layout.addWidget(self.facts, 39)
        layout.addWidget(self._stack, 61)
        self.set_body(body)
        self.set_empty(self.tr("The selected layer appears here."))
        bench.groups_changed.connect(self._groups_changed)

    # What is shown

    def set_tree(self, tree: LayerTree | None, unit: Unit) -> None:
        """Take another model's layers."""
        if self._request is not None and not self._is_of_model():
            self._bench.session.drop(self._request)
            self._request = None
            self.clear_busy()
        self._tree, self._unit = tree, unit
        self._name = ""
        if tree is not None:
            self.clear_empty()

    def set_unit(self, unit: Unit) -> None:
        """Show FLOPs or MACs."""
        self._unit = unit
        self._fill()

    def show_selected(self, name: str) -> None:
        """Show a layer or module; "" is the whole model."""
        if self._tree is None:
            return
        self._name = name
        self.clear_failure()
        self._fill()
        self._rest.start()

    def _node(self) -> int:
        return self._tree.find(self._name) if self._tree is not None else -1

    def _fill(self) -> None:
        tree, node = self._tree, self._node()
        if tree is None or node < 0:
            return
        self.set_title(tree.names[node] or tree.labels[node])
        self.set_note(self._what(node))
        self.facts.show_node(tree, node, self._unit, self._summary())
        self._fill_neighbours()
        self._fill_weights()

    def _what(self, node: int) -> str:
        tree = self._tree
        assert tree is not None
        if node == 0:
            return self.tr("the whole model")
        return self.tr("selected layer") if tree.leaf[node] else self.tr("selected module")

    def _summary(self) -> str:
        """The layer in the worker's words; "" where they are not known."""
        summary = (self._reply() or {}).get("summary") or {}
        if not summary.get("code"):
            return ""
        said = self._bench.say(summary["code"], summary.get("params"))
        return "" if said.startswith(summary["code"]) else said

    def _show_tab(self, key: str) -> None:
        pages = {"weights": self.weights, "neighbours": self.neighbours, "kernels": self.kernels}
        self._stack.setCurrentWidget(pages[key])
        self._fill_kernels()

    # Neighbours: from the cost table and the coupled groups, at once

    def _fill_neighbours(self) -> None:
        sources, targets = self._edges()
        fed_by, feeds = list(sources.get(self._name, ())), list(targets.get(self._name, ()))
        coupled, said = self._coupled()
        reply = self._reply()
        if reply:
            fed_by = fed_by or list(reply.get("fed_by") or ())
            feeds = feeds or list(reply.get("feeds") or ())
        leaf = self._tree is not None and bool(self._tree.leaf[max(0, self._node())])
        for key, names in (("fed_by", fed_by), ("feeds", feeds), ("coupled", said)):
            self.facts.show_names(key, list(dict.fromkeys(names)), leaf)
        self.neighbours.set_names(
            list(dict.fromkeys(fed_by)), list(dict.fromkeys(feeds)), list(dict.fromkeys(coupled))
        )

    def _edges(self) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
        """Who feeds each layer and whom it feeds, found once a table."""
        table = self._bench.table
        if self._known is None or self._known[0] is not table:
            sources: dict[str, list[str]] = {}
            targets: dict[str, list[str]] = {}
            for source, target in table.edges if table is not None else ():
                sources.setdefault(target, []).append(source)
                targets.setdefault(source, []).append(target)
            self._known = (table, sources, targets)
        return self._known[1], self._known[2]

    def _coupled(self) -> tuple[list[str], list[str]]:
        """Layers that lose channels together with this one's outputs, as names and as words ("… inputs")."""
        names, said = [], []
        for group in self._bench.groups:
            if any(member.layer == self._name and member.side == "out" for member in group.members):
                for member in group.members:
                    if member.layer != self._name:
                        names.append(member.layer)
                        inputs = self.tr("{layer} inputs").format(layer=member.layer)
                        said.append(inputs if member.side == "in" else member.layer)
        return names, said

    def _groups_changed(self, _: object) -> None:
        if self._tree is not None:
            self._fill_neighbours()

    # Weights: from the session worker, when the selection rests

    def _key(self) -> tuple[str, str]:
        model = self._bench.model
        return (model.sha256 if model else "", self._name)

    def _reply(self) -> dict[str, Any] | None:
        return self._replies.get(self._key())

    def _ask(self) -> None:
        tree, node = self._tree, self._node()
        model = self._bench.model
        if tree is None or node <= 0 or not tree.leaf[node] or model is None or not model.network:
            return
        if self._reply() is not None or not tree.own["params"][node]:
            self._fill_weights()
            return
        if self._request is not None:
            self._bench.session.cancel(self._request)
        self._asked_of = model
        self._request = self._bench.session.request("layer", {"name": self._name}, self._done, self._failed)
        self.show_busy(self.tr("Reading weights"))

    def _is_of_model(self) -> bool:
        """Whether what was asked for is about the model that is open now."""
        return self._asked_of is self._bench.model

    def _done(self, value: dict[str, Any]) -> None:
        if not self._is_of_model():
            self._ended()
            return
        model = self._bench.model
        self._replies[(model.sha256 if model else "", str(value["name"]))] = value
        if len(self._replies) > 200:
            self._replies.pop(next(iter(self._replies)))
        if value["name"] == self._name:
            self._ended()
            self._fill()

    def _ended(self) -> None:
        self._request = None
        self.clear_busy()

    def _failed(self, failure: Failure) -> None:
        if failure.message.code == "session.cancelled":
            return
        self._ended()
        if self._is_of_model():
            self.show_failure(self._bench.say_parts(failure))

    def drop(self) -> None:
        """Ask for nothing more."""
        self._rest.stop()

    def _fill_weights(self) -> None:
        tree, node = self._tree, self._node()
        if tree is None or node < 0:
            return
        self._fill_kernels()
        model = self._bench.model
        if model is not None and not model.network:
            self.weights.say(
                self.tr(
                    "The numbers stay in the file: its names, shapes and types are read, and nothing else."
                )
            )
        elif not tree.leaf[node]:
            self.weights.say(self.tr("Select a layer to see its weights."))
        elif not tree.own["params"][node]:
            self.weights.say(self.tr("This layer has no weights."))
        else:
            self.weights.show_reply(self._reply())

    # Kernels: read from the worker's file when they are looked at

    def _fill_kernels(self) -> None:
        tree, node = self._tree, self._node()
        if tree is None or node < 0:
            return
        reply = self._reply()
        path = str((reply or {}).get("kernels") or "")
        looked_at = self._stack.currentWidget() is self.kernels
        model = self._bench.model
        weighs = bool(tree.leaf[node] and tree.own["params"][node]) and (model is None or model.network)
        waits = weighs and reply is None
        button = self.tab.button("kernels")
        button.setEnabled(bool(path) or looked_at or waits)
        button.setToolTip("" if path or waits else self.tr("Only convolutions have kernels to be drawn."))
        if not looked_at:
            return
        if path and reply is not None:
            self.kernels.show_file(path, int(reply.get("kernels_total") or 0))
        elif not waits:
            self.kernels.say(self.tr("This layer has no kernels that can be drawn."))

    def apply_theme(self, theme: Theme) -> None:
        """Take over another theme."""
        super().apply_theme(theme)
        self.kernels.set_theme(theme)
        self.tab.apply_theme(theme)
        self.form.apply_theme(theme)
        self.weights.set_theme(theme)
        self.neighbours.set_theme(theme)
