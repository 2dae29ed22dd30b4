"""What the parts of one life of a run share."""

from __future__ import annotations

from dataclasses import dataclass, field

from penjing.runs.control_watch import ControlWatch
from penjing.runs.jobs import Job
from penjing.runs.judge import Judge
from penjing.runs.keeper import Keeper
from penjing.runs.opening import Opened
from penjing.runs.reporter import Reporter
from penjing.runs.state import RunState
from penjing.runs.target_units import TargetUnits
from penjing.spec.recipe import Recipe
from penjing.training.loop import Loop
from penjing.training.ranks import Ranks


@dataclass(slots=True)
class Life:
    """The run's parts, its state, and the loop of the round under way. `per_epoch` are the steps of an epoch."""

    recipe: Recipe
    opened: Opened
    job: Job
    report: Reporter
    watch: ControlWatch
    judge: Judge
    keeper: Keeper
    per_epoch: int
    units: TargetUnits
    state: RunState = field(default_factory=RunState)
    loop: Loop | None = None
    ranks: Ranks = field(default_factory=Ranks)

    def last_epoch(self) -> int:
        """Epochs done at the end of this round: the total, divided over the rounds, less what early stops took off."""
        return self.recipe.training.epochs * self.state.round // self.job.rounds - self.state.skipped

    def plan(self) -> dict[str, int]:
        """The fields of the `plan` event."""
        epochs = self.recipe.training.epochs - self.state.skipped
        return {
            "total_steps": self.per_epoch * epochs,
            "total_epochs": epochs,
            "steps_per_epoch": self.per_epoch,
            "rounds": self.job.rounds,
        }

    def tick(self) -> None:
        """Do as `control.json` asks; may raise `Stopped`."""
        self.watch.tick(self.report, self.state.step)

    def checkpoint(self, suffix: str = "", best: bool = False) -> None:
        """Write the present state durably."""
        state = self.state
        state.changes = list(self.watch.changes)
        module = self.job.module if state.stage in ("ready", "train") else None
        self.keeper.save(state, module, self.loop if state.stage == "train" else None, suffix, best)
