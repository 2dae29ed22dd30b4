"""Remembered results are those that torch would make, and nothing that is not safe to remember is."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torchvision import models

from penjing.costs import shapes
from penjing.costs.count import count
from penjing.costs.meta import meta_copy, tensors_in
from penjing.models.skeleton import zoo_skeleton
from penjing.spec.references import InputSpec

aten = torch.ops.aten


def facts(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return type(value), [facts(one) for one in value]
    if not isinstance(value, torch.Tensor):
        return value
    return value.shape, value.stride(), value.dtype, value.device, value.untyped_storage().nbytes()


class Both(TorchDispatchMode):
    """Runs every operator both ways, twice."""

    compared = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        expected = facts(func(*args, **kwargs))
        for _ in range(2):
            out = shapes.run(func, args, kwargs)
            assert facts(out) == expected, func
        Both.compared += 1
        return out


@pytest.mark.parametrize("name", ["resnet18", "swin_t", "mobilenet_v3_small", "vit_b_16", "googlenet"])
def test_results_are_torchs_own(name: str) -> None:
    module = zoo_skeleton(name, **({"init_weights": False} if name == "googlenet" else {}))
    x = torch.empty(2, 3, 224, 224, device="meta")
    Both.compared = 0
    with Both():
        with torch.no_grad():
            module(x)
        made = module.train()(x)
        next(tensors_in(made)).sum().backward()
    assert Both.compared > 100


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> dict[Any, Any]:
    monkeypatch.setattr(shapes, "_made", {})
    return shapes._made


def test_views_and_values_are_left_to_torch(forgotten: dict[Any, Any]) -> None:
    x = torch.empty(2, 3, device="meta")
    assert shapes.run(aten.t.default, (x,), {}).untyped_storage()._cdata == x.untyped_storage()._cdata
    real = torch.tensor([1.0, 0.0])
    assert shapes.run(aten.nonzero.default, (real,), {}).shape == (1, 1)
    assert torch.equal(shapes.run(aten.add.Tensor, (real, real), {}), torch.tensor([2.0, 0.0]))
    with pytest.raises(NotImplementedError):
        shapes.run(aten.nonzero.default, (x,), {})
    assert not forgotten


def test_what_differs_is_told_apart(forgotten: dict[Any, Any]) -> None:
    x = torch.empty(2, 3, device="meta")
    for args in ((x, 1), (x, True), (x, 1.0), (x.double(), 1), (x.t(), 1)):
        expected = facts(aten.mul.Tensor(*args))
        for _ in range(2):
            assert facts(shapes.run(aten.mul.Tensor, args, {})) == expected
    assert len(forgotten) == 5


def test_spread_rolled_clamped_and_indexed_results_are_torchs_own(forgotten: dict[Any, Any]) -> None:
    def meta(*shape: int) -> torch.Tensor:
        return torch.empty(shape, device="meta")

    sizes = list(itertools.product((1, 2, 3), repeat=3))
    for op, first, second in itertools.product((aten.mul.Tensor, aten.add.Tensor), sizes, sizes):
        if all(a == b or 1 in (a, b) for a, b in zip(first, second, strict=True)):
            args = (meta(*first), meta(*second))
            assert facts(shapes.run(op, args, {})) == facts(op(*args)), (first, second)
    x = meta(2, 3, 4)
    index = torch.empty(5, dtype=torch.int64, device="meta")
    for op, given in (
        (aten.roll.default, (x, [1, -2], [1, 2])),
        (aten.roll.default, (x, [1])),
        (aten.roll.default, (x.transpose(0, 1), [1], [0])),
        (aten.clamp.default, (x, None, 2.5)),
        (aten.clamp.default, (x.transpose(0, 1), 0)),
        (aten.clamp_min.default, (x, 1e-12)),
        (aten.index.Tensor, (x, [index])),
        (aten.index.Tensor, (x, [None, index])),
        (aten.mul.Tensor, (x, meta(3, 1))),
    ):
        for _ in range(2):
            assert facts(shapes.run(op, given, {})) == facts(op(*given)), (op, given)


def test_in_place_gives_the_operand_itself(forgotten: dict[Any, Any]) -> None:
    for _ in range(2):
        x = torch.empty(2, 3, device="meta")
        assert shapes.run(aten.relu_.default, (x,), {}) is x
    assert len(forgotten) == 1
    x = torch.empty(4, 3, device="meta")
    assert shapes.run(aten.resize_.default, (x, [2, 3]), {}).shape == (2, 3)
    for _ in range(2):
        turned = torch.empty_strided((3, 3), (3, 1), device="meta")
        assert shapes.run(aten.t_.default, (turned,), {}).stride() == (1, 3)
    again = torch.empty(4, 3, device="meta")
    assert shapes.run(aten.resize_.default, (again, [2, 3]), {}).shape == (2, 3)


def test_the_memory_is_bounded(forgotten: dict[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "MOST", 10)
    for size in range(1, 40):
        shapes.run(aten.relu.default, (torch.empty(size, device="meta"),), {})
    assert 0 < len(forgotten) <= 10


def test_counting_again_gives_the_same() -> None:
    with torch.device("meta"):
        module = models.mobilenet_v2()
    spec = [InputSpec((3, 96, 96))]
    assert count(module, spec) == count(module, spec)


@dataclass
class Result:
    """What some models return."""

    first: Any
    others: Any = ()


def test_tensors_in_whatever_holds_them() -> None:
    a, b, c = torch.zeros(1), torch.zeros(2), torch.zeros(3)
    assert list(map(id, tensors_in({"x": [a, (b, None)], "y": Result(c, "text"), "n": 3}))) == [
        id(a),
        id(b),
        id(c),
    ]


class Referring(nn.Module):
    """Refers to its parts from plain attributes too."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(2, 2)
        self.names = {"it": self.layer, "weights": [self.layer.weight]}
        self.bound = self.layer.forward
        self.register_forward_hook(lambda *_: None)


def test_a_copys_references_are_to_itself() -> None:
    module = Referring()
    copied = meta_copy(module)
    assert isinstance(copied, Referring)
    assert copied.names["it"] is copied.layer is not module.layer
    assert copied.names["weights"][0] is copied.layer.weight  # type: ignore[index]
    assert copied.bound.__self__ is copied.layer  # type: ignore[attr-defined]
    assert len(copied._forward_hooks) == len(module._forward_hooks) == 1
    copied.register_forward_hook(lambda *_: None)
    copied.layer.register_forward_pre_hook(lambda *_: None)
    assert (len(module._forward_hooks), len(module.layer._forward_pre_hooks)) == (1, 0)
    copied.layer.extra = 1  # type: ignore[assignment]
    copied.layer.add_module("inner", nn.ReLU())
    assert not hasattr(module.layer, "extra")
    assert not list(module.layer.children())


def test_copies_of_layers_with_manners_of_their_own() -> None:
    class Own(nn.Linear):
        def __deepcopy__(self, memo: Any) -> Any:
            made = Own(self.in_features, self.out_features)
            made.mark = "own"  # type: ignore[assignment]
            return made

    copied = meta_copy(
        nn.Sequential(nn.LSTM(3, 4), Own(4, 4), nn.utils.parametrizations.weight_norm(nn.Linear(4, 4)))
    )
    assert all(one.is_meta for one in copied[0].parameters())
    assert all(one.is_meta for one in copied[0]._flat_weights)
    assert copied[1].mark == "own"
    assert copied[2].weight.is_meta
