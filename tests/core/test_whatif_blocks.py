"""Repeated blocks are found, and only where they are identical; shares of a cost add up."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torchvision import models

from penjing.costs.count import count
from penjing.spec.costs import CostTable, Row, sum_totals
from penjing.spec.references import InputSpec
from penjing.whatif.blocks import concentration, repeats

IMAGE = [InputSpec((3, 224, 224))]


def on_meta(name: str) -> CostTable:
    with torch.device("meta"):
        return count(models.get_model(name, weights=None), IMAGE)


def counts(table: CostTable, **options: int) -> dict[str, int]:
    return {one.names[0]: one.count for one in repeats(table, **options)}


def test_a_vits_twelve_layers() -> None:
    assert counts(on_meta("vit_b_16")) == {"encoder.layers.encoder_layer_0": 12}
    found = repeats(on_meta("vit_b_16"))[0]
    assert (found.parent, found.names[-1]) == ("encoder.layers", "encoder.layers.encoder_layer_11")


def test_a_resnets_later_blocks() -> None:
    # The first block of a stage changes width or size, so it differs from those after it.
    assert counts(on_meta("resnet50")) == {"layer1.1": 2, "layer2.1": 3, "layer3.1": 5, "layer4.1": 2}
    assert counts(on_meta("resnet50"), least=3) == {"layer2.1": 3, "layer3.1": 5}


def test_layers_in_turn() -> None:
    rows = tuple(Row(f"body.{i}", "Linear" if i % 2 == 0 else "ReLU", 5 * (1 - i % 2)) for i in range(6))
    rows += (Row("body.6", "Linear", 5), Row("body.7", "Linear", 6), Row("body.(self)", "Net"))
    table = CostTable("m", "py", (InputSpec((1,)),), rows, sum_totals(rows, 0))
    assert repeats(table, longest=1) == ()
    (found,) = repeats(table)
    assert (found.parent, found.names, found.period, found.count) == (
        "body", tuple(f"body.{i}" for i in range(6)), 2, 3,
    )  # fmt: skip


def test_an_mlps_hidden_layers() -> None:
    hidden = [one for _ in range(5) for one in (nn.Linear(8, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout())]
    table = count(nn.Sequential(nn.Linear(4, 8), nn.ReLU(), *hidden, nn.Linear(8, 2)), [InputSpec((4,))])
    (found,) = repeats(table)
    assert (found.names, found.period, found.count) == (tuple(str(i) for i in range(2, 22)), 4, 5)


def test_blocks_within_blocks_and_small_differences() -> None:
    block = lambda width: nn.Sequential(nn.Linear(4, width), nn.Linear(width, 4))  # noqa: E731
    group = lambda: nn.Sequential(block(8), block(8), block(9))  # noqa: E731
    table = count(nn.Sequential(group(), group(), group(), block(8)), [InputSpec((4,))])
    assert [(one.parent, one.names) for one in repeats(table)] == [
        ("", ("0", "1", "2")),
        ("0", ("0.0", "0.1")),
        ("1", ("1.0", "1.1")),
        ("2", ("2.0", "2.1")),
    ]


def test_equal_costs_in_other_roles_are_not_a_block() -> None:
    net = nn.Module()
    for name in ("query", "key", "value", "up1", "up2", "down3"):
        net.add_module(name, nn.Linear(8, 8, bias=False))
    net.add_module("up3", nn.Linear(4, 16, bias=False))  # as many parameters, another shape
    net.add_module("up4", nn.Linear(16, 4, bias=False))
    net.forward = lambda x: [one(x[..., : one.in_features]) for one in net.children()]  # type: ignore[method-assign]
    assert [one.names for one in repeats(count(net, [InputSpec((16,))]))] == [("up1", "up2")]


def test_a_hundred_thousand_rows_at_any_depth() -> None:
    rows = tuple(Row(f"a.b.c.{i // 4}.{i % 4}", "Linear", 7, macs=7) for i in range(100_000))
    table = CostTable("m", "py", (InputSpec((1,)),), rows, sum_totals(rows, 0))
    assert max(one.count for one in repeats(table)) == 25_000
    deep = Row(".".join(["m"] * 3000), "Linear", 1)
    assert repeats(CostTable("m", "py", (InputSpec((1,)),), (deep,), sum_totals((deep,), 0))) == ()


def test_vgg16_holds_most_in_one_layer() -> None:
    table = on_meta("vgg16")
    spread = concentration([row.params for row in table if row.params])
    assert len(spread.order) == 16
    assert spread.share(1 / 16) == pytest.approx((25088 * 4096 + 4096) / 138357544)
    assert spread.share(0) == 0.0
    assert spread.share(1) == spread.share(2) == pytest.approx(1.0)
    assert spread.layers(0.74) == 1  # the first linear layer alone: 74.3 %
    assert spread.layers(0.75) == 2
    assert list(spread.cumulative) == sorted(spread.cumulative)


def test_nothing_and_the_unknown() -> None:
    assert concentration([]).share(0.5) == 0.0
    assert concentration([0, None]).layers(0.5) == 0
    spread = concentration([1, None, 3])
    assert (spread.order, spread.cumulative) == ((2, 0, 1), (0.75, 1.0, 1.0))
