"""The training loop beside the bare loop that anyone would write: the same weights, and the same after a stop."""

from __future__ import annotations

import copy
import math
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional

from penjing.data.items import Inputs, TensorSplit
from penjing.spec.messages import Failure
from penjing.spec.recipe import TrainingRecipe
from penjing.training.loop import Loop, Position, steps_per_epoch
from penjing.training.norms import lag
from penjing.training.optimizers import make_optimizer
from penjing.training.schedule import factor
from penjing.training.seeds import (
    capture_generators,
    derived_seed,
    epoch_order,
    restore_generators,
    seed_everything,
)
from penjing.training.threads import resolve_threads

pytestmark = pytest.mark.usefixtures("own_generators")


def small() -> nn.Module:
    torch.manual_seed(5)
    return nn.Sequential(nn.Linear(6, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.3), nn.Linear(16, 3))


def data(samples: int = 41) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(samples, 6, generator=generator)
    return x, (x[:, 0] > 0).long() + (x[:, 1] > 0).long()


def settings(**changes: Any) -> TrainingRecipe:
    return TrainingRecipe(**{"epochs": 3, "batch_size": 8, "lr": 0.1, "seed": 4, "threads": 1, **changes})


def cross_entropy(module: nn.Module, x: Inputs, y: torch.Tensor) -> dict[str, torch.Tensor]:
    return {"loss": functional.cross_entropy(module(*x), y)}


def trained(module: nn.Module, recipe: TrainingRecipe, position: Position | None = None) -> nn.Module:
    x, y = data()
    total = recipe.epochs * steps_per_epoch(len(x), recipe.batch_size)
    loop = Loop(module, cross_entropy, TensorSplit(x, y), recipe, total, position or Position())
    while loop.position.epoch < recipe.epochs:
        for _ in loop.epoch():
            pass
    return module


def same(one: nn.Module, other: nn.Module) -> bool:
    mine, theirs = one.state_dict(), other.state_dict()
    return mine.keys() == theirs.keys() and all(torch.equal(mine[name], theirs[name]) for name in mine)


