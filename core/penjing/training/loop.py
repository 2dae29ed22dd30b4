"""The one training loop: epochs of batches with an objective, stopped and resumed at any step.

It holds no state of its own besides the optimizer and a `Position`: batches are a function of (seed, epoch), the
learning rate a function of the step. So a loop made anew at a saved position goes on with the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from penjing.data.items import Batch, Inputs, Split
from penjing.data.loading import Augment, Loader
from penjing.spec.messages import Failure
from penjing.spec.recipe import TrainingRecipe
from penjing.training.optimizers import make_optimizer
from penjing.training.schedule import learning_rate
from penjing.training.seeds import epoch_order

Objective = Callable[[nn.Module, Inputs, Tensor], dict[str, Tensor]]
"""(module, inputs, targets) -> parts of the loss by name; `loss` is the total to be minimised."""


@dataclass(slots=True)
class Position:
    """Where training is: optimizer steps done, whole epochs done, and batches done in the epoch under way."""

    step: int = 0
    epoch: int = 0
    batch: int = 0


@dataclass(frozen=True, slots=True)
class StepReport:
    """What one step came to: the step's 1-based number, the loss's parts, and the learning rate used."""

    step: int
    parts: dict[str, float]
    lr: float


def steps_per_epoch(samples: int, batch_size: int) -> int:
    """Batches in an epoch. A last batch of a single sample is left out: batch norm cannot train on it."""
    whole, rest = divmod(samples, batch_size)
    return max(1, whole + (1 if rest > 1 or (rest == 1 and whole == 0) else 0))


class Loop:
    """Trains `module` on `split` by `objective`, from `position` on.

    `total_steps` is what the learning-rate schedule runs over. Raises `Failure` `training.diverged` where the loss
    is not finite; the module's weights are then those of the step before.
    """

    def __init__(
        self,
        module: nn.Module,
        objective: Objective,
        split: Split,
        settings: TrainingRecipe,
        total_steps: int,
        position: Position,
        loader: Loader | None = None,
    ) -> None:
        self.module = module
        self.position = position
        self.optimizer = make_optimizer(module, settings)
        self._objective = objective
        self._split = split
        self._loader = loader or Loader(split)
        self._settings = settings
        self._total_steps = total_steps
        self._per_epoch = steps_per_epoch(len(split), settings.batch_size)

    @property
    def per_epoch(self) -> int:
        """Steps in an epoch."""
        return self._per_epoch

    def epoch(self) -> Iterator[StepReport]:
        """Carry out the rest of the epoch under way, yielding after each step; then the position is at the next.

        The position is up to date at each yield, so a checkpoint may be taken there.
        """
        seed, epoch = self._settings.seed, self.position.epoch
        order = epoch_order(len(self._split), seed, epoch)
        batches = torch.split(order, self._settings.batch_size)[self.position.batch : self._per_epoch]
        self.module.train()
        for batch in self._loader.batches(batches, Augment(seed, epoch)):
            report = self._step(batch)
            self.position.batch += 1
            if self.position.batch == self._per_epoch:
                self.position.epoch += 1
                self.position.batch = 0
                yield report
                return
            yield report

    def _step(self, batch: Batch) -> StepReport:
        device = next(self.module.parameters()).device
        rate = learning_rate(
            self._settings.lr, self._settings.schedule, self.position.step, self._total_steps
        )
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        batch = batch.to(device)
        self.optimizer.zero_grad(set_to_none=True)
        parts = self._objective(self.module, batch.inputs, batch.targets)
        values = {name: float(part.detach()) for name, part in parts.items()}
        if not math.isfinite(values["loss"]):
            raise Failure("training.diverged", step=self.position.step + 1, lr=rate)
        torch.autograd.backward(parts["loss"])
        self.optimizer.step()
        self.position.step += 1
        return StepReport(self.position.step, values, rate)
