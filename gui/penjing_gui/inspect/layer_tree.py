"""A cost table as a tree in NumPy columns: every container above its layers, with sums. No Qt.

Nodes stand in order of first call, parents before children, so a subtree is a slice: node `i` and everything
below it are the nodes `i` to `end[i] - 1`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from penjing.spec.costs import SELF, CostTable, Row

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NEARLY_ALL = 0.8  # of the layers in one part: then its children are the parts
COSTS = ("params", "macs", "activation_bytes", "weight_bytes", "latency_ms")


@dataclass(frozen=True, slots=True, eq=False)
class LayerTree:
    """Columns over all nodes; node 0 is the root (name "").

    `own` holds what a layer costs itself (NaN where unknown, 0 for containers), `sums` what it costs with
    everything below it (unknown counts as 0; `unknown` says how many layers below have no MACs counted).
    `costless` marks layers without parameters and MACs that hand on what they get: activations, dropout.
    """

    names: tuple[str, ...]
    labels: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: tuple[Row | None, ...]
    parent: Ints
    depth: Ints
    end: Ints
    leaf: Bools
    own: Mapping[str, Floats]
    sums: Mapping[str, Floats]
    unknown: Ints
    costless: Bools

    def __len__(self) -> int:
        return len(self.names)

    def find(self, name: str) -> int:
        """Index of a node by its qualified name (a layer before a container of that name), or -1."""
        if not name:
            return 0
        found = [i for i, one in enumerate(self.names) if one == name]
        return next((i for i in found if self.leaf[i]), found[0] if found else -1)

    def share(self, cost: str) -> Floats:
        """Each node's share of the model's total, 0 to 1; NaN where it or the total is unknown."""
        total = self.sums[cost][0]
        values = np.where(self.leaf, self.own[cost], self.sums[cost])
        if not total:
            return np.where(np.isnan(values), np.nan, 0.0)
        return np.asarray(values / total, dtype=np.float64)

    def layers(self) -> Ints:
        """Indices of the layers (nodes without children), in order of first call."""
        return np.flatnonzero(self.leaf)

    def tops(self) -> Ints:
        """For each node the part of the model it belongs to: a node below the root, or itself where it is above.

        The root's children are the parts; one that holds nearly all layers and has modules of its own gives way to
        its children (a wrapper says nothing), and so on.
        """
        layers = max(1, int(self.leaf.sum()))
        top = np.arange(len(self))
        base = 0
        while True:
            children = np.flatnonzero(self.parent == base)
            for child in children:
                top[child : self.end[child]] = child
            sizes = np.array([int(self.leaf[c : self.end[c]].sum()) for c in children])
            if not sizes.size or sizes.max() < NEARLY_ALL * layers:
                return top
            largest = int(children[sizes.argmax()])
            modules = np.flatnonzero((self.parent == largest) & ~self.leaf)
            if not modules.size:
                return top
            top[largest] = largest
            base = largest


def title(table: CostTable) -> str:
    """A short name for the model: the reference without its scheme and folders."""
    reference = table.model
    scheme, colon, rest = reference.partition(":")
    if colon and scheme == "py":
        return rest.rpartition(":")[2] or reference
    if colon and scheme in ("torchvision", "timm", "hf", "sample"):
        reference = rest
    return re.split(r"[\\/]", reference.rstrip("\\/"))[-1] or table.model


def build(table: CostTable) -> LayerTree:
    """Make the tree. Cost is linear in layers × depth."""
    parents: list[int] = [-1]
    names: list[str] = [""]
    rows: list[Row | None] = [None]
    children: dict[int, list[int]] = {0: []}
    containers: dict[str, int] = {"": 0}
    for row in table.rows:
        parts = row.name.split(".") if row.name else [SELF]
        above = 0
        for length in range(1, len(parts)):
            prefix = ".".join(parts[:length])
            if prefix not in containers:
                containers[prefix] = len(names)
                children[len(names)] = []
                children[above].append(len(names))
                names.append(prefix)
                parents.append(above)
                rows.append(None)
            above = containers[prefix]
        children[above].append(len(names))
        names.append(row.name or SELF)
        parents.append(above)
        rows.append(row)
    return _preorder(table, names, parents, rows, children)


def _preorder(
    table: CostTable,
    names: list[str],
    parents: list[int],
    rows: list[Row | None],
    children: Mapping[int, list[int]],
) -> LayerTree:
    order: list[int] = []
    stack = [0]
    while stack:
        node = stack.pop()
        order.append(node)
        stack.extend(reversed(children.get(node, [])))
    place = {node: index for index, node in enumerate(order)}
    parent = np.array([place[parents[n]] if n else -1 for n in order], dtype=np.int64)
    count = len(order)
    depth = np.zeros(count, dtype=np.int64)
    end = np.arange(1, count + 1)
    for i in range(1, count):
        depth[i] = depth[parent[i]] + 1
    for i in range(count - 1, 0, -1):
        end[parent[i]] = max(end[parent[i]], end[i])
    ordered = tuple(rows[n] for n in order)
    leaf = np.array([row is not None for row in ordered], dtype=np.bool_)
    own = {cost: _column(ordered, cost) for cost in COSTS}
    sums: dict[str, Floats] = {}
    for cost, values in own.items():
        running = np.concatenate([[0.0], np.cumsum(np.nan_to_num(values))])
        sums[cost] = running[end] - running[:-1]
    missing = np.concatenate([[0], np.cumsum(np.isnan(own["macs"]))])
    return LayerTree(
        names=tuple(names[n] for n in order),
        labels=tuple(names[n].rpartition(".")[2] if n else title(table) for n in order),
        kinds=tuple(
            row.kind if row else table.modules.get(names[n], "")
            for n, row in zip(order, ordered, strict=True)
        ),
        rows=ordered,
        parent=parent,
        depth=depth,
        end=end,
        leaf=leaf,
        own=own,
        sums=sums,
        unknown=(missing[end] - missing[:-1]).astype(np.int64),
        costless=_costless(table, ordered),
    )


def _costless(table: CostTable, rows: tuple[Row | None, ...]) -> Bools:
    """Layers without parameters and MACs whose output has the shape of an output that feeds them."""
    shapes = {row.name: row.output_shape for row in table.rows}
    sources: dict[str, set[tuple[int, ...] | None]] = {}
    for source, target in table.edges:
        sources.setdefault(target, set()).add(shapes.get(source))

    def quiet(row: Row | None) -> bool:
        if row is None or row.params or row.macs is None or row.macs:
            return False
        return not row.activation_bytes or row.output_shape in sources.get(row.name, ())

    return np.array([quiet(row) for row in rows], dtype=np.bool_)


def _column(rows: tuple[Row | None, ...], cost: str) -> Floats:
    def value(row: Row | None) -> float:
        if row is None:
            return 0.0
        found = getattr(row, cost)
        return float("nan") if found is None else float(found)

    return np.array([value(row) for row in rows], dtype=np.float64)