@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_the_loop_is_the_bare_loop(optimizer: str, schedule: str) -> None:
    recipe = settings(optimizer=optimizer, schedule=schedule)
    ours, theirs = small(), small()
    seed_everything(recipe.seed)
    trained(ours, recipe)

    seed_everything(recipe.seed)
    x, y = data()
    weights = [p for p in theirs.parameters() if p.ndim > 1]
    others = [p for p in theirs.parameters() if p.ndim <= 1]
    groups = [{"params": weights, "weight_decay": 5e-4}, {"params": others, "weight_decay": 0.0}]
    bare: torch.optim.Optimizer
    if optimizer == "sgd":
        bare = torch.optim.SGD(groups, lr=0.1, momentum=0.9, nesterov=True)
    else:
        bare = torch.optim.AdamW(groups, lr=0.1)
    steps = 3 * 5  # 41 samples in batches of 8: five of 8, and one left over that batch norm cannot take
    scheduler: Any = torch.optim.lr_scheduler.LambdaLR(bare, lambda step: 1.0)
    if schedule == "cosine":
        scheduler = torch.optim.lr_scheduler.LambdaLR(
            bare, lambda step: 0.5 * (1 + math.cos(math.pi * step / steps))
        )
    theirs.train()
    for epoch in range(3):
        order = epoch_order(41, 4, epoch)
        for start in range(0, 40, 8):
            batch = order[start : start + 8]
            bare.zero_grad()
            functional.cross_entropy(theirs(x[batch]), y[batch]).backward()
            bare.step()
            scheduler.step()
    for name, tensor in theirs.state_dict().items():
        torch.testing.assert_close(ours.state_dict()[name], tensor, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
@pytest.mark.parametrize("stop", [1, 5, 7, 14])
def test_a_loop_made_anew_goes_on_with_the_same_bytes(optimizer: str, stop: int) -> None:
    recipe = settings(optimizer=optimizer)
    x, y = data()
    whole, module = small(), small()
    seed_everything(recipe.seed)
    trained(whole, recipe)

    seed_everything(recipe.seed)
    first = Loop(module, cross_entropy, TensorSplit(x, y), recipe, 15, Position())
    while first.position.step < stop:
        for _ in first.epoch():
            if first.position.step == stop:
                break
    generators, state = capture_generators(), copy.deepcopy(first.optimizer.state_dict())
    kept = copy.deepcopy(module)
    torch.rand(3)  # what happens in between leaves no trace

    restore_generators(generators)
    later = Loop(kept, cross_entropy, TensorSplit(x, y), recipe, 15, copy.copy(first.position))
    later.optimizer.load_state_dict(state)
    while later.position.epoch < recipe.epochs:
        for _ in later.epoch():
            pass
    assert later.position.step == 15
    assert same(whole, kept)


def test_momentum_and_dropout_have_a_part_in_it() -> None:
    """What the test above would miss if they had none."""
    recipe = settings()
    whole, otherwise_dropped, without_momentum = small(), small(), small()
    seed_everything(recipe.seed)
    trained(whole, recipe)
    seed_everything(recipe.seed + 1)
    assert not same(whole, trained(otherwise_dropped, recipe))
    seed_everything(recipe.seed)
    assert not same(whole, trained(without_momentum, settings(momentum=0.0)))


def test_every_sample_is_seen_once_an_epoch_in_an_order_of_its_own() -> None:
    x = torch.arange(40.0).reshape(40, 1)
    seen: list[list[float]] = []

    def objective(module: nn.Module, inputs: Inputs, targets: torch.Tensor) -> dict[str, torch.Tensor]:
        assert torch.equal(inputs[0][:, 0], targets)
        seen[-1].extend(inputs[0][:, 0].tolist())
        return {"loss": (module(*inputs)[:, 0] - targets).square().mean() * 1e-6}

    loop = Loop(nn.Linear(1, 1), objective, TensorSplit(x, x[:, 0]), settings(lr=1e-6), 15, Position())
    for _ in range(2):
        seen.append([])
        assert len(list(loop.epoch())) == 5
    assert sorted(seen[0]) == sorted(seen[1]) == x[:, 0].tolist()
    assert seen[0] != seen[1]


@pytest.mark.parametrize(
    ("samples", "batch", "steps"), [(40, 8, 5), (41, 8, 5), (42, 8, 6), (1, 8, 1), (7, 8, 1), (8, 1, 8)]
)
def test_steps_of_an_epoch(samples: int, batch: int, steps: int) -> None:
    assert steps_per_epoch(samples, batch) == steps


def test_a_loss_that_is_not_finite_ends_the_run_with_the_weights_of_the_step_before() -> None:
    module = nn.Linear(6, 3)
    x, y = data()
    calls = 0

    def objective(module: nn.Module, inputs: Inputs, targets: torch.Tensor) -> dict[str, torch.Tensor]:
        nonlocal calls
        calls += 1
        return {"loss": module(*inputs).sum() * (float("nan") if calls == 3 else 1.0)}

    loop = Loop(module, objective, TensorSplit(x, y), settings(), 15, Position())
    steps = loop.epoch()
    next(steps)
    next(steps)
    before = copy.deepcopy(module)
    with pytest.raises(Failure) as failure:
        next(steps)
    assert failure.value.message.code == "training.diverged"
    assert failure.value.message.params["step"] == 3
    assert same(before, module)


def test_norms_and_biases_are_not_decayed() -> None:
    module = small()
    for recipe in (settings(), settings(optimizer="adamw")):
        groups = make_optimizer(module, recipe).param_groups
        decayed = {p for group in groups if group["weight_decay"] for p in group["params"]}
        assert decayed == {module[0].weight, module[4].weight}  # type: ignore[index]
        assert {p for group in groups for p in group["params"]} == set(module.parameters())


def test_frozen_parameters_are_left_alone() -> None:
    module = small()
    module[0].requires_grad_(False)  # type: ignore[index]
    before = copy.deepcopy(module[0])  # type: ignore[index]
    trained(module, settings(epochs=1))
    assert same(before, module[0])  # type: ignore[index]


def test_the_cosine_is_torchs() -> None:
    parameter = nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=0.3)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=20)
    for step in range(20):
        assert 0.3 * factor(settings(), step, 20, 5) == pytest.approx(scheduler.get_last_lr()[0], rel=1e-9)
        optimizer.step()
        scheduler.step()
    assert factor(settings(schedule="constant"), 7, 20, 5) == 1
    assert factor(settings(), 0, 1, 1) == 1


