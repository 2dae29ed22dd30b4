"""What a plan would leave of the open model: predicted from its cost table and groups, without touching it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from penjing.spec.costs import CostTable
from penjing.spec.groups import CoupledGroup
from penjing.spec.messages import Failure


@dataclass(frozen=True)
class Prediction:
    """`after` is None where nothing can be predicted; `failure` says so where the target is out of reach.

    `exact` predictions follow from counts; others (a student's) are estimates. `unchanged` says that the technique
    leaves the costs as they are.
    """

    before: CostTable
    after: CostTable | None = None
    exact: bool = True
    failure: Failure | None = None
    unchanged: bool = False


def predict_plan(
    recipe: Mapping[str, Any], table: CostTable | None, groups: Sequence[CoupledGroup]
) -> Prediction | None:
    """Predict a plan (recipe JSON) for the model with that table; None where there is no table or no groups yet."""
    if table is None:
        return None
    if recipe["technique"] == "training":
        return Prediction(table, unchanged=True)
    if not groups:
        return None
    from penjing.whatif import allocate, predict

    target = _target(recipe)
    if target is None:
        return Prediction(table)
    name, value, round_to, layers = target
    try:
        kept = allocate(table, groups, name, value, round_to, layers)
    except Failure as failure:
        return Prediction(table, failure=failure)
    return Prediction(table, predict(table, groups, kept), exact=recipe["technique"] == "pruning")


def _target(recipe: Mapping[str, Any]) -> tuple[str, float, int, dict[str, float]] | None:
    """(target, value, round to, ratios by layer) of a plan, None where its outcome cannot be predicted."""
    if recipe["technique"] == "pruning":
        pruning = recipe.get("pruning") or {}
        for name in ("ratio", "macs", "params", "bytes"):
            if pruning.get(name) is not None:
                return (
                    name,
                    float(pruning[name]),
                    int(pruning.get("round_to", 1)),
                    dict(pruning.get("layers", {})),
                )
        return ("ratio", 0.0, 1, dict(pruning.get("layers", {}))) if pruning.get("layers") else None
    student = str((recipe.get("distillation") or {}).get("student", ""))
    kind, _, number = student.removeprefix("auto:").partition("=")
    if not student.startswith("auto:") or kind not in ("width", "macs", "params"):
        return None
    try:
        share = float(number)
    except ValueError:
        return None
    # a student of width W has about W of every layer's channels
    return ("ratio", 1 - share, 1, {}) if kind == "width" else (kind, share, 1, {})
