"""The one training loop: epochs of batches with an objective, stopped and resumed at any step.

It holds no state of its own besides the optimizer, a `Position`, and where they are asked for the average of the
weights and the loss's scale: batches are a function of (seed, epoch), the learning rate a function of the step. So a
loop made anew at a saved position goes on with the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from penjing.data.items import Batch, Inputs, Split
from penjing.data.loading import Augment, Loader
from penjing.spec.messages import Failure
from penjing.spec.recipe import TrainingRecipe
from penjing.training.averaging import average_state, make_average, restore_average
from penjing.training.norms import set_momentum
from penjing.training.optimizers import make_optimizer
from penjing.training.ranks import Ranks
from penjing.training.schedule import Plateau, Rate
from penjing.training.seeds import epoch_order

Objective = Callable[[nn.Module, Inputs, Tensor], dict[str, Tensor]]
"""(module, inputs, targets) -> parts of the loss by name; `loss` is the total to be minimised."""


@dataclass(slots=True)
class Position:
    """Where training is: optimizer steps done, whole epochs done, and steps done in the epoch under way."""

    step: int = 0
    epoch: int = 0
    batch: int = 0


@dataclass(frozen=True, slots=True)
class StepReport:
    """What one step came to: its 1-based number, the loss's parts, the learning rate used, and its samples."""

    step: int
    parts: dict[str, float]
    lr: float
    samples: int


def steps_per_epoch(samples: int, batch_size: int) -> int:
    """Steps in an epoch. A last batch of a single sample is left out: batch norm cannot train on it."""
    whole, rest = divmod(samples, batch_size)
    return max(1, whole + (1 if rest > 1 or (rest == 1 and whole == 0) else 0))


