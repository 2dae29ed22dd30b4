"""Learning rate as a function of the step, so that a resumed run needs no scheduler state.

What is not a function of the step alone is kept beside it, small and plain: what a plateau has seen, and rates that
were asked for while the run went on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from penjing.spec.recipe import TrainingRecipe

# One cycle as torch's OneCycleLR has it by default, without its cycle of momentum.
RISE, FIRST, LAST = 0.3, 25.0, 1e4
Changes = list[tuple[int, float]]
"""(steps done, rate): from the next step on that rate is the schedule's highest. Ascending."""


def _arc(start: float, end: float, share: float) -> float:
    """Half a cosine from `start` to `end`."""
    return end + (start - end) * 0.5 * (1 + math.cos(math.pi * min(max(share, 0.0), 1.0)))


def factor(settings: TrainingRecipe, step: int, total_steps: int, per_epoch: int) -> float:
    """The share of the highest rate that the 0-based `step` of `total_steps` is taken with.

    `cosine`: half a cosine down to zero (Loshchilov and Hutter 2017, arXiv:1608.03983, without restarts).
    `one-cycle`: up from 1/25 over the first 30 % of the steps, then down to 1/250,000 (Smith and Topin 2017,
    arXiv:1708.07120). `step`: times `decay` every `decay_epochs`. `constant` and `plateau`: 1 (`Plateau` knows the
    rest). Before that `warmup_epochs` rise linearly from zero (Goyal et al. 2017, arXiv:1706.02677).
    """
    warm = min(round(settings.warmup_epochs * per_epoch), total_steps)
    if step < warm:
        return (step + 1) / warm
    done, total = step - warm, total_steps - warm
    if settings.schedule == "cosine" and total > 1:
        return _arc(1.0, 0.0, done / total)
    if settings.schedule == "one-cycle" and total > 1:
        peak = RISE * total - 1
        if done <= peak:
            return _arc(1 / FIRST, 1.0, done / peak if peak > 0 else 1.0)
        return _arc(1.0, 1 / FIRST / LAST, (done - peak) / (total - 1 - peak))
    if settings.schedule == "step":
        return float(settings.decay ** (step // (settings.decay_epochs * per_epoch)))
    return 1.0


def base_rate(settings: TrainingRecipe, changes: Changes, step: int) -> float:
    """The schedule's highest rate at the 0-based `step`: the recipe's, or the last that was asked for."""
    return next((rate for done, rate in reversed(changes) if done <= step), settings.lr)


@dataclass(slots=True)
class Plateau:
    """What the schedule `plateau` has seen: the lowest validation loss, epochs since, and how often it lowered."""

    lowest: float | None = None
    waited: int = 0
    drops: int = 0

    def see(self, loss: float, patience: int) -> None:
        """Take an epoch's validation loss; after `patience` epochs without a lower one the rate drops once more."""
        if self.lowest is None or loss < self.lowest:
            self.lowest, self.waited = loss, 0
            return
        self.waited += 1
        if self.waited >= patience:
            self.drops, self.waited = self.drops + 1, 0

    def to_json(self) -> dict[str, Any]:
        """As a checkpoint stores it."""
        return asdict(self)

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Plateau:
        """The inverse of `to_json`."""
        return Plateau(value.get("lowest"), int(value.get("waited", 0)), int(value.get("drops", 0)))


@dataclass(slots=True)
class Rate:
    """The learning rate of every step of a run.

    `skipped` are steps that early stops have taken off so far: the schedule goes on where they would have led.
    """

    settings: TrainingRecipe
    total_steps: int
    per_epoch: int
    changes: Changes
    plateau: Plateau
    skipped: int = 0

    def at(self, step: int) -> float:
        """The rate of the 0-based `step`."""
        share = factor(self.settings, step + self.skipped, self.total_steps, self.per_epoch)
        if self.settings.schedule == "plateau":
            share *= self.settings.decay**self.plateau.drops
        return base_rate(self.settings, self.changes, step) * share
