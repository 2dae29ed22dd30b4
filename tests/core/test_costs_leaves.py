"""Remembered calls of layers change no figure: whole tables with and without them, for the zoo and for odd models."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torchvision import models

from penjing.costs import leaves, shapes, tracer, training_step
from penjing.costs.count import count
from penjing.models.skeleton import skeleton
from penjing.models.zoo import default_input, zoo_arguments
from penjing.spec.costs import CostTable
from penjing.spec.references import InputSpec


def plainly(module: nn.Module, inputs: tuple[InputSpec, ...]) -> CostTable:
    """The table with every operator run by torch, and every call of a module seen through hooks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shapes, "run", lambda func, args, kwargs: func(*args, **kwargs))
        patch.setattr(tracer, "can_be_intercepted", lambda _: False)
        patch.setattr(training_step, "can_be_intercepted", lambda _: False)
        return count(module, inputs)


def differences(one: CostTable, other: CostTable) -> list[Any]:
    """What to look at first where two tables are not the same."""
    if one == other:
        return []
    rows = [pair for pair in zip(one.rows, other.rows, strict=False) if pair[0] != pair[1]]
    return [(one.totals, other.totals), *rows[:3], len(one.rows), len(other.rows), "edges or order"]


def assert_same(module: nn.Module, inputs: tuple[InputSpec, ...]) -> None:
    expected = plainly(module, inputs)
    for _ in range(2):  # the first may learn, the second knows
        assert not differences(count(module, inputs), expected)


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for one in (tracer, training_step):
        monkeypatch.setattr(one, "_calls", leaves.Calls())
    monkeypatch.setattr(shapes, "_made", {})
    yield


def of_the_zoo(name: str) -> tuple[nn.Module, tuple[InputSpec, ...]]:
    inputs = default_input(name)
    arguments = zoo_arguments(name, inputs, pretrained=False)
    return skeleton(lambda: models.get_model(name, **arguments)), inputs


@pytest.mark.parametrize(
    "name", ["resnet18", "mobilenet_v3_small", "shufflenet_v2_x0_5", "swin_t", "vit_b_16"]
)
def test_a_few_of_the_zoo(name: str) -> None:
    assert_same(*of_the_zoo(name))


@pytest.mark.slow
@pytest.mark.parametrize("name", models.list_models(module=models))
def test_all_of_the_zoo(name: str) -> None:
    assert_same(*of_the_zoo(name))


