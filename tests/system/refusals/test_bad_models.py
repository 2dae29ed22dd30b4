"""Models that cannot be opened, shapes that do not fit, and code without trust: one clear line, and nothing left."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from bad_input import DATA, SAMPLE
from terminal import penjing, refused


def _module(path: Path) -> None:
    torch.save(torch.nn.Linear(2, 2), path)


FILES: dict[str, tuple[str, Callable[[Path], object], int]] = {
    "missing": ("nowhere.pt", lambda path: None, 2),
    "empty": ("empty.pt", lambda path: path.write_bytes(b""), 2),
    "text": ("notes.pt", lambda path: path.write_text("just a few words"), 2),
    "a folder": ("folder.pt", lambda path: path.mkdir(), 2),
    "a page": ("page.pt", lambda path: path.write_text("<!DOCTYPE html><html><body>404</body></html>"), 2),
    "a torn download": ("torn.pt", lambda path: path.write_bytes(b"PK\x03\x04" + b"\1" * 200), 2),
    "a plain pickle": ("plain.pt", lambda path: path.write_bytes(pickle.dumps({"a": 1})), 2),
    "a state dict": ("state.pt", lambda path: torch.save({"a": torch.ones(2)}, path), 2),
    "a whole module": ("module.pt", _module, 3),
    "numbers": ("numbers.bin", lambda path: path.write_bytes(bytes(range(256))), 2),
}


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("command", ["inspect", "prunable", "advise", "whatif", "prune", "export"])
def test_a_file_that_is_no_model(command: str, kind: str, here: Path) -> None:
    name, make, code = FILES[kind]
    make(here / name)
    before = sorted(here.rglob("*"))
    arguments: dict[str, tuple[object, ...]] = {
        "advise": ("--device", "phone"),
        "whatif": ("--ratio", 0.5),
        "prune": ("--data", DATA, "--ratio", 0.5, "--out", "deep/out"),
        "export": ("--out", "deep/out"),
    }
    if (command, kind) == ("inspect", "a state dict"):  # the one thing that weights alone are good for
        assert penjing(command, name).code == 0
        return
    line = refused(command, name, *arguments.get(command, ()), code=code)
    assert name in line
    assert sorted(here.rglob("*")) == before


@pytest.mark.parametrize(
    ("reference", "wanted"),
    [
        ("torchvision:resnet19", "resnet18"),
        ("torchvision:qqqqqq", "qqqqqq"),
        ("torchvision:", "torchvision:"),
        ("sample:digit", "sample:digits-cnn"),
        ("timm:resnet19", "resnet19"),
        ("hf:somewhere", "somewhere"),
        ("py:nowhere.py:make", "nowhere.py"),
        ("py:nowhere.py", "py:nowhere.py"),
        ("", "model"),
    ],
)
def test_a_reference_that_names_no_model(reference: str, wanted: str) -> None:
    assert wanted in refused("inspect", reference)


@pytest.mark.parametrize(
    "text", ["", "3,8", "3,224,", "a,b", "3,-8,8", "0,8,8", "3.5,8,8", "1,8,8:float99", "99999999999,8,8"]
)
@pytest.mark.parametrize("command", ["inspect", "prunable", "whatif", "advise", "prune"])
def test_an_input_shape_that_cannot_be(command: str, text: str, here: Path) -> None:
    extra: dict[str, tuple[object, ...]] = {
        "whatif": ("--ratio", 0.5),
        "advise": ("--device", "phone"),
        "prune": ("--data", "none", "--epochs", 0, "--ratio", 0.5, "--out", "deep/out"),
    }
    refused(command, SAMPLE, "--input", text, *extra.get(command, ()))
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("shape", ["3,8,8", "1,1,1", "8,8"])
@pytest.mark.parametrize("command", ["inspect", "prunable", "whatif", "prune", "export"])
def test_an_input_shape_that_does_not_fit(command: str, shape: str, here: Path) -> None:
    extra: dict[str, tuple[object, ...]] = {
        "whatif": ("--ratio", 0.5),
        "prune": ("--data", "none", "--epochs", 0, "--ratio", 0.5, "--out", "deep/out"),
        "export": ("--out", "deep/out"),
    }
    assert shape in refused(command, SAMPLE, "--input", shape, *extra.get(command, ()))
    assert list(here.iterdir()) == []


def test_weights_that_do_not_fit(here: Path) -> None:
    torch.save({"a": torch.ones(2)}, here / "other.pt")
    assert "other.pt" in refused("inspect", "torchvision:resnet18", "--weights", "other.pt")
    assert "nowhere.pt" in refused("inspect", "torchvision:resnet18", "--weights", "nowhere.pt")


TRAP = """
import pathlib
from torch import nn
pathlib.Path({mark!r}).touch()
def make():
    return nn.Linear(4, 3)
"""


@pytest.mark.parametrize("command", ["inspect", "prune", "teacher", "student", "export", "recipe"])
def test_code_is_not_run_without_trust(command: str, here: Path) -> None:
    mark = here / "executed"
    (here / "trap.py").write_text(TRAP.format(mark=str(mark)))
    reference = "py:trap.py:make"
    recipe = {
        "model": {"reference": reference, "input": [{"shape": [4]}]},
        "data": {"reference": "none"},
        "technique": "pruning",
        "pruning": {"ratio": 0.5},
        "training": {"epochs": 0},
    }
    (here / "recipe.json").write_text(json.dumps(recipe))
    few = ("--data", DATA, "--epochs", 1, "--out", "deep/out")
    commands: dict[str, tuple[object, ...]] = {
        "inspect": ("inspect", reference, "--input", "4"),
        "prune": ("prune", reference, "--input", "4", "--ratio", 0.5, "--data", "none", "--epochs", 0,
                  "--out", "deep/out"),
        "teacher": ("prune", SAMPLE, "--ratio", 0.5, "--teacher", reference, *few),
        "student": ("distill", SAMPLE, "--student", reference, *few),
        "export": ("export", reference, "--input", "4", "--out", "deep/out"),
        "recipe": ("run", "recipe.json", "--out", "deep/out"),
    }  # fmt: skip
    line = refused(*commands[command], code=3)
    assert "trap.py" in line
    assert "--trust" in line
    assert not mark.exists()
    assert sorted(one.name for one in here.iterdir()) == ["recipe.json", "trap.py"]


def test_code_that_fails(here: Path) -> None:
    (here / "bad.py").write_text("def make():\n    raise ValueError('first\\nsecond')\n")
    assert "first" in refused("inspect", "py:bad.py:make", "--input", "4", "--trust")
    assert "other" in refused("inspect", "py:bad.py:other", "--input", "4", "--trust")
    (here / "bad.py").write_text("this is not Python\n")
    refused("inspect", "py:bad.py:make", "--input", "4", "--trust")
