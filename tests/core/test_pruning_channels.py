"""Criteria, removal of channels, its history, and batch-norm statistics."""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from penjing.models.sample import DigitsCNN
from penjing.pruning import criteria
from penjing.pruning.channels import remove, replay
from penjing.pruning.groups import couplings, find_groups
from penjing.pruning.recalibrate import even_batches, recalibrate
from penjing.spec.messages import Failure

X = torch.rand(96, 1, 8, 8, generator=torch.Generator().manual_seed(1))
EXAMPLE = (X[:2],)


def sample(seed: int = 0) -> DigitsCNN:
    torch.manual_seed(seed)
    return DigitsCNN().eval()


def counts(module: nn.Module, divisor: int) -> dict[str, int]:
    groups = find_groups(module, EXAMPLE).groups
    return {group.id: max(1, group.channels // divisor) for group in groups if group.prunable}


def two_layers() -> nn.Sequential:
    """Channel scores that can be worked out by hand."""
    first, second = nn.Linear(2, 3), nn.Linear(3, 2)
    with torch.no_grad():
        first.weight.copy_(torch.tensor([[3.0, 4.0], [0.0, 1.0], [6.0, 8.0]]))
        second.weight.copy_(torch.tensor([[1.0, 2.0, 0.0], [0.0, 2.0, 3.0]]))
    return nn.Sequential(first, nn.ReLU(), second)


def scored(module: nn.Module, criterion: str, inputs: tuple[Tensor, ...]) -> np.ndarray:
    one = couplings(module, inputs)[0]
    return criteria.scores(module, one, criterion, torch.Generator().manual_seed(0)).numpy()


@pytest.mark.parametrize(
    ("criterion", "first", "second"),
    [
        ("l2", [5.0, 1.0, 10.0], [1.0, 8**0.5, 3.0]),
        ("l1", [7.0, 1.0, 14.0], [1.0, 4.0, 3.0]),
    ],
)
def test_scores_add_up_members_over_their_means(
    criterion: str, first: list[float], second: list[float]
) -> None:
    expected = np.array(first) / np.mean(first) + np.array(second) / np.mean(second)
    np.testing.assert_allclose(scored(two_layers(), criterion, (torch.rand(2, 2),)), expected, rtol=1e-6)


def test_fpgm_scores_are_distances_between_filters() -> None:
    filters = np.array([[3.0, 4.0], [0.0, 1.0], [6.0, 8.0]])
    distances = np.linalg.norm(filters[:, None] - filters[None], axis=2).sum(1)
    np.testing.assert_allclose(
        scored(two_layers(), "fpgm", (torch.rand(2, 2),)), distances / distances.mean(), rtol=1e-6
    )


def test_bn_scale_scores_are_the_norms_scales() -> None:
    module = sample()
    with torch.no_grad():
        module.stage1[1].weight.copy_(torch.linspace(-2, 1, 32))
    expected = np.abs(np.linspace(-2, 1, 32))
    np.testing.assert_allclose(scored(module, "bn-scale", EXAMPLE), expected / expected.mean(), rtol=1e-5)
    with pytest.raises(Failure, match="criterion_inapplicable"):
        remove(sample(), EXAMPLE, {"hidden": 8}, "bn-scale")


def test_the_lowest_scores_go_and_of_equals_the_last() -> None:
    module = two_layers()
    assert remove(module, (torch.rand(2, 2),), {"0": 2}, "l2") == [
        {"group": "0", "layer": "0", "channels": 3, "removed": [0]}
    ]
    assert module[0].weight.tolist() == [[0.0, 1.0], [6.0, 8.0]]
    assert module[2].weight.tolist() == [[2.0, 0.0], [2.0, 3.0]]
    equal = nn.Sequential(nn.Linear(2, 4), nn.Linear(4, 2))
    for layer in equal:
        nn.init.ones_(layer.weight)
    assert remove(equal, (torch.rand(2, 2),), {"0": 2})[0]["removed"] == [2, 3]


def test_removing_equals_masking() -> None:
    """What is left computes what the whole network computes when the removed channels are not read."""
    module = sample()
    whole = copy.deepcopy(module)
    history = remove(module, EXAMPLE, counts(module, 2), "l2")
    readers = {"stage1.0": "stage1.3", "stage1.3": "stage2.0", "stage2.0": "stage2.3", "hidden": "classifier"}
    with torch.no_grad():
        for entry in history:
            removed = entry["removed"]
            if entry["group"] == "stage2.3":
                positions = [4 * channel + k for channel in removed for k in range(4)]
                whole.hidden.weight[:, positions] = 0
            else:
                whole.get_submodule(readers[entry["group"]]).weight[:, removed] = 0
        torch.testing.assert_close(module(X), whole(X), rtol=1e-4, atol=1e-5)
    assert module.stage1[0].weight.shape == (16, 1, 3, 3)


def test_several_rounds_replay_to_the_same_shapes_and_channels() -> None:
    module = sample()
    fresh = copy.deepcopy(module)
    history = remove(module, EXAMPLE, counts(module, 2), "l2")
    history += remove(module, EXAMPLE, counts(module, 3), "random", seed=3)
    history = json.loads(json.dumps(history))
    replay(fresh, EXAMPLE, history)
    for key, value in module.state_dict().items():
        assert torch.equal(value, fresh.state_dict()[key]), key
    with pytest.raises(Failure, match="history_mismatch"):
        replay(fresh, EXAMPLE, history)


def test_random_is_a_function_of_the_seed_and_of_nothing_else() -> None:
    torch.manual_seed(5)
    first = remove(sample(), EXAMPLE, {"hidden": 50}, "random", seed=1)
    torch.manual_seed(6)
    assert remove(sample(), EXAMPLE, {"hidden": 50}, "random", seed=1) == first
    assert remove(sample(), EXAMPLE, {"hidden": 50, "stage1.0": 9}, "random", seed=1)[-1] == first[0]
    assert remove(sample(), EXAMPLE, {"hidden": 50}, "random", seed=2) != first


def test_frozen_parameters_and_training_flags_stay() -> None:
    module = sample().train()
    module.stage1[0].weight.requires_grad_(False)
    remove(module, EXAMPLE, counts(module, 2))
    assert module.training and module.stage1[1].training
    assert not module.stage1[0].weight.requires_grad and module.stage1[3].weight.requires_grad
    module(X).sum().backward()


@pytest.mark.parametrize(
    ("kept", "code"),
    [
        ({"nowhere": 2}, "group_unknown"),
        ({"hidden": 0}, "count_out_of_range"),
        ({"hidden": 177}, "count_out_of_range"),
        ({"classifier": 5}, "group_locked"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_nothing_is_removed(kept: dict[str, int], code: str) -> None:
    module = sample()
    with pytest.raises(Failure, match=f"pruning.{code}") as failure:
        remove(module, EXAMPLE, {"stage1.0": 4, **kept})
    assert failure.value.exit_code == 2
    assert module.stage1[0].out_channels == 32


def test_unknown_criterion_is_refused() -> None:
    with pytest.raises(Failure, match="criterion_unsupported"):
        remove(sample(), EXAMPLE, {}, "taylor")


def batches_of(size: int) -> list[tuple[Tensor, ...]]:
    return [(X[chosen],) for chosen in even_batches(len(X), size)]


def test_recalibrate_averages_the_batches_statistics() -> None:
    module = nn.Sequential(nn.BatchNorm2d(1), nn.Conv2d(1, 2, 1))
    module.eval()
    recalibrate(module, batches_of(32))
    batches = X.numpy().reshape(3, 32, -1)
    norm = module[0]
    np.testing.assert_allclose(norm.running_mean.numpy(), [batches.mean((1, 2)).mean()], rtol=1e-5)
    np.testing.assert_allclose(
        norm.running_var.numpy(), [np.var(batches, axis=(1, 2), ddof=1).mean()], rtol=1e-5
    )
    assert norm.momentum == 0.1 and not norm.training


def test_recalibrate_is_deterministic_and_forgets_what_was() -> None:
    first, second = sample(), sample()
    second(X)
    for child in second.modules():
        if isinstance(child, nn.BatchNorm2d):
            child.running_mean.fill_(7)
    recalibrate(first, batches_of(40))
    recalibrate(second, batches_of(40))
    for key, value in first.state_dict().items():
        assert torch.equal(value, second.state_dict()[key]), key