def test_an_order_is_a_function_of_seed_and_epoch_alone() -> None:
    torch.manual_seed(1)
    first = epoch_order(100, 3, 2)
    torch.manual_seed(2)
    before = torch.get_rng_state()
    assert torch.equal(epoch_order(100, 3, 2), first)
    assert torch.equal(torch.get_rng_state(), before)
    assert sorted(first.tolist()) == list(range(100))
    for other in (epoch_order(100, 3, 3), epoch_order(100, 4, 2)):
        assert not torch.equal(first, other)


def test_derived_seeds_depend_on_every_part() -> None:
    seeds = {derived_seed(*parts) for parts in ((1, 23), (12, 3), (123,), ("a", 1), ("a", 1, ""), (23, 1))}
    assert len(seeds) == 6
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_generators_come_back_through_a_file(tmp_path: Any) -> None:
    import random

    import numpy as np

    def draw() -> list[float]:
        return [random.random(), random.gauss(0, 1), float(np.random.rand()), float(np.random.randn()),
                float(torch.rand(1))]  # fmt: skip

    seed_everything(9)
    draw()
    torch.save(capture_generators(), tmp_path / "state.pt")
    after = [draw() for _ in range(3)]
    seed_everything(1)
    restore_generators(torch.load(tmp_path / "state.pt", weights_only=True))
    assert [draw() for _ in range(3)] == after


def test_threads_leave_a_core_free(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(6)), raising=False)
    assert resolve_threads(0) == 5
    assert resolve_threads(3) == 3
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0})
    assert resolve_threads(0) == 1


def test_statistics_of_norms_follow_as_fast_as_the_recipe_says() -> None:
    """The same weights; the statistics are what torch's own layer keeps with that momentum."""
    ours, slow, theirs = small(), small(), small()
    for one in (ours, slow):
        one[1].momentum = 0.01
    theirs[1].momentum = 0.3
    for module, recipe in ((ours, settings(norm_momentum=0.3)), (slow, settings()), (theirs, settings())):
        seed_everything(4)
        trained(module, recipe)
    assert same(ours, theirs)
    assert torch.equal(ours[0].weight, slow[0].weight)
    assert not torch.equal(ours[1].running_var, slow[1].running_var)


def test_a_network_whose_norms_will_lag_is_told_of_before_training() -> None:
    module = small()
    module[1].momentum = 0.01
    (told,) = lag(module, 87)  # 0.99^87 = 0.417
    assert told.code == "training.norms_lag"
    assert told.params == {"momentum": 0.01, "steps": 87, "percent": 42}
    assert lag(module, 300) == []  # 4.9 %
    assert lag(module, 87, momentum=0.1) == []
    (told,) = lag(small(), 7)  # 0.9^7 = 0.478: a momentum of 0.1 is what it has
    assert (told.code, told.params["percent"]) == ("training.norms_lag_steps", 48)
    module(torch.randn(8, 6))
    assert lag(module, 87) == []  # its statistics are of data
    module[1].num_batches_tracked.zero_()  # as weights are that were saved without it
    assert lag(module, 87) == []
    assert lag(small(), 87) == [] and lag(nn.Linear(2, 2), 1) == []
