"""The plan that comes with a recommendation: a whole recipe that meets the budgets, as predicted.

The share kept is the largest, in whole percent, with which every budget is met, intervals included; where
nothing is exceeded it is 30 %. For pruning the prediction is what-if's, exact to the channel; for a student,
and for pruning while the coupled groups are not known yet, it is that of the same net made narrower.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from penjing.advice.devices import DeviceProfile
from penjing.advice.needs import Need, Needs, needs_of, scaled
from penjing.spec.costs import CostTable
from penjing.spec.groups import CoupledGroup
from penjing.spec.messages import Message
from penjing.spec.recipe import ModelRecipe, Technique, parse

DEFAULT_PERCENT = 30
LEAST_PERCENT, MOST_PERCENT = 1, 95
SAMPLE_DATA = "sample:digits"
# Epochs and learning rates: enough on the sample to be within a point of the dense model; elsewhere a
# beginning.
_TRAINING: dict[tuple[Technique, bool], dict[str, Any]] = {
    ("pruning", True): {"epochs": 10, "lr": 0.01, "batch_size": 64},
    ("distillation", True): {"epochs": 40, "lr": 0.05, "batch_size": 64},
    ("pruning", False): {"epochs": 10, "lr": 0.01, "batch_size": 64},
    ("distillation", False): {"epochs": 60, "lr": 0.05, "batch_size": 64},
}


@dataclass(frozen=True, slots=True)
class Plan:
    """A recipe (plain JSON values) and what it is predicted to come to.

    `costs` is exact when `exact`, else an approximation. `round_to` is 1 where channels are not rounded.
    """

    technique: Technique
    recipe: dict[str, Any]
    target: str
    share: float
    costs: CostTable
    needs: Needs
    exact: bool
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class OutOfReach:
    """A budget that the most that the technique can remove does not meet. `budget` is None where nothing can
    be removed.
    """

    quantity: str
    unit: str
    best: float
    budget: float | None

    @property
    def factor(self) -> float | None:
        """How many times too much is left."""
        return None if self.budget is None else self.best / self.budget

    @property
    def text(self) -> Message:
        """Which budget, and by how much."""
        if self.budget is None:
            return Message("advice.nothing_prunable")
        return Message(
            "advice.out_of_reach",
            {"best": self.best, "budget": self.budget, "unit": self.unit, "factor": self.best / self.budget},
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "quantity": self.quantity, "unit": self.unit, "best": self.best, "budget": self.budget,
            "factor": self.factor,
        }  # fmt: skip


def make(
    technique: Technique,
    table: CostTable,
    groups: Sequence[CoupledGroup] | None,
    device: DeviceProfile,
    needs: Sequence[Need],
    model: ModelRecipe,
    data: str | None,
) -> tuple[Plan | None, tuple[OutOfReach, ...]]:
    """The plan, or None and the budgets that are out of reach after the maximum was tried."""
    if technique == "pruning" and groups is not None and not any(group.prunable for group in groups):
        return None, (OutOfReach("params", "", float(table.totals.params), None),)
    target = _target(technique, table, needs)
    round_to = _round_to(groups)
    least, costs_at = (
        _pruned(table, groups, target, round_to)
        if technique == "pruning" and groups is not None
        else (LEAST_PERCENT, lambda percent: scaled(table, percent / 100))
    )
    percent = _search(costs_at, least, device, needs)
    costs, share = costs_at(percent), percent / 100
    then = needs_of(costs, device)
    missed = tuple(
        OutOfReach(need.quantity, need.unit, _amount(then, need), need.budget)
        for need in needs
        if not need.met_by(_amount(then, need))
    )
    if missed:
        return None, missed
    recipe, notes = _recipe(technique, target, share, round_to, model, data)
    exact = technique == "pruning" and groups is not None
    return Plan(technique, recipe, target, share, costs, then, exact, notes), ()


def _amount(needs: Needs, need: Need) -> float:
    return float(getattr(needs, need.quantity))


def with_plan(needs: Sequence[Need], then: Needs) -> tuple[Need, ...]:
    """The needs with what the plan would need beside them."""
    return tuple(replace(need, planned=_amount(then, need)) for need in needs)


def _search(
    costs_at: Callable[[int], CostTable], least: int, device: DeviceProfile, needs: Sequence[Need]
) -> int:
    """The largest share in percent that meets every budget, or `least` where none does."""

    def met(percent: int) -> bool:
        then = needs_of(costs_at(percent), device)
        return all(need.met_by(_amount(then, need)) for need in needs)

    most = MOST_PERCENT if any(need.exceeded for need in needs) else DEFAULT_PERCENT
    if most <= least or met(most):
        return max(most, least)
    low, high = least, most  # high does not meet the budgets
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if met(middle) else (low, middle)
    return low


def _pruned(
    table: CostTable, groups: Sequence[CoupledGroup], target: str, round_to: int
) -> tuple[int, Callable[[int], CostTable]]:
    """The least percent that can be left, and the predicted costs at a percent of the target."""
    from penjing.whatif.allocate import allocate
    from penjing.whatif.predict import predict

    def costs_at(percent: int) -> CostTable:
        return predict(table, groups, allocate(table, groups, target, percent / 100, round_to, {}))

    barest = predict(table, groups, allocate(table, groups, "ratio", 1.0, round_to, {})).totals
    left = getattr(barest, target) / (getattr(table.totals, target) or 1)
    return min(MOST_PERCENT, max(LEAST_PERCENT, math.ceil(100 * left))), costs_at


def _target(technique: Technique, table: CostTable, needs: Sequence[Need]) -> str:
    """Pruning goes by MACs; a student by params, unless only time, energy or MACs are over budget."""
    if not table.totals.macs or not table.totals.complete:
        return "params"
    if technique == "pruning":
        return "macs"
    exceeded = {need.quantity for need in needs if need.exceeded}
    return "macs" if exceeded and "weights" not in exceeded else "params"


def _round_to(groups: Sequence[CoupledGroup] | None) -> int:
    """Counts that are not multiples of 8 can be slower than the dense net; in narrow nets 8 would be too
    coarse.
    """
    widths = [group.channels for group in groups or () if group.prunable]
    narrowest = min(widths, default=64)
    return 8 if narrowest >= 64 else 4 if narrowest >= 32 else 1


def _recipe(
    technique: Technique, target: str, share: float, round_to: int, model: ModelRecipe, data: str | None
) -> tuple[dict[str, Any], tuple[Message, ...]]:
    reference = data or "none"
    training = dict(_TRAINING[technique, reference == SAMPLE_DATA])
    notes: tuple[Message, ...] = ()
    if reference == "none":
        training["epochs"] = 0
        code = Message("advice.prune_without_data")
        notes = (code if technique == "pruning" else Message("advice.distil_without_data"),)
    value: dict[str, Any] = {
        "version": 1,
        "model": model.model_dump(mode="json"),
        "data": {"reference": reference, "split_seed": 0, "target_scale": "standardise"},
        "technique": technique,
        "training": training,
    }
    if technique == "pruning":
        value["pruning"] = {
            "when": "after",
            "granularity": "channel",
            "criterion": "l2",
            target: share,
            "scope": "local",
            "round_to": round_to,
            "recovery": "none" if reference == "none" else "finetune",
            "teacher": "none" if reference == "none" else "self",
        }
    else:
        value["distillation"] = {"student": f"auto:{target}={share:g}", "losses": {"kd": 1.0}}
    return parse(value).to_json(), notes
