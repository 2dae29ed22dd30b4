"""How many channels each coupled group keeps, so that a target is met."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Mapping, Sequence

from penjing.spec.costs import CostTable
from penjing.spec.groups import CoupledGroup
from penjing.spec.messages import bad_input
from penjing.whatif.predict import narrow, removed_by_layer

BUDGETS = ("macs", "params", "bytes")
_HALVINGS = 50


def allocate(
    table: CostTable,
    groups: Sequence[CoupledGroup],
    target: str,
    value: float,
    round_to: int = 1,
    layers: Mapping[str, float] | None = None,
) -> dict[str, int]:
    """Channels kept, by group id, for every prunable group.

    `target` is `ratio` (share of channels removed from every group), `macs` or `params` (share kept of the
    model's), or `bytes` (of weights). For a budget, one ratio is searched for all groups: the smallest
    whose prediction is at most the budget. Counts are rounded up to a multiple of `round_to` and never
    exceed what there is. `layers` gives the ratio removed from a layer's group whatever the target; 0 locks
    it. Raises `Failure` (exit code 2) for an unknown target or layer, and where the budget is out of reach.
    """
    fixed = _overrides(groups, layers or {})

    def at(ratio: float) -> dict[str, int]:
        return {
            group.id: channels_kept(group.channels, fixed.get(group.id, ratio), round_to)
            for group in groups
            if group.prunable
        }

    if target == "ratio":
        return at(value)
    if target not in BUDGETS:
        raise bad_input("whatif.target_unsupported", target=target, known=", ".join(("ratio", *BUDGETS)))
    measure = _measure(table, groups, target)
    whole = measure({})
    budget = value if target == "bytes" else value * whole
    if measure(at(0.0)) <= budget:
        return at(0.0)
    least = measure(at(1.0))
    if least > budget:
        raise bad_input(
            "whatif.out_of_reach",
            budget=target,
            wanted=budget / whole,
            least=least / whole,
            over=math.ceil(least - budget),
        )
    low, high = 0.0, 1.0  # low misses the budget, high meets it
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if measure(at(middle)) <= budget else (middle, high)
    return at(high)


def channels_kept(channels: int, ratio: float, round_to: int = 1) -> int:
    """What is left of `channels` when the share `ratio` goes: rounded up to a multiple, at least one
    multiple."""
    whole = math.floor(channels * (1 - ratio) + 0.5)
    return min(channels, max(round_to, math.ceil(whole / round_to) * round_to))


def _measure(
    table: CostTable, groups: Sequence[CoupledGroup], target: str
) -> Callable[[Mapping[str, int]], int]:
    """A function from channels kept to the model's total of the target's measure."""
    key = {"macs": "macs", "params": "params", "bytes": "weight_bytes"}[target]
    rows = {row.name: row for row in table.rows}
    whole = sum(getattr(row, key) or 0 for row in table.rows)

    def total(kept: Mapping[str, int]) -> int:
        saved = 0
        for name, removed in removed_by_layer(groups, kept).items():
            row = rows.get(name)
            if row is not None:
                saved += (getattr(row, key) or 0) - (getattr(narrow(row, removed), key) or 0)
        return whole - saved

    return total


def _overrides(groups: Sequence[CoupledGroup], layers: Mapping[str, float]) -> dict[str, float]:
    """Ratios by group id. A layer stands for the groups that make its output channels."""
    by_layer: dict[str, list[CoupledGroup]] = {}
    for group in groups:
        for member in group.members:
            if member.side == "out":
                by_layer.setdefault(member.layer, []).append(group)
    fixed: dict[str, float] = {}
    named: dict[str, str] = {}
    for layer, ratio in layers.items():
        if layer not in by_layer:
            close = difflib.get_close_matches(layer, by_layer, n=3, cutoff=0.0)
            raise bad_input("whatif.layer_unknown", layer=layer, close=", ".join(close))
        for group in by_layer[layer]:
            if not group.prunable and ratio > 0:
                raise bad_input("whatif.layer_not_prunable", layer=layer, group=group.id)
            if fixed.get(group.id, ratio) != ratio:
                raise bad_input("whatif.layers_disagree", layer=layer, other=named[group.id])
            fixed[group.id], named[group.id] = ratio, layer
    return fixed