class Doubling(nn.Conv2d):
    """Says that it is a convolution, and does more."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(super().forward(x))


class Odd(nn.Module):
    """Two alike convolutions and what a test does with them."""

    def __init__(
        self, run: Callable[[Any, torch.Tensor], torch.Tensor], change: Callable[[Any], object]
    ) -> None:
        super().__init__()
        self.first = nn.Conv2d(4, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.second = nn.Conv2d(4, 4, 3, padding=1)
        self.act = nn.ReLU(inplace=True)
        self.drop = nn.Dropout(0.5)
        self.run = run
        change(self)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.run(self, x)


def chain(m: Any, x: torch.Tensor) -> torch.Tensor:
    y = m.act(m.norm(m.first(x)))
    return m.drop(m.second(m.drop(y))) + y  # type: ignore[no-any-return]


def nothing(_: Any) -> None: ...


def hooked(m: Any) -> None:
    m.second.register_forward_hook(lambda _m, _args, out: torch.cat([out, out], 1)[:, :4] * 2)
    m.second.register_forward_pre_hook(lambda _m, args: (args[0] @ args[0].transpose(2, 3),))


def shared(m: Any) -> None:
    m.second = m.first
    m.third = nn.Sequential(m.first)


def doubling(m: Any) -> None:
    m.second = Doubling(4, 4, 3, padding=1)


def parametrized(m: Any) -> None:
    nn.utils.parametrizations.weight_norm(m.second)
    nn.utils.parametrizations.spectral_norm(m.first)


def pruned(m: Any) -> None:
    from torch.nn.utils import prune

    prune.l1_unstructured(m.second, "weight", 0.5)  # type: ignore[no-untyped-call]


def frozen(m: Any) -> None:
    m.first.requires_grad_(False)
    m.norm.requires_grad_(False)


def channels_last(m: Any) -> None:
    m.to(memory_format=torch.channels_last)


def evaluating(m: Any) -> None:
    m.norm.train = lambda mode=True: m.norm


def other_forward(m: Any) -> None:
    m.second.forward = lambda x: F.conv2d(F.conv2d(x, m.second.weight), m.second.weight, padding=2)


def own_weight(m: Any, x: torch.Tensor) -> torch.Tensor:
    return F.conv2d(chain(m, x), m.first.weight) + m.second.forward(x)[..., 1:-1, 1:-1]  # type: ignore[no-any-return]


def restrided(m: Any, x: torch.Tensor) -> torch.Tensor:
    y = chain(m, x)
    m.second.stride = (2, 2) if m.second.stride == (1, 1) else (1, 1)
    z = m.second(y)
    m.second.stride = (1, 1)
    return torch.cat([z.flatten(1), m.second(y).flatten(1)], 1)


def swapped(m: Any, x: torch.Tensor) -> torch.Tensor:
    y = chain(m, x)
    kept = m.second.weight
    m.second.weight = nn.Parameter(torch.empty(4, 4, 1, 1, device=x.device))
    z = m.second(y)
    m.second.weight = kept
    return z + m.second(F.pad(y, (1, 1, 1, 1)))  # type: ignore[no-any-return]


def resized(m: Any, x: torch.Tensor) -> torch.Tensor:
    y = chain(m, x)
    kept = m.second.weight.data
    m.second.weight.data = torch.empty(4, 4, 1, 1, device=x.device)
    z = m.second(y)
    m.second.weight.data = kept
    return z  # type: ignore[no-any-return]


def by_keyword(m: Any, x: torch.Tensor) -> torch.Tensor:
    return chain(m, m.first(input=x))


def of_views(m: Any, x: torch.Tensor) -> torch.Tensor:
    y = m.first(x)
    for part in (y[:, :2], y.transpose(2, 3), *y.split(2, 1)):
        y = y.sum() + m.act(part).sum() + y
    return m.act(y.view(-1))  # type: ignore[no-any-return]


def of_leaves(m: Any, x: torch.Tensor) -> torch.Tensor:
    z = torch.zeros(1, 4, 8, 8, device=x.device, requires_grad=True)
    return m.first(m.act(x)) + m.second(z)  # type: ignore[no-any-return]


def writing_on_a_leaf(m: Any, x: torch.Tensor) -> torch.Tensor:
    y = m.act(m.first(x)) + x
    return y + m.act(torch.zeros(y.shape, device=x.device, requires_grad=m.training))  # type: ignore[no-any-return]


def of_a_parameter(m: Any, x: torch.Tensor) -> torch.Tensor:
    return chain(m, x) + m.act(m.norm(m.first.weight[:, :, :1, :1].expand(4, 4, 8, 8).detach()))[:1]  # type: ignore[no-any-return]


def half(m: Any, x: torch.Tensor) -> torch.Tensor:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        y = chain(m, x)
    return chain(m, x) + y


def without_grad(m: Any, x: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        y = chain(m, x)
    with torch.enable_grad():
        return chain(m, y)


def mapped(m: Any, x: torch.Tensor) -> torch.Tensor:
    once: torch.Tensor = torch.vmap(lambda one: m.second(m.first(one)))(x.unsqueeze(1))
    return once + chain(m, x).unsqueeze(1)


def checkpointed(m: Any, x: torch.Tensor) -> torch.Tensor:
    from torch.utils.checkpoint import checkpoint

    y: torch.Tensor = checkpoint(lambda one: chain(m, one), m.first(x), use_reentrant=False)
    return y + chain(m, x)


def attending(m: Any, x: torch.Tensor) -> torch.Tensor:
    y = chain(m, x)
    return chain(m, F.scaled_dot_product_attention(y, y, y, dropout_p=0.5 if m.training else 0.0))


def twice_as_many(m: Any, x: torch.Tensor) -> torch.Tensor:
    return chain(m, torch.cat([x, x])).double().half().float()


def never_training(m: Any, x: torch.Tensor) -> torch.Tensor:
    if m.training:
        raise RuntimeError("not so")
    return chain(m, x)


CHANGES = (
    nothing, hooked, shared, doubling, parametrized, pruned, frozen, channels_last, evaluating, other_forward,
)  # fmt: skip
RUNS = (
    own_weight, restrided, swapped, resized, by_keyword, of_views, of_leaves, writing_on_a_leaf, of_a_parameter, half,
    without_grad, mapped, checkpointed, attending, twice_as_many, never_training,
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.__name__)
def test_changed_layers(change: Callable[[Any], object]) -> None:
    count(Odd(chain, nothing), [InputSpec((4, 8, 8))])  # what is learnt here must not be taken for the other
    assert_same(Odd(chain, change), (InputSpec((4, 8, 8)),))


@pytest.mark.parametrize("run", RUNS, ids=lambda one: one.__name__)
def test_unusual_calls(run: Callable[[Any, torch.Tensor], torch.Tensor]) -> None:
    count(Odd(chain, nothing), [InputSpec((4, 8, 8))])
    assert_same(Odd(run, nothing), (InputSpec((4, 8, 8)),))


def test_a_hook_attached_during_the_pass_is_part_of_its_layer() -> None:
    def later(m: Any, x: torch.Tensor) -> torch.Tensor:
        y = m.first(x)
        handle = m.second.register_forward_hook(lambda _m, _args, out: out @ out)
        z = m.second(y)
        handle.remove()
        return z + m.second(y)  # type: ignore[no-any-return]

    module, inputs = Odd(later, nothing), (InputSpec((4, 8, 8)),)
    for _ in range(2):
        found = count(module, inputs)
        assert found.totals.macs == plainly(module, inputs).totals.macs
        assert [row.macs for row in found.rows if row.name == "second"] == [2 * 4 * 4 * 9 * 64 + 4 * 8**3]


def test_other_layers() -> None:
    layers = nn.Sequential(
        nn.Embedding(10, 8),
        nn.Linear(8, 8),
        nn.LayerNorm(8),
        nn.GELU(),
        nn.Linear(8, 8),
        nn.Softmax(-1),
        nn.Identity(),
    )
    assert_same(layers, (InputSpec((5,), "int64"),))
    deep = nn.Sequential(
        nn.ConvTranspose2d(3, 4, 2, 2),
        nn.GroupNorm(2, 4),
        nn.PReLU(),
        nn.MaxPool2d(2),
        nn.AdaptiveAvgPool2d(1),
    )
    assert_same(nn.Sequential(deep, nn.Flatten(), nn.Linear(4, 2)), (InputSpec((3, 6, 6)),))
    assert_same(nn.TransformerEncoderLayer(8, 2, batch_first=True), (InputSpec((5, 8)),))


def test_calls_that_are_alike_are_not_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[nn.Module] = []
    plain = nn.Conv2d._conv_forward

    def noted(self: nn.Conv2d, *args: Any) -> torch.Tensor:
        ran.append(self)
        return plain(self, *args)  # type: ignore[no-any-return]

    monkeypatch.setattr(nn.Conv2d, "_conv_forward", noted)
    count(Odd(chain, nothing), [InputSpec((4, 8, 8))])
    assert (
        len(ran) <= 3
    )  # counted once for both layers; kept for backward once a layer, the first's input needs none
    count(Odd(chain, nothing), [InputSpec((4, 8, 8))])
    assert len(ran) <= 3


def test_nothing_stays_on_a_model_that_runs_on_the_cpu() -> None:
    class Reading(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(4, 4)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.layer(x) * x.sum().item()  # type: ignore[no-any-return]

    module = Reading()
    count(module, [InputSpec((4,))])
    assert all("_compiled_call_impl" not in vars(one) for one in module.modules())
    assert module(torch.ones(1, 4)).shape == (1, 4)


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaves, "MOST", 3)
    calls = leaves.Calls()
    for size in range(1, 9):
        assert calls.leaf(nn.Linear(size, 1, device="meta")) is not None
    assert len(calls._by_settings) <= 3


def test_weights_without_values_are_not_initialised() -> None:
    real = torch.zeros(3)

    def build() -> nn.Module:
        nn.init.constant_(real, 2.0)  # a tensor that has values
        return nn.Linear(3, 3)

    assert all(one.is_meta for one in skeleton(build).parameters())
    assert real.tolist() == [2.0, 2.0, 2.0]
    assert float(nn.init.constant_(torch.zeros(1), 1.0)) == 1.0
