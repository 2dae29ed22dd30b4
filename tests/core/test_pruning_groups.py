"""Coupled groups: found, judged, and the model left as it was."""

from __future__ import annotations

import copy
import threading
import time

import pytest
import torch
from torch import Tensor, nn

from penjing.models.sample import DigitsCNN
from penjing.pruning import deadline
from penjing.pruning.groups import find_groups
from penjing.spec.groups import CoupledGroup, Member

DIGITS = (torch.rand(2, 1, 8, 8, generator=torch.Generator().manual_seed(0)),)
IMAGE = (torch.rand(1, 3, 16, 16, generator=torch.Generator().manual_seed(0)),)


class Residual(nn.Module):
    """Two convolutions added, so that they can only shrink together; a depthwise one; a head."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.branch = nn.Conv2d(8, 8, 3, padding=1)
        self.depthwise = nn.Conv2d(8, 8, 3, padding=1, groups=8)
        self.head = nn.Linear(8, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        x = x + self.branch(x.relu())
        return self.head(self.depthwise(x).mean((2, 3)))


class SplitSum(nn.Module):
    """A wide layer added to the concatenation of two narrow ones: its channels belong to two groups."""

    def __init__(self) -> None:
        super().__init__()
        self.wide = nn.Conv2d(3, 12, 1)
        self.left = nn.Conv2d(3, 8, 1)
        self.right = nn.Conv2d(3, 4, 1)
        self.head = nn.Conv2d(12, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.head((self.wide(x) + torch.cat([self.left(x), self.right(x)], 1)).relu()).mean((2, 3))


class Twice(nn.Module):
    """A layer concatenated with itself and added to a wide one, two of whose channels then go together."""

    def __init__(self) -> None:
        super().__init__()
        self.wide = nn.Conv2d(3, 8, 1)
        self.narrow = nn.Conv2d(3, 4, 1)
        self.head = nn.Conv2d(8, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        n = self.narrow(x)
        return self.head(self.wide(x) + torch.cat([n, n], 1)).mean((2, 3))


class Fixed(nn.Module):
    """Its forward knows a channel count by heart."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 8, 1)
        self.second = nn.Conv2d(8, 6, 1)
        self.head = nn.Linear(6, 2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x).reshape(-1, 8, 16, 16)
        return self.head(self.second(x).mean((2, 3)))


