"""What a long cost table can be folded by, and how concentrated a cost is. No torch.

A block repeats where siblings next to each other hold the same layers at the same costs: a transformer's twelve
encoder layers, or the later blocks of a ResNet's stage; also in turn, as Linear, ReLU, Linear, ReLU.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass

from penjing.spec.costs import SELF, CostTable, Row

Signature = tuple[object, ...]
LONGEST = 4  # siblings in turn that are one block: Linear, BatchNorm, ReLU, Dropout, and again


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
    """A module of the tree: its children's last names and their nodes, and its row where it has one."""

    row: Row | None = None
    names: Sequence[str] = ()
    children: Sequence[_Node] = ()
    signature: int = -1  # the same number for the same costs, all the way down

    def add(self, name: str, child: _Node) -> None:
        """Append a child. Most nodes have none, and no lists."""
        if isinstance(self.names, list) and isinstance(self.children, list):
            self.names.append(name)
            self.children.append(child)
        else:
            self.names, self.children = [name], [child]


Run = tuple[int, int, int]  # where it starts, its period, how often it stands there


def repeats(table: CostTable, least: int = 2, longest: int = LONGEST) -> tuple[Repeat, ...]:
    """Runs of at least `least` identical siblings, a parent before what is inside it.

    Siblings are identical where their names differ in their numbers only, and their layers agree in relative name,
    kind, calls, channels, shape, parameters and MACs. `longest` is the number of siblings that one block may be made
    of: with 1, Linear, ReLU, Linear, ReLU is none.
    """
    found: list[Repeat] = []
    known: dict[int, list[Run]] = {}  # by signature: what is inside a repeated block is looked at once
    pending: list[tuple[str, _Node]] = [("", _tree(table))]
    while pending:
        parent, node = pending.pop()
        prefix = f"{parent}." if parent else ""
        if node.signature not in known:
            blocks = [(_unnumbered(name), one.signature) for name, one in _blocks(node)]
            known[node.signature] = _runs(blocks, least, longest)
        if known[node.signature]:
            names = [prefix + name for name, _ in _blocks(node)]
            for start, period, count in known[node.signature]:
                found.append(Repeat(parent, tuple(names[start : start + period * count]), period))
        inner = [
            (prefix + name, one) for name, one in zip(node.names, node.children, strict=True) if one.children
        ]
        pending.extend(reversed(inner))
    return tuple(found)


def _blocks(node: _Node) -> list[tuple[str, _Node]]:
    """A module's children but for its own work."""
    return [(name, one) for name, one in zip(node.names, node.children, strict=True) if name != SELF]


def _unnumbered(name: str) -> str:
    """A name without its digits: query and key projections are not one block twice."""
    return name.translate(_WITHOUT_DIGITS)


_WITHOUT_DIGITS = str.maketrans("", "", "0123456789")


def _tree(table: CostTable) -> _Node:
    root = _Node()
    at = {"": root}  # parents stand before their children

    def node_of(path: str) -> _Node:
        parts = path.split(".")
        known = len(parts)
        while known and ".".join(parts[:known]) not in at:
            known -= 1
        node = at[".".join(parts[:known])]
        for end in range(known, len(parts)):
            below = _Node()
            node.add(parts[end], below)
            at[".".join(parts[: end + 1])] = node = below
        return node

    for row in table.rows:
        parent, _, last = row.name.rpartition(".")
        above = at.get(parent) or node_of(parent)
        if row.name in at:
            at[row.name].row = row
            continue
        at[row.name] = node = _Node(row)
        above.add(last, node)
    numbers: dict[Signature, int] = {}
    for node in reversed(at.values()):
        own = _costs(node.row) if node.row is not None else ()
        whole = (own, *node.names, *[one.signature for one in node.children])
        node.signature = numbers.setdefault(whole, len(numbers))
    return root


def _costs(row: Row) -> Signature:
    channels = (row.in_channels, row.out_channels, row.groups, row.heads)
    return (row.kind, row.params, row.macs, row.calls, row.output_shape, channels)


def _runs(signatures: Sequence[Signature], least: int, longest: int) -> list[Run]:
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
