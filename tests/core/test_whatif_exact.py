"""What was planned is what happens: predicted costs against the counted costs of the pruned model."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest
import torch
import torchvision
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from penjing.costs.count import count
from penjing.models.sample import DigitsCNN
from penjing.pruning.channels import remove, replay
from penjing.pruning.groups import find_groups
from penjing.spec.costs import CostTable
from penjing.spec.references import InputSpec
from penjing.whatif import allocate, predict

ZOO = ("resnet18", "vgg11_bn", "mobilenet_v2", "densenet121", "squeezenet1_0")

pytestmark = pytest.mark.usefixtures("one_thread")


def build(name: str) -> tuple[nn.Module, InputSpec]:
    torch.manual_seed(0)
    if name == "digits-cnn":
        return DigitsCNN().eval(), InputSpec((1, 8, 8))
    if (
        name == "vgg11_bn"
    ):  # the same network with a small first linear layer: 25 million weights fewer to copy
        module = torchvision.models.VGG(torchvision.models.vgg11_bn().features, num_classes=10)
        module.avgpool = nn.AdaptiveAvgPool2d((2, 2))
        module.classifier[0] = nn.Linear(512 * 2 * 2, 256)
        module.classifier[3] = nn.Linear(256, 256)
        module.classifier[6] = nn.Linear(256, 10)
        return module.eval(), InputSpec((3, 64, 64))
    return torchvision.models.get_model(name, weights=None).eval(), InputSpec((3, 64, 64))


def real_macs(module: nn.Module, inputs: tuple[torch.Tensor, ...]) -> int:
    """Torch's own count, not ours."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module(*inputs)
    return int(counter.get_total_flops()) // 2


def without_peak(table: CostTable) -> CostTable:
    """The peak is an estimate; everything else is exact."""
    return replace(table, totals=replace(table.totals, peak_activation_bytes=0, peak_training_bytes=None))


@pytest.mark.parametrize("name", ["digits-cnn", *ZOO])
def test_predicted_costs_are_the_real_ones(name: str) -> None:
    module, spec = build(name)
    inputs = (torch.rand(1, *spec.shape, generator=torch.Generator().manual_seed(0)),)
    table = count(module, (spec,), model=name)
    groups = find_groups(module, inputs).groups
    locked = [group for group in groups if not group.prunable]
    assert [group.reason for group in locked] == ["pruning.reason_output"]
    kept = allocate(table, groups, "macs", 0.4, round_to=4)
    planned = predict(table, groups, kept)
    assert planned.totals.macs <= 0.4 * table.totals.macs

    fresh = copy.deepcopy(module)
    history = remove(module, inputs, kept, "l2")
    counted = count(module, (spec,), model=name)
    assert without_peak(planned) == without_peak(counted)
    assert planned.totals.params == sum(parameter.numel() for parameter in module.parameters())
    assert planned.totals.macs == real_macs(module, inputs)
    assert planned.totals.peak_activation_bytes == pytest.approx(
        counted.totals.peak_activation_bytes, rel=0.2
    )
    assert planned.totals.peak_training_bytes == pytest.approx(counted.totals.peak_training_bytes, rel=0.05)

    replay(fresh, inputs, history)
    assert {key: value.shape for key, value in fresh.state_dict().items()} == {
        key: value.shape for key, value in module.state_dict().items()
    }
    for parameter, again in zip(module.parameters(), fresh.parameters(), strict=True):
        assert torch.equal(parameter, again)


def test_a_layer_override_reaches_the_real_layer() -> None:
    module, spec = build("digits-cnn")
    inputs = (torch.rand(1, *spec.shape),)
    table, groups = count(module, (spec,)), find_groups(module, inputs).groups
    kept = allocate(table, groups, "ratio", 0.5, layers={"stage1.0": 0.25, "hidden": 0})
    remove(module, inputs, kept)
    assert isinstance(module, DigitsCNN)
    widths = [module.stage1[0].out_channels, module.stage1[3].out_channels, module.hidden.out_features]
    assert widths == [24, 16, 176]
