"""What is loaded is what was hashed: a program's file that is swapped in between is not opened."""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from corpus.programs import Saving
from corpus.register import Call, canary, network, touch
from corpus.sound import good_exported, good_script
from penjing.models import held, pickle_file, program_file
from penjing.models.open import open_model
from penjing.spec.files import sha256_file
from penjing.spec.references import InputSpec
from penjing.spec.trust import covers

FOUR = (InputSpec((4,)),)


def hostile(kind: str, path: Path) -> bytes:
    """A file of one kind that leaves a canary when it is loaded."""
    if kind == "script":
        stream = io.BytesIO()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.jit.save(torch.jit.script(Saving(canary(path))), stream)
        return stream.getvalue()
    return pickle.dumps(Call(os.system, touch(path)))


def good(kind: str, path: Path) -> None:
    if kind == "script":
        good_script(path)
    elif kind == "exported":
        good_exported(path)
    else:
        torch.save(network(), path)


@pytest.mark.parametrize("in_memory", [True, False])
@pytest.mark.parametrize("place", ["renamed", "overwritten"])
@pytest.mark.parametrize("kind", ["script", "exported", "pickle"])
def test_a_file_that_is_swapped_after_it_was_hashed_is_not_opened(
    kind: str, place: str, in_memory: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "model.pt2"
    good(kind, path)
    wanted, agreed = open_model(str(path), inputs=FOUR, trust=True), sha256_file(path)
    trap = hostile(kind, path)
    swapped = []

    def swap(trust: bool | str, sha256: str) -> bool:
        if place == "overwritten":
            path.write_bytes(trap)
        else:
            other = tmp_path / "other"
            other.write_bytes(trap)
            other.replace(path)
        swapped.append(sha256)
        return covers(trust, sha256)

    if not in_memory:
        monkeypatch.setattr(held, "IN_MEMORY", 100)
    for module in (pickle_file, program_file):
        monkeypatch.setattr(module, "covers", swap)
    model = open_model(str(path), inputs=FOUR, trust=agreed)
    assert swapped == [agreed]
    assert path.read_bytes() == trap
    assert model.sha256 == wanted.sha256
    assert (model.table is None) == (kind == "pickle")
    if model.table is not None:
        assert model.table.totals.macs == 4 * 8 + 8 * 2
    assert not Path(canary(path)).exists()


def test_the_swapped_in_files_would_have_run(tmp_path: Path) -> None:
    path = tmp_path / "model.pt2"
    loads: dict[str, Callable[[io.BytesIO], object]] = {"script": torch.jit.load, "pickle": pickle.load}
    for kind, load in loads.items():
        with warnings.catch_warnings(), contextlib.suppress(RuntimeError):  # after it has run
            warnings.simplefilter("ignore")
            load(io.BytesIO(hostile(kind, path)))
        Path(canary(path)).unlink()


def test_other_bytes_than_agreed_to_stay_closed(tmp_path: Path) -> None:
    path = tmp_path / "model.ts"
    good_script(path)
    model = open_model(str(path), inputs=FOUR, trust="0" * 64)
    assert [one.code for one in model.warnings] == ["models.graph_needs_trust"]


@pytest.mark.parametrize("size", [0, 99, 100, 101, 3_000_000])
def test_bytes_are_held_whole_and_nothing_stays(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held, "IN_MEMORY", 100)
    path, data = tmp_path / "file.bin", os.urandom(size)
    path.write_bytes(data)
    with held.held(path) as kept:
        path.write_bytes(b"other")
        kept.file.seek(0)
        assert kept.file.read() == data
        assert kept.size == size
        assert (kept.copy is None) == (size <= 100)
        if kept.copy is not None and os.name == "posix":
            assert kept.copy.parent.stat().st_mode & 0o077 == 0
    assert kept.copy is None or not kept.copy.parent.exists()
