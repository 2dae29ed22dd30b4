"""The graphs of programs and of ONNX, counted."""

from __future__ import annotations

import warnings
from pathlib import Path

import onnx
import pytest
import torch
from torch import nn

from penjing.costs.count import count
from penjing.models.open import open_model
from penjing.runs.counting import costs_of
from penjing.spec.references import InputSpec


class Recurrent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.LSTM(8, 16, 2, batch_first=True, bidirectional=True)
        self.encoder = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.encoder(self.rnn(x)[0])  # type: ignore[no-any-return]


class Pictures(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(3, 8, 3, stride=2)
        self.norm = nn.BatchNorm2d(8)
        self.deep = nn.Conv2d(8, 8, 3, groups=8)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.deep(self.norm(self.up(x)))
        return torch.einsum("bchw,bdhw->bcd", y, y)


@pytest.mark.parametrize("made", [Recurrent, Pictures])
@pytest.mark.parametrize("kind", ["torchscript", "pt2", "onnx", "onnx-old"])
@pytest.mark.parametrize("batch", [1, 2])
def test_a_graph_of_its_own_costs_what_the_network_does(
    made: type[nn.Module], kind: str, batch: int, tmp_path: Path
) -> None:
    network, path = made().eval(), tmp_path / "graph.pt2"
    shape = (5, 8) if made is Recurrent else (3, 10, 10)
    example = torch.randn(batch, *shape)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if kind == "pt2":
            torch.export.save(torch.export.export(network, (example,)), path)
        elif kind == "torchscript":
            made_script = torch.jit.trace(network, (example,), check_trace=False)
            torch.jit.save(made_script, str(path))
        else:
            torch.onnx.export(network, (example,), path, dynamo=kind == "onnx", verbose=False)
    specs = [InputSpec(shape)]
    wanted = count(network, specs).totals
    table = costs_of(str(path), None, specs if kind == "torchscript" else (), trust=True)[1]
    assert table.totals.complete
    assert table.totals.macs == wanted.macs
    assert table.input == tuple(specs)
    if not kind.startswith("onnx"):  # exporters fold and merge initializers
        assert table.totals.params == wanted.params
        assert table.totals.weight_bytes == wanted.weight_bytes
        row = table.row("encoder.linear1" if made is Recurrent else "deep")
        assert row is not None and row.macs and row.output_shape is not None
    assert sum(row.macs or 0 for row in table) == table.totals.macs
    assert 0 < table.totals.peak_activation_bytes <= 4 * wanted.peak_activation_bytes


def test_operators_without_a_formula_are_named_as_not_counted(tmp_path: Path) -> None:
    value, kind = onnx.helper.make_tensor_value_info, onnx.TensorProto.FLOAT
    nodes = [
        onnx.helper.make_node("Relu", ["x"], ["a"], name="plain"),
        onnx.helper.make_node("Own", ["a"], ["y"], name="own", domain="somebody"),
    ]
    graph = onnx.helper.make_graph(nodes, "g", [value("x", kind, ["n", "m"])], [value("y", kind, ["n", "m"])])
    path = tmp_path / "own.onnx"
    path.write_bytes(onnx.helper.make_model(graph, producer_name="test").SerializeToString())
    model = open_model(str(path))
    assert model.table is not None and model.table.totals.uncounted == ("own",)
    assert [one.code for one in model.warnings] == ["models.onnx_inspect_only", "models.onnx_uncounted"]
    assert model.table.edges == (("plain", "own"),)
