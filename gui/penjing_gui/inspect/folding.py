"""Identical blocks that stand next to each other, found on a layer tree's columns. No Qt.

The same blocks as `penjing.whatif.blocks.repeats` finds, for the ones that a table folds: siblings that are numbered
(`layer.0`, `layer.1`; never `query`, `key`, `value`). Done with NumPy, because a table of 100,000 rows has to stand
there at once: two subtrees are equal where their slices of the preorder have the same rolling hash.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from penjing.spec.costs import SELF
from penjing_gui.inspect.layer_tree import Ints, LayerTree

LEAST_BLOCKS = 2  # modules in a row that are folded
LEAST_LAYERS = 4  # single layers in a row that are folded: fewer are as quickly read as counted
_NUMBER = re.compile(r"\d+$")
_FACTOR = np.uint64(6364136223846793005)  # odd, so that its powers never vanish (Knuth's MMIX generator)


@dataclass(frozen=True, slots=True)
class Fold:
    """Identical siblings: the nodes of the first and of all others, in order."""

    first: int
    rest: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.rest) + 1


def _stem(label: str) -> str:
    return _NUMBER.sub("#", label)


def _hashes(*columns: npt.NDArray[np.generic]) -> npt.NDArray[np.uint64]:
    """One 64-bit number a node from columns of whole numbers."""
    mixed = np.zeros(len(columns[0]), dtype=np.uint64)
    for column in columns:
        mixed = (mixed ^ column.astype(np.int64).view(np.uint64)) * _FACTOR
        mixed ^= mixed >> np.uint64(29)
    return mixed


def folds(tree: LayerTree) -> tuple[Fold, ...]:
    """Runs of identical numbered siblings, a module before what is inside it."""
    count = len(tree)
    codes: dict[str, int] = {}
    labels = np.array([codes.setdefault(label, len(codes)) for label in tree.labels], dtype=np.int64)
    calls = np.array([row.calls if row is not None else 0 for row in tree.rows], dtype=np.int64)
    kinds = np.where(tree.leaf, tree.kind_codes[1], -1)
    macs = np.nan_to_num(tree.own["macs"], nan=-1.0)
    own = _hashes(kinds, tree.own["params"], macs, calls)
    below = _hashes(own, labels, tree.depth)
    with np.errstate(over="ignore"):
        powers = np.cumprod(np.full(count + 1, _FACTOR, dtype=np.uint64))
        running = np.concatenate([np.zeros(1, np.uint64), np.cumsum(below * powers[:-1])])
        start, end = np.arange(1, count + 1), tree.end
        # the slice's sum, moved to where it would stand at the end of all: equal slices are equal there
        whole = (running[end] - running[start]) * powers[count - start] if count else running
    by_parent = np.argsort(tree.parent, kind="stable")
    a, b = by_parent[:-1], by_parent[1:]
    same = (
        (tree.parent[a] == tree.parent[b])
        & (tree.end[a] - a == tree.end[b] - b)
        & (own[a] == own[b])
        & (whole[a] == whole[b])
        & (tree.leaf[a] == tree.leaf[b])
    )
    edges = np.flatnonzero(np.diff(np.concatenate([[False], same, [False]]).astype(np.int8)))
    found = [_fold(tree, by_parent[first : last + 1]) for first, last in edges.reshape(-1, 2).tolist()]
    return tuple(sorted((fold for fold in found if fold is not None), key=lambda fold: fold.first))


def _fold(tree: LayerTree, nodes: Ints) -> Fold | None:
    """A run of equal siblings as a fold, where they are numbered and there are enough of them."""
    least = LEAST_LAYERS if tree.leaf[nodes[0]] else LEAST_BLOCKS
    if len(nodes) < least:
        return None
    stem = _stem(tree.labels[nodes[0]])
    if "#" not in stem or SELF in stem or any(_stem(tree.labels[node]) != stem for node in nodes):
        return None
    return Fold(int(nodes[0]), tuple(nodes[1:].tolist()))