class Shuffled(nn.Module):
    """Reads the channels in another order than they were written."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 8, 1)
        self.second = nn.Conv2d(8, 6, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.second(self.first(x).flip(1)).mean((2, 3))


def by_id(module: nn.Module, inputs: tuple[Tensor, ...]) -> dict[str, CoupledGroup]:
    grouping = find_groups(module, inputs)
    assert len({group.id for group in grouping.groups}) == len(grouping.groups)
    return {group.id: group for group in grouping.groups}


def test_sample_groups_in_order_of_execution() -> None:
    grouping = find_groups(DigitsCNN(), DIGITS)
    assert grouping.ok and not grouping.blockers
    names = ["stage1.0", "stage1.3", "stage2.0", "stage2.3", "hidden", "classifier"]
    assert [group.id for group in grouping.groups] == names
    flattened = grouping.groups[3]
    assert flattened.members[-1] == Member("hidden", "in", 4)  # 2 × 2 positions a channel
    assert grouping.groups[-1].reason == "pruning.reason_output"
    assert [group.prunable for group in grouping.groups] == [True] * 5 + [False]


def test_residual_and_depthwise_are_one_group() -> None:
    group = by_id(Residual(), IMAGE)["stem"]
    assert group.prunable and group.channels == 8
    assert set(group.members) == {
        Member("stem", "out"),
        Member("branch", "in"),
        Member("branch", "out"),
        Member("depthwise", "out"),
        Member("depthwise", "in"),
        Member("head", "in"),
    }


def test_concatenation_splits_a_wide_layer_over_two_groups() -> None:
    groups = [group for group in by_id(SplitSum(), IMAGE).values() if group.prunable]
    assert sorted(group.channels for group in groups) == [4, 8]
    for group in groups:
        other = "left" if group.channels == 8 else "right"
        assert set(group.layers) == {"wide", other, "head"}


def test_entangled_channels_are_locked() -> None:
    reasons = {group.reason for group in by_id(Twice(), IMAGE).values() if "wide" in group.layers}
    assert reasons <= {"pruning.reason_entangled", "pruning.reason_fails", "pruning.reason_output"}
    assert reasons


def test_a_removal_that_breaks_forward_is_locked_alone() -> None:
    groups = by_id(Fixed(), IMAGE)
    assert groups["first"].reason == "pruning.reason_fails"
    assert groups["second"].prunable


def test_wrongly_matched_channels_are_found_out() -> None:
    assert by_id(Shuffled(), IMAGE)["first"].reason == "pruning.reason_entangled"


@pytest.mark.parametrize(
    ("module", "group", "reason"),
    [
        (nn.Sequential(nn.Conv2d(3, 8, 1), nn.Conv2d(8, 8, 1, groups=2), nn.Conv2d(8, 4, 1)), "0", "grouped"),
        (nn.Sequential(nn.Conv2d(3, 8, 1), nn.GroupNorm(2, 8), nn.Conv2d(8, 4, 1)), "0", "grouped"),
    ],
)
def test_equal_parts_lock(module: nn.Module, group: str, reason: str) -> None:
    assert by_id(module, IMAGE)[group].reason == f"pruning.reason_{reason}"


def test_shared_layer_is_locked() -> None:
    layer = nn.Conv2d(8, 8, 1)
    module = nn.Sequential(nn.Conv2d(3, 8, 1), layer, nn.ReLU(), layer, nn.Conv2d(8, 4, 1))
    for group in by_id(module, IMAGE).values():
        if "1" in group.layers:
            assert not group.prunable


def test_attention_is_locked_and_its_feed_forward_is_not() -> None:
    module = nn.Sequential(
        nn.Linear(6, 8),
        nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, norm_first=True),
        nn.Linear(8, 3),
    )
    inputs = (torch.rand(2, 4, 6),)
    groups = by_id(module, inputs)
    assert groups["1.linear1"].prunable
    assert all(not g.prunable for g in groups.values() if any("self_attn" in m for m in g.layers))


def test_the_model_is_left_as_it_was() -> None:
    module = DigitsCNN()
    module.train()
    module.stage1[1].eval()
    module.hidden.weight.requires_grad_(False)
    module.classifier.weight.grad = torch.ones_like(module.classifier.weight)
    before = copy.deepcopy(module.state_dict())
    flags = [child.training for child in module.modules()]
    state = torch.get_rng_state()
    with torch.no_grad():  # a caller's grad mode does not matter
        assert find_groups(module, DIGITS).ok
    assert flags == [child.training for child in module.modules()]
    assert all(torch.equal(before[key], value) for key, value in module.state_dict().items())
    assert torch.equal(state, torch.get_rng_state())
    assert not module.hidden.weight.requires_grad and module.classifier.weight.requires_grad
    grad = module.classifier.weight.grad
    assert grad is not None and bool((grad == 1).all())
    assert module.stage1[0].weight.grad is None


def test_the_same_model_gives_the_same_groups() -> None:
    first, second = (find_groups(DigitsCNN(), DIGITS).groups for _ in range(2))
    assert first == second


def test_a_model_that_does_not_run_is_a_blocker() -> None:
    grouping = find_groups(DigitsCNN(), (torch.rand(1, 3, 8, 8),))
    assert not grouping.ok
    assert [blocker.code for blocker in grouping.blockers] == ["pruning.forward_failed"]


def test_nothing_prunable_is_a_blocker() -> None:
    grouping = find_groups(nn.Sequential(nn.Flatten(), nn.Linear(64, 10)), DIGITS)
    assert [blocker.code for blocker in grouping.blockers] == ["pruning.nothing_prunable"]
    assert [group.reason for group in grouping.groups] == ["pruning.reason_output"]


class Endless(nn.Module):
    """Runs at once without gradients; with them, as when it is traced, never ends."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        while torch.is_grad_enabled():
            time.sleep(0.001)
        return self.layer(x)


def test_an_endless_search_is_stopped() -> None:
    threads = threading.active_count()
    grouping = find_groups(Endless(), (torch.rand(1, 4),), time_limit_s=0.2)
    assert [blocker.code for blocker in grouping.blockers] == ["pruning.graph_timeout"]
    assert grouping.seconds < 100
    assert threading.active_count() == threads


def test_deadline_outlasts_a_bare_except() -> None:
    def stubborn() -> None:
        for _ in range(3):
            try:
                while True:
                    time.sleep(0.001)
            except:  # noqa: E722 - as the library has it
                pass

    with pytest.raises(deadline.OutOfTimeError):
        deadline.call(stubborn, 0.05)
    assert deadline.call(lambda: 3, 5) == 3
    with pytest.raises(KeyError):
        deadline.call(lambda: {}["x"], 5)
