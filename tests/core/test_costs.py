"""Cost tables against published figures, against arithmetic done by hand, and in the traps of attribution."""

from __future__ import annotations

import gc
import itertools
import weakref
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F
from torchvision import models

from penjing.costs.count import count
from penjing.costs.meta import meta_copy
from penjing.models.open import open_model
from penjing.models.zoo import default_input
from penjing.runs.counting import costs_of
from penjing.spec.costs import CostTable
from penjing.spec.messages import USAGE, Failure, Message
from penjing.spec.references import InputSpec
from penjing_resources.messages import LANGUAGES, parts, render


def consistent(table: CostTable) -> CostTable:
    """Layers add up to the totals exactly, names are unique, and edges join rows."""
    names = [row.name for row in table]
    assert len(set(names)) == len(names)
    for key in ("params", "trainable_params", "weight_bytes", "activation_bytes"):
        assert sum(getattr(row, key) for row in table) == getattr(table.totals, key)
    assert sum(row.macs or 0 for row in table) == table.totals.macs
    assert {name for edge in table.edges for name in edge} <= set(names)
    assert CostTable.from_json(table.to_json()) == table
    return table


def counted(module: nn.Module, *shapes: tuple[int, ...], dtype: str = "float32", **options: Any) -> CostTable:
    return consistent(count(module, [InputSpec(shape, dtype) for shape in shapes], **options))


