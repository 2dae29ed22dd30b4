"""What a person asks of the compressed model and of the training, and the facts set by hand."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from penjing.spec.messages import bad_input

FACTS = ("parameter_dense", "resource_limited", "performance_required", "training_limited", "compute_dense")


@dataclass(frozen=True, slots=True)
class Limits:
    """None means: not set. Accuracies are shares of 1 (a drop of 0.01 is one point). MB are 10⁶ bytes.

    Raises `Failure` (exit code 2) for a value out of range.
    """

    max_size_mb: float | None = None
    max_macs: float | None = None
    max_latency_ms: float | None = None
    max_energy_mj: float | None = None
    min_accuracy: float | None = None
    max_accuracy_drop: float | None = None
    training_hours: float | None = None
    strict: bool = False

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if value is None or field.name == "strict":
                continue
            option = "--" + field.name.replace("_", "-")
            if "accuracy" in field.name:
                if not 0 <= value <= 1:
                    raise bad_input("advice.limit_share", limit=option, value=value)
            elif not 0 < value < math.inf:
                raise bad_input("advice.limit_range", limit=option, value=value)

    def to_json(self) -> dict[str, Any]:
        """The limits as plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class TrainingTime:
    """The estimated training time of a plan on this machine, in seconds, with its 95 % interval."""

    seconds: float
    low: float
    high: float
    steps_timed: int = 0

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> TrainingTime:
        """From the reply of the session's `training_time`."""
        low, high = value["ci95"]
        return TrainingTime(
            float(value["seconds"]), float(low), float(high), int(value.get("steps_timed", 0))
        )

    def to_json(self) -> dict[str, Any]:
        """The form of the session's reply."""
        return {"seconds": self.seconds, "ci95": [self.low, self.high], "steps_timed": self.steps_timed}


def parse_overrides(texts: Sequence[str]) -> dict[str, bool]:
    """Facts set by hand, each `NAME=yes` or `NAME=no` (hyphens or underscores). Raises `Failure` (exit code
    2).
    """
    overrides: dict[str, bool] = {}
    for text in texts:
        name, _, value = text.partition("=")
        fact, answer = name.strip().lower().replace("-", "_"), value.strip().lower()
        if fact not in FACTS:
            known = ", ".join(name.replace("_", "-") for name in FACTS)
            raise bad_input("advice.fact_unknown", fact=text, known=known)
        if answer not in ("yes", "no"):
            raise bad_input("advice.fact_answer", fact=text)
        overrides[fact] = answer == "yes"
    return overrides
