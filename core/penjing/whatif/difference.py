"""Two cost tables side by side: which layer is which, and what differs. No torch.

Layers are the same where they have the same name. What is left is matched by its place: layers of the same kinds in
the same order, so that one architecture under two libraries' names still meets itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from penjing.spec.costs import SELF, CostTable, Row

Matched = Literal["name", "position", ""]
COSTS = ("params", "macs", "weight_bytes", "activation_bytes", "latency_ms")
MOST_CELLS = 4_000_000  # of an alignment; beyond it only the common beginning and end are matched


@dataclass(frozen=True, slots=True)
class Pair:
    """One layer in both models, or in one of them only. `name` is the first's where it has it."""

    name: str
    first: Row | None
    second: Row | None
    matched: Matched = ""

    def delta(self, key: str) -> float | None:
        """Second minus first. A layer that is not there costs nothing; None where a side's figure is not known."""
        before, after = _value(self.first, key), _value(self.second, key)
        return None if before is None or after is None else after - before

    def relative(self, key: str) -> float | None:
        """`delta` as a share of the first; None where the first has none."""
        before, change = _value(self.first, key), self.delta(key)
        return None if change is None or not before else change / before

    def to_json(self) -> dict[str, Any]:
        """Both rows and the differences."""
        return {
            "name": self.name,
            "matched": self.matched or None,
            "first": self.first.to_json() if self.first else None,
            "second": self.second.to_json() if self.second else None,
            "delta": {key: self.delta(key) for key in COSTS},
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """Two tables matched, in the first's order; what only the second has stands where it is there."""

    first: CostTable
    second: CostTable
    pairs: tuple[Pair, ...]

    def to_json(self) -> dict[str, Any]:
        """The document of `penjing inspect MODEL --against MODEL2 --json`."""
        one, other = self.first.totals, self.second.totals
        return {
            "first": _head(self.first),
            "second": _head(self.second),
            "delta": {key: getattr(other, key) - getattr(one, key) for key in COSTS[:-1]},
            "layers": [pair.to_json() for pair in self.pairs],
        }


def difference(first: CostTable, second: CostTable) -> Difference:
    """Match the rows of two tables."""
    rows, others = first.rows, second.rows
    partner: dict[int, tuple[int, Matched]] = {}
    at = {row.name: index for index, row in enumerate(others)}
    for index, row in enumerate(rows):
        if row.name in at:
            partner[index] = (at[row.name], "name")
    taken = {index for index, _ in partner.values()}
    left = [index for index in range(len(rows)) if index not in partner]
    right = [index for index in range(len(others)) if index not in taken]
    for i, j in _aligned([_kind(rows[i]) for i in left], [_kind(others[j]) for j in right]):
        partner[left[i]] = (right[j], "position")
    return Difference(first, second, tuple(_pairs(rows, others, partner)))


def _pairs(
    rows: Sequence[Row], others: Sequence[Row], partner: dict[int, tuple[int, Matched]]
) -> Iterator[Pair]:
    matched = {index for index, _ in partner.values()}
    after: dict[int, list[Row]] = {}  # what only the second has, under the matched layer before it
    last = -1
    for index, row in enumerate(others):
        if index in matched:
            last = index
        else:
            after.setdefault(last, []).append(row)
    yield from (Pair(row.name, None, row) for row in after.get(-1, ()))
    for index, row in enumerate(rows):
        if index not in partner:
            yield Pair(row.name, row, None)
            continue
        other, how = partner[index]
        yield Pair(row.name, row, others[other], how)
        yield from (Pair(one.name, None, one) for one in after.get(other, ()))


def _aligned(left: Sequence[str], right: Sequence[str]) -> list[tuple[int, int]]:
    """Positions of the two sequences that belong together, in order."""
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    end = 0
    while end < min(len(left), len(right)) - start and left[-1 - end] == right[-1 - end]:
        end += 1
    pairs = [(index, index) for index in range(start)]
    middle, other = left[start : len(left) - end], right[start : len(right) - end]
    if middle and other and len(middle) * len(other) <= MOST_CELLS:
        for i, j, size in SequenceMatcher(None, middle, other, autojunk=False).get_matching_blocks():
            pairs.extend((start + i + step, start + j + step) for step in range(size))
    pairs.extend((len(left) - 1 - index, len(right) - 1 - index) for index in reversed(range(end)))
    return pairs


def _kind(row: Row) -> str:
    """What a layer is, whoever wrote its class: work outside leaves is of one kind."""
    return SELF if row.name == SELF or row.name.endswith(f".{SELF}") else row.kind


def _value(row: Row | None, key: str) -> float | None:
    if row is None:
        return None if key == "latency_ms" else 0
    value: float | None = getattr(row, key)
    return value


def _head(table: CostTable) -> dict[str, Any]:
    return {"model": table.model, "format": table.format, "totals": table.totals.to_json()}
