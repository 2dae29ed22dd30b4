"""Identical blocks that stand next to each other, found on a layer tree's columns. No Qt.

The same blocks as `penjing.whatif.blocks.repeats` finds, for the ones that a table folds: siblings that are numbered
(`layer.0`, `layer.1`; never `query`, `key`, `value`), one by one or several in turn (Linear, ReLU, Linear, ReLU). Done
with NumPy, because a table of 100,000 rows has to stand there at once: two subtrees are equal where their slices of the
preorder have the same rolling hash.
"""

from __future__ import annotations

import heapq
import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from penjing.spec.costs import SELF
from penjing.whatif.blocks import LONGEST
from penjing_gui.inspect.layer_tree import LayerTree

LEAST_BLOCKS = 2  # modules in a row that are folded
LEAST_LAYERS = 4  # blocks of single layers that are folded: fewer are as quickly read as counted
_NUMBER = re.compile(r"\d+$")
_FACTOR = np.uint64(6364136223846793005)  # odd, so that its powers never vanish (Knuth's MMIX generator)


Run = tuple[int, int, int, int]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Fold:
    """Identical blocks: their nodes in order, `period` of them a block."""

    nodes: tuple[int, ...]
    period: int = 1

    @property
    def first(self) -> int:
        """The node that names the fold."""
        return self.nodes[0]

    @property
    def block(self) -> tuple[int, ...]:
        """The nodes that stand for all."""
        return self.nodes[: self.period]

    @property
    def rest(self) -> tuple[int, ...]:
        """The nodes that are folded away."""
        return self.nodes[self.period :]

    @property
    def count(self) -> int:
        """How many blocks there are."""
        return len(self.nodes) // self.period


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
    stems: dict[str, int] = {}
    stem = np.array([stems.setdefault(_stem(label), len(stems)) for label in tree.labels], dtype=np.int64)
    numbered = np.array(["#" in one and SELF not in one for one in stems], dtype=np.bool_)[stem]
    nodes = np.argsort(tree.parent, kind="stable")  # siblings stand beside each other, in their order
    runs: list[Run] = []
    for period in range(1, LONGEST + 1):
        a, b = nodes[:-period], nodes[period:]
        same = (
            (tree.parent[a] == tree.parent[b])
            & (tree.end[a] - a == tree.end[b] - b)
            & (own[a] == own[b])
            & (whole[a] == whole[b])
            & (tree.leaf[a] == tree.leaf[b])
            & (stem[a] == stem[b])
            & numbered[a]
        )
        runs += _runs(same, tree.leaf[nodes], period)
    found = [
        Fold(tuple(nodes[start : start + long].tolist()), period) for start, long, period in _apart(runs)
    ]
    return tuple(sorted(found, key=lambda fold: fold.first))


def _runs(same: Bools, leaf: Bools, period: int) -> list[Run]:
    """Where siblings are as those `period` before them: (start, end, period, how many blocks are enough)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], same, [False]]).astype(np.int8))).reshape(-1, 2)
    start, end = edges[:, 0], edges[:, 1] + period
    modules = np.concatenate([[0], np.cumsum(~leaf)])
    alone = modules[np.minimum(start + period, len(leaf))] == modules[start]
    least = np.where(alone, LEAST_LAYERS, LEAST_BLOCKS)
    enough = (end - start) // period >= least
    kept = zip(start[enough].tolist(), end[enough].tolist(), least[enough].tolist(), strict=True)
    return [(first, last, period, count) for first, last, count in kept]


def _apart(runs: list[Run]) -> list[tuple[int, int, int]]:
    """(start, length, period) of runs that do not overlap: from the left, the one that covers most first."""
    waiting = [
        (start, -_covered(start, end, period), period, end, least) for start, end, period, least in runs
    ]
    heapq.heapify(waiting)
    taken, found = 0, []
    while waiting:
        start, covered, period, end, least = heapq.heappop(waiting)
        if start >= taken:
            found.append((start, -covered, period))
            taken = start - covered
        elif (end - taken) // period >= least:
            heapq.heappush(waiting, (taken, -_covered(taken, end, period), period, end, least))
    return found


def _covered(start: int, end: int, period: int) -> int:
    """How many siblings whole blocks hold."""
    return (end - start) // period * period
