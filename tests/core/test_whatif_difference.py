"""Layers of two models meet by name, else by place; differences are second minus first."""

from __future__ import annotations

import json

import torch
from torch import nn
from torchvision import models

from penjing.costs.count import count
from penjing.spec.costs import CostTable, Row, sum_totals
from penjing.spec.references import InputSpec
from penjing.whatif.difference import difference

IMAGE = [InputSpec((3, 64, 64))]


def table(*rows: Row) -> CostTable:
    return CostTable("m", "py", (InputSpec((1,)),), rows, sum_totals(rows, 0))


def zoo(name: str) -> CostTable:
    with torch.device("meta"):
        return count(models.get_model(name, weights=None), IMAGE, name)


def test_a_model_and_itself() -> None:
    one = zoo("resnet18")
    found = difference(one, one)
    assert [pair.name for pair in found.pairs] == [row.name for row in one]
    assert {pair.matched for pair in found.pairs} == {"name"}
    assert not any(pair.delta("macs") or pair.delta("params") for pair in found.pairs)


def test_every_row_appears_once_and_differences_add_up() -> None:
    one, other = zoo("resnet18"), zoo("resnet50")
    found = difference(one, other)
    assert sorted(pair.first.name for pair in found.pairs if pair.first) == sorted(row.name for row in one)
    assert sorted(pair.second.name for pair in found.pairs if pair.second) == sorted(
        row.name for row in other
    )
    for key in ("params", "macs", "activation_bytes"):
        deltas = [pair.delta(key) or 0 for pair in found.pairs]
        assert sum(deltas) == getattr(other.totals, key) - getattr(one.totals, key)
    pairs = {pair.name: pair for pair in found.pairs}
    assert pairs["fc"].delta("params") == (2048 - 512) * 1000
    assert pairs["fc"].relative("macs") == 3.0
    # ResNet-50's third convolution of a block has no partner, and stands after its neighbour.
    names = [pair.name for pair in found.pairs]
    assert pairs["layer1.0.conv3"].first is None
    assert names.index("layer1.0.conv3") == names.index("layer1.0.bn2") + 1
    document = json.loads(json.dumps(found.to_json()))
    assert document["delta"]["params"] == 25557032 - 11689512
    assert len(document["layers"]) == len(found.pairs)


class Renamed(nn.Module):
    """ResNet-18 under other names."""

    def __init__(self) -> None:
        super().__init__()
        inner = models.resnet18()
        self.stem = nn.Sequential(inner.conv1, inner.bn1, inner.relu, inner.maxpool)
        self.stages = nn.ModuleList([inner.layer1, inner.layer2, inner.layer3, inner.layer4])
        self.head = nn.Sequential(inner.avgpool, nn.Flatten(), inner.fc)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.stem(x)
        for stage in self.stages:
            x = stage(x)
        return self.head(x)  # type: ignore[no-any-return]


def test_the_same_structure_under_other_names() -> None:
    one = zoo("resnet18")
    with torch.device("meta"):
        other = count(Renamed(), IMAGE)
    found = difference(one, other)
    lone = [pair for pair in found.pairs if pair.first is None or pair.second is None]
    assert [pair.name for pair in lone] == ["head.1"]  # the Flatten layer
    assert {pair.matched for pair in found.pairs} == {"position", ""}
    assert not any(pair.delta("macs") for pair in found.pairs)


def test_what_is_missing_or_unknown() -> None:
    first = table(
        Row("a", "Linear", 5, macs=None), Row("b", "Linear", 4, latency_ms=2.0), Row("old", "GELU", 1)
    )
    second = table(
        Row("new", "Tanh", 2), Row("a", "Linear", 6, macs=3), Row("b", "Linear", 4, latency_ms=3.0)
    )
    pairs = {pair.name: pair for pair in difference(first, second).pairs}
    assert list(pairs) == ["new", "a", "b", "old"]
    assert pairs["a"].delta("macs") is None
    assert pairs["a"].delta("params") == 1
    assert pairs["b"].delta("latency_ms") == 1.0
    assert pairs["b"].relative("latency_ms") == 0.5
    assert (pairs["new"].delta("params"), pairs["new"].relative("params")) == (2, None)
    assert (pairs["old"].delta("params"), pairs["old"].relative("params")) == (-1, -1.0)
    assert pairs["old"].delta("latency_ms") is None


def test_work_outside_leaves_meets_whatever_its_class_is_called() -> None:
    first = table(Row("attn.(self)", "LlamaAttention", macs=3))
    (pair,) = difference(first, table(Row("att.(self)", "Attention", macs=5))).pairs
    assert (pair.matched, pair.delta("macs")) == ("position", 2)


def test_large_tables_with_nothing_in_common_are_quick() -> None:
    rows = [Row(f"a{i}", "Linear" if i % 3 else "ReLU", 1) for i in range(20_000)]
    others = [Row(f"b{i}", "Linear" if i % 2 else "GELU", 1) for i in range(20_000)]
    found = difference(table(*rows), table(*others))
    assert sum(pair.first is not None for pair in found.pairs) == 20_000
    assert sum(pair.second is not None for pair in found.pairs) == 20_000
