"""Keeps a run's checkpoints, and its best network: in memory until the next checkpoint takes it along."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from penjing.runs.reporter import Reporter
from penjing.runs.state import RunState
from penjing.spec.folders import RunFolder
from penjing.spec.messages import Failure
from penjing.training import checkpoints
from penjing.training.loop import Loop
from penjing.training.seeds import capture_generators, restore_generators

SPARING, LONGEST_S = 300, 300.0
"""A checkpoint is worth making once as many times the last one's time have gone by, or as many seconds."""


class Keeper:
    """See the module's text."""

    def __init__(self, folder: RunFolder, report: Reporter) -> None:
        self._folder = folder.checkpoints
        self._report = report
        self._best: dict[str, Tensor] | None = None  # not in a checkpoint yet
        self._ended, self._took = time.monotonic(), 0.0
        self._newest = 0  # in the order of writing, of those that lay there at first

    def restore(self) -> tuple[RunState, dict[str, Any]] | None:
        """The state and tensors of the newest whole checkpoint; the generators are then as they were."""
        checkpoints.clean(self._folder)
        # One that is gone back behind is still the newest there, and would be kept in place of those that follow.
        self._newest = max((one.sequence for one in checkpoints.existing(self._folder)), default=0)
        found = checkpoints.latest(self._folder)
        if found is None:
            return None
        checkpoint, tensors = found
        restore_generators(tensors["generators"])
        return RunState.from_json(checkpoint.state), tensors

    def due(self) -> bool:
        """Whether enough time has gone by since the last checkpoint for one more to cost little beside it.

        It has no part in what the run comes to, only in how much of it a killed one does again.
        """
        return time.monotonic() - self._ended >= min(SPARING * self._took, LONGEST_S)

    def hold(self, module: nn.Module) -> None:
        """Remember the best network until the next checkpoint."""
        self._best = {name: tensor.detach().clone() for name, tensor in module.state_dict().items()}

    def release(self) -> None:
        """Forget the one that is held: another is better."""
        self._best = None

    def save(
        self, state: RunState, module: nn.Module | None, loop: Loop | None, suffix: str, best: bool
    ) -> None:
        """Write a checkpoint, and journal it. `best`: the module (or its average) is the best network.

        Raises `Failure` `training.diverged` where the loop's weights are not finite: that is not to be gone back to.
        """
        started = time.monotonic()
        if loop is not None:
            _check_finite(loop)
        state.sequence = max(state.sequence, self._newest) + 1
        name = f"step-{state.step:06d}" + (f"-{suffix}" if suffix else "")
        tensors: dict[str, Any] = {"generators": capture_generators()}
        if module is not None:
            tensors["model"] = module.state_dict()
        if loop is not None:
            tensors.update(loop.state())
        if state.best is not None and state.best["checkpoint"] is None:
            state.best["checkpoint"] = name
            if self._best is not None:
                tensors["best"], self._best = self._best, None
                best = True
        known = {**state.to_json(), "threads": torch.get_num_threads(), "torch": torch.__version__}
        checkpoints.save(self._folder, name, known, tensors)
        if loop is not None:
            loop.saved = state.step
        self._report("checkpoint", step=state.step, path=f"checkpoints/{name}", best=best, stage=state.stage)
        self._ended = time.monotonic()
        self._took = self._ended - started

    def best_weights(self, best: Mapping[str, Any]) -> dict[str, Tensor]:
        """The weights of the best network that `RunState.best` names."""
        path = self._folder / best["checkpoint"] / "tensors.pt"
        tensors: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        if "best" in tensors:
            weights: dict[str, Tensor] = tensors["best"]
        elif "average" in tensors:
            weights = tensors["average"]["weights"]
        else:
            weights = tensors["model"]
        return weights


def all_finite(values: Tensor) -> bool:
    """Whether all are; a sum tells at a tenth of the time, unless it overflows."""
    return bool(values.sum().isfinite()) or bool(values.isfinite().all())


def _check_finite(loop: Loop) -> None:
    values = [
        *loop.module.state_dict().values(),
        *(loop.judged.state_dict().values() if loop.average else ()),
    ]
    if not all(all_finite(one) for one in values if one.is_floating_point()):
        rate = float(loop.optimizer.param_groups[0]["lr"])
        raise Failure("training.diverged", step=loop.position.step, lr=rate, good=loop.saved)
