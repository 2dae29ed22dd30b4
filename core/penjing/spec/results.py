"""What a run comes to: the JSON of `prune`, `distill` and `run`, stored as `result.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Status = Literal["done", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison. `accuracy` is on the test split, 0 to 1; a regression has `mse` instead.

    `sparsity` (share of weights that are zero) is given for the side after.
    """

    params: int
    macs: int | None
    weight_bytes: int
    accuracy: float | None = None
    mse: float | None = None
    sparsity: float | None = None
    peak_activation_bytes: int | None = None

    def to_json(self, task: str = "classification", after: bool = False) -> dict[str, Any]:
        """The contract's keys: `accuracy` or, for a regression, `mse`."""
        value = asdict(self)
        value.pop("accuracy" if task == "regression" else "mse")
        if not after:
            value.pop("sparsity")
        return value


@dataclass(frozen=True, slots=True)
class RunResult:
    """The result of one run. `latency` is described in `penjing.costs.latency`; most of the rest is the contract's.

    `test_pairs` counts test samples by who was right: `both`, `before_only`, `after_only`, `neither`; a paired
    interval for the difference comes from it. None for a regression and without data.

    `metrics` are all of the task's on the test split, before and after, from the same opening. Without labels there
    is no accuracy: `agreement` says how often the answers are those of the model as opened (before, after, and by
    stages).
    """

    run: str
    status: Status
    technique: str
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    accuracy_steps: dict[str, float | None] = field(
        default_factory=lambda: dict.fromkeys(("dense", "pruned", "recalibrated", "final"))
    )
    requested: dict[str, Any] = field(default_factory=dict)
    realised: dict[str, Any] = field(default_factory=dict)
    test_opened_once: bool | None = None
    test_samples: int | None = None
    test_pairs: dict[str, int] | None = None
    metrics: dict[str, dict[str, float]] | None = None
    agreement: dict[str, Any] | None = None
    weights_sha256: str | None = None
    artefacts: dict[str, str] = field(default_factory=dict)
    latency: dict[str, Any] | None = None
    seconds: float | None = None
    failure: dict[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """The document of `penjing prune|distill|run --json`."""
        return asdict(self)

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> RunResult:
        """The inverse of `to_json`; unknown keys are ignored."""
        return RunResult(**{key: value[key] for key in RunResult.__dataclass_fields__ if key in value})
