"""The facts that the rules ask for, each measured, each open to being set by hand."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from penjing.advice.limits import FACTS, Limits, TrainingTime
from penjing.advice.needs import Need
from penjing.advice.rules import Thresholds
from penjing.spec.costs import CostTable
from penjing.spec.messages import Message, bad_input


@dataclass(frozen=True, slots=True)
class Fact:
    """A yes or no. `value` is what the rules use; `measured` what was found; they differ only if
    `overridden`.
    """

    name: str
    value: bool
    measured: bool
    overridden: bool
    because: Message

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "value": self.value,
            "measured": self.measured,
            "overridden": self.overridden,
            "because": self.because.to_json(),
        }


@dataclass(frozen=True, slots=True)
class ModelType:
    """The measure behind parameter-dense and compute-dense.

    `ratio` is MACs per parameter at the model's own input size (None without parameters); for a language
    model at one token, and then `tokens` is the length it was counted at. `distance` is how far the ratio is
    from the threshold (-0.44: 44 % below). `flips_at` is the side in pixels of a square input at which the
    verdict changes, None where no size changes it. `complete` is False where MACs are "at least".
    """

    params: int
    macs: float
    ratio: float | None
    thresholds: Thresholds
    distance: float | None
    flips_at: int | None
    tokens: int | None
    complete: bool

    @property
    def parameter_dense(self) -> bool:
        """At least so many parameters and fewer MACs per parameter."""
        return self.params >= self.thresholds.min_params and not self.compute_dense

    @property
    def compute_dense(self) -> bool:
        """So many MACs per parameter or more."""
        return self.ratio is None or self.ratio >= self.thresholds.max_macs_per_param

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def model_type(table: CostTable, thresholds: Thresholds) -> ModelType:
    """Measure MACs per parameter, how near the threshold is, and where the verdict flips."""
    params, macs = table.totals.params, float(table.totals.macs)
    tokens = _tokens(table)
    if tokens:
        macs /= tokens
    ratio = macs / params if params else None
    return ModelType(
        params=params,
        macs=macs,
        ratio=ratio,
        thresholds=thresholds,
        distance=None if ratio is None else ratio / thresholds.max_macs_per_param - 1,
        flips_at=_flips_at(table, thresholds),
        tokens=tokens,
        complete=table.totals.complete,
    )


def _tokens(table: CostTable) -> int | None:
    if not table.input:
        return None
    first = table.input[0]
    return first.shape[0] if first.dtype in ("int64", "int32") and len(first.shape) == 1 else None


def _flips_at(table: CostTable, thresholds: Thresholds) -> int | None:
    """Work on maps grows with the input's area, work on vectors does not: solve for the side.

    Below the size gate no input makes a model parameter-dense. Attention grows faster; its share is left out.
    """
    shape = table.input[0].shape if table.input else ()
    if len(shape) != 3 or shape[1] != shape[2] or table.totals.params < thresholds.min_params:
        return None
    on_maps = sum(row.macs or 0 for row in table if row.output_shape and len(row.output_shape) > 1)
    fixed = table.totals.macs - on_maps
    left = thresholds.max_macs_per_param * table.totals.params - fixed
    if on_maps <= 0 or left <= 0:
        return None
    return round(shape[1] * math.sqrt(left / on_maps))


def measure(
    kind: ModelType,
    needs: Sequence[Need],
    limits: Limits,
    training: TrainingTime | None,
    overrides: Mapping[str, bool],
) -> dict[str, Fact]:
    """All facts by name, in the order of `FACTS`. Raises `Failure` for overrides that exclude each other.

    A model is of one type: saying by hand that it is parameter-dense also says that it is not compute-dense,
    and the other way round.
    """
    for name in overrides:
        if name not in FACTS:
            raise bad_input("advice.fact_unknown", fact=name, known=", ".join(FACTS))
    hand = dict(overrides)
    if hand.get("parameter_dense") and hand.get("compute_dense"):
        raise bad_input("advice.facts_contradict")
    implied = {}
    for one, other in (("parameter_dense", "compute_dense"), ("compute_dense", "parameter_dense")):
        if hand.get(one) and other not in hand:
            implied[other] = False
    found = {
        "parameter_dense": (kind.parameter_dense, _type_reason(kind)),
        "resource_limited": _resources(needs, limits),
        "performance_required": _performance(limits),
        "training_limited": _training(limits, training),
        "compute_dense": (kind.compute_dense, _type_reason(kind)),
    }
    facts = {}
    for name in FACTS:
        measured, because = found[name]
        value = hand.get(name, implied.get(name, measured))
        if name in hand or name in implied:
            because = Message("advice.by_hand_yes") if value else Message("advice.by_hand_no")
        facts[name] = Fact(name, value, measured, name in hand, because)
    return facts


def _type_reason(kind: ModelType) -> Message:
    limits = kind.thresholds
    if kind.ratio is None:
        return Message("advice.type_no_params")
    values = {
        "params": kind.params / 1e6,
        "ratio": kind.ratio,
        "min_params": limits.min_params / 1e6,
        "max_ratio": limits.max_macs_per_param,
    }
    if kind.parameter_dense:
        return Message("advice.type_parameter_dense", values)
    if kind.compute_dense:
        return Message("advice.type_compute_dense", values)
    return Message("advice.type_small", values)


def _resources(needs: Sequence[Need], limits: Limits) -> tuple[bool, Message]:
    exceeded = [need for need in needs if need.exceeded]
    amounts = ", ".join(f"{need.value:,.4g} / {need.budget:,.4g} {need.unit}" for need in exceeded)
    if len(exceeded) == 1:
        return True, Message("advice.budget_exceeded", {"amounts": amounts})
    if exceeded:
        return True, Message("advice.budgets_exceeded", {"count": len(exceeded), "amounts": amounts})
    if limits.strict:
        return True, Message("advice.strict_limits")
    return False, Message("advice.budgets_met")


def _performance(limits: Limits) -> tuple[bool, Message]:
    accuracy = limits.min_accuracy is not None or limits.max_accuracy_drop is not None
    if limits.max_latency_ms is None:
        return (
            (True, Message("advice.performance_accuracy"))
            if accuracy
            else (
                False,
                Message("advice.performance_none"),
            )
        )
    values = {"ms": limits.max_latency_ms}
    if accuracy:
        return True, Message("advice.performance_both", values)
    return True, Message("advice.performance_latency", values)


def _training(limits: Limits, training: TrainingTime | None) -> tuple[bool, Message]:
    if limits.training_hours is None:
        return False, Message("advice.training_no_limit")
    if training is None:
        return False, Message("advice.training_unknown", {"given": limits.training_hours})
    hours = training.seconds / 3600
    values = {"hours": hours, "given": limits.training_hours}
    if hours > limits.training_hours:
        return True, Message("advice.training_over", values)
    return False, Message("advice.training_under", values)