def parts_of(indices: Tensor, accumulate: int) -> Sequence[Tensor]:
    """A step's samples in up to `accumulate` parts of nearly the same size, each of at least two samples."""
    count = max(1, min(accumulate, len(indices) // 2))
    return torch.tensor_split(indices, count) if count > 1 else (indices,)


def share_of(indices: Tensor, ranks: Ranks) -> tuple[Tensor, float]:
    """The samples of a step that this rank takes, and what each counts: 1, or 0 for a rank that none are left for.

    Shares follow each other, of nearly the same size, each of at least two samples (batch norm needs two). A rank
    without one takes the first again for nothing: the exchange of gradients needs it. So an epoch has the same
    steps on any number of ranks.
    """
    shares = parts_of(indices, ranks.size)
    return (shares[ranks.rank], 1.0) if ranks.rank < len(shares) else (shares[0], 0.0)


class Loop:
    """Trains `module` on `split` by `objective`, from `position` on, at the rates that `rate` says.

    Raises `Failure` `training.diverged` where the loss, or a gradient that is clipped, is not finite; the module's
    weights are then those of the step before, and the last checkpoint that the message names is that of step `saved`.

    Several `ranks` share each step's samples. The gradient is that of the mean over all of them, and so are the losses
    that are reported.
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
        rate: Rate | None = None,
        ranks: Ranks | None = None,
    ) -> None:
        self.module = module
        self.position = position
        self.saved = position.step
        set_momentum(module, settings.norm_momentum)
        self.optimizer = make_optimizer(module, settings)
        self.average = make_average(module, settings.ema) if settings.ema is not None else None
        self._ranks = ranks or Ranks()
        self._shared = self._ranks.wrap(module)
        self._per_epoch = steps_per_epoch(len(split), settings.batch_size)
        self._rate = rate or Rate(settings, total_steps, self._per_epoch, [], Plateau())
        self._objective = objective
        self._split = split
        self._loader = loader or Loader(split)
        self._settings = settings
        self._device = next(module.parameters()).device
        self._mixed = settings.precision == "mixed"
        self._scaler = torch.amp.GradScaler(self._device.type, enabled=self._mixed)

    @property
    def per_epoch(self) -> int:
        """Steps in an epoch."""
        return self._per_epoch

    @property
    def judged(self) -> nn.Module:
        """The network that is evaluated and kept: the average where there is one."""
        return self.module if self.average is None else self.average.module

    # State

    def state(self) -> dict[str, Any]:
        """All that a checkpoint needs besides the module and the position."""
        state: dict[str, Any] = {"optimizer": self.optimizer.state_dict()}
        if self.average is not None:
            state["average"] = average_state(self.average)
        if self._mixed:
            state["scaler"] = self._scaler.state_dict()
        if self._ranks.leads:
            state["ranks"] = self._ranks.gathered()
        return state

    def restore(self, state: dict[str, Any]) -> None:
        """The inverse of `state`."""
        self.optimizer.load_state_dict(state["optimizer"])
        if self.average is not None:
            restore_average(self.average, state["average"])
        if self._mixed:
            self._scaler.load_state_dict(state["scaler"])

    # Work

    def epoch(self) -> Iterator[StepReport]:
        """Carry out the rest of the epoch under way, yielding after each step; then the position is at the next.

        The position is up to date at each yield, so a checkpoint may be taken there.
        """
        seed, epoch = self._settings.seed, self.position.epoch
        order = epoch_order(len(self._split), seed, epoch)
        chosen = torch.split(order, self._settings.batch_size)[self.position.batch : self._per_epoch]
        shares = [share_of(one, self._ranks) for one in chosen]
        steps = [parts_of(share, self._settings.accumulate) for share, _ in shares]
        batches = self._loader.batches([part for parts in steps for part in parts], Augment(seed, epoch))
        self.module.train()
        for parts, whole, (_, counts) in zip(steps, chosen, shares, strict=True):
            report = self._step(batches, len(parts), len(whole), counts)
            self.position.batch += 1
            if self.position.batch == self._per_epoch:
                self.position.epoch += 1
                self.position.batch = 0
            yield report

    def _step(self, batches: Iterator[Batch], parts: int, samples: int, counts: float) -> StepReport:
        """One optimizer step over the next `parts` batches; `samples` on all ranks together."""
        alone = self._ranks.size == 1
        rate = self._rate.at(self.position.step)
        self._ranks.begin(rate)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.zero_grad(set_to_none=True)
        values: dict[str, float] = {}
        for part in range(parts):
            batch = next(batches).to(self._device)
            share = counts * len(batch) / samples
            with self._ranks.part(self._shared, last=part == parts - 1):
                found = self._gradients(batch, share)
            for name, value in found.items():
                values[name] = values.get(name, 0.0) + (value if alone and parts == 1 else value * share)
            if alone and not math.isfinite(values["loss"]):
                raise self._diverged(rate)
        values = self._ranks.summed(values)
        if not math.isfinite(values["loss"]):
            raise self._diverged(rate)
        self._clip(rate)
        if self._mixed:
            self._scaler.step(self.optimizer)
            self._scaler.update()
        else:
            self.optimizer.step()
        if self.average is not None:
            self.average.update_parameters(self.module)
        self.position.step += 1
        return StepReport(self.position.step, values, rate, samples)

    def _gradients(self, batch: Batch, share: float) -> dict[str, float]:
        """Add the gradients of `share` times the batch's loss; the loss's parts as they are.

        Ranks divide the sum of their gradients by their number, which is made good for here.
        """
        if self._mixed:
            with torch.autocast(self._device.type, dtype=torch.float16):
                parts = self._objective(self._shared, batch.inputs, batch.targets)
        else:
            parts = self._objective(self._shared, batch.inputs, batch.targets)
        values = {name: float(part.detach()) for name, part in parts.items()}
        weight = share * self._ranks.size
        loss = parts["loss"] if weight == 1.0 else parts["loss"] * weight
        if self._ranks.size > 1 or math.isfinite(values["loss"]):  # the others wait for the gradients
            torch.autograd.backward(self._scaler.scale(loss) if self._mixed else loss)
        return values

    def _clip(self, rate: float) -> None:
        """Bound the gradient's norm where that is asked for."""
        if self._settings.clip_norm is None:
            return
        if self._mixed:
            self._scaler.unscale_(self.optimizer)
        trained = [one for group in self.optimizer.param_groups for one in group["params"]]
        norm = float(nn.utils.clip_grad_norm_(trained, self._settings.clip_norm))
        if (
            not math.isfinite(norm) and not self._mixed
        ):  # the scaler passes over such a step, and lowers the scale
            raise self._diverged(rate)

    def _diverged(self, rate: float) -> Failure:
        return Failure("training.diverged", step=self.position.step + 1, lr=rate, good=self.saved)
