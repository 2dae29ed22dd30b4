"""Two cost tables matched, as NumPy columns: both values and the change of each cost. No Qt.

Row 0 holds the totals; row i + 1 is the difference's pair i. NaN stands where a side has no such layer or its figure
is not known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from penjing.spec.costs import CostTable
from penjing.spec.pair_timing import PairTiming
from penjing.whatif.difference import Difference, Pair, difference
from penjing_gui import numbers

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
COSTS = ("params", "macs", "activation_bytes", "weight_bytes")
LATENCY = "latency_ms"


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """One cost: what it is in both models, the change (a layer that is not there costs nothing) and its share."""

    first: Floats
    second: Floats
    delta: Floats
    relative: Floats
    prefix: numbers.Prefix
    unit: str

    @property
    def largest(self) -> float:
        """The largest change of a layer, up or down; 1 where nothing changed."""
        return float(np.nanmax(np.abs(self.delta[1:]), initial=0.0)) or 1.0

    @property
    def different(self) -> Bools:
        """Where the two sides are not the same."""
        return np.asarray(np.nan_to_num(self.delta, nan=1.0) != 0, dtype=np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """All of it. `names` are the rows' names; `costs` has latencies where both models were timed together."""

    difference: Difference
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    in_first: Bools
    in_second: Bools
    costs: dict[str, Compared]
    timing: PairTiming | None = None

    def pair(self, row: int) -> Pair | None:
        """The pair of a row; None for the totals."""
        return self.difference.pairs[row - 1] if row > 0 else None

    def counts(self) -> tuple[int, int, int, int]:
        """Layers matched by name, by place, only in the first, only in the second."""
        pairs = self.difference.pairs
        by_name = sum(pair.matched == "name" for pair in pairs)
        by_place = sum(pair.matched == "position" for pair in pairs)
        only_first = sum(pair.second is None for pair in pairs)
        return by_name, by_place, only_first, sum(pair.first is None for pair in pairs)


def build(first: CostTable, second: CostTable, timing: PairTiming | None = None) -> Pairs:
    """Match two tables and lay their figures out in columns; latencies only where both were timed together."""
    if timing is not None:
        first = first.with_latencies(timing.first.layers)
        second = second.with_latencies(timing.second.layers)
    found = difference(first, second)
    pairs = found.pairs
    in_first = np.array([True, *(pair.first is not None for pair in pairs)], dtype=np.bool_)
    in_second = np.array([True, *(pair.second is not None for pair in pairs)], dtype=np.bool_)
    kinds = [""]
    for pair in pairs:
        one, other = pair.first, pair.second
        left, right = one.kind if one else "", other.kind if other else ""
        kinds.append(f"{left} → {right}" if left and right and left != right else left or right)
    costs = {
        cost: _compared(found, cost, in_first, in_second,
                        getattr(found.first.totals, cost), getattr(found.second.totals, cost))
        for cost in COSTS
    }  # fmt: skip
    if timing is not None:
        ends = timing.first.ms, timing.second.ms
        costs[LATENCY] = _compared(found, LATENCY, in_first, in_second, *ends)
    return Pairs(
        found,
        ("", *(pair.name for pair in pairs)),
        tuple(kinds),
        in_first,
        in_second,
        costs,
        timing,
    )


def _compared(
    found: Difference, cost: str, in_first: Bools, in_second: Bools, total: float, other: float
) -> Compared:
    def values(rows: list[object], total: float) -> Floats:
        out = [float(total)]
        for row in rows:
            value = getattr(row, cost) if row is not None else None
            out.append(float("nan") if value is None else float(value))
        return np.array(out, dtype=np.float64)

    first = values([pair.first for pair in found.pairs], total)
    second = values([pair.second for pair in found.pairs], other)
    before, after = np.where(in_first, first, 0.0), np.where(in_second, second, 0.0)
    delta = after - before
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(
            before > 0, delta / before, np.where(after > 0, 1.0, np.where(delta == 0, 0.0, np.nan))
        )
    relative = np.where(np.isnan(delta), np.nan, relative)
    largest = float(np.nanmax(np.concatenate([first, second]), initial=0.0))
    if cost == LATENCY:
        prefix = numbers.Prefix(1.0, "", max(2, numbers.ms_decimals(largest) + 1))
        return Compared(first, second, delta, relative, prefix, "ms")
    prefix = numbers.byte_prefix(largest) if cost.endswith("bytes") else numbers.column_prefix(largest)
    return Compared(first, second, delta, np.asarray(relative, dtype=np.float64), prefix, prefix.symbol)


def scaled(one: Compared, factor: int) -> Compared:
    """The same in another unit of operations."""
    if factor == 1:
        return one
    first, second, delta = one.first * factor, one.second * factor, one.delta * factor
    prefix = numbers.column_prefix(float(np.nanmax(np.concatenate([first, second]), initial=0.0)))
    return Compared(first, second, delta, one.relative, prefix, prefix.symbol)
