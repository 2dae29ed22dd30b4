"""Models that do what most do not: right figures by hand, or a remark, and never a crash."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parametrizations

from penjing.costs.count import count
from penjing.models.open import open_model
from penjing.spec.costs import CostTable
from penjing.spec.messages import USAGE, Failure, Message
from penjing.spec.references import InputSpec
from penjing_resources.messages import LANGUAGES, parts


class Does(nn.Module):
    """Does what it is given, with its layer."""

    def __init__(self, work: Callable[[Any, Any], Any], layer: nn.Module | None = None) -> None:
        super().__init__()
        self.work = work
        self.layer = nn.Linear(4, 5) if layer is None else layer

    def forward(self, x: torch.Tensor) -> Any:
        return self.work(self.layer, x)


@dataclass(slots=True)
class Slotted:
    """A result without a dictionary."""

    made: torch.Tensor


class Leaf(nn.Module):
    """A leaf that gives such a result."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(5, 4))

    def forward(self, x: torch.Tensor) -> Slotted:
        return Slotted(F.linear(x, self.weight))


class Sparse(nn.Module):
    """Multiplies with a sparse buffer, which torch counts nothing for; then with a layer."""

    def __init__(self, matrix: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("matrix", matrix)
        self.layer = nn.Linear(4, 5)

    def forward(self, x: torch.Tensor) -> Any:
        return self.layer(torch.sparse.mm(self.matrix, x.T).T)


class Around(nn.Module):
    """A module around another."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: torch.Tensor) -> Any:
        return self.inner(x)


def nest(depth: int) -> nn.Module:
    module: nn.Module = nn.Linear(4, 4)
    for _ in range(depth):
        module = Around(module)
    return module


def counted(module: nn.Module, *shape: int, dtype: str = "float32") -> tuple[CostTable, list[str]]:
    warnings: list[Message] = []
    table = count(module, [InputSpec(shape, dtype)], warn=warnings.append)
    assert sum(row.macs or 0 for row in table) == table.totals.macs
    assert CostTable.from_json(table.to_json()) == table
    return table, [one.code for one in warnings]


class Product(torch.autograd.Function):
    """A product with a backward pass of its own."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:  # type: ignore[override]
        ctx.save_for_backward(x, weight)
        return x @ weight.T


def in_place(layer: Any, x: torch.Tensor) -> torch.Tensor:
    made: torch.Tensor = layer(x)
    made[:, 0] = 3
    x.zero_()
    return made.mul_(2).relu_()


@pytest.mark.parametrize(
    ("work", "macs"),
    [
        (lambda layer, x: Slotted(layer(x)), 20),
        (lambda layer, x: (layer(x), None)[1], 20),
        (lambda layer, x: Product.apply(x, layer.weight), 20),
        (lambda layer, x: torch.utils.checkpoint.checkpoint(layer, x, use_reentrant=False), 20),
        (in_place, 20),
        (lambda layer, x: layer(x).to(torch.complex64) @ torch.zeros(5, 3, dtype=torch.complex64).to(x.device), 35),
    ],
)  # fmt: skip
def test_uncommon_work_by_hand(work: Any, macs: int) -> None:
    table, warnings = counted(Does(work), 4)
    assert (table.totals.macs, table.totals.params, warnings) == (macs, 25, [])


def test_a_leafs_result_in_slots() -> None:
    table, _ = counted(nn.Sequential(Leaf()), 4)
    assert (table.totals.macs, table.rows[0].output_shape) == (20, (5,))
    assert table.totals.peak_training_bytes == (4 * 9, 4 * 18)


@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support is in beta")
@pytest.mark.parametrize("lay", [torch.Tensor.to_sparse, torch.Tensor.to_sparse_csr])
def test_sparse_tensors_are_counted_at_least(lay: Any) -> None:
    table, warnings = counted(Sparse(lay(torch.eye(4))), 4)
    assert (table.totals.macs, table.totals.uncounted) == (20, ("(self)",))
    assert warnings == ["costs.counted_on_cpu", "costs.incomplete"]


def test_lazy_layers_are_counted_as_a_first_call_makes_them() -> None:
    lazy = nn.Sequential(nn.LazyConv2d(5, 3), nn.LazyBatchNorm2d(), nn.Flatten(), nn.LazyLinear(2))
    table, warnings = counted(lazy, 3, 8, 8)
    assert table.totals.macs == 36 * 27 * 5 + 180 * 2
    assert table.totals.params == (27 * 5 + 5) + 10 + (180 * 2 + 2)
    assert [row.kind for row in table] == ["Conv2d", "BatchNorm2d", "Flatten", "Linear"]
    assert not warnings
    assert isinstance(lazy[0], nn.LazyConv2d)  # the module itself was not called


def test_nesting_as_deep_as_python_allows() -> None:
    depth = (sys.getrecursionlimit() - len(_frames())) // 4 - 15  # a call takes four
    module = nest(depth)
    module(torch.zeros(1, 4))
    limit = sys.getrecursionlimit()
    assert counted(module, 4)[0].totals.macs == 16
    assert sys.getrecursionlimit() == limit
    with pytest.raises(Failure) as caught:
        counted(nest(limit // 2), 4)
    assert (caught.value.exit_code, len(caught.value.message.params["layer"])) == (USAGE, 121)


def _frames() -> list[Any]:
    frames = []
    frame: Any = sys._getframe()
    while frame is not None:
        frames.append(frame.f_lineno)
        frame = frame.f_back
    return frames


def test_the_work_of_parametrizations_is_counted_too() -> None:
    norm = counted(nn.Sequential(parametrizations.weight_norm(nn.Linear(4, 5))), 4)[0]
    assert (norm.totals.macs, norm.totals.params) == (20, 25 + 5)
    spectral = counted(nn.Sequential(parametrizations.spectral_norm(nn.Linear(4, 5))), 4)[0]
    assert spectral.totals.macs == 20 + 20 + 5  # the largest singular value: a matrix and two vectors


def test_operators_without_a_formula_are_no_zeros() -> None:
    table, warnings = counted(Does(lambda layer, x: torch.linalg.matrix_exp(layer(x)[:, :4].T @ x)), 4)
    assert (table.totals.complete, warnings) == (False, ["costs.incomplete"])


def test_attention_in_a_kernel_called_by_name() -> None:
    kernel = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu
    table, _ = counted(Does(lambda _, x: kernel(x, x, x)[0]), 2, 6, 4)
    assert table.totals.macs == 2 * 2 * 6 * 6 * 4
    added = counted(Does(lambda _, x: torch.addbmm(x[0, :, :1], x, x.mT)), 6, 4)[0]
    assert added.totals.macs == 6 * 6 * 4


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision_and_what_does_not_fit_it(dtype: str) -> None:
    half = nn.Sequential(nn.Linear(4, 5), nn.Linear(5, 3)).to(getattr(torch, dtype))
    table, _ = counted(half, 4, dtype=dtype)
    assert (table.totals.macs, table.totals.weight_bytes) == (35, 2 * 43)
    with pytest.raises(Failure) as caught:  # on meta torch itself would take it
        counted(half, 4)
    assert caught.value.message.params["layer"] == "0"


def test_a_model_that_ends_the_program_ends_only_its_own_pass() -> None:
    def leave(layer: Any, x: torch.Tensor) -> Any:
        raise SystemExit(3)

    with pytest.raises(Failure) as caught:
        counted(Does(leave), 4)
    assert caught.value.message.code == "costs.input_does_not_fit"


FILE = """
import torch
from torch import nn

def lazy():
    return nn.Sequential(nn.LazyLinear(5))

class Sparse(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("matrix", torch.eye(4).to_sparse())
        self.layer = nn.Linear(4, 5)

    def forward(self, x):
        return self.layer(torch.sparse.mm(self.matrix, x.T).T)
"""


def test_files_of_lazy_and_of_sparse_models(tmp_path: Path) -> None:
    file = tmp_path / "model.py"
    file.write_text(FILE, encoding="utf-8")
    with pytest.raises(Failure) as caught:
        open_model(f"py:{file}:lazy", inputs=(InputSpec((4,)),), trust=True)
    assert caught.value.message.code == "models.py_lazy"
    assert all(all(parts("models.py_lazy", caught.value.message.params, one)) for one in LANGUAGES)
    opened = open_model(f"py:{file}:Sparse", inputs=(InputSpec((4,)),), trust=True)
    assert count(opened.network(), opened.input).totals.macs == 20
