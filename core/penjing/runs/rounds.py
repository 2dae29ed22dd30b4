"""One round of a run's training: steps, epochs' ends, the choice of the best, checkpoints and early stop."""

from __future__ import annotations

import math
import time
from typing import Any

import psutil
import torch

from penjing.runs.judge import as_fields
from penjing.runs.life import Life
from penjing.runs.ranks_lead import open_round
from penjing.spec.messages import Failure
from penjing.training.loop import Loop, Position
from penjing.training.metrics import Metrics
from penjing.training.schedule import Plateau, Rate

OUT_OF_PROPORTION, TRAINED_OUT_OF_PROPORTION = 1e3, 10.0


def train_round(life: Life, restored: dict[str, Any] | None) -> None:
    """Train up to the round's last epoch. `restored` is the loop's state where it goes on within the round."""
    state, settings = life.state, life.recipe.training
    plateau = Plateau.from_json(state.plateau)
    loop = life.loop = _loop(life, plateau, restored)
    position = loop.position
    while position.epoch < life.last_epoch():
        began, samples = time.monotonic(), 0
        for step in loop.epoch():
            samples += step.samples
            state.stage = "train"
            state.step, state.epoch, state.batch = position.step, position.epoch, position.batch
            life.report("step", step=step.step, **step.parts, lr=step.lr)
            if position.batch == 0:
                saved = _end_epoch(life, loop, plateau, began, samples, step.parts["loss"])
            else:
                saved = step.step % settings.checkpoint_every == 0 and life.keeper.due()
                if saved:
                    life.checkpoint()
            _stoppable(life, saved)
    life.ranks.leave()


def _loop(life: Life, plateau: Plateau, restored: dict[str, Any] | None) -> Loop:
    state, settings, module = life.state, life.recipe.training, life.job.module
    module.to(torch.device(settings.device_type))
    total = life.per_epoch * settings.epochs
    skipped = life.per_epoch * state.skipped
    life.units.begin(module, restored is not None)
    open_round(life, restored)
    loop = Loop(
        module,
        life.units.objective(life.job.objective()),
        life.opened.data.train,
        settings,
        total,
        Position(state.step, state.epoch, state.batch),
        life.judge.loader("train"),
        Rate(settings, total, life.per_epoch, life.watch.changes, plateau, skipped),
        life.ranks,
    )
    if restored is not None:
        loop.restore(restored)
    return loop


def _stoppable(life: Life, saved: bool) -> None:
    """Tick; where the run is to stop, take a checkpoint first, unless one was just taken."""
    try:
        life.tick()
    except BaseException:
        if not saved:
            life.checkpoint()
        raise


def _end_epoch(life: Life, loop: Loop, plateau: Plateau, began: float, samples: int, trained: float) -> bool:
    """Validate, choose, decide on an early stop; whether a checkpoint was made. `trained` is the last step's loss."""
    state, settings = life.state, life.recipe.training
    rate = samples / max(time.monotonic() - began, 1e-9)
    metrics = life.judge.assess(loop.judged, "validation", settings.device_type).metrics
    better = metrics.better_than(Metrics.from_json(state.best) if state.best else None)
    life.report(
        "epoch",
        epoch=state.epoch,
        step=state.step,
        **as_fields(metrics),
        best=better,
        seconds=round(time.monotonic() - began, 3),
        samples_per_s=round(rate, 3),
        memory_bytes=_memory(settings.device_type),
    )
    if out_of_proportion(metrics.loss, trained, state.lowest):
        rate = float(loop.optimizer.param_groups[0]["lr"])
        raise Failure("training.diverged", step=state.step, lr=rate, good=loop.saved)
    state.lowest = metrics.loss if state.lowest is None else min(metrics.loss, state.lowest)
    plateau.see(metrics.loss, settings.patience)
    state.plateau = plateau.to_json()
    if better:
        state.best = {**metrics.to_json(), "epoch": state.epoch, "step": state.step, "checkpoint": None}
        life.keeper.release()
    _stop_early(life)
    if state.epoch >= life.last_epoch() or life.keeper.due():
        life.checkpoint(best=better)
        return True
    if better:
        life.keeper.hold(loop.judged)
    return False


def out_of_proportion(validation: float, trained: float, lowest: float | None) -> bool:
    """Whether training has diverged, by the losses of validation and of the epoch's last step.

    The first alone does not tell: after a few steps from random weights batch norm's statistics lag behind the weights,
    and a deep network that trains well has a validation loss of millions.
    """
    if not math.isfinite(validation):
        return True
    usual = 1 + (validation if lowest is None else lowest)
    return validation > OUT_OF_PROPORTION * usual and trained > TRAINED_OUT_OF_PROPORTION * usual


def _stop_early(life: Life) -> None:
    """End the round where `early_stop` epochs have passed without a better validation."""
    state, wanted = life.state, life.recipe.training.early_stop
    left = life.last_epoch() - state.epoch
    if wanted is None or left <= 0 or state.best is None or state.epoch - state.best["epoch"] < wanted:
        return
    state.skipped += left
    life.report("early_stop", epoch=state.epoch, step=state.step, round=state.round)
    life.report("plan", **life.plan())


def _memory(device_type: str) -> int:
    """Bytes held on the device, or by this process."""
    if device_type == "cuda":
        return int(torch.cuda.max_memory_allocated())
    return int(psutil.Process().memory_info().rss)
