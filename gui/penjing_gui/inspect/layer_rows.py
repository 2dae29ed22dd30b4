"""The rows of the layer table: which nodes of a tree stand in which line, as filter, order, modules and folds say.

No Qt. All of it is NumPy over the whole tree, so that 100,000 layers are sorted and filtered in an instant.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from penjing_gui.inspect import columns, folding, order
from penjing_gui.inspect.folding import Fold
from penjing_gui.inspect.layer_tree import Bools, Floats, Ints, LayerTree


@dataclass(frozen=True, slots=True)
class Filter:
    """What is looked for. The range is of the column `cost`, in its own figures (FLOPs where FLOPs are shown)."""

    text: str = ""
    kind: str = ""
    with_costless: bool = False
    cost: columns.Key | None = None
    low: float | None = None
    high: float | None = None

    @property
    def narrows(self) -> bool:
        """Whether anything is looked for: then all that is found is shown, modules open and blocks unfolded."""
        return bool(self.text.strip() or self.kind or self.ranged)

    @property
    def ranged(self) -> bool:
        """Whether a range is given."""
        return self.cost is not None and (self.low is not None or self.high is not None)


class LayerRows:
    """State and arrangement of the rows of one tree. `nodes[row]` is the node in a row, `place[node]` its row or −1."""

    def __init__(self, tree: LayerTree | None = None, factor: int = 2) -> None:
        self.tree = tree
        self.factor = factor
        self.filter = Filter()
        self.sorting: tuple[int, bool] | None = None
        self.flat = False
        self._columns: dict[str, columns.Column] = {}
        count = len(tree) if tree is not None else 0
        self.closed: Bools = np.zeros(count, dtype=np.bool_)
        found = folding.folds(tree) if tree is not None else ()
        self.folds: dict[int, Fold] = {fold.first: fold for fold in found}
        self._shown = {node: fold for fold in found for node in fold.block}
        self._first = {node: fold.first for fold in found for node in fold.rest}
        self.folded: set[int] = set(self.folds)
        self.visible: Bools = np.zeros(count, dtype=np.bool_)
        self.nodes: Ints = np.zeros(0, dtype=np.int64)
        self.place: Ints = np.zeros(count, dtype=np.int64)
        self.below: Ints = np.zeros(count, dtype=np.int64)
        self._keys: dict[tuple[int, bool], Floats | Ints] = {}
        if tree is not None:
            self.close_below(order.open_depth(tree, ~self._covered(np.zeros(0, dtype=np.int64))))
            self.look()

    def set_factor(self, factor: int) -> None:
        """FLOPs (2) or MACs (1); a range of FLOPs is then a range of MACs."""
        self.factor = factor
        for key in ("macs", "macs_share"):
            self._columns.pop(key, None)

    def column(self, index: int) -> columns.Column:
        """The numbers of a numeric column."""
        assert self.tree is not None
        key = columns.KEYS[index]
        if key not in self._columns:
            self._columns[key] = columns.column(self.tree, key, self.factor)
        return self._columns[key]

    # Which rows there are

    def close_below(self, depth: int) -> None:
        """Close every module from this depth on, open those above."""
        if self.tree is not None:
            self.closed = ~self.tree.leaf & (self.tree.depth >= depth)

    def look(self) -> None:
        """Filter anew, then arrange."""
        if self.tree is None:
            return
        wanted = self.filter
        values = (
            self.column(columns.KEYS.index(wanted.cost)).values
            if wanted.ranged and wanted.cost is not None
            else None
        )
        self.visible = order.shown(
            self.tree, wanted.text, wanted.kind, wanted.with_costless, values, wanted.low, wanted.high
        )
        self.below = order.below(self.tree, self.visible) - 1
        self.arrange()

    def arrange(self) -> None:
        """Put the rows in order."""
        if self.tree is None:
            return
        key, descending = self._key()
        if self.flat:
            self.nodes = order.listed(self.tree, self.visible, key, descending)
        else:
            displayed = self.visible & ~self._covered(np.flatnonzero(self.closed))
            self.nodes = order.arranged(self.tree, displayed, key, descending)
        self.place = np.full(len(self.tree), -1, dtype=np.int64)
        self.place[self.nodes] = np.arange(len(self.nodes))

    def _covered(self, closed: Ints) -> Bools:
        assert self.tree is not None
        if self.filter.narrows:
            return np.zeros(len(self.tree), dtype=np.bool_)
        rest = [node for first in self.folded for node in self.folds[first].rest]
        return order.covered(self.tree, closed, np.array(rest, dtype=np.int64))

    def layers(self) -> Ints:
        """The layers that pass the filter, in the order of the table, those in closed modules and folds too."""
        if self.tree is None:
            return np.zeros(0, dtype=np.int64)
        key, descending = self._key()
        nodes = order.arranged(self.tree, self.visible, key, descending) if not self.flat else self.nodes
        return nodes[self.tree.leaf[nodes]]

    # Order

    def _key(self) -> tuple[Floats | Ints | None, bool]:
        if self.sorting is None or self.tree is None:
            return None, False
        column, descending = self.sorting
        key = columns.KEYS[column]
        if key in columns.NUMERIC:
            return self.column(column).values, descending
        if (column, self.flat) not in self._keys:
            self._keys[column, self.flat] = self._text_key(key)
        return self._keys[column, self.flat], descending

    def _text_key(self, key: columns.Key) -> Floats | Ints:
        tree = self.tree
        assert tree is not None
        if key == "kind":
            return np.asarray(order.text_rank(tree.kind_codes[0])[tree.kind_codes[1]])
        if key == "output":
            shapes = [row.output_shape if row is not None else None for row in tree.rows]
            return np.array([math.prod(shape) if shape else np.nan for shape in shapes], dtype=np.float64)
        labels = order.text_rank(tree.labels)
        if not self.flat:
            return labels
        # whole names sort as their parts do, one after the other
        rank = np.empty(len(tree), dtype=np.int64)
        rank[order.arranged(tree, np.ones(len(tree), dtype=np.bool_), labels)] = np.arange(len(tree))
        return rank

    # Modules and folds

    def has_below(self, node: int) -> bool:
        """Whether a module has rows that it can show or hide."""
        return not self.flat and self.tree is not None and not self.tree.leaf[node] and self.below[node] > 0

    def is_open(self, node: int) -> bool:
        """Whether a module shows what is in it."""
        return self.has_below(node) and (self.filter.narrows or not self.closed[node])

    def fold(self, node: int) -> Fold | None:
        """The fold that a node stands for (it is of the first of identical blocks), where folds are shown."""
        return None if self.flat or self.filter.narrows else self._shown.get(node)

    def is_folded(self, node: int) -> bool:
        """Whether a node stands for others that are not shown."""
        fold = self._shown.get(node)
        return fold is not None and fold.first in self.folded

    def level(self, node: int) -> int:
        """How far a row is indented."""
        assert self.tree is not None
        return int(bool(node)) if self.flat else int(self.tree.depth[node])

    def reveal(self, node: int) -> bool:
        """Open the modules and folds above a node; whether anything was shut."""
        assert self.tree is not None
        changed = False
        at = node
        while at > 0:
            if (first := self._first.get(at)) in self.folded and first is not None:
                self.folded.discard(first)
                changed = True
            at = int(self.tree.parent[at])
            if at >= 0 and self.closed[at]:
                self.closed[at] = False
                changed = True
        return changed

    def take_over(self, other: LayerRows) -> None:
        """Open, fold, sort and filter as another arrangement of the same layers."""
        self.filter, self.sorting, self.flat = other.filter, other.sorting, other.flat
        self.closed = other.closed.copy()
        self.folded = {first for first in self.folds if first in other.folded or first not in other.folds}
        self.look()

    def spread(self, nodes: Iterable[int]) -> Ints:
        """The layers in these nodes and below them, each once: what a selection adds up."""
        if self.tree is None:
            return np.zeros(0, dtype=np.int64)
        marked = order.covered(self.tree, np.zeros(0, dtype=np.int64), np.fromiter(nodes, dtype=np.int64))
        return np.flatnonzero(marked & self.tree.leaf)
