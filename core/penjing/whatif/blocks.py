"""What a long cost table can be folded by, and how concentrated a cost is. No torch.

A block repeats where siblings next to each other hold the same layers at the same costs: a transformer's twelve
encoder layers, or the later blocks of a ResNet's stage.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass

from penjing.spec.costs import SELF, CostTable, Row

Signature = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """Identical blocks in a row: children of `parent` by qualified name, in order, `period` of them a block."""

    parent: str
    names: tuple[str, ...]
    period: int = 1

    @property
    def count(self) -> int:
        """How often the block stands there."""
        return len(self.names) // self.period


@dataclass(slots=True)
class _Node:
    """A module of the tree: its children by their qualified names, and its row where it has one."""

    children: dict[str, _Node]
    row: Row | None = None
    signature: Signature = ()


def repeats(table: CostTable, least: int = 2, longest: int = 1) -> tuple[Repeat, ...]:
    """Runs of at least `least` identical siblings, a parent before what is inside it.

    Siblings are identical where their names differ in their numbers only, and their layers agree in relative name,
    kind, calls, channels, shape, parameters and MACs. `longest` is the number of siblings that one block may be made
    of: 2 also finds Linear, ReLU, Linear, ReLU.
    """
    found: list[Repeat] = []
    pending: list[tuple[str, _Node]] = [("", _tree(table))]
    while pending:
        parent, node = pending.pop()
        names = [name for name in node.children if not _is_own(name)]
        signatures = [(_unnumbered(name), *node.children[name].signature) for name in names]
        found.extend(
            Repeat(parent, tuple(names[start : start + period * count]), period)
            for start, period, count in _runs(signatures, least, longest)
        )
        pending.extend((name, node.children[name]) for name in reversed(names))
    return tuple(found)


def _unnumbered(name: str) -> str:
    """The last part of a name without its digits: query and key projections are not one block twice."""
    return "".join(one for one in name.rpartition(".")[2] if not one.isdigit())


def _is_own(name: str) -> bool:
    return name == SELF or name.endswith(f".{SELF}")


def _tree(table: CostTable) -> _Node:
    root = _Node({})
    nodes: list[_Node] = [root]  # parents stand before their children
    for row in table:
        node, path = root, ""
        for part in row.name.split("."):
            path = f"{path}.{part}" if path else part
            if path not in node.children:
                node.children[path] = _Node({})
                nodes.append(node.children[path])
            node = node.children[path]
        node.row = row
    # A signature is a small number for everything below, so that deep trees are not compared again and again.
    seen: dict[Signature, int] = {}
    for node in reversed(nodes):
        own = _costs(node.row) if node.row is not None else ()
        below = tuple((name.rpartition(".")[2], child.signature) for name, child in node.children.items())
        whole = (own, below)
        node.signature = (seen.setdefault(whole, len(seen)),)
    return root


def _costs(row: Row) -> Signature:
    channels = (row.in_channels, row.out_channels, row.groups, row.heads)
    return (row.kind, row.params, row.macs, row.calls, row.output_shape, channels)


def _runs(signatures: Sequence[Signature], least: int, longest: int) -> list[tuple[int, int, int]]:
    """(start, period, count) of runs, from the left, the one that covers most first."""
    runs = []
    start = 0
    while start < len(signatures):
        best = (0, 1, 1)  # covered, −period, count
        for period in range(1, longest + 1):
            end = start + period
            while end < len(signatures) and signatures[end] == signatures[end - period]:
                end += 1
            count = (end - start) // period
            if count >= least:
                best = max(best, (count * period, -period, count))
        covered, period, count = best
        if covered:
            runs.append((start, -period, count))
        start += covered or 1
    return runs


@dataclass(frozen=True, slots=True)
class Concentration:
    """How a cost is spread: `order` has the largest first, `cumulative` the share that the first 1, 2, … hold."""

    order: tuple[int, ...]
    cumulative: tuple[float, ...]

    def share(self, layers: float) -> float:
        """The share of the cost in the most expensive `layers` (a share of all layers, rounded up)."""
        count = math.ceil(layers * len(self.cumulative) - 1e-9)
        return self.cumulative[min(count, len(self.cumulative)) - 1] if count > 0 and self.cumulative else 0.0

    def layers(self, share: float) -> int:
        """The fewest layers that together hold `share` of the cost; 0 where there is no cost."""
        if not self.cumulative or not self.cumulative[-1]:
            return 0
        return min(bisect.bisect_left(self.cumulative, share - 1e-12) + 1, len(self.cumulative))


def concentration(values: Sequence[float | None]) -> Concentration:
    """The spread of one cost over layers; what is not known counts as nothing."""
    known = [value or 0 for value in values]
    order = sorted(range(len(known)), key=lambda index: -known[index])
    total = sum(known)
    cumulative, held = [], 0.0
    for index in order:
        held += known[index]
        cumulative.append(held / total if total else 0.0)
    return Concentration(tuple(order), tuple(cumulative))
