"""Checkpoints: whole or not there, the newest that loads, two kept and the best."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from penjing.runs.keeper import all_finite
from penjing.training import checkpoints


def save(folder: Path, number: int, best: int | None = None) -> checkpoints.Checkpoint:
    state: dict[str, Any] = {"sequence": number}
    if best is not None:
        state["best"] = {"checkpoint": f"step-{best:06d}"}
    return checkpoints.save(folder, f"step-{number:06d}", state, {"model": torch.full((300,), float(number))})


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def newest(folder: Path) -> int | None:
    found = checkpoints.latest(folder)
    if found is None:
        return None
    checkpoint, tensors = found
    assert torch.equal(tensors["model"], torch.full((300,), float(checkpoint.sequence)))
    return checkpoint.sequence


def test_the_newest_is_found_by_its_sequence_not_by_its_name(tmp_path: Path) -> None:
    assert newest(tmp_path / "none") is None
    checkpoints.save(tmp_path, "step-000100", {"sequence": 1}, {"model": torch.full((300,), 1.0)})
    checkpoints.save(tmp_path, "step-000100-ready-2", {"sequence": 2}, {"model": torch.full((300,), 2.0)})
    assert newest(tmp_path) == 2


def test_two_are_kept_and_the_best(tmp_path: Path) -> None:
    for number in range(1, 7):
        save(tmp_path, number, best=2 if number >= 2 else None)
    assert names(tmp_path) == ["step-000002", "step-000005", "step-000006"]
    save(tmp_path, 7, best=7)
    assert names(tmp_path) == ["step-000002", "step-000006", "step-000007"]  # 6 still names 2
    save(tmp_path, 8, best=7)
    assert names(tmp_path) == ["step-000007", "step-000008"]


def _truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[data.find(b"\x00\x00\x40\x40") + 2] ^= 1  # a float of the tensor (3.0 is 0x40400000)
    path.write_bytes(data)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "tensors missing": lambda one: (one / "tensors.pt").unlink(),
    "tensors empty": lambda one: (one / "tensors.pt").write_bytes(b""),
    "tensors cut off": lambda one: _truncate(one / "tensors.pt"),
    "tensors are text": lambda one: (one / "tensors.pt").write_text("not a checkpoint at all"),
    "a byte of the tensors changed": lambda one: _flip(one / "tensors.pt"),
    "state missing": lambda one: (one / "state.json").unlink(),
    "state empty": lambda one: (one / "state.json").write_bytes(b""),
    "state cut off": lambda one: _truncate(one / "state.json"),
    "state is a list": lambda one: (one / "state.json").write_text("[]"),
    "state without sequence": lambda one: (one / "state.json").write_text("{}"),
    "state with odd sequence": lambda one: (one / "state.json").write_text('{"sequence": "x"}'),
    "gone": shutil.rmtree,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_one_is_passed_over_for_the_older(damage: str, tmp_path: Path) -> None:
    save(tmp_path, 2)
    DAMAGE[damage](save(tmp_path, 3).path)
    assert newest(tmp_path) == 2
    save(tmp_path, 3)  # written again over the damaged one
    assert newest(tmp_path) == 3


def test_one_whose_best_is_damaged_is_passed_over(tmp_path: Path) -> None:
    save(tmp_path, 1)
    save(tmp_path, 2, best=1)
    _truncate(tmp_path / "step-000001" / "tensors.pt")
    assert newest(tmp_path) is None
    save(tmp_path, 3)
    assert newest(tmp_path) == 3


@pytest.mark.parametrize("broken", ["sync", "rename"])
def test_a_failed_write_leaves_the_older_and_no_trace(
    broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path, 1)

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    place, name = {"sync": (os, "fsync"), "rename": (Path, "rename")}[broken]
    with monkeypatch.context() as patch:
        patch.setattr(place, name, full)
        with pytest.raises(OSError):
            save(tmp_path, 2)
    assert names(tmp_path) == ["step-000001"]
    assert newest(tmp_path) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no such limits there")
@pytest.mark.parametrize("size", [0, 10, 900, 2000])
def test_a_full_disk_is_what_the_system_calls_it(size: int, tmp_path: Path) -> None:
    """torch says "unexpected pos" of it."""
    import resource

    save(tmp_path, 1)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        with pytest.raises(OSError) as error:
            save(tmp_path, 2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert error.value.errno == errno.EFBIG
    assert names(tmp_path) == ["step-000001"]
    assert newest(tmp_path) == 1


def test_what_killed_writes_left_is_not_a_checkpoint_and_is_cleaned(tmp_path: Path) -> None:
    one = save(tmp_path, 1)
    shutil.copytree(one.path, tmp_path / ".step-000002.part")
    assert newest(tmp_path) == 1
    checkpoints.clean(tmp_path)
    assert names(tmp_path) == ["step-000001"]


def test_everything_loads_without_running_code(tmp_path: Path) -> None:
    one = save(tmp_path, 1)
    torch.load(one.path / "tensors.pt", weights_only=True)
    assert json.loads((one.path / "state.json").read_text())["sequence"] == 1


def test_weights_are_finite_where_each_is_although_their_sum_is_not() -> None:
    assert all_finite(torch.zeros(3)) and all_finite(torch.empty(0))
    assert all_finite(torch.full((10,), 3e38))
    assert not all_finite(torch.tensor([1.0, float("nan"), 2.0]))
    assert not all_finite(torch.tensor([float("inf"), float("-inf")]))
    assert not all_finite(torch.tensor([3e38, float("-inf")]))
