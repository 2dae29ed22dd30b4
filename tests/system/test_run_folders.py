"""Runs whose folder is damaged, half-written, full or read-only: what can be gone on with goes on, the rest is said."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from penjing.runs import keeper
from penjing.runs.carry_out import carry_out
from penjing.runs.make import make_run
from penjing.spec.control import give_order
from penjing.spec.folders import RunFolder
from penjing.spec.journal import read_journal
from penjing.spec.recipe import Recipe, parse
from penjing.spec.results import RunResult
from terminal import penjing, quick_latency, refused


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    with quick_latency(("safetensors",)):
        yield


def recipe() -> Recipe:
    return parse(
        {
            "model": {"reference": "sample:digits-cnn"},
            "data": {"reference": "sample:digits"},
            "technique": "pruning",
            "pruning": {"macs": 0.4},
            "training": {"epochs": 2, "threads": 1, "checkpoint_every": 5},
        }
    )


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RunResult]:
    """A run that was left alone."""
    folder = make_run(recipe(), tmp_path_factory.mktemp("finished") / "run")
    with quick_latency(("safetensors",)):
        return folder.path, carry_out(folder.path)


@pytest.fixture(scope="module")
def halfway(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was stopped in its second epoch: checkpoints at its steps 25 and 27, and the best one at 19."""
    folder = make_run(recipe(), tmp_path_factory.mktemp("halfway") / "run")

    def listen(event: dict[str, Any]) -> None:
        if event["event"] == "step" and event["step"] == 27:
            give_order(folder.control, "stop")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keeper, "SPARING", 0)  # a checkpoint wherever one may be made
        assert carry_out(folder.path, listen).status == "stopped"
    names = sorted(path.name for path in folder.checkpoints.iterdir())
    assert names == ["step-000019", "step-000025", "step-000027"]
    return folder.path


def copied(source: Path, target: Path) -> RunFolder:
    shutil.copytree(source, target)
    return RunFolder(target)


def _tear(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 20)


def _drop_newest(folder: RunFolder) -> None:
    shutil.rmtree(folder.checkpoints / "step-000027")


Damage = Callable[[RunFolder], object]
HALFWAY: dict[str, tuple[Damage, int]] = {
    "nothing": (lambda folder: None, 27),
    "journal torn": (lambda folder: _tear(folder.journal), 27),
    "a line of the journal is no JSON": (
        lambda folder: folder.journal.write_bytes(b"\xff{]\n" + folder.journal.read_bytes()), 27,
    ),
    "journal gone": (lambda folder: (folder.journal.unlink(), folder.control.unlink()), 27),
    "control is no JSON": (lambda folder: folder.control.write_text("{"), 27),
    "half a checkpoint": (
        lambda folder: shutil.copytree(
            folder.checkpoints / "step-000025", folder.checkpoints / ".step-000029.part"
        ), 27,
    ),
    "newest checkpoint gone": (_drop_newest, 25),
    "newest checkpoint torn": (lambda folder: _tear(folder.checkpoints / "step-000027" / "tensors.pt"), 25),
    "newest checkpoint without state": (
        lambda folder: (folder.checkpoints / "step-000027" / "state.json").write_text(""), 25,
    ),
    "best checkpoint torn": (lambda folder: _tear(folder.checkpoints / "step-000019" / "tensors.pt"), 0),
    "no checkpoint": (lambda folder: shutil.rmtree(folder.checkpoints), 0),
    "an old lock": (lambda folder: folder.lock.write_text("9999"), 27),
}  # fmt: skip