@pytest.mark.parametrize(
    "name",
    ["resnet18", "vgg16", "mobilenet_v2", "vit_b_16", "squeezenet1_0", "densenet121", "googlenet", "inception_v3",
     "shufflenet_v2_x0_5", "convnext_tiny", "swin_t", "regnet_x_400mf"],
)  # fmt: skip
def test_totals_equal_torchvisions_published_figures(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for initialiser in ("kaiming_normal_", "trunc_normal_", "normal_", "xavier_uniform_", "kaiming_uniform_"):
        monkeypatch.setattr(
            nn.init, initialiser, lambda tensor, *_, **__: tensor
        )  # values do not matter, time does
    published = models.get_model_weights(name).DEFAULT.meta
    warnings: list[Message] = []
    module = open_model(f"torchvision:{name}").module
    table = consistent(count(module, default_input(name), name, "torchvision", warnings.append))
    assert table.totals.macs / 1e9 == pytest.approx(published["_ops"], abs=0.0006)
    assert table.totals.params == published["num_params"]
    assert table.totals.weight_bytes == 4 * published["num_params"]
    assert table.totals.complete
    assert not warnings


def test_the_sample_by_hand() -> None:
    model = open_model("sample:digits-cnn")
    table = consistent(count(model.module, model.input, "sample:digits-cnn", model.format))
    macs = {row.name: row.macs for row in table if row.macs}
    assert macs == {
        "stage1.0": 8 * 8 * 9 * 1 * 32,
        "stage1.3": 8 * 8 * 9 * 32 * 32,
        "stage2.0": 4 * 4 * 9 * 32 * 64,
        "stage2.3": 4 * 4 * 9 * 64 * 64,
        "hidden": 64 * 2 * 2 * 176,
        "classifier": 176 * 10,
    }
    conv = table.row("stage2.0")
    assert conv is not None
    assert (conv.kind, conv.in_channels, conv.out_channels, conv.groups) == ("Conv2d", 32, 64, 1)
    assert (conv.output_shape, conv.activation_bytes) == ((64, 4, 4), 4 * 64 * 4 * 4)
    # The image, and the input and output of a stage's batch norm, are alive at once.
    assert table.totals.peak_activation_bytes == 4 * (64 + 2 * 32 * 64)
    assert table.modules == {"": "DigitsCNN", "stage1": "Sequential", "stage2": "Sequential"}
    names = [row.name for row in table]
    assert table.edges == tuple(itertools.pairwise(names))


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_convolutions_by_formula(data: st.DataObject) -> None:
    groups = data.draw(st.integers(1, 3))
    inputs, outputs = (groups * data.draw(st.integers(1, 4)) for _ in range(2))
    kernel, stride, size = (
        data.draw(st.integers(1, 3)),
        data.draw(st.integers(1, 2)),
        data.draw(st.integers(4, 9)),
    )
    conv = nn.Conv2d(inputs, outputs, kernel, stride, groups=groups)
    out = (size - kernel) // stride + 1
    table = counted(nn.Sequential(conv), (inputs, size, size))
    assert table.totals.macs == out * out * kernel * kernel * inputs // groups * outputs
    assert table.totals.params == outputs * inputs // groups * kernel * kernel + outputs
    back = nn.ConvTranspose2d(inputs, outputs, kernel, stride, groups=groups)
    # Each input pixel is multiplied with the whole kernel.
    assert counted(nn.Sequential(back), (inputs, size, size)).totals.macs == (
        size * size * kernel * kernel * inputs // groups * outputs
    )


class Reuse(nn.Module):
    """A shared layer under two names, tied weights, a functional call, a parameter of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(50, 8)
        self.first = nn.Sequential(nn.Linear(8, 8))
        self.second = nn.Sequential(self.first[0], nn.ReLU())
        self.head = nn.Linear(8, 50, bias=False)
        self.head.weight = self.embedding.weight
        self.scale = nn.Parameter(torch.ones(8), requires_grad=False)
        self.unused = nn.Linear(3, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = self.embedding(x) * self.scale
        h = self.first(h)
        h = self.second(self.second(h)) + h
        return F.linear(self.head(h), self.head.weight.T)


def test_sharing_reuse_and_work_outside_leaves() -> None:
    table = counted(Reuse(), (5,), dtype="int64")
    rows = {row.name: (row.params, row.macs, row.calls) for row in table}
    assert rows == {
        "embedding": (400, 0, 1),
        "(self)": (8, 5 * 50 * 8, 0),
        "first.0": (72, 5 * 64, 1),
        "second.0": (0, 2 * 5 * 64, 2),
        "second.1": (0, 0, 2),
        "head": (0, 5 * 8 * 50, 1),
        "unused": (12, 0, 0),
    }
    assert table.totals.params == sum(one.numel() for one in Reuse().parameters())
    assert table.totals.trainable_params == table.totals.params - 8
    assert ("embedding", "(self)") in table.edges
    assert ("(self)", "first.0") in table.edges
    assert {("first.0", "head"), ("second.1", "head")} <= set(table.edges)  # through a functional sum
    assert table.modules["second"] == "Sequential"


def test_attention_and_recurrence_are_counted_without_fused_paths() -> None:
    attention = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    table = counted(attention, (5, 8))
    own = table.row("self_attn.(self)")
    assert own is not None
    assert own.macs == 5 * 8 * 24 + 2 * 2 * 5 * 5 * 4 + 5 * 8 * 8  # projections, scores and values, output
    assert (own.kind, own.heads, own.in_channels) == ("MultiheadAttention", 2, 8)
    assert table.totals.macs == own.macs + 2 * 5 * 8 * 16
    assert torch.backends.mha.get_fastpath_enabled()
    lstm = counted(nn.Sequential(nn.LSTM(4, 6, num_layers=2, bidirectional=True)), (1, 4))
    assert lstm.totals.macs == 2 * (4 * 6 * (4 + 6)) + 2 * (4 * 6 * (12 + 6))


class NeedsValues(nn.Module):
    """Looks at its data, which meta tensors do not have; prints."""

    def __init__(self) -> None:
        super().__init__()
        self.lift = nn.Linear(4, 4)
        self.norm = nn.BatchNorm1d(3)
        self.memory = nn.LSTM(4, 6, batch_first=True)
        self.attend = nn.TransformerEncoderLayer(4, 2, 8, batch_first=True)

    def forward(self, x: torch.Tensor) -> Any:
        print("looking")
        h = self.norm(self.lift(x))
        if h.sum().item() > 1e9:
            h = h * 2
        return F.scaled_dot_product_attention(h, h, h), self.memory(h), self.attend(h)


def test_a_model_that_needs_its_data_is_counted_on_the_cpu_and_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    warnings: list[Message] = []
    module = NeedsValues().train()
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    table = counted(module, (3, 4), model="mine", warn=warnings.append)
    attend = 3 * 4 * 12 + 2 * 3 * 3 * 4 + 3 * 4 * 4 + 2 * 3 * 4 * 8
    assert table.totals.macs == 3 * 16 + 2 * 3 * 3 * 4 + 3 * 4 * 6 * 10 + attend
    assert [warning.code for warning in warnings] == ["costs.counted_on_cpu"]
    assert capsys.readouterr().out == ""
    # The model itself was run: it is as it was.
    assert module.training
    assert all(torch.equal(tensor, before[name]) for name, tensor in module.state_dict().items())
    assert not any(one._forward_hooks or one._forward_pre_hooks for one in module.modules())
    assert torch.backends.mkldnn.is_available() == torch._C._get_mkldnn_enabled()


def test_an_input_that_does_not_fit_names_the_layer() -> None:
    sample = open_model("sample:digits-cnn").module
    two_inputs = nn.Bilinear(2, 2, 2)
    for module, shape, layer in (
        (sample, (3, 8, 8), "stage1.0"),
        (sample, (1, 16, 16), "hidden"),
        (two_inputs, (2,), "Bilinear"),
    ):
        with pytest.raises(Failure) as caught:
            count(module, [InputSpec(shape)])
        message = caught.value.message
        assert caught.value.exit_code == USAGE
        assert message.params["layer"] == layer
        assert all(all(parts(message.code, message.params, language)) for language in LANGUAGES)
        assert ",".join(map(str, shape)) in render(message.code, message.params)


@torch.library.custom_op("penjing_tests::mystery", mutates_args=())
def mystery(x: torch.Tensor) -> torch.Tensor:
    """An operator without a formula."""
    return x @ x.transpose(-1, -2)


@mystery.register_fake
def _(x: torch.Tensor) -> torch.Tensor:
    return x.new_empty(*x.shape[:-1], x.shape[-2])


class Mystery(nn.Module):
    """A leaf that does what nobody can count."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.ops.penjing_tests.mystery(x)  # type: ignore[no-any-return]


def test_what_cannot_be_counted_is_null_and_named() -> None:
    warnings: list[Message] = []
    table = counted(nn.Sequential(nn.Linear(4, 4), Mystery()), (4, 4), warn=warnings.append)
    row = table.row("1")
    assert row is not None
    assert row.macs is None
    assert (table.totals.complete, table.totals.uncounted, table.totals.macs) == (False, ("1",), 64)
    assert [warning.code for warning in warnings] == ["costs.incomplete"]


def test_peak_memory_follows_lifetimes() -> None:
    a, b = nn.Linear(10, 1000), nn.Linear(1000, 10)
    # 10 in, 1000, 10 out; the in-place ReLU needs nothing; the middle is freed before the last layer ends.
    chain = counted(nn.Sequential(a, nn.ReLU(inplace=True), b, nn.Linear(10, 500)), (10,))
    assert chain.totals.peak_activation_bytes == 4 * (10 + 1000 + 10)
    assert counted(nn.Sequential(a, nn.ReLU(), b), (10,)).totals.peak_activation_bytes == 4 * (10 + 2000)
    half = nn.Sequential(a, b).half()
    assert counted(half, (10,), dtype="float16").totals.peak_activation_bytes == 2 * (10 + 1000 + 10)
    assert counted(half, (10,), dtype="float16").totals.weight_bytes == 2 * (
        10 * 1000 + 1000 + 1000 * 10 + 10
    )


def test_a_meta_copy_takes_no_memory_and_keeps_what_is_shared() -> None:
    module = Reuse()
    module.extra = torch.zeros(3)
    copied = meta_copy(module)
    assert isinstance(copied, Reuse)
    assert all(one.is_meta for one in (*copied.parameters(), copied.extra))
    assert copied.head.weight is copied.embedding.weight
    assert copied.second[0] is copied.first[0]
    assert not any(one.is_meta for one in module.parameters())
    assert module.training
    assert not copied.training


@pytest.mark.parametrize("name", ["resnet18", "vit_b_16", "mobilenet_v2"])
def test_a_model_made_to_be_counted_is_counted_as_any_other(name: str) -> None:
    """Without memory and without a copy: the same table as of the real module, which is left as it was."""
    spent, table = costs_of(f"torchvision:{name}")
    module = models.get_model(name, weights=None).eval()
    assert table.to_json() == count(module, spent.input, f"torchvision:{name}", spent.format).to_json()
    assert spec_of(spent.network()) == spec_of(module)


def spec_of(module: nn.Module) -> list[tuple[object, ...]]:
    """What calling a module depends on, besides its numbers."""
    return [(name, type(one), one.training, sorted(vars(one))) for name, one in module.named_modules()]


def test_a_count_leaves_nothing_for_the_collector_of_cycles() -> None:
    module: nn.Module = models.resnet18(weights=None)
    watched = weakref.ref(module.layer1[0].conv1)
    frozen = gc.get_freeze_count()
    gc.disable()
    try:
        count(module, [InputSpec((3, 32, 32))], spent=True)
        copied = meta_copy(module)
        also = weakref.ref(copied.layer1[0].conv1)  # type: ignore[index,union-attr]
        count(copied, [InputSpec((3, 32, 32))], spent=True)
        del module, copied
        assert watched() is None
        assert also() is None
    finally:
        gc.enable()
    assert gc.get_freeze_count() == frozen
