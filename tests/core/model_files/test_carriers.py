"""Programs as carriers of weights, and files without a network that are looked at and no more."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from file_examples import script
from onnx_examples import transformer
from penjing.models import carriers
from penjing.models.open import open_model
from penjing.models.sample import DigitsCNN
from penjing.models.weights import state_sha256
from terminal import penjing, refused


@pytest.mark.parametrize("kind", ["state_dict", "torchscript", "pt2", "onnx"])
def test_what_has_no_network_says_what_it_is_and_what_to_do(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "file.bin"
    network = nn.Sequential(nn.Linear(4, 3)).eval()
    if kind == "state_dict":
        torch.save(network.state_dict(), path)
    elif kind == "torchscript":
        script(network, path)
    elif kind == "pt2":
        path = path.with_suffix(".pt2")
        torch.export.save(torch.export.export(network, (torch.zeros(1, 4),)), path)
    else:
        transformer(path)
    run = ("--data", "sample:digits", "--epochs", 1, "--out", tmp_path / "out")
    for command in (
        ("prunable", path),
        ("whatif", path, "--ratio", 0.5),
        ("advise", path, "--device", "phone"),
        ("prune", path, "--ratio", 0.5, *run),
        ("distill", path, "--student", "auto:width=0.5", *run),
        ("distill", "sample:digits-cnn", "--student", path, *run),
        ("prune", "sample:digits-cnn", "--ratio", 0.5, "--teacher", path, *run),
        ("export", path, "--out", tmp_path / "out"),
        ("inspect", path, "--latency"),
    ):
        line = refused(*command)
        assert str(path) in line
        assert ("--weights FILE" in line) == (kind != "onnx")
    assert not (tmp_path / "out").exists()
    said = penjing("inspect", path, "--json")
    assert said.document["totals"]["params"] == (7200 if kind == "onnx" else 15)
    assert said.document["format"] == kind


class Odd(nn.Module):
    """Shared, strided, sliced and half-precision weights, and a buffer."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.embedding = nn.Embedding(6, 4)
        self.head = nn.Linear(4, 6, bias=False)
        self.head.weight = self.embedding.weight
        self.turned = nn.Parameter(torch.randn(3, 4).T)
        self.part = nn.Parameter(torch.randn(10)[3:7])
        self.narrow = nn.Parameter(torch.randn(4).to(torch.bfloat16))
        self.register_buffer("count", torch.tensor(7))
        self.register_buffer("mask", torch.tensor([True, False]))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.embedding(x) + self.part + self.narrow.float() + self.count + self.mask[0]
        return self.head(y) @ self.turned[:, 0].new_ones(6, 1)  # type: ignore[no-any-return]


@pytest.mark.parametrize("kind", ["script", "trace", "pt2"])
@pytest.mark.parametrize("odd", [True, False])
def test_carried_weights_are_those_of_the_network(kind: str, odd: bool, tmp_path: Path) -> None:
    network = (Odd() if odd else DigitsCNN()).eval()
    example = torch.zeros(2, 3, dtype=torch.int64) if odd else torch.zeros(2, 1, 8, 8)
    path = tmp_path / "carrier.pt2"
    if kind == "pt2":
        torch.export.save(torch.export.export(network, (example,)), path)
    else:
        script(network, path, *([example] if kind == "trace" else []))
    carried = carriers.read(path)
    assert carried is not None
    wanted = network.state_dict()
    assert set(carried) == set(wanted)
    for name, one in wanted.items():
        assert carried[name].dtype == one.dtype
        assert torch.equal(carried[name], one), name
    shapes = carriers.read(path, meta=True)
    assert shapes is not None
    assert {name: one.shape for name, one in shapes.items()} == {k: v.shape for k, v in wanted.items()}
    assert all(one.is_meta for one in shapes.values())
    assert carriers.read(Path(__file__)) is None


@pytest.mark.parametrize("kind", ["script", "pt2"])
def test_with_an_architecture_carried_weights_train(kind: str, tmp_path: Path) -> None:
    torch.manual_seed(3)
    network, path = DigitsCNN().eval(), tmp_path / "file.pt2"
    if kind == "pt2":
        torch.export.save(torch.export.export(network, (torch.zeros(1, 1, 8, 8),)), path)
    else:
        script(network, path)
    model = open_model("sample:digits-cnn", str(path))
    assert model.sha256 == state_sha256(network.state_dict())
    loss = model.network().train()(torch.ones(2, 1, 8, 8)).sum()
    loss.backward()
    assert all(one.grad is not None for one in model.network().parameters())
