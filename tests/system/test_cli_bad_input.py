"""Bad input on the command line: one clear line, exit code 2 (3 where trust is needed), and nothing left behind."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from penjing.cli import main
from terminal import penjing, refused

SAMPLE, DATA = "sample:digits-cnn", "sample:digits"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def prune(*arguments: object, model: str = SAMPLE, data: str = DATA) -> tuple[object, ...]:
    target = () if any(str(one).startswith("--ratio") for one in arguments) else ("--macs", 0.5)
    epochs = () if "--epochs" in arguments else ("--epochs", 0 if data == "none" else 1)
    return ("prune", model, "--data", data, *target, *epochs, "--out", "deep/out", *arguments)


# Models


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


# Code without trust


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


# Data


def _npz(**arrays: Any) -> Callable[[Path], None]:
    return lambda path: np.savez(path, **arrays)


X = np.random.RandomState(0).rand(40, 1, 8, 8).astype(np.float32)
Y = np.arange(40) % 10
DATA_SETS: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda path: None, "data.npz"),
    "empty": (lambda path: path.write_bytes(b""), "data.npz"),
    "text": (lambda path: path.write_text("x,y\n1,2\n"), "data.npz"),
    "a folder": (lambda path: path.mkdir(), "data.npz"),
    "torn": (lambda path: path.write_bytes(b"PK\x03\x04" + b"\1" * 99), "data.npz"),
    "without labels": (_npz(x=X), "has no labels"),
    "without samples": (_npz(y=Y), "x"),
    "more labels than samples": (_npz(x=X, y=np.arange(41) % 10), "41"),
    "objects": (_npz(x=X, y=np.array([object()] * 40)), "pickle"),
    "not a number": (_npz(x=np.full_like(X, np.nan), y=Y), "finite"),
    "another shape": (_npz(x=np.repeat(X, 3, 1), y=Y), "3×8×8"),
    "too many classes": (_npz(x=X, y=np.arange(40) % 11), "10"),
    "negative labels": (_npz(x=X, y=Y - 1), "-1"),
    "two samples": (_npz(x=X[:2], y=Y[:2]), "2"),
    "values for a classifier": (_npz(x=X, y=Y.astype(np.float32)), "10"),
}


@pytest.mark.parametrize("kind", DATA_SETS)
@pytest.mark.parametrize("technique", ["prune", "distill"])
def test_data_that_cannot_be_used(technique: str, kind: str, here: Path) -> None:
    make, wanted = DATA_SETS[kind]
    make(here / "data.npz")
    before = list(here.iterdir())
    if technique == "prune":
        line = refused(*prune(data="data.npz"))
    else:
        line = refused("distill", SAMPLE, "--student", "auto:width=0.5", "--data", "data.npz",
                       "--epochs", 1, "--out", "deep/out")  # fmt: skip
    assert wanted in line
    assert list(here.iterdir()) == before


def test_data_that_is_not_there() -> None:
    for reference in ("sample:letters", "hf:somewhere", "", "sample:"):
        refused(*prune(data=reference))


# Folders


def test_a_folder_that_is_not_empty_is_left_alone(here: Path) -> None:
    (here / "full").mkdir()
    (here / "full" / "letter.txt").write_text("dear")
    for command in (prune("--out", "full"), ("export", SAMPLE, "--out", "full"), ("demo", "--out", "full")):
        assert "full" in refused(*command)
    assert [one.name for one in here.rglob("*")] == ["full", "letter.txt"]


def test_a_file_where_the_folder_should_be(here: Path) -> None:
    (here / "file").write_text("x")
    for out in ("file", "file/inside"):
        assert "file" in refused(*prune("--out", out))
        assert "file" in refused("export", SAMPLE, "--out", out)
    assert (here / "file").read_text() == "x"


def test_an_empty_folder_that_was_there_stays_empty(here: Path) -> None:
    (here / "mine").mkdir()
    refused(*prune("--out", "mine", data="sample:letters"))
    refused("export", "nowhere.pt", "--out", "mine")
    assert [one.name for one in here.rglob("*")] == ["mine"]


def test_bad_input_leaves_no_run_in_the_runs_folder(penjing_home: Path) -> None:
    refused("prune", SAMPLE, "--data", "sample:letters", "--ratio", 0.5)
    assert not (penjing_home / "runs").exists()


@pytest.mark.parametrize("command", ["run", "report", "verify", "export"])
def test_a_folder_that_is_no_run(command: str, here: Path) -> None:
    (here / "empty").mkdir()
    extra = ("--out", "out") if command == "export" else ()
    assert "empty" in refused(command, "empty", *extra)
    assert "nowhere" in refused(command, "nowhere", *extra)
    assert [one.name for one in here.iterdir()] == ["empty"]


# Recipes


RECIPE: dict[str, Any] = {
    "model": {"reference": SAMPLE},
    "data": {"reference": DATA},
    "technique": "pruning",
    "pruning": {"ratio": 0.5},
    "training": {"epochs": 1},
}


@pytest.mark.parametrize(
    ("section", "key", "named"),
    [
        (None, "colour", "colour"),
        ("model", "path", "model.path"),
        ("pruning", "amount", "pruning.amount"),
        ("training", "epoch", "training.epoch"),
    ],
)
@pytest.mark.parametrize("suffix", ["json", "toml"])
def test_an_unknown_key_is_named(suffix: str, section: str | None, key: str, named: str, here: Path) -> None:
    recipe: dict[str, Any] = json.loads(json.dumps(RECIPE))
    (recipe if section is None else recipe[section])[key] = 1
    file = here / f"recipe.{suffix}"
    file.write_text(json.dumps(recipe) if suffix == "json" else _toml(recipe))
    assert f": {named};" in refused("run", file.name, "--out", "deep/out")
    assert list(here.iterdir()) == [file]


def _toml(recipe: dict[str, Any]) -> str:
    top = [f"{key} = {json.dumps(value)}" for key, value in recipe.items() if not isinstance(value, dict)]
    for name, section in recipe.items():
        if isinstance(section, dict):
            top += [f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in section.items())]
    return "\n".join(top)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "recipe.json"),
        ("{", "recipe.json"),
        ("[]", "recipe"),
        ("null", "recipe"),
        ("{}", "model"),
        (json.dumps(RECIPE)[:-20], "recipe.json"),
        (json.dumps({**RECIPE, "technique": "magic"}), "technique"),
        (json.dumps({**RECIPE, "technique": "distillation"}), "distillation"),
        (json.dumps({**RECIPE, "version": 2}), "version"),
        (json.dumps({**RECIPE, "training": {"epochs": -1}}), "training.epochs"),
        (json.dumps({**RECIPE, "training": {"epochs": "many"}}), "training.epochs"),
        (json.dumps({**RECIPE, "pruning": {"ratio": 1.5}}), "pruning.ratio"),
    ],
)
def test_a_recipe_that_cannot_be_read(text: str, wanted: str, here: Path) -> None:
    (here / "recipe.json").write_text(text)
    assert wanted in refused("run", "recipe.json", "--out", "deep/out")
    (here / "torn").mkdir()
    (here / "recipe.json").rename(here / "torn" / "recipe.json")
    assert wanted in refused("run", "torn")
    assert [one.name for one in (here / "torn").iterdir()] == ["recipe.json"]
    assert penjing("runs", ".", "--json").code == 0


def test_a_recipe_in_bytes_that_are_no_text(here: Path) -> None:
    (here / "recipe.json").write_bytes(b"\xff\xfe\x00\x01")
    assert "recipe.json" in refused("run", "recipe.json")


# Options


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (("--ratio", 0.5, "--macs", 0.5), "ratio, macs"),
        (("--ratio", 1.0), "ratio"),
        (("--ratio", -0.1), "ratio"),
        (("--ratio", "nan"), "ratio"),
        (("--ratio", "half"), "--ratio"),
        (("--ratio", 0.5, "--layer", "nowhere=0.5"), "nowhere"),
        (("--ratio", 0.5, "--layer", "hidden"), "hidden"),
        (("--ratio", 0.5, "--layer", "hidden=2"), "hidden=2"),
        (("--ratio", 0.5, "--criterion", "magic"), "criterion"),
        (("--ratio", 0.5, "--criterion", "wanda"), "wanda"),
        (("--ratio", 0.5, "--granularity", "2:4"), "2:4"),
        (("--ratio", 0.5, "--granularity", "4:2"), "granularity"),
        (("--ratio", 0.5, "--when", "never"), "when"),
        (("--ratio", 0.5, "--when", "gradual"), "gradual"),
        (("--ratio", 0.5, "--scope", "global"), "global"),
        (("--ratio", 0.5, "--steps", 0), "steps"),
        (("--ratio", 0.5, "--round-to", 0), "round_to"),
        (("--ratio", 0.5, "--recovery", "hope"), "recovery"),
        (("--ratio", 0.5, "--teacher", "torchvision:resnet19"), "resnet19"),
        (("--ratio", 0.5, "--teacher", "torchvision:resnet18"), "resnet18"),
        (("--ratio", 0.5, "--epochs", -1), "epochs"),
        (("--ratio", 0.5, "--batch-size", 0), "batch_size"),
        (("--ratio", 0.5, "--lr", 0), "lr"),
        (("--ratio", 0.5, "--lr", "inf"), "lr"),
        (("--ratio", 0.5, "--seed", -1), "seed"),
        (("--ratio", 0.5, "--optimizer", "magic"), "optimizer"),
        (("--ratio", 0.5, "--device-type", "abacus"), "device_type"),
        (("--ratio", 0.5, "--device-type", "cuda"), "cuda"),
        (("--ratio", 0.5, "--what"), "--what"),
    ],
)
def test_an_option_that_cannot_be(arguments: tuple[object, ...], wanted: str, here: Path) -> None:
    if "cuda" in arguments and torch.cuda.is_available():
        pytest.skip("this machine has it")
    assert wanted in refused(*prune(*arguments))
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (("--student", "auto:width=2"), "student"),
        (("--student", "auto:wide"), "student"),
        (("--student", "auto:depth=0.5"), "depth"),
        (("--student", "auto:params=0.0000001"), "params"),
        (("--student", "torchvision:resnet18"), "resnet18"),
        (("--student", "auto:width=0.5", "--loss", "magic"), "magic"),
        (("--student", "auto:width=0.5", "--loss", "dkd"), "dkd"),
        (("--student", "auto:width=0.5", "--loss", "kd=x"), "kd=x"),
        (("--student", "auto:width=0.5", "--loss", "kd=1", "--loss", "hard=1"), "kd + hard"),
        (("--student", "auto:width=0.5", "--temperature", 0), "temperature"),
        (("--student", "auto:width=0.5", "--alpha", 2), "alpha"),
        (("--student", "auto:width=0.5", "--tap", "a"), "tap"),
        (("--student", "auto:width=0.5", "--data", "none"), "data"),
        ((), "--student"),
    ],
)
def test_a_student_that_cannot_be(arguments: tuple[object, ...], wanted: str, here: Path) -> None:
    line = refused("distill", SAMPLE, "--data", DATA, "--epochs", 1, "--out", "deep/out", *arguments)
    assert wanted in line
    assert list(here.iterdir()) == []


def test_a_target_that_cannot_be_reached(here: Path) -> None:
    assert "bytes" in refused("prune", SAMPLE, "--data", DATA, "--bytes", 10, "--out", "deep/out")
    line = refused(*prune("--macs", 0.001, "--layer", "hidden=0", "--layer", "stage1.0=0"))
    assert "macs" in line.lower()
    refused(*prune("--macs", 0.0000001))
    assert list(here.iterdir()) == []


def test_no_target_and_no_data(here: Path) -> None:
    assert "--ratio" in refused("prune", SAMPLE, "--data", DATA, "--out", "deep/out")
    assert "epochs" in refused("prune", SAMPLE, "--data", "none", "--ratio", 0.5, "--out", "deep/out")
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (("whatif", SAMPLE), "--ratio"),
        (("whatif", SAMPLE, "--ratio", 0.5, "--macs", 0.5), "one target"),
        (("whatif", SAMPLE, "--ratio", 1), "--ratio"),
        (("whatif", SAMPLE, "--ratio", 0.5, "--round-to", 0), "--round-to"),
        (("whatif", SAMPLE, "--macs", 0.0000001), "macs"),
        (("whatif", SAMPLE, "--layer", "nowhere=0.5"), "nowhere"),
        (("advise", SAMPLE), "--device"),
        (("advise", SAMPLE, "--device", "toaster"), "toaster"),
        (("advise", SAMPLE, "--device", "nowhere.toml"), "nowhere.toml"),
        (("advise", SAMPLE, "--device", "phone", "--fact", "x"), "x"),
        (("advise", SAMPLE, "--device", "phone", "--fact", "magic=yes"), "magic"),
        (("advise", SAMPLE, "--device", "phone", "--max-size-mb", -1), "max"),
        (("advise", SAMPLE, "--device", "phone", "--min-accuracy", 2), "accuracy"),
        (("export", SAMPLE), "--out"),
        (("export", SAMPLE, "--to", "onnx,tflite", "--out", "out"), "tflite"),
        (("export", SAMPLE, "--to", " ,", "--out", "out"), "onnx"),
        (("run",), "run"),
        (("run", "nowhere", "--out", "x"), "--out"),
        (("prunable",), "model"),
        (("nonsense",), "nonsense"),
        ((), "--help"),
    ],
)
def test_usage(arguments: tuple[object, ...], wanted: str, here: Path) -> None:
    said = penjing(*arguments)
    assert said.code == 2
    assert wanted.lower() in said.error.lower()
    assert list(here.iterdir()) == []


def test_an_error_is_one_line_whatever_is_in_it() -> None:
    assert "two lines.pt" in refused("inspect", "two\nlines.pt")


def test_with_json_an_error_leaves_stdout_empty() -> None:
    assert "nowhere.pt" in refused("inspect", "nowhere.pt", "--json")
    assert "resnet19" in refused(*prune("--json", model="torchvision:resnet19"))


def test_a_traceback_only_with_debug(monkeypatch: pytest.MonkeyPatch) -> None:
    from penjing.spec.messages import Failure

    with pytest.raises(Failure):
        main(["inspect", "nowhere.pt", "--debug"])
    with pytest.raises(Failure):
        main(["--debug", "inspect", "nowhere.pt"])

    def broken(*_arguments: object, **_names: object) -> None:
        raise ZeroDivisionError("one\ntwo")

    monkeypatch.setattr("penjing.runs.counting.open_model", broken)
    line = refused("inspect", SAMPLE, code=1)
    assert "ZeroDivisionError: one two" in line
    with pytest.raises(ZeroDivisionError):
        main(["inspect", SAMPLE, "--debug"])


def test_help_and_version() -> None:
    said = penjing("--version")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("penjing ")
    shown = penjing("--help")
    assert shown.code == 0
    for command in ("app", "inspect", "advise", "prunable", "whatif", "prune", "distill", "run", "export",
                    "verify", "report", "runs", "demo"):  # fmt: skip
        assert command in shown.out
        assert penjing(command, "--help").code == 0
    assert "session-worker" not in shown.out
