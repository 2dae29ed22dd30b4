"""One hand-computed figure for each kind of operation: MACs for one sample, parameters, and the row they are on."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from penjing.costs.count import count
from penjing.costs.meta import Inputs
from penjing.spec.costs import CostTable, Row
from penjing.spec.messages import Message
from penjing.spec.references import InputSpec


def counted(module: nn.Module, *shapes: tuple[int, ...], dtype: str = "float32") -> CostTable:
    return checked(module, [InputSpec(shape, dtype) for shape in shapes])


def checked(module: nn.Module, inputs: Inputs) -> CostTable:
    """Counted on meta, complete, and layers add up."""
    warnings: list[Message] = []
    table = count(module, inputs, warn=warnings.append)
    assert not warnings
    assert sum(row.macs or 0 for row in table) == table.totals.macs
    assert sum(row.params for row in table) == table.totals.params
    assert table.totals.params == sum(one.numel() for one in set(module.parameters()))
    return table


def row(table: CostTable, name: str) -> Row:
    found = table.row(name)
    assert found is not None, [one.name for one in table]
    return found


class Does(nn.Module):
    """A module that does one thing outside any leaf, with a parameter of its own where it is given one."""

    def __init__(self, work: Any, parameter: torch.Tensor | None = None) -> None:
        super().__init__()
        self.inner = nn.Identity()
        self.work = work
        if parameter is not None:
            self.weight = nn.Parameter(parameter)

    def forward(self, *args: torch.Tensor) -> Any:
        return self.work(*args, self.weight) if hasattr(self, "weight") else self.work(*args)


# Convolutions: output elements × kernel elements × input channels of a group; transposed ones by input elements.


@pytest.mark.parametrize(
    ("layer", "shape", "macs"),
    [
        (nn.Conv1d(6, 9, 5), (6, 20), 16 * 9 * 5 * 6),
        (nn.Conv2d(6, 9, (3, 5), stride=2, padding=1), (6, 11, 13), 6 * 6 * 9 * 15 * 6),
        (nn.Conv3d(2, 4, 3), (2, 5, 6, 7), 3 * 4 * 5 * 4 * 27 * 2),
        (nn.Conv2d(4, 4, 3, dilation=2), (4, 9, 9), 5 * 5 * 4 * 9 * 4),
        (nn.Conv1d(6, 9, 5, groups=3), (6, 20), 16 * 9 * 5 * 2),
        (nn.Conv2d(6, 9, 3, groups=3), (6, 5, 5), 3 * 3 * 9 * 9 * 2),
        (nn.Conv3d(4, 6, 2, groups=2), (4, 3, 3, 3), 8 * 6 * 8 * 2),
        (nn.Conv1d(6, 6, 3, groups=6), (6, 10), 8 * 6 * 3),
        (nn.Conv2d(6, 12, 3, groups=6), (6, 5, 5), 9 * 12 * 9),
        (nn.Conv3d(3, 3, 3, groups=3), (3, 4, 4, 4), 8 * 3 * 27),
        (nn.ConvTranspose1d(4, 6, 3, stride=2), (4, 7), 7 * 4 * 3 * 6),
        (nn.ConvTranspose2d(4, 6, 3, stride=2, output_padding=1), (4, 5, 5), 25 * 4 * 9 * 6),
        (nn.ConvTranspose3d(2, 3, 2, stride=2), (2, 3, 3, 3), 27 * 2 * 8 * 3),
        (nn.ConvTranspose1d(4, 6, 3, groups=2), (4, 7), 7 * 4 * 3 * 3),
        (nn.ConvTranspose2d(4, 4, 3, groups=4), (4, 5, 5), 25 * 4 * 9),
        (nn.ConvTranspose3d(4, 6, 2, groups=2), (4, 3, 3, 3), 27 * 4 * 8 * 3),
    ],
)
def test_convolutions(layer: nn.Module, shape: tuple[int, ...], macs: int) -> None:
    found = row(counted(nn.Sequential(layer), shape), "0")
    assert found.macs == macs
    assert (found.in_channels, found.out_channels, found.groups) == (
        layer.in_channels, layer.out_channels, layer.groups,
    )  # fmt: skip
    assert found.output_shape == tuple(layer(torch.zeros(1, *shape)).shape[1:])


# Recurrent layers: steps × gates × hidden × (input + hidden); both directions, each layer upon the last.


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("kind", "gates"), [(nn.RNN, 1), (nn.LSTM, 4), (nn.GRU, 3)])
def test_recurrent_layers(kind: Any, gates: int, bias: bool) -> None:
    for directions in (1, 2):
        layer = kind(5, 7, batch_first=True, bidirectional=directions == 2, bias=bias)
        found = row(counted(nn.Sequential(layer), (9, 5)), "0")
        assert found.macs == 9 * directions * gates * 7 * (5 + 7)
        assert (found.in_channels, found.out_channels, found.output_shape) == (5, 7, (9, 7 * directions))
        deep = kind(5, 7, num_layers=3, batch_first=True, bidirectional=directions == 2, bias=bias)
        upper = 2 * 9 * directions * gates * 7 * (7 * directions + 7)
        assert counted(nn.Sequential(deep), (9, 5)).totals.macs == found.macs + upper


def test_an_lstm_with_a_projection() -> None:
    layer = nn.LSTM(5, 8, proj_size=3, batch_first=True)
    assert counted(nn.Sequential(layer), (9, 5)).totals.macs == 9 * (4 * 8 * (5 + 3) + 8 * 3)


@pytest.mark.parametrize(("kind", "gates"), [(nn.RNNCell, 1), (nn.LSTMCell, 4), (nn.GRUCell, 3)])
def test_recurrent_cells(kind: Any, gates: int) -> None:
    found = row(counted(nn.Sequential(kind(5, 7)), (5,)), "0")
    assert (found.macs, found.in_channels, found.out_channels) == (gates * 7 * (5 + 7), 5, 7)


# Attention: projections, then queries × keys × width for the scores and as much for the values.


def test_multi_head_attention() -> None:
    class Attends(nn.Module):
        def __init__(self, **options: Any) -> None:
            super().__init__()
            self.attention = nn.MultiheadAttention(12, 3, batch_first=True, **options)

        def forward(self, x: torch.Tensor, memory: torch.Tensor) -> torch.Tensor:
            return self.attention(x, memory, memory, need_weights=False)[0]  # type: ignore[no-any-return]

    found = row(counted(Attends(), (5, 12), (7, 12)), "attention.(self)")
    assert found.macs == 5 * 12 * 12 + 2 * 7 * 12 * 12 + 2 * 5 * 7 * 12 + 5 * 12 * 12
    assert (found.heads, found.in_channels, found.params) == (3, 12, 3 * (144 + 12))
    assert row(counted(Attends(), (5, 12), (7, 12)), "attention.out_proj").params == 144 + 12
    narrow = row(counted(Attends(kdim=4, vdim=4), (5, 12), (7, 4)), "attention.(self)")
    assert narrow.macs == 5 * 12 * 12 + 2 * 7 * 4 * 12 + 2 * 5 * 7 * 12 + 5 * 12 * 12


def test_fused_attention_alone() -> None:
    attend = Does(lambda q, k, v: F.scaled_dot_product_attention(q, k, v))
    found = row(counted(attend, (3, 5, 4), (3, 7, 4), (3, 7, 6)), "(self)")
    assert found.macs == 3 * (5 * 7 * 4 + 5 * 7 * 6)


def test_fused_attention_with_a_mask_and_with_fewer_key_heads() -> None:
    causal = Does(lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True))
    assert counted(causal, (2, 6, 4), (2, 6, 4), (2, 6, 4)).totals.macs == 2 * 2 * 6 * 6 * 4
    grouped = Does(lambda q, k, v: F.scaled_dot_product_attention(q, k, v, enable_gqa=True))
    assert counted(grouped, (8, 6, 4), (2, 6, 4), (2, 6, 4)).totals.macs == 8 * 2 * 6 * 6 * 4


@pytest.mark.parametrize("layers", [1, 3])
def test_the_encoder_whose_layers_torch_fuses(layers: int) -> None:
    encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 32, batch_first=True), layers)
    attention, feed_forward = 4 * 6 * 8 * 8 + 2 * 6 * 6 * 8, 2 * 6 * 8 * 32
    assert counted(encoder, (6, 8)).totals.macs == layers * (attention + feed_forward)


def test_the_decoder_attends_twice() -> None:
    decoder = nn.TransformerDecoderLayer(8, 2, 32, batch_first=True)
    attention = 4 * 6 * 8 * 8 + 2 * 6 * 6 * 8
    across = 2 * 6 * 8 * 8 + 2 * 9 * 8 * 8 + 2 * 6 * 9 * 8
    assert counted(decoder, (6, 8), (9, 8)).totals.macs == attention + across + 2 * 6 * 8 * 32


# Looking up costs no MACs, and its weights count.


def test_embeddings() -> None:
    found = row(counted(nn.Sequential(nn.Embedding(50, 8)), (5,), dtype="int64"), "0")
    assert (found.macs, found.params, found.output_shape, found.activation_bytes) == (0, 400, (5, 8), 160)
    assert (found.in_channels, found.out_channels) == (50, 8)


def test_embedding_bags() -> None:
    bag = nn.EmbeddingBag(50, 8, mode="sum")
    found = row(counted(nn.Sequential(bag), (5,), dtype="int64"), "0")
    assert (found.macs, found.params, found.output_shape) == (0, 400, (8,))


# Products outside any module are a row under the module that does them.


@pytest.mark.parametrize(
    ("work", "shapes", "macs"),
    [
        (lambda a, b: a @ b, [(4, 6), (6, 5)], 4 * 6 * 5),
        (torch.bmm, [(4, 6), (6, 5)], 4 * 6 * 5),
        (torch.baddbmm, [(4, 5), (4, 6), (6, 5)], 4 * 6 * 5),
        (torch.matmul, [(3, 4, 6), (3, 6, 5)], 3 * 4 * 6 * 5),
        (lambda a, b: torch.einsum("bik,bkj->bij", a, b), [(4, 6), (6, 5)], 4 * 6 * 5),
        (lambda a, b: torch.einsum("bhqd,bhkd->bhqk", a, b), [(2, 4, 6), (2, 5, 6)], 2 * 4 * 5 * 6),
        (lambda a, b: a[0] @ b[0], [(4, 6), (6,)], 4 * 6),
        (lambda a, b: torch.dot(a[0], b[0]), [(6,), (6,)], 6),
        (lambda a: F.conv2d(a, torch.zeros(2, 3, 3, 3, device=a.device)), [(3, 5, 5)], 9 * 2 * 27),
        (lambda a: F.linear(a, torch.zeros(7, 6, device=a.device)), [(6,)], 42),
        (lambda a: torch.tensordot(a, torch.zeros(6, 5, device=a.device), dims=1), [(4, 6)], 4 * 6 * 5),
    ],
)
def test_products_outside_any_module(work: Any, shapes: list[tuple[int, ...]], macs: int) -> None:
    table = counted(Does(work), *shapes)
    assert (row(table, "(self)").macs, table.totals.macs) == (macs, macs)


class Nested(nn.Module):
    """A part that multiplies with a parameter of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.part = Does(lambda x, weight: x @ weight, torch.zeros(6, 5))

    def forward(self, x: torch.Tensor) -> Any:
        return self.part(x)


