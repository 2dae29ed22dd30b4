"""Every schedule beside torch's own, warm-up, plateau, and rates set while a run goes on."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from penjing.spec.recipe import TrainingRecipe
from penjing.training.schedule import Plateau, Rate, base_rate, factor

PER_EPOCH, EPOCHS = 5, 6
TOTAL = PER_EPOCH * EPOCHS


def settings(**changes: Any) -> TrainingRecipe:
    return TrainingRecipe(**{"epochs": EPOCHS, "lr": 0.3, **changes})


def torchs(make: Any) -> list[float]:
    """The rates that a scheduler of torch's gives to each step."""
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.3)
    scheduler, rates = make(optimizer), []
    for _ in range(TOTAL):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


SCHEDULERS: dict[str, Any] = {
    "cosine": lambda one: torch.optim.lr_scheduler.CosineAnnealingLR(one, TOTAL),
    "one-cycle": lambda one: torch.optim.lr_scheduler.OneCycleLR(one, 0.3, TOTAL, cycle_momentum=False),
    "step": lambda one: torch.optim.lr_scheduler.StepLR(one, 2 * PER_EPOCH, 0.2),
    "constant": lambda one: torch.optim.lr_scheduler.ConstantLR(one, 1.0, 0),
}


@pytest.mark.parametrize("schedule", SCHEDULERS)
def test_the_schedules_are_torchs(schedule: str) -> None:
    recipe = settings(schedule=schedule, decay=0.2, decay_epochs=2)
    mine = [0.3 * factor(recipe, step, TOTAL, PER_EPOCH) for step in range(TOTAL)]
    assert mine == pytest.approx(torchs(SCHEDULERS[schedule]), rel=1e-9)


@pytest.mark.parametrize("schedule", ["constant", "cosine", "step", "plateau"])
def test_warm_up_rises_linearly_and_hands_over(schedule: str) -> None:
    recipe = settings(schedule=schedule, warmup_epochs=1.6)
    shares = [factor(recipe, step, TOTAL, PER_EPOCH) for step in range(TOTAL)]
    assert shares[:8] == pytest.approx([(step + 1) / 8 for step in range(8)])
    assert shares[8] == 1
    if schedule == "cosine":
        short = [factor(settings(), step, TOTAL - 8, PER_EPOCH) for step in range(TOTAL - 8)]
        assert shares[8:] == pytest.approx(short)


def test_a_short_run_has_a_rate_at_every_step() -> None:
    for schedule in ("constant", "cosine", "one-cycle", "step", "plateau"):
        for total in (1, 2, 3, 4):
            for warmup in (0.0, 0.5, 9.0):
                recipe = settings(schedule=schedule, warmup_epochs=warmup)
                assert all(0 < factor(recipe, step, total, 2) <= 1 for step in range(total)), (
                    schedule,
                    total,
                )


@pytest.mark.parametrize("patience", [1, 2, 3])
def test_the_plateau_is_torchs(patience: int) -> None:
    losses = [1.0, 0.8, 0.9, 0.85, 0.8, 0.7, 0.7, 0.7, 0.7, 0.7, 0.6, 0.9, 0.9, 0.9, 0.9, 0.5]
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
    # torch lowers the rate after more than `patience` epochs, we after so many.
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer, factor=0.5, patience=patience - 1, threshold=0.0
    )
    plateau = Plateau()
    for loss in losses:
        plateau = Plateau.from_json(plateau.to_json())  # as through a checkpoint
        plateau.see(loss, patience)
        scheduler.step(loss)
        assert 0.5**plateau.drops == pytest.approx(optimizer.param_groups[0]["lr"])
    assert plateau.drops > 0


def test_a_rate_set_live_scales_the_schedule_from_the_next_step() -> None:
    recipe = settings()
    rate = Rate(recipe, TOTAL, PER_EPOCH, [(4, 0.03), (10, 0.6)], Plateau())
    for step in range(TOTAL):
        base = 0.3 if step < 4 else 0.03 if step < 10 else 0.6
        assert base_rate(recipe, rate.changes, step) == base
        assert rate.at(step) == pytest.approx(base * factor(recipe, step, TOTAL, PER_EPOCH))


def test_steps_that_an_early_stop_took_off_move_the_schedule_on() -> None:
    recipe = settings()
    rate = Rate(recipe, TOTAL, PER_EPOCH, [], Plateau(), skipped=10)
    assert rate.at(3) == Rate(recipe, TOTAL, PER_EPOCH, [], Plateau()).at(13)


def test_drops_count_for_the_plateau_alone() -> None:
    assert Rate(settings(schedule="plateau"), TOTAL, PER_EPOCH, [], Plateau(drops=2)).at(0) == pytest.approx(
        0.003
    )
    assert Rate(settings(schedule="constant"), TOTAL, PER_EPOCH, [], Plateau(drops=2)).at(0) == 0.3
