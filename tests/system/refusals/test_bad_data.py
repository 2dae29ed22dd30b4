"""Data that cannot be used, and folders that are not a run's to write in: one clear line, and nothing left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bad_input import SAMPLE, prune
from terminal import refused


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
