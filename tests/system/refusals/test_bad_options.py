"""Options that cannot be, and how an error is told: one line, and a traceback only where it is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from bad_input import DATA, SAMPLE, prune
from penjing.cli import main
from terminal import penjing, refused


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
        (("--student", "auto:width=0.5", "--epochs", 0), "0 epochs"),
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
