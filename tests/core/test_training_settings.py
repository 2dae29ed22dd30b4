"""Accumulation, clipping, averaging and mixed precision beside what plain torch does."""

from __future__ import annotations

import copy
import math
from typing import Any

import pytest
import torch
from torch import nn

from penjing.data.items import Inputs, TensorSplit
from penjing.runs.objectives import plain
from penjing.spec.messages import Failure
from penjing.spec.recipe import TrainingRecipe
from penjing.training.averaging import average_state, make_average, restore_average
from penjing.training.loop import Loop, Position, parts_of
from penjing.training.seeds import epoch_order

pytestmark = pytest.mark.usefixtures("own_generators")


def data(samples: int = 40) -> TensorSplit:
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(samples, 6, generator=generator)
    return TensorSplit(x, (x[:, 0] > 0).long() + (x[:, 1] > 0).long())


def net(norm: bool = False) -> nn.Module:
    torch.manual_seed(5)
    middle: list[nn.Module] = [nn.BatchNorm1d(16)] if norm else []
    return nn.Sequential(nn.Linear(6, 16), *middle, nn.ReLU(), nn.Linear(16, 3))


def loop(module: nn.Module, split: TensorSplit | None = None, **changes: Any) -> Loop:
    recipe = TrainingRecipe(**{"epochs": 3, "batch_size": 8, "lr": 0.1, "seed": 4, "threads": 1, **changes})
    return Loop(module, plain("classification", recipe), split or data(), recipe, 15, Position())


def gradients(module: nn.Module) -> list[torch.Tensor]:
    return [one.grad.clone() for one in module.parameters() if one.grad is not None]


@pytest.mark.parametrize("samples", [40, 37, 43])
@pytest.mark.parametrize("accumulate", [2, 3, 4, 100])
def test_gradients_of_parts_are_those_of_the_whole_batch(samples: int, accumulate: int) -> None:
    whole, parts = net(), net()
    one, other = loop(whole, data(samples)), loop(parts, data(samples), accumulate=accumulate)
    for mine, theirs in zip(one.epoch(), other.epoch(), strict=True):
        for expected, found in zip(gradients(whole), gradients(parts), strict=True):
            torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-6)
        assert theirs.parts["loss"] == pytest.approx(mine.parts["loss"], rel=1e-5)
        assert theirs.samples == mine.samples
    assert one.position == other.position


def test_parts_are_even_and_never_of_one_sample() -> None:
    for samples in range(1, 30):
        for accumulate in range(1, 12):
            sizes = [len(part) for part in parts_of(torch.arange(samples), accumulate)]
            assert sum(sizes) == samples
            assert len(sizes) <= accumulate
            assert max(sizes) - min(sizes) <= 1
            assert min(sizes) >= min(2, samples)


def test_clipping_bounds_the_norm_of_all_gradients() -> None:
    free, bound = net(), net()
    next(loop(free).epoch())
    norm = torch.cat([one.flatten() for one in gradients(free)]).norm()
    limit = float(norm) / 3
    next(loop(bound, clip_norm=limit).epoch())
    clipped = torch.cat([one.flatten() for one in gradients(bound)])
    assert float(clipped.norm()) == pytest.approx(limit, rel=1e-4)
    before = torch.cat([one.flatten() for one in gradients(free)])
    torch.testing.assert_close(clipped / clipped.norm(), before / norm)
    wide = net()
    next(loop(wide, clip_norm=10 * float(norm)).epoch())
    for expected, found in zip(gradients(free), gradients(wide), strict=True):
        assert torch.equal(found, expected)


def test_a_gradient_that_is_not_finite_is_no_step() -> None:
    module = net()
    trainer = loop(module, clip_norm=1.0)

    def objective(one: nn.Module, inputs: Inputs, targets: torch.Tensor) -> dict[str, torch.Tensor]:
        return {"loss": (one(*inputs) * 0).sum().sqrt()}  # 0, with a gradient of 0 times infinity

    trainer._objective = objective
    before = copy.deepcopy(module.state_dict())
    with pytest.raises(Failure) as failure:
        next(trainer.epoch())
    assert failure.value.message.params == {"step": 1, "lr": 0.1, "good": 0}
    assert all(torch.equal(before[name], one) for name, one in module.state_dict().items())


def test_the_average_is_the_one_of_the_formula() -> None:
    module = net(norm=True)
    trainer = loop(module, ema=0.6)
    expected: dict[str, torch.Tensor] = {}
    for number, _ in enumerate(trainer.epoch()):
        share = min(0.6, (1 + number) / (10 + number))
        for name, value in module.state_dict().items():
            if number == 0 or not value.is_floating_point():
                expected[name] = value.clone()
            else:
                expected[name] = share * expected[name] + (1 - share) * value
    assert trainer.judged is not module
    found = trainer.judged.state_dict()
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        torch.testing.assert_close(found[name], value)
    assert any(not torch.equal(found[name], value) for name, value in module.state_dict().items())


def test_the_average_goes_on_after_a_checkpoint() -> None:
    module = net(norm=True)
    average = make_average(module, 0.9)
    average.update_parameters(module)
    state = copy.deepcopy(average_state(average))
    again = make_average(net(norm=True), 0.9)
    restore_average(again, state)
    for one in module.parameters():
        one.data.mul_(3)
    average.update_parameters(module)
    again.update_parameters(module)
    for mine, theirs in zip(average.state_dict().values(), again.state_dict().values(), strict=True):
        assert torch.equal(mine, theirs)


def test_mixed_precision_trains_and_its_scale_is_kept() -> None:
    """On the CPU here, where torch has the same two tools; runs take it on CUDA alone."""
    full, mixed = net(), net()
    one, other = loop(full), loop(mixed, precision="mixed", clip_norm=100.0)
    for step, other_step in zip(one.epoch(), other.epoch(), strict=True):
        assert other_step.parts["loss"] == pytest.approx(step.parts["loss"], rel=0.02)
    for mine, theirs in zip(full.parameters(), mixed.parameters(), strict=True):
        assert theirs.dtype == torch.float32
        torch.testing.assert_close(theirs, mine, rtol=0.05, atol=0.01)
    state = copy.deepcopy(other.state())
    assert state["scaler"]["scale"] == 65536.0
    state["scaler"]["scale"] = 16.0
    later = loop(net(), precision="mixed")
    later.restore(state)
    assert later.state()["scaler"]["scale"] == 16.0


def test_a_gradient_too_large_for_half_precision_lowers_the_scale_and_is_no_step() -> None:
    module = net()
    trainer = loop(module, precision="mixed")

    def objective(one: nn.Module, inputs: Inputs, targets: torch.Tensor) -> dict[str, torch.Tensor]:
        return {"loss": one(*inputs).float().sum() * 1e4}

    trainer._objective = objective
    before = copy.deepcopy(module.state_dict())
    report = next(trainer.epoch())
    assert math.isfinite(report.parts["loss"])
    assert trainer.state()["scaler"]["scale"] == 32768.0
    assert all(torch.equal(before[name], one) for name, one in module.state_dict().items())


def test_an_epochs_order_has_no_part_for_accumulation() -> None:
    seen: list[float] = []
    split = data()

    def objective(one: nn.Module, inputs: Inputs, targets: torch.Tensor) -> dict[str, torch.Tensor]:
        seen.extend(inputs[0][:, 0].tolist())
        return {"loss": one(*inputs).square().mean()}

    trainer = loop(net(), accumulate=3)
    trainer._objective = objective
    for _ in trainer.epoch():
        pass
    assert seen == split.x[epoch_order(40, 4, 0), 0].tolist()
