"""A cost table as a tree in NumPy columns: every container above its layers, with sums. No Qt.

Nodes stand in order of first call, parents before children, so a subtree is a slice: node `i` and everything
below it are the nodes `i` to `end[i] - 1`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from penjing.spec.costs import SELF, CostTable, Row

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NEARLY_ALL = 0.8  # of the layers in one part: then its children are the parts
COSTS = ("params", "macs", "activation_bytes", "weight_bytes", "latency_ms")


@dataclass(frozen=True, eq=False)
class Extra:
    """A column of a person's own figures: its title, and a value for each node (NaN where there is none)."""

    title: str
    values: Floats

    @cached_property
    def share(self) -> Floats:
        """Each layer's share of the sum; NaN throughout where some figure is negative or all are 0."""
        known = np.nan_to_num(self.values)
        whole = float(known.sum())
        if whole <= 0 or bool((known < 0).any()):
            return np.full(len(self.values), np.nan)
        return np.asarray(self.values / whole, dtype=np.float64)


@dataclass(frozen=True, eq=False)
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
    extra: tuple[Extra, ...] = ()

    def __len__(self) -> int:
        return len(self.names)

    @cached_property
    def _places(self) -> Mapping[str, int]:
        places: dict[str, int] = {}
        for node, name in enumerate(self.names):
            # a layer before a container of that name, the first before the others
            if name not in places or (self.rows[node] is not None and self.rows[places[name]] is None):
                places[name] = node
        return places

    @cached_property
    def plain_names(self) -> tuple[str, ...]:
        """The names as searches compare them."""
        return tuple(name.casefold() for name in self.names)

    @cached_property
    def kind_codes(self) -> tuple[tuple[str, ...], Ints]:
        """The distinct kinds, and for each node which of them it is."""
        codes: dict[str, int] = {}
        of = [codes.setdefault(kind, len(codes)) for kind in self.kinds]
        return tuple(codes), np.array(of, dtype=np.int64)

    @cached_property
    def shapes(self) -> frozenset[tuple[int, ...]]:
        """The distinct output shapes."""
        return frozenset(
            row.output_shape for row in self.rows if row is not None and row.output_shape is not None
        )

    @cached_property
    def blind(self) -> bool:
        """Whether nothing is known of what any layer costs to run: weights without an architecture."""
        return bool(self.leaf.any()) and int(self.unknown[0]) == int(self.leaf.sum())

    def unknown_macs(self) -> Bools:
        """Nodes of whose MACs nothing is known: layers that are not counted, and modules of such layers alone."""
        return np.asarray((self.unknown > 0) & (self.sums["macs"] == 0), dtype=np.bool_)

    @property
    def spatial(self) -> bool:
        """Whether any layer's output has channels, height and width."""
        return any(len(shape) == 3 for shape in self.shapes)

    def find(self, name: str) -> int:
        """Index of a node by its qualified name (a layer before a container of that name), or -1."""
        return self._places.get(name, -1) if name else 0

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

    @cached_property
    def _by_parent(self) -> tuple[Ints, Ints]:
        """All nodes by parent, and where each parent's children begin among them."""
        by_parent = np.argsort(self.parent, kind="stable")
        starts = np.searchsorted(self.parent[by_parent], np.arange(len(self) + 1))
        return by_parent, starts

    def children(self, node: int) -> Ints:
        """The nodes right below one, in order of first call."""
        by_parent, starts = self._by_parent
        children: Ints = by_parent[starts[node] : starts[node + 1]]
        return children

    @cached_property
    def tops(self) -> Ints:
        """For each node the part of the model it belongs to: see `parts`."""
        return self.parts(0)

    def parts(self, base: int) -> Ints:
        """For each node below `base` the part it belongs to: a node below the base, or itself where it is above.

        The base's children are the parts; one that holds nearly all layers and has modules of its own gives way to
        its children (a wrapper says nothing), and so on.
        """
        layers = max(1, int(self.leaf[base : self.end[base]].sum()))
        top = np.arange(len(self))
        running = np.concatenate([[0], np.cumsum(self.leaf)])
        while True:
            children = self.children(base)
            spans = self.end[children] - children
            first = int(children[0]) if children.size else 0
            top[first : first + int(spans.sum())] = np.repeat(children, spans)
            sizes = running[self.end[children]] - running[children]
            if not sizes.size or sizes.max() < NEARLY_ALL * layers:
                return top
            largest = int(children[sizes.argmax()])
            if self.leaf[self.children(largest)].all():
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
    """Make the tree: one pass over the rows, then NumPy."""
    parents: list[int] = [-1]
    names: list[str] = [""]
    labels: list[str] = [title(table)]
    rows: list[Row | None] = [None]
    containers: dict[str, int] = {"": 0}

    def container(name: str) -> int:
        above, _, label = name.rpartition(".")
        parent = containers[above] if above in containers else container(above)
        containers[name] = len(names)
        names.append(name)
        labels.append(label)
        parents.append(parent)
        rows.append(None)
        return containers[name]

    for row in table.rows:
        name = row.name or SELF
        above, _, label = name.rpartition(".")
        parent = containers[above] if above in containers else container(above)
        names.append(name)
        labels.append(label)
        parents.append(parent)
        rows.append(row)
    parent_of, depth, end, order = _preorder(parents)
    if order is not None:
        names, labels, rows = [names[n] for n in order], [labels[n] for n in order], [rows[n] for n in order]
    return _columns(table, names, labels, rows, parent_of, depth, end)


