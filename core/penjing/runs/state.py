"""What a run has decided and reached so far: the JSON half of every checkpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Stage = Literal["start", "dense", "ready", "train"]


@dataclass(slots=True)
class RunState:
    """Where the run is.

    `stage`: `start` (nothing yet), `dense` (the model as opened has been evaluated), `ready` (round `round` has
    been pruned, or the student made, and evaluated), `train` (its training is under way or over). `history` is what
    was removed, in order, to be replayed on the dense model. `accuracies` are validation figures by stage,
    `agreements` the same without labels. `best` is the round's best epoch: its metrics, and the checkpoint that
    holds its network. `ranks` is the number of processes that train together. `skipped` are epochs that early stops
    have taken off. `changes` are learning rates asked for, by the steps done then; `plateau` is what that schedule
    has seen; `lowest` is the lowest validation loss so far.
    """

    stage: Stage = "start"
    round: int = 0
    step: int = 0
    epoch: int = 0
    batch: int = 0
    sequence: int = 0
    history: list[dict[str, Any]] = field(default_factory=list)
    accuracies: dict[str, float | None] = field(default_factory=dict)
    agreements: dict[str, float | None] = field(default_factory=dict)
    best: dict[str, Any] | None = None
    skipped: int = 0
    changes: list[tuple[int, float]] = field(default_factory=list)
    plateau: dict[str, Any] = field(default_factory=dict)
    lowest: float | None = None
    ranks: int = 1

    def to_json(self) -> dict[str, Any]:
        """As stored in `state.json`."""
        return asdict(self)

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> RunState:
        """The inverse of `to_json`; unknown keys are ignored."""
        state = RunState(**{key: value[key] for key in RunState.__dataclass_fields__ if key in value})
        state.changes = [(int(step), float(rate)) for step, rate in state.changes]
        return state