def test_a_products_row_is_under_its_module() -> None:
    found = row(counted(Nested(), (4, 6)), "part.(self)")
    assert (found.macs, found.params, found.kind, found.activation_bytes) == (4 * 6 * 5, 30, "Does", 4 * 20)


def test_a_bilinear_layer_and_what_has_no_macs() -> None:
    class Two(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.bilinear = nn.Bilinear(3, 4, 5)

        def forward(self, a: torch.Tensor, b: torch.Tensor) -> Any:
            return self.bilinear(a, b)

    assert counted(Two(), (3,), (4,)).totals.macs == 3 * 4 * 5
    quiet = nn.Sequential(
        nn.BatchNorm2d(4), nn.GELU(), nn.MaxPool2d(2), nn.LayerNorm([4, 3, 3]), nn.GroupNorm(2, 4),
        nn.Upsample(scale_factor=2), nn.PReLU(4), nn.Softmax(1), nn.Flatten(),
    )  # fmt: skip
    assert counted(quiet, (4, 6, 6)).totals.macs == 0


# Calls and sharing.


class Paths(nn.Module):
    """One layer under two names, each of them called; a third name that is never used."""

    def __init__(self) -> None:
        super().__init__()
        self.one = nn.Sequential(nn.Linear(6, 6))
        self.other = nn.Sequential(self.one[0], nn.Tanh())
        self.third = self.one

    def forward(self, x: torch.Tensor) -> Any:
        for _ in range(3):
            x = self.one(x)
        return self.other(x) + self.other(x)


def test_one_row_a_call_path_and_calls_added_up() -> None:
    table = counted(Paths(), (6,))
    rows = {one.name: (one.macs, one.calls, one.params, one.activation_bytes) for one in table}
    assert rows == {
        "one.0": (3 * 36, 3, 42, 3 * 24),
        "other.0": (2 * 36, 2, 0, 2 * 24),
        "other.1": (0, 2, 0, 2 * 24),
    }


def test_shared_weights_count_once_and_work_each_time() -> None:
    first, second = nn.Linear(6, 6), nn.Linear(6, 6, bias=False)
    second.weight = first.weight
    table = counted(nn.Sequential(first, second), (6,))
    assert [(one.params, one.weight_bytes, one.macs) for one in table] == [(42, 168, 36), (0, 0, 36)]


def test_a_forward_called_directly_is_still_seen() -> None:
    class Direct(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(6, 5)

        def forward(self, x: torch.Tensor) -> Any:
            return self.layer.forward(x)

    table = counted(Direct(), (6,))
    assert (row(table, "(self)").macs, row(table, "layer").params, table.totals.macs) == (30, 35, 30)


# What goes in and what comes out.


class Many(nn.Module):
    """Two inputs of different kinds; a dictionary, a list and a tuple between its parts and out of it."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.lift = nn.Linear(3, 4)
        self.inner = Inner()

    def forward(self, words: torch.Tensor, image: torch.Tensor) -> dict[str, Any]:
        made = self.inner({"a": self.embed(words), "b": [self.lift(image)]})
        return {"result": made["out"], "all": (made, [made["out"]])}


class Inner(nn.Module):
    """Takes and gives dictionaries, as does its leaf."""

    def __init__(self) -> None:
        super().__init__()
        self.leaf = Leaf()

    def forward(self, given: dict[str, Any]) -> dict[str, torch.Tensor]:
        return self.leaf({"x": given["a"] + given["b"][0]})  # type: ignore[no-any-return]


class Leaf(nn.Module):
    """A leaf with a weight, on dictionaries."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(2, 4))

    def forward(self, given: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        return {"out": F.linear(given["x"], self.weight), "in": given["x"]}


def test_several_and_integer_inputs_dictionaries_lists_and_tuples() -> None:
    table = checked(Many(), [InputSpec((5,), "int64"), InputSpec((5, 3))])
    assert {one.name: one.macs for one in table} == {"embed": 0, "lift": 60, "inner.leaf": 40}
    assert row(table, "inner.leaf").output_shape == (5, 2)
    assert row(table, "inner.leaf").activation_bytes == 4 * 5 * (2 + 4)
    assert set(table.edges) == {("embed", "inner.leaf"), ("lift", "inner.leaf")}
    named = {"words": InputSpec((5,), "int64"), "image": InputSpec((5, 3))}
    assert checked(Many(), named).rows == table.rows
    backwards = {"image": InputSpec((5, 3)), "words": InputSpec((5,), "int64")}
    assert checked(Many(), backwards).rows == table.rows


def test_one_dictionary_in() -> None:
    table = checked(Inner(), {"a": InputSpec((5, 4)), "b": InputSpec((1, 5, 4))})
    assert table.totals.macs == 40
    assert table.totals.peak_training_bytes is not None


def test_factors_are_on_every_row_that_has_them() -> None:
    net = nn.Sequential(
        nn.Conv2d(6, 8, 1, groups=2), nn.BatchNorm2d(8), nn.GroupNorm(4, 8), nn.Flatten(), nn.Linear(32, 10),
        nn.LayerNorm(10),
    )  # fmt: skip
    found = [(one.in_channels, one.out_channels, one.groups, one.heads) for one in counted(net, (6, 2, 2))]
    assert found == [
        (6, 8, 2, None), (8, 8, None, None), (8, 8, 4, None), (None, None, None, None), (32, 10, 1, None),
        (10, 10, None, None),
    ]  # fmt: skip


# Where torch has no shapes alone, values are needed.


def test_the_fall_back_to_the_cpu_gives_the_same_figures_and_says_so() -> None:
    class Looks(nn.Module):
        def __init__(self, body: nn.Module) -> None:
            super().__init__()
            self.body = body

        def forward(self, x: torch.Tensor) -> Any:
            if float(x.sum()) > 1e30:
                raise ValueError
            return self.body(x)

    for body, shape in (
        (nn.LSTM(5, 7, num_layers=2, bidirectional=True, batch_first=True), (9, 5)),
        (nn.GRU(5, 7, batch_first=True), (9, 5)),
        (nn.TransformerEncoderLayer(8, 2, 32, batch_first=True), (6, 8)),
        (nn.Sequential(nn.Conv2d(4, 4, 3, groups=4), nn.ConvTranspose2d(4, 2, 3)), (4, 7, 7)),
        (nn.Sequential(nn.Linear(6, 5), nn.BatchNorm1d(5)), (6,)),
    ):
        warnings: list[Message] = []
        table = count(Looks(body), [InputSpec(shape)], "mine", warn=warnings.append)
        plain = counted(nn.Sequential(body), shape)
        assert [one.code for one in warnings] == ["costs.counted_on_cpu"]
        assert [one.macs for one in table] == [one.macs for one in plain]
        assert table.totals.macs == plain.totals.macs > 0
        assert table.totals.peak_training_bytes is not None