@pytest.mark.parametrize("damage", HALFWAY)
def test_it_goes_on_from_the_last_whole_checkpoint(
    damage: str, halfway: Path, finished: tuple[Path, RunResult], tmp_path: Path
) -> None:
    folder = copied(halfway, tmp_path / "run")
    harm, step = HALFWAY[damage]
    harm(folder)
    result = carry_out(folder.path)
    assert result.status == "done"
    assert result.weights_sha256 == finished[1].weights_sha256
    assert result.after == finished[1].after
    assert result.accuracy_steps == finished[1].accuracy_steps
    events = read_journal(folder.journal)
    restarts = [event["step"] for event in events if event["event"] == "resumed"]
    assert restarts == ([step] if damage != "journal gone" else [])
    first = next(event["step"] for event in events[-len(events) // 2 :] if event["event"] == "step")
    assert first <= step + 20
    assert folder.journal.read_bytes().endswith(b"\n")
    assert not list(folder.checkpoints.glob(".*"))


FINISHED: dict[str, Damage] = {
    "result gone": lambda folder: folder.result_json.unlink(),
    "result torn": lambda folder: _tear(folder.result_json),
    "result empty": lambda folder: folder.result_json.write_text(""),
    "result a list": lambda folder: folder.result_json.write_text("[]"),
    "killed inside the test opening": lambda folder: (
        folder.result_json.unlink(),
        (folder.path / "test.json").unlink(),
    ),
    "artefacts gone": lambda folder: (folder.result_json.unlink(), shutil.rmtree(folder.result)),
}


@pytest.mark.parametrize("damage", FINISHED)
def test_a_finished_run_whose_result_is_damaged_makes_it_again(
    damage: str, finished: tuple[Path, RunResult], tmp_path: Path
) -> None:
    folder = copied(finished[0], tmp_path / "runs" / "run")
    FINISHED[damage](folder)
    listed = penjing("runs", folder.path.parent, "--json")
    assert listed.code == 0
    said = penjing("run", folder.path, "--json")
    assert said.code == 0
    assert said.document["weights_sha256"] == finished[1].weights_sha256
    assert said.document["after"] == finished[1].after
    assert said.document["test_opened_once"] is True  # the test split is not opened a second time
    assert folder.result_json.is_file()


@pytest.mark.parametrize(
    "harm",
    [
        lambda folder: folder.recipe.unlink(),
        lambda folder: folder.recipe.write_text(""),
        lambda folder: _tear(folder.recipe),
        lambda folder: folder.recipe.write_bytes(b"\x80\x02"),
        lambda folder: (folder.recipe.unlink(), folder.recipe.mkdir()),
    ],
)
def test_a_run_without_its_recipe_is_said_and_left_alone(harm: Damage, halfway: Path, tmp_path: Path) -> None:
    folder = copied(halfway, tmp_path / "runs" / "run")
    harm(folder)
    before = {path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()}
    assert str(folder.path) in refused("run", folder.path)
    assert {path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()} == before
    assert penjing("runs", folder.path.parent, "--json").document["runs"] == []


def test_a_run_whose_model_has_changed_is_not_gone_on_with(tmp_path: Path) -> None:
    import torch

    from penjing.models.open import open_model

    state = open_model("sample:digits-cnn").module.state_dict()
    weights = tmp_path / "weights.pt"
    torch.save(state, weights)
    value = recipe().to_json()
    value["model"]["weights"] = str(weights)
    folder = make_run(parse(value), tmp_path / "run")

    def listen(event: dict[str, Any]) -> None:
        if event["event"] == "step":
            give_order(folder.control, "stop")

    carry_out(folder.path, listen)
    torch.save({name: tensor * 1.5 for name, tensor in state.items()}, weights)
    assert "SHA-256" in refused("run", folder.path)
    weights.unlink()
    assert "weights.pt" in refused("run", folder.path)
    assert folder.checkpoints.is_dir()  # nothing is taken away from a run that exists
    torch.save(state, weights)
    assert penjing("run", folder.path, "--json").document["status"] == "done"


# A full disk


@contextlib.contextmanager
def file_limit(size: int) -> Iterator[None]:
    """No file may grow beyond `size` bytes: what a full disk does, without one."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.skipif(sys.platform != "linux", reason="limits as on Linux")
@pytest.mark.parametrize("size", [400, 1_700, 40_000, 250_000])
def test_a_full_disk_is_said_and_the_run_goes_on_afterwards(
    size: int, finished: tuple[Path, RunResult], tmp_path: Path
) -> None:
    out = tmp_path / "run"
    (tmp_path / "recipe.json").write_text(json.dumps(recipe().to_json()))
    with file_limit(size):
        said = penjing("run", tmp_path / "recipe.json", "--out", out, "--json")
    assert said.out == ""
    if size < 800:  # not even the recipe could be written
        assert said.code == 1
        assert "disk is full" in said.error
        assert not out.exists()
        return
    assert said.code == 1
    assert "disk is full" in said.error
    assert str(out) in said.error
    again = penjing("run", out, "--json")
    assert again.code == 0
    assert again.document["weights_sha256"] == finished[1].weights_sha256
    assert not list(out.rglob("*.part"))


@pytest.mark.skipif(sys.platform != "linux", reason="tmpfs is Linux's")
@pytest.mark.parametrize("kilobytes", [400, 1100])
def test_a_disk_that_really_fills_up(
    kilobytes: int, finished: tuple[Path, RunResult], tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("no file system can be mounted here")
    try:
        folder = make_run(recipe(), disk / "run")
        with quick_latency(("safetensors", "pt2", "onnx")):  # they are what fills it up
            said = penjing("run", folder.path, "--json")
        assert said.code == 1
        assert "disk is full" in said.error
        assert read_journal(folder.journal)
        subprocess.run(["mount", "-o", "remount,size=50m", str(disk)], check=True)
        again = penjing("run", folder.path, "--json")
        assert again.code == 0
        assert again.document["weights_sha256"] == finished[1].weights_sha256
        assert again.document["after"] == finished[1].after
        assert again.document["test_opened_once"] is True
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="this user can write everywhere")
def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    try:
        for command in (
            ("prune", "sample:digits-cnn", "--data", "sample:digits", "--ratio", 0.5),
            ("export", "sample:digits-cnn"),
        ):
            for out in (locked, locked / "inside"):
                assert "locked" in refused(*command, "--out", out)
    finally:
        locked.chmod(0o755)
    assert list(locked.iterdir()) == []


def test_a_folder_that_another_process_took_in_the_same_instant_is_left_to_it(tmp_path: Path) -> None:
    from penjing.runs.make import making_run
    from penjing.spec.messages import Failure, bad_input

    with pytest.raises(Failure), making_run(recipe(), tmp_path / "run") as folder:
        raise bad_input("runs.in_use", run=folder.name)
    assert folder.recipe.exists()
