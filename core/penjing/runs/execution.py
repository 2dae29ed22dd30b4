"""Carry out a run up to its final network: evaluate, prune or build, train, choose. Resumable at any moment.

Every stage is a function of the recipe and the last checkpoint, so a run killed anywhere ends with the same bytes
as one that was left alone. Training never sees validation or test; the network is chosen on validation.
"""

from __future__ import annotations

import time
from typing import Any

from torch import nn

from penjing.pruning.recalibrate import even_batches, recalibrate
from penjing.runs.control_watch import ControlWatch
from penjing.runs.jobs import Job
from penjing.runs.judge import Judge, as_fields
from penjing.runs.keeper import Keeper
from penjing.runs.life import Life
from penjing.runs.opening import Opened
from penjing.runs.ranks_lead import dismissed_after
from penjing.runs.reporter import Reporter
from penjing.runs.rounds import train_round
from penjing.runs.state import RunState
from penjing.runs.target_units import TargetUnits, target_units
from penjing.spec.folders import RunFolder
from penjing.spec.recipe import Recipe
from penjing.training.loop import steps_per_epoch
from penjing.training.metrics import Metrics
from penjing.training.ranks import Ranks

PHASES = ("open", "dense", "prune", "recalibrate", "train", "export", "measure", "test")


class Execution:
    """One life of a run, from its last checkpoint (or the start) to its final network. `close` it afterwards."""

    def __init__(
        self,
        folder: RunFolder,
        recipe: Recipe,
        opened: Opened,
        job: Job,
        report: Reporter,
        watch: ControlWatch,
        ranks: Ranks | None = None,
    ) -> None:
        with_data = opened.data.task != "none"
        per_epoch = steps_per_epoch(len(opened.data.train), recipe.training.batch_size) if with_data else 0
        units = target_units(recipe, opened, job.module)
        judge = Judge(opened, recipe.training, units.scale)
        self._with_data = with_data
        self._life = Life(recipe, opened, job, report, watch, judge, Keeper(folder, report), per_epoch, units)
        self._life.ranks = ranks or Ranks()
        self._pending: dict[str, Any] | None = None  # the loop's state in a restored checkpoint

    @property
    def state(self) -> RunState:
        """What the run has reached."""
        return self._life.state

    @property
    def judge(self) -> Judge:
        """Judges networks on the run's splits."""
        return self._life.judge

    @property
    def units(self) -> TargetUnits:
        """The units that the network trains in."""
        return self._life.units

    def plan(self) -> dict[str, int]:
        """The fields of the `plan` event."""
        return self._life.plan()

    # Life

    def restore(self) -> int:
        """Go to the newest whole checkpoint, where there is one. Returns its step."""
        life = self._life
        found = life.keeper.restore()
        if found is None:
            return 0
        life.state, tensors = found
        life.watch.remember(self.state.changes)
        if self.state.stage in ("ready", "train"):
            life.job.restore(self.state.history, self.state.round)
            life.job.module.load_state_dict(tensors["model"])
        if self.state.stage == "train":
            self._pending = tensors
        return self.state.step

    def run(self) -> None:
        """Go from the present state to the final network, which `job.module` then is."""
        with dismissed_after(self._life.ranks):
            self._rounds()
        self.judge.close()  # idle workers would be in the way of what is measured next
        self._choose()

    def _rounds(self) -> None:
        life = self._life
        if self.state.stage == "start":
            self._dense()
        while True:
            if self.state.epoch >= life.last_epoch() and self.state.round < life.job.rounds:
                self._next_round()
            self._train()
            if self.state.round >= life.job.rounds:
                break

    def close(self) -> None:
        """End the worker processes."""
        self.judge.close()

    def tick(self) -> None:
        """Do as `control.json` asks; may raise `Stopped`."""
        self._life.tick()

    def phase(self, name: str) -> None:
        """Report that a phase begins."""
        self.tick()
        self._life.report("phase", phase=name, index=PHASES.index(name), count=len(PHASES))

    # Stages

    def _dense(self) -> None:
        if self._with_data:
            self.phase("dense")
            self._evaluate("dense", self._life.opened.model.network())
        self.state.stage = "dense"
        self._life.checkpoint("dense")

    def _next_round(self) -> None:
        life, state = self._life, self.state
        number = state.round + 1
        job = life.job
        self._settle()
        if life.recipe.technique == "pruning":
            self.phase("prune")
            started = time.monotonic()
            job.module.cpu()
            state.history = [*state.history, *job.prepare(number)]
            life.report("pruned", step=state.step, round=number, **self._outcome())
            if self._with_data:
                self._evaluate("pruned", job.module, since=started)
            if job.recovers:
                self.phase("recalibrate")
                started = time.monotonic()
                train = self.judge.loader("train")
                chosen = even_batches(len(train.split), life.recipe.training.batch_size)
                recalibrate(job.module, (batch.inputs for batch in train.batches(chosen)))
                self._evaluate("recalibrated", job.module, since=started)
        state.round = number
        state.stage = "ready"
        state.best = None
        state.plateau = {}
        life.loop = None
        self._pending = None
        life.checkpoint(f"ready-{number}")

    def _settle(self) -> None:
        """The next round begins with the average of the last one's weights, where there is one."""
        loop = self._life.loop
        if loop is not None and loop.average is not None:
            self._life.job.module.load_state_dict(loop.average.module.state_dict())
        elif loop is None and self._pending is not None and "average" in self._pending:
            self._life.job.module.load_state_dict(self._pending["average"]["weights"])
        if self.state.stage == "train":
            self.units.end(self._life.job.module)

    def _outcome(self) -> dict[str, Any]:
        dense = dict(self._life.opened.model.network().named_modules())
        channels = {}
        for name, module in self._life.job.module.named_modules():
            now, before = _out_channels(module), _out_channels(dense.get(name))
            if now is not None and before is not None:
                channels[name] = [before, now]
        parameters = sum(parameter.numel() for parameter in self._life.job.module.parameters())
        return {"params": parameters, "channels": channels}

    def _train(self) -> None:
        if self.state.epoch >= self._life.last_epoch() or not self._with_data:
            return
        pruning = self._life.recipe.pruning
        if pruning is not None and pruning.recovery != "finetune":
            return
        self.phase("train")
        pending, self._pending = self._pending, None
        train_round(self._life, pending)

    def _evaluate(self, stage: str, module: nn.Module, since: float | None = None) -> None:
        started = time.monotonic() if since is None else since
        metrics = self.judge.assess(module, "validation", tick=self.tick).metrics
        self._stage_reached(stage, metrics)
        lowest = self.state.lowest
        self.state.lowest = metrics.loss if lowest is None else min(metrics.loss, lowest)
        seconds = round(time.monotonic() - started, 3)
        self._life.report(
            "accuracy", stage=stage, step=self.state.step, **as_fields(metrics), seconds=seconds
        )

    def _stage_reached(self, stage: str, metrics: Metrics) -> None:
        self.state.accuracies[stage] = metrics.figure
        if metrics.agreement is not None:
            self.state.agreements[stage] = metrics.agreement

    def _choose(self) -> None:
        """Make the best epoch's network the final one."""
        self._life.job.module.cpu()
        best = self.state.best
        if best is not None:
            self._life.job.module.load_state_dict(self._life.keeper.best_weights(best))
            self.units.end(self._life.job.module)
            metrics = Metrics.from_json(best)
            self._stage_reached("final", metrics)
            self._life.report("accuracy", stage="final", step=best["step"], **as_fields(metrics), seconds=0.0)
        else:
            for figures in (self.state.accuracies, self.state.agreements):
                known = (figures.get(key) for key in ("recalibrated", "pruned", "dense"))
                figures["final"] = next((one for one in known if one is not None), None)
        self._life.job.module.eval()


def _out_channels(module: nn.Module | None) -> int | None:
    for attribute in ("out_channels", "out_features"):
        value = getattr(module, attribute, None)
        if isinstance(value, int):
            return value
    return None
