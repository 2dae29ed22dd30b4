"""Carry out a run up to its final network: evaluate, prune or build, train, choose. Resumable at any moment.

Every stage is a function of the recipe and the last checkpoint, so a run killed anywhere ends with the same bytes
as one that was left alone. Training never sees validation or test; the network is chosen on validation.
"""

from __future__ import annotations

import time
from typing import Any

import torch
from torch import nn

from penjing.data.loading import Loader
from penjing.pruning.recalibrate import even_batches, recalibrate
from penjing.runs.control_watch import ControlWatch
from penjing.runs.jobs import Job
from penjing.runs.opening import Opened
from penjing.runs.reporter import Reporter
from penjing.runs.state import RunState
from penjing.spec.folders import RunFolder
from penjing.spec.recipe import Recipe
from penjing.training import checkpoints
from penjing.training.loop import Loop, Position, steps_per_epoch
from penjing.training.metrics import Metrics, evaluate
from penjing.training.seeds import capture_generators, restore_generators

PHASES = ("open", "dense", "prune", "recalibrate", "train", "export", "measure", "test")


class Execution:
    """One life of a run, from its last checkpoint (or the start) to its final network."""

    def __init__(
        self,
        folder: RunFolder,
        recipe: Recipe,
        opened: Opened,
        job: Job,
        report: Reporter,
        watch: ControlWatch,
    ) -> None:
        self._folder = folder
        self._recipe = recipe
        self._opened = opened
        self._job = job
        self._report = report
        self._watch = watch
        self._device = torch.device(recipe.training.device_type)
        self._with_data = opened.data.task != "none"
        self._per_epoch = (
            steps_per_epoch(len(opened.data.train), recipe.training.batch_size) if self._with_data else 0
        )
        self._loop: Loop | None = None
        self._pending: dict[str, Any] | None = None  # optimizer state of a restored checkpoint
        self.state = RunState()

    # Plan

    @property
    def total_steps(self) -> int:
        """Optimizer steps of the whole run."""
        return self._per_epoch * self._recipe.training.epochs

    def _last_epoch(self, number: int) -> int:
        """Epochs done at the end of round `number`: the total, divided over the rounds."""
        return self._recipe.training.epochs * number // self._job.rounds

    def plan(self) -> dict[str, int]:
        """The fields of the `plan` event."""
        return {
            "total_steps": self.total_steps,
            "total_epochs": self._recipe.training.epochs,
            "steps_per_epoch": self._per_epoch,
            "rounds": self._job.rounds,
        }

    # Life

    def restore(self) -> int:
        """Go to the newest whole checkpoint, where there is one. Returns its step."""
        checkpoints.clean(self._folder.checkpoints)
        found = checkpoints.latest(self._folder.checkpoints)
        if found is None:
            return 0
        checkpoint, tensors = found
        self.state = RunState.from_json(checkpoint.state)
        if self.state.stage in ("ready", "train"):
            self._job.restore(self.state.history, self.state.round)
            self._job.module.load_state_dict(tensors["model"])
        self._pending = tensors.get("optimizer")
        restore_generators(tensors["generators"])
        return self.state.step

    def run(self) -> None:
        """Go from the present state to the final network, which `job.module` then is."""
        if self.state.stage == "start":
            self._dense()
        while True:
            if self.state.epoch >= self._last_epoch(self.state.round) and self.state.round < self._job.rounds:
                self._next_round()
            self._train()
            if self.state.round >= self._job.rounds:
                break
        self._choose()

    def tick(self) -> None:
        """Do as `control.json` asks; may raise `Stopped`."""
        self._watch.tick(self._report, self.state.step)

    def phase(self, name: str) -> None:
        """Report that a phase begins."""
        self.tick()
        self._report("phase", phase=name, index=PHASES.index(name), count=len(PHASES))

    # Stages

    def _dense(self) -> None:
        if self._with_data:
            self.phase("dense")
            self._evaluate("dense", self._opened.model.network())
        self.state.stage = "dense"
        self.checkpoint("dense")

    def _next_round(self) -> None:
        number = self.state.round + 1
        job = self._job
        if self._recipe.technique == "pruning":
            self.phase("prune")
            started = time.monotonic()
            job.module.cpu()
            self.state.history = [*self.state.history, *job.prepare(number)]
            self._report("pruned", step=self.state.step, round=number, **self._outcome())
            if self._with_data:
                self._evaluate("pruned", job.module, since=started)
            if job.recovers:
                self.phase("recalibrate")
                started = time.monotonic()
                train = self._opened.data.train
                chosen = even_batches(len(train), self._recipe.training.batch_size)
                recalibrate(job.module, (batch.inputs for batch in Loader(train).batches(chosen)))
                self._evaluate("recalibrated", job.module, since=started)
        self.state.round = number
        self.state.stage = "ready"
        self.state.best = None
        self._loop = None
        self._pending = None
        self.checkpoint(f"ready-{number}")

    def _outcome(self) -> dict[str, Any]:
        dense = dict(self._opened.model.network().named_modules())
        channels = {}
        for name, module in self._job.module.named_modules():
            now, before = _out_channels(module), _out_channels(dense.get(name))
            if now is not None and before is not None:
                channels[name] = [before, now]
        parameters = sum(parameter.numel() for parameter in self._job.module.parameters())
        return {"params": parameters, "channels": channels}

    def _train(self) -> None:
        last = self._last_epoch(self.state.round)
        if self.state.epoch >= last or not self._with_data:
            return
        recovery = self._recipe.pruning.recovery if self._recipe.pruning else "finetune"
        if recovery != "finetune":
            return
        self.phase("train")
        loop = self._make_loop()
        position = loop.position
        every = self._recipe.training.checkpoint_every
        while position.epoch < last:
            started = time.monotonic()
            for step in loop.epoch():
                self.state.stage = "train"
                self.state.step, self.state.epoch, self.state.batch = (
                    position.step,
                    position.epoch,
                    position.batch,
                )
                self._report("step", step=step.step, **step.parts, lr=step.lr)
                if position.batch == 0:
                    self._end_epoch(started)
                elif step.step % every == 0:
                    self.checkpoint()
                self._stoppable(saved=position.batch == 0 or step.step % every == 0)

    def _stoppable(self, saved: bool) -> None:
        """Tick; where the run is to stop, take a checkpoint first, unless one was just taken."""
        try:
            self.tick()
        except BaseException:
            if not saved:
                self.checkpoint()
            raise

    def _make_loop(self) -> Loop:
        self._job.module.to(self._device)
        position = Position(self.state.step, self.state.epoch, self.state.batch)
        loop = Loop(
            self._job.module,
            self._job.objective(),
            self._opened.data.train,
            self._recipe.training,
            self.total_steps,
            position,
        )
        if self._pending is not None:
            loop.optimizer.load_state_dict(self._pending)
            self._pending = None
        self._loop = loop
        return loop

    def _end_epoch(self, started: float) -> None:
        split = self._opened.data.validation
        metrics = evaluate(self._job.module, split, self._opened.task, device=self._device)
        self._report(
            "epoch",
            epoch=self.state.epoch,
            step=self.state.step,
            **_validation(metrics),
            seconds=round(time.monotonic() - started, 3),
        )
        best = self.state.best
        champion = Metrics(best["loss"], best["accuracy"], best["mse"]) if best else None
        if metrics.better_than(champion):
            self.state.best = {
                "epoch": self.state.epoch,
                "step": self.state.step,
                "loss": metrics.loss,
                "accuracy": metrics.accuracy,
                "mse": metrics.mse,
                "checkpoint": self._name(),
            }
        self.checkpoint(best=self.state.best is not best)

    def _evaluate(self, stage: str, module: nn.Module, since: float | None = None) -> None:
        started = time.monotonic() if since is None else since
        split = self._opened.data.validation
        metrics = evaluate(module, split, self._opened.task, tick=self.tick)
        self.state.accuracies[stage] = metrics.figure
        seconds = round(time.monotonic() - started, 3)
        self._report("accuracy", stage=stage, step=self.state.step, **_validation(metrics), seconds=seconds)

    def _choose(self) -> None:
        """Make the best epoch's network the final one."""
        self._job.module.cpu()
        best = self.state.best
        if best is not None:
            tensors = torch.load(
                self._folder.checkpoints / best["checkpoint"] / "tensors.pt",
                map_location="cpu",
                weights_only=True,
            )
            self._job.module.load_state_dict(tensors["model"])
            self.state.accuracies["final"] = best["accuracy"] if best["accuracy"] is not None else best["mse"]
            metrics = Metrics(best["loss"], best["accuracy"], best["mse"])
            self._report("accuracy", stage="final", step=best["step"], **_validation(metrics), seconds=0.0)
        else:
            accuracies = self.state.accuracies
            self.state.accuracies["final"] = next(
                (a for key in ("recalibrated", "pruned", "dense") if (a := accuracies.get(key)) is not None),
                None,
            )
        self._job.module.eval()

    # Checkpoints

    def _name(self) -> str:
        return f"step-{self.state.step:06d}"

    def checkpoint(self, suffix: str = "", best: bool = False) -> None:
        """Write the present state durably."""
        self.state.sequence += 1
        tensors: dict[str, Any] = {"generators": capture_generators()}
        if self.state.stage in ("ready", "train"):
            tensors["model"] = self._job.module.state_dict()
        if self.state.stage == "train" and self._loop is not None:
            tensors["optimizer"] = self._loop.optimizer.state_dict()
        name = self._name() + (f"-{suffix}" if suffix else "")
        state = {**self.state.to_json(), "threads": torch.get_num_threads(), "torch": torch.__version__}
        checkpoints.save(self._folder.checkpoints, name, state, tensors)
        self._report(
            "checkpoint", step=self.state.step, path=f"checkpoints/{name}", best=best, stage=self.state.stage
        )


def _out_channels(module: nn.Module | None) -> int | None:
    for attribute in ("out_channels", "out_features"):
        value = getattr(module, attribute, None)
        if isinstance(value, int):
            return value
    return None


def _validation(metrics: Metrics) -> dict[str, float]:
    figure = {"val_mse": metrics.mse} if metrics.mse is not None else {"val_accuracy": metrics.accuracy}
    return {"val_loss": metrics.loss, **{k: v for k, v in figure.items() if v is not None}}
