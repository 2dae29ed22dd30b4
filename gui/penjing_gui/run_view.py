"""What the window knows of a run at one moment: an unchanging snapshot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from penjing.spec.costs import CostTable
from penjing.spec.folders import RunFolder
from penjing.spec.messages import Failure
from penjing_gui.buffers import FloatArray

RunStatus = Literal["starting", "running", "paused", "stopped", "done", "failed", "dead"]
ENDED: tuple[RunStatus, ...] = ("stopped", "done", "failed", "dead")


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as it is seen at one moment.

    `series` maps a name to (steps, values): `loss`, its parts and `lr` by step; `val_loss`, `val_accuracy`, `val_mse`
    and every other metric `val_…` at the ends of epochs; `samples_per_s` and `memory_bytes` as the run tells them,
    or else as they are measured from here. `stages` maps `dense`, `pruned`, `recalibrated`, `final` to what was found
    there: `accuracy` (or `mse`), `loss`, `seconds`, `step`. `settings` are the learning rates that were set by hand,
    as (step, rate). `eta` is (estimate, low, high) in seconds, None before ten steps.
    """

    folder: RunFolder
    recipe: dict[str, Any]
    status: RunStatus = "starting"
    phase: str = ""
    phase_index: int = 0
    phase_count: int = 0
    step: int = 0
    total_steps: int = 0
    epoch: int = 0
    total_epochs: int = 0
    series: dict[str, tuple[FloatArray, FloatArray]] = field(default_factory=dict)
    checkpoints: FloatArray = field(default_factory=lambda: np.empty(0))
    settings: tuple[tuple[int, float], ...] = ()
    best_epoch: int | None = None
    stages: dict[str, dict[str, Any]] = field(default_factory=dict)
    channels: dict[str, tuple[int, int]] = field(default_factory=dict)
    eta: tuple[float, float, float] | None = None
    speed: float | None = None
    memory: int | None = None
    last_checkpoint_age: float | None = None
    test_opened: bool = False
    log: tuple[tuple[float, str], ...] = ()
    log_total: int = 0
    warnings: int = 0
    failure: Failure | None = None
    last_log_lines: str = ""
    result: dict[str, Any] | None = None
    costs_before: CostTable | None = None
    costs_after: CostTable | None = None
    costs_planned: CostTable | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.status in ENDED

    @property
    def percent(self) -> int:
        """Whole percent of the steps done; 100 only when the run is done."""
        if self.status == "done":
            return 100
        return min(99, 100 * self.step // self.total_steps) if self.total_steps else 0
