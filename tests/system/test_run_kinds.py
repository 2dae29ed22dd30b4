"""Runs of every kind: regression, no data, rounds, locks, teachers, recoveries, a zoo model, a model of one's own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from penjing.export.load import load_artefact
from penjing.runs.carry_out import carry_out
from penjing.runs.make import make_run
from penjing.spec.control import give_order
from penjing.spec.folders import RunFolder
from penjing.spec.journal import current_events, read_journal
from penjing.spec.recipe import load
from terminal import Said, penjing, quick_latency, refused

SAMPLE, DATA = "sample:digits-cnn", "sample:digits"
TINY = ("--threads", 1, "--json")

MODEL = '''
"""A regression with dropout, in a file of one's own."""
import torch
from torch import nn

from neighbour import HIDDEN


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(6, HIDDEN)
        self.drop = nn.Dropout(0.4)
        self.second = nn.Linear(HIDDEN, HIDDEN)
        self.last = nn.Linear(HIDDEN, 1)

    def forward(self, x):
        return self.last(torch.relu(self.second(self.drop(torch.relu(self.first(x))))))


def make():
    return Net()
'''


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    with quick_latency(("safetensors",)):
        yield


def trained(said: Said) -> torch.nn.Module:
    return load_artefact(Path(said.document["run"]) / "result").eval()


def events(said: Said, name: str) -> list[dict[str, Any]]:
    journal = read_journal(Path(said.document["run"]) / "journal.jsonl")
    return [event for event in current_events(journal) if event["event"] == name]


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with `net.py`, its neighbour, and data for it; the current one."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "net.py").write_text(MODEL)
    (folder / "neighbour.py").write_text("HIDDEN = 24\n")
    random = np.random.RandomState(0)
    x = random.randn(200, 6).astype(np.float32)
    np.savez(folder / "data.npz", x=x, y=np.tanh(x[:, 0] - x[:, 1]))
    monkeypatch.chdir(folder)
    return folder


OWN = ("prune", "py:net.py:make", "--input", "6", "--data", "data.npz", "--ratio", 0.5, "--trust",
       "--epochs", 4, "--batch-size", 16, "--lr", 0.05, *TINY)  # fmt: skip


def test_a_regression_has_an_error_instead_of_an_accuracy(own: Path) -> None:
    said = penjing(*OWN, "--out", "run")
    assert said.code == 0, said
    value = said.document
    for side in ("before", "after"):
        assert "accuracy" not in value[side]
        assert value[side]["mse"] > 0
    assert value["after"]["mse"] < value["before"]["mse"]  # its first weights were random
    assert value["test_opened_once"] is True
    assert "val_mse" in events(said, "epoch")[0]
    assert value["accuracy_steps"]["final"] == min(event["val_mse"] for event in events(said, "epoch"))

    from penjing.data.open import open_data

    test = open_data("data.npz").test
    with torch.no_grad():
        error = (trained(said)(test.x)[:, 0] - test.y).square().mean()
    assert value["after"]["mse"] == pytest.approx(float(error), rel=1e-5)
    assert {tuple(parameter.shape) for parameter in trained(said).parameters()} == {
        (12, 6), (12,), (12, 12), (1, 12), (1,)
    }  # fmt: skip
    shown = penjing("run", "run")
    assert shown.code == 0
    assert "MSE" in shown.out
    assert penjing("report", "run").code == 0
    # Trust is for each command: what the run holds is code too.
    assert "--trust" in refused("export", "run", "--out", "out", code=3)
    assert not Path("out").exists()
    assert penjing("export", "run", "--out", "out", "--to", "safetensors", "--trust").code == 0


def test_a_run_of_ones_own_resumes_from_any_folder_to_the_same_bytes(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the middle of an epoch, by momentum and dropout, and with relative paths from another folder."""
    whole = penjing(*OWN, "--out", "whole").document
    folder = make_run(load(Path("whole/recipe.json")), Path("halves"))
    monkeypatch.chdir(tmp_path)

    def stop_at(step: int) -> Any:
        def listen(event: dict[str, Any]) -> None:
            if event["event"] == "step" and event["step"] == step:
                give_order(folder.control, "stop")

        return listen

    assert len([e for e in read_journal(own / "whole" / "journal.jsonl") if e["event"] == "step"]) == 36
    for step in (5, 14, 31):  # nine steps an epoch
        assert carry_out(folder.path, stop_at(step), trust=True).status == "stopped"
        torch.rand(7)
    found = carry_out(folder.path, trust=True)
    assert found.weights_sha256 == whole["weights_sha256"]
    restarts = [e["step"] for e in read_journal(folder.journal) if e["event"] == "resumed"]
    assert restarts == [5, 14, 31]


@pytest.mark.parametrize("lost", ["optimizer", "generators"])
def test_momentum_and_dropout_are_what_that_resume_restores(
    lost: str, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were either not restored, the test above would see it."""
    from penjing.training import checkpoints

    whole = penjing(*OWN, "--out", "whole").document
    folder = make_run(load(Path("whole/recipe.json")), Path("halves"))

    def listen(event: dict[str, Any]) -> None:
        if event["event"] == "step" and event["step"] == 14:
            give_order(folder.control, "stop")

    assert carry_out(folder.path, listen, trust=True).status == "stopped"
    latest = checkpoints.latest

    def forgetful(path: Path) -> Any:
        checkpoint, tensors = latest(path) or (None, {})
        if lost == "optimizer":
            tensors["optimizer"]["state"] = {}
        else:
            tensors["generators"] = {**tensors["generators"], "torch": torch.Generator().get_state()}
        return checkpoint, tensors

    monkeypatch.setattr(checkpoints, "latest", forgetful)
    assert carry_out(folder.path, trust=True).weights_sha256 != whole["weights_sha256"]


def test_without_data_channels_are_removed_and_nothing_is_claimed(tmp_path: Path) -> None:
    said = penjing("prune", SAMPLE, "--data", "none", "--epochs", 0, "--ratio", 0.5, *TINY,
                   "--out", tmp_path / "run")  # fmt: skip
    assert said.code == 0, said
    value = said.document
    assert value["before"]["accuracy"] is value["after"]["accuracy"] is None
    assert value["test_opened_once"] is None
    assert set(value["accuracy_steps"].values()) == {None}
    assert not events(said, "test_opened")
    assert trained(said).stage1[0].out_channels == 16  # type: ignore[index,union-attr]
    assert penjing("report", value["run"]).code == 0


def test_rounds_share_the_epochs_and_end_at_the_target(tmp_path: Path) -> None:
    few = ("--data", DATA, "--epochs", 4, "--ratio", 0.5, "--lr", 0.003, *TINY)
    said = penjing("prune", SAMPLE, *few, "--steps", 3, "--out", tmp_path / "run")
    assert said.code == 0, said
    pruned = events(said, "pruned")
    assert [event["round"] for event in pruned] == [1, 2, 3]
    assert [event["step"] for event in pruned] == [0, 19, 38]  # 1 + 1 + 2 epochs of 19 steps
    channels = [event["channels"]["stage2.0"][1] for event in pruned]
    assert channels == sorted(channels, reverse=True)
    assert channels[0] == pytest.approx(64 * 0.5 ** (1 / 3), abs=1)
    assert channels[-1] == 32
    assert said.document["realised"]["macs"] == pytest.approx(390_000 / 1_539_808)

    folder = make_run(load(tmp_path / "run" / "recipe.json"), tmp_path / "halves")

    def listen(event: dict[str, Any]) -> None:
        if event["event"] == "step" and event["step"] == 25:
            give_order(folder.control, "stop")

    assert carry_out(folder.path, listen).status == "stopped"
    assert carry_out(folder.path).weights_sha256 == said.document["weights_sha256"]


def test_locked_and_singled_out_layers(tmp_path: Path) -> None:
    said = penjing("prune", SAMPLE, "--data", "none", "--epochs", 0, "--ratio", 0.5, "--layer", "stage1.0=0",
                   "--layer", "hidden=0.75", *TINY, "--out", tmp_path / "run")  # fmt: skip
    module: Any = trained(said)
    assert module.stage1[0].out_channels == 32
    assert module.stage1[3].out_channels == 16
    assert module.hidden.out_features == 44
    assert said.document["requested"]["layers"] == {"stage1.0": 0.0, "hidden": 0.75}


@pytest.mark.parametrize(
    ("target", "value", "key", "budget"),
    [
        ("--macs", 0.3, "macs", 0.3),
        ("--params", 0.3, "params", 0.3),
        ("--bytes", 100_000, "weight_bytes", None),
    ],
)
def test_targets_are_met_from_below(
    target: str, value: float, key: str, budget: float | None, tmp_path: Path
) -> None:
    said = penjing("prune", SAMPLE, "--data", "none", "--epochs", 0, target, value, "--round-to", 2, *TINY,
                   "--out", tmp_path / "run")  # fmt: skip
    after, before = said.document["after"][key], said.document["before"][key]
    allowed = budget * before if budget is not None else value
    assert 0.85 * allowed < after <= allowed
    assert trained(said).stage1[0].out_channels % 2 == 0  # type: ignore[index,union-attr]


def test_teachers_have_a_part_in_it(tmp_path: Path) -> None:
    few = ("--data", DATA, "--epochs", 1, "--macs", 0.3, *TINY)
    shas = {}
    for teacher in ("none", "self", SAMPLE):
        said = penjing("prune", SAMPLE, *few, "--teacher", teacher, "--out", tmp_path / f"run-{len(shas)}")
        assert said.code == 0, said
        shas[teacher] = said.document["weights_sha256"]
        assert ("kd" in events(said, "step")[0]) == (teacher != "none")
    assert shas["self"] == shas[SAMPLE] != shas["none"]


def test_recoveries(tmp_path: Path) -> None:
    few = ("--data", DATA, "--epochs", 1, "--ratio", 0.5, *TINY)
    found = {}
    for recovery in ("finetune", "recalibrate", "none"):
        said = penjing("prune", SAMPLE, *few, "--recovery", recovery, "--out", tmp_path / recovery)
        assert said.code == 0, said
        found[recovery] = said.document["accuracy_steps"]
        assert bool(events(said, "step")) == (recovery == "finetune")
    assert found["none"]["recalibrated"] is None
    assert found["none"]["final"] == found["none"]["pruned"]
    assert found["recalibrate"]["final"] == found["recalibrate"]["recalibrated"] > found["none"]["pruned"]
    assert found["finetune"]["final"] > found["recalibrate"]["final"]


def test_losses(tmp_path: Path) -> None:
    few = ("--student", "auto:width=0.3", "--data", DATA, "--epochs", 1, *TINY)
    parts = {}
    for loss in ("kd", "hard"):
        said = penjing("distill", SAMPLE, *few, "--loss", loss, "--out", tmp_path / loss)
        assert said.code == 0, said
        parts[loss] = set(events(said, "step")[0]) - {"t", "event", "step", "lr"}
    assert parts["kd"] == {"loss", "ce", "kd"}
    assert "kd" not in parts["hard"]


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty tiny pictures of three classes."""
    path = tmp_path_factory.mktemp("data") / "pictures.npz"
    random = np.random.RandomState(0)
    y = np.arange(60) % 3
    x = (random.rand(60, 3, 32, 32) * 99 + y[:, None, None, None] * 60).astype(np.uint8)
    np.savez(path, x=x, y=y)
    return path


@pytest.mark.parametrize("technique", ["prune", "distill"])
def test_a_zoo_model(technique: str, pictures: Path, tmp_path: Path) -> None:
    wanted = ("--macs", 0.3) if technique == "prune" else ("--student", "auto:width=0.25")
    formats = ("safetensors", "onnx") if technique == "prune" else ("safetensors",)
    with quick_latency(formats):
        said = penjing(technique, "torchvision:resnet18", "--data", pictures, *wanted, "--epochs", 1,
                   "--batch-size", 14, *TINY, "--out", tmp_path / "run")  # fmt: skip
    assert said.code == 0, said
    value = said.document
    assert value["after"]["macs"] <= 0.3 * value["before"]["macs"]
    assert value["before"]["params"] == 11_689_512
    assert any("random" in event["message"]["code"] for event in events(said, "warning"))
    assert tuple(trained(said)(torch.zeros(2, 3, 32, 32)).shape) == (2, 1000)
    shutil.rmtree(Path(value["run"]) / "checkpoints")  # a finished run does not need them
    verified = penjing("verify", value["run"], "--json")
    assert verified.code == 0, verified


def test_a_recipe_file_in_toml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, penjing_home: Path) -> None:
    monkeypatch.chdir(tmp_path)
    Path("job.toml").write_text(
        'technique = "distillation"\n'
        '[model]\nreference = "sample:digits-cnn"\n'
        '[data]\nreference = "sample:digits"\n'
        '[distillation]\nstudent = "auto:params=0.2"\ntemperature = 2.0\n'
        "[training]\nepochs = 1\nthreads = 1\n"
    )
    said = penjing("run", "job.toml", "--json")
    assert said.code == 0, said
    folder = RunFolder(Path(said.document["run"]))
    assert folder.path.parent == penjing_home / "runs"
    assert said.document["after"]["params"] <= 0.2 * said.document["before"]["params"]
    stored = json.loads(folder.recipe.read_text())
    assert stored["distillation"]["temperature"] == 2.0
    assert stored["training"]["batch_size"] == 64  # every setting is written out
    assert [one["name"] for one in penjing("runs", "--json").document["runs"]] == [folder.name]


def test_a_run_that_diverges_says_so_and_failed_is_its_status(tmp_path: Path) -> None:
    said = penjing("prune", SAMPLE, "--data", DATA, "--ratio", 0.5, "--epochs", 1, "--lr", 1e30, *TINY,
                   "--out", tmp_path / "runs" / "run")  # fmt: skip
    assert said.code == 1
    assert said.out == ""
    assert "step" in said.error
    (one,) = penjing("runs", tmp_path / "runs", "--json").document["runs"]
    assert one["status"] == "failed"


def test_a_models_own_mistake_while_training_is_said_and_journalled(own: Path) -> None:
    text = MODEL.replace(
        "        return self", "        if self.training: raise KeyError('odd')\n        return self"
    )
    Path("net.py").write_text(text)
    said = penjing(*OWN, "--out", "runs/run")
    assert said.code == 1
    assert "KeyError: 'odd'" in said.error
    assert "net.py" in Path("runs/run/log.txt").read_text()  # where it was raised is on record
    (one,) = penjing("runs", "runs", "--json").document["runs"]
    assert one["status"] == "failed"
    Path("net.py").write_text(MODEL)
    assert penjing("run", "runs/run", "--trust").code == 0  # mended, it goes on


@pytest.mark.parametrize("teacher", ["self", SAMPLE])
def test_a_regression_has_no_teacher(teacher: str, own: Path) -> None:
    assert "regression" in refused(*(one for one in OWN if one != "--json"), "--teacher", teacher)
    line = refused("distill", "py:net.py:make", "--input", 6, "--trust", "--student", "auto:width=0.5",
                   "--data", "data.npz", "--out", "run")  # fmt: skip
    assert "regression" in line
    assert not Path("run").exists()