def _preorder(parents: list[int]) -> tuple[Ints, Ints, Ints, list[int] | None]:
    """Parent, depth and end by place in preorder, and that order where it is not the present one.

    Parents stand before their children. A model whose modules are called one after the other is in preorder
    already; where it comes back to a module later, that module's layers are brought together.
    """
    count = len(parents)
    size = [1] * count
    for node in range(count - 1, 0, -1):
        size[parents[node]] += size[node]
    # the place of each node: after its parent and the siblings before it
    place, taken, depth = [0] * count, [1] * count, [0] * count
    for node in range(1, count):
        above = parents[node]
        place[node] = place[above] + taken[above]
        taken[above] += size[node]
        depth[node] = depth[above] + 1
    places = np.array(place, dtype=np.int64)
    result = np.empty((3, count), dtype=np.int64)
    result[0, places] = np.where(np.array(parents) >= 0, places[np.array(parents)], -1)
    result[1, places] = depth
    result[2, places] = places + np.array(size)
    if np.array_equal(places, np.arange(count)):
        return result[0], result[1], result[2], None
    return result[0], result[1], result[2], np.argsort(places).tolist()


def _columns(
    table: CostTable,
    names: Sequence[str],
    labels: Sequence[str],
    rows: Sequence[Row | None],
    parent: Ints,
    depth: Ints,
    end: Ints,
) -> LayerTree:
    leaf = np.array([row is not None for row in rows], dtype=np.bool_)
    places = np.flatnonzero(leaf)
    layers = [row for row in rows if row is not None]
    nan = float("nan")
    run = any(row.macs is not None for row in layers)  # else they are weights without an architecture
    found: dict[str, list[float]] = {
        "params": [row.params for row in layers],
        "macs": [nan if row.macs is None else row.macs for row in layers],
        "activation_bytes": [row.activation_bytes if run else nan for row in layers],
        "weight_bytes": [row.weight_bytes for row in layers],
        "latency_ms": [nan if row.latency_ms is None else row.latency_ms for row in layers],
    }
    own: dict[str, Floats] = {}
    sums: dict[str, Floats] = {}
    for cost in COSTS:
        own[cost] = np.zeros(len(rows))
        own[cost][places] = found[cost]
        running = np.concatenate([[0.0], np.cumsum(np.nan_to_num(own[cost]))])
        sums[cost] = running[end] - running[:-1]
    missing = np.concatenate([[0], np.cumsum(np.isnan(own["macs"]))])
    return LayerTree(
        names=tuple(names),
        labels=tuple(labels),
        kinds=tuple(
            row.kind if row is not None else table.modules.get(name, "")
            for name, row in zip(names, rows, strict=True)
        ),
        rows=tuple(rows),
        parent=parent,
        depth=depth,
        end=end,
        leaf=leaf,
        own=own,
        sums=sums,
        unknown=(missing[end] - missing[:-1]).astype(np.int64),
        costless=_costless(table, rows),
    )


def _costless(table: CostTable, rows: Sequence[Row | None]) -> Bools:
    """Layers without parameters and MACs whose output has the shape of an output that feeds them."""
    quiet = {row.name for row in table.rows if not row.params and row.macs == 0}
    shapes = {row.name: row.output_shape for row in table.rows} if quiet else {}
    handed_on = {
        target
        for source, target in table.edges
        if target in quiet and source in shapes and shapes[source] == shapes[target]
    }
    return np.array(
        [
            row is not None and row.name in quiet and (not row.activation_bytes or row.name in handed_on)
            for row in rows
        ],
        dtype=np.bool_,
    )
