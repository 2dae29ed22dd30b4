"""The range of a training step's peak: by hand where it can be, and held against real steps."""

from __future__ import annotations

import weakref
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torchvision import models

from penjing.costs.count import count
from penjing.costs.training_memory import training_range
from penjing.spec.costs import CostTable, Totals
from penjing.spec.references import InputSpec


def found(module: nn.Module, *shape: int, dtype: str = "float32") -> tuple[int, int] | None:
    return count(module, [InputSpec(shape, dtype)]).totals.peak_training_bytes


def test_a_chain_by_hand() -> None:
    chain = nn.Sequential(nn.Linear(10, 100), nn.ReLU(), nn.Linear(100, 20))
    # Kept: the input, the ReLU's output (which the second layer reads), the result.
    # Made: the first layer's output besides; the largest gradients are the ReLU's.
    assert found(chain, 10) == (4 * (10 + 100 + 20), 4 * (10 + 100 + 100 + 20) + 4 * 200)


def test_in_place_and_frozen_layers_keep_less() -> None:
    chain = nn.Sequential(nn.Linear(10, 100), nn.ReLU(inplace=True), nn.Linear(100, 20))
    low, high = found(chain, 10) or (0, 0)
    assert low == 4 * (10 + 100 + 20)
    assert high == 4 * (10 + 100 + 20) + 4 * (100 + 20)
    chain[0].requires_grad_(False)
    assert (found(chain, 10) or (0,))[0] == 4 * (100 + 20)
    assert found(chain.requires_grad_(False), 10) is None


def test_dropout_is_in_training_mode_and_batch_norm_has_its_two_samples() -> None:
    one = nn.Sequential(nn.Linear(64, 64), nn.BatchNorm1d(64), nn.Dropout(0.5), nn.Linear(64, 64))
    low, _ = found(one, 64) or (0, 0)
    # Input, norm's input, dropout's mask (a byte an element) and output, result; two samples share the statistics.
    assert 4 * 64 * 4 <= low - 64 * 4 // 2 * 2 <= 4 * 64 * 4 + 64 * 4
    assert one.training  # the module itself was not touched


class Attention(nn.Module):
    """Scores of 64 × 64 a head, kept only where attention is not fused."""

    def __init__(self) -> None:
        super().__init__()
        self.lift = nn.Linear(8, 24)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        q, k, v = (one.unflatten(-1, (2, 4)).transpose(1, 2) for one in self.lift(x).chunk(3, -1))
        return F.scaled_dot_product_attention(q, k, v)


def test_fused_attention_keeps_no_scores() -> None:
    low, high = found(Attention(), 64, 8) or (0, 0)
    scores = 4 * 2 * 64 * 64
    kept = 4 * 64 * (8 + 24 + 8 + 2)  # input, projections, result, one log-sum a query and head
    assert low == kept
    assert high > 2 * scores


class Alive(TorchDispatchMode):
    """The most bytes alive at once, of everything that operators make, backward ones too."""

    def __init__(self, known: list[torch.Tensor]) -> None:
        super().__init__()
        self.sizes: dict[int, int] = {}
        self.known = {one.untyped_storage()._cdata for one in known}
        self.peak = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        for one in tree_leaves(out):
            if isinstance(one, torch.Tensor):
                storage = one.untyped_storage()
                key = storage._cdata
                if key not in self.known and key not in self.sizes:
                    self.sizes[key] = storage.nbytes()
                    weakref.finalize(storage, self.sizes.pop, key, None)
        self.peak = max(self.peak, sum(self.sizes.values()))
        return out


@pytest.mark.parametrize(
    "name", ["resnet18", "mobilenet_v2", "vit_b_16", "densenet121", "convnext_tiny", "vgg11"]
)
def test_a_real_steps_peak_is_within(name: str) -> None:
    """A whole step on meta, backward included, by lifetimes: its peak without the gradients of parameters."""
    with torch.device("meta"):
        module = models.get_model(name, weights=None).train()
    low, high = training_range(module, [InputSpec((3, 224, 224))]) or (0, 0)
    module.train()
    x = torch.empty(2, 3, 224, 224, device="meta")
    alive = Alive([*module.parameters(), *module.buffers()])
    with alive:
        module(x).sum().backward()
    gradients = sum(4 * one.numel() for one in module.parameters())
    assert 2 * low <= alive.peak + 4 * x.numel()
    assert alive.peak + 4 * x.numel() - gradients <= 2 * high


def test_a_mode_or_batch_that_does_not_run_falls_back() -> None:
    class OneAtATime(nn.Linear):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            if self.training:
                raise RuntimeError("needs targets")
            return super().forward(x).view(5)

    assert found(OneAtATime(10, 5), 10) == (4 * (10 + 5), 4 * (10 + 5) + 4 * (10 + 5))


def test_the_range_survives_json() -> None:
    table = count(nn.Linear(3, 2), [InputSpec((3,))])
    assert table.to_json()["totals"]["peak_training_bytes"] == [4 * 5, 4 * 10]
    assert CostTable.from_json(table.to_json()) == table
    assert (
        Totals.from_json({**table.totals.to_json(), "peak_training_bytes": None}).peak_training_bytes is None
    )
