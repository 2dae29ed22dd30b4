"""`kill -9` at any moment: the run goes on and ends with the same bytes as one that was left alone."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from penjing.commands.demonstrating import demo_recipe
from penjing.runs.make import make_run
from penjing.spec.folders import RunFolder
from penjing.spec.journal import read_journal
from penjing.spec.recipe import Recipe

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the nursery forks")

Moment = tuple[str, Callable[[RunFolder], bool], float]


class Nursery:
    """Carries runs out in forked processes, and kills them when told."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("nursery.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._line() == "ready"

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def life(
        self, folder: RunFolder, until: Callable[[RunFolder], bool] | None = None, delay: float = 0.0
    ) -> int:
        """Carry the run out; kill it `delay` seconds after `until` holds. The exit code, -9 where it was killed."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{folder.path}\n")
        self._process.stdin.flush()
        pid = int(self._line().removeprefix("pid "))
        if until is not None:
            deadline = time.monotonic() + 60
            while not until(folder) and time.monotonic() < deadline and _alive(pid):
                time.sleep(0.0005)
            time.sleep(delay)
            if _alive(pid):
                os.kill(pid, signal.SIGKILL)
        return int(self._line().removeprefix("gone "))

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


def _event(name: str, **fields: Any) -> Callable[[RunFolder], bool]:
    """Holds once the journal has such an event."""
    wanted = fields.items()

    def holds(folder: RunFolder) -> bool:
        return any(
            event["event"] == name and wanted <= event.items() for event in read_journal(folder.journal)
        )

    return holds


def _writing_checkpoint(folder: RunFolder) -> bool:
    """Holds while a checkpoint is being written."""
    return any(folder.checkpoints.glob(".step-*.part"))


def _result_written(folder: RunFolder) -> bool:
    return folder.result_json.exists()


def _moments(technique: str) -> list[Moment]:
    """Twenty moments: each part of a run, with delays drawn from a fixed seed."""
    draw = random.Random(f"moments of {technique}")
    first = "prune" if technique == "pruning" else "dense"
    moments: list[Moment] = [
        ("at the start", lambda folder: True, draw.uniform(0.0, 0.1)),
        ("opening", _event("phase", phase="open"), 0.0),
        ("evaluating the dense model", _event("phase", phase="dense"), draw.uniform(0.0, 0.02)),
        ("pruning itself", _event("phase", phase=first), 0.0),
        ("pruning itself, later", _event("phase", phase=first), draw.uniform(0.005, 0.04)),
        ("just prepared", _event("checkpoint", stage="ready"), 0.0),
    ]
    moments += [
        (f"step {step}", _event("step", step=step), draw.uniform(0.0, 0.005))
        for step in (1, draw.randrange(3, 18), draw.randrange(19, 36), draw.randrange(38, 56))
    ]
    moments += [
        ("a checkpoint", _writing_checkpoint, 0.0),
        ("a checkpoint, later", _writing_checkpoint, draw.uniform(0.0, 0.003)),
        ("an epoch's end", _event("epoch", epoch=1), 0.0),
        ("the last epoch's end", _event("epoch", epoch=3), 0.0),
    ]
    moments += [
        ("the export", _event("phase", phase="export"), delay)
        for delay in (0.05, draw.uniform(0.1, 0.6), draw.uniform(0.6, 1.5))
    ]
    moments += [
        ("measuring", _event("phase", phase="measure"), draw.uniform(0.0, 0.2)),
        ("the test opening", _event("test_opened"), 0.0),
        ("the result written", _result_written, 0.0),
    ]
    assert len(moments) == 20
    return moments


def _recipe(technique: str) -> Recipe:
    recipe = demo_recipe(technique)
    training = recipe.training.model_copy(update={"epochs": 3, "checkpoint_every": 7, "threads": 1})
    return recipe.model_copy(update={"training": training})


def _stored(folder: RunFolder) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(folder.result_json.read_text(encoding="utf-8"))
    return value


@pytest.mark.timeout(600)
@pytest.mark.parametrize("technique", ["pruning", "distillation"])
def test_killed_runs_end_with_the_same_bytes(technique: str, tmp_path: Path, nursery: Nursery) -> None:
    undisturbed = make_run(_recipe(technique), tmp_path / "undisturbed")
    assert nursery.life(undisturbed) == 0, (tmp_path / "log.txt").read_text()
    expected = _stored(undisturbed)
    killed = 0
    for number, (name, until, delay) in enumerate(_moments(technique)):
        folder = make_run(_recipe(technique), tmp_path / f"killed-{number}")
        killed += nursery.life(folder, until, delay) == -signal.SIGKILL
        reached = max((int(path.name.split("-")[1]) for path in folder.checkpoints.glob("step-*")), default=0)
        lived = any(event["event"] == "started" for event in read_journal(folder.journal))
        assert nursery.life(folder) == 0, f"{name}: {(tmp_path / 'log.txt').read_text()}"
        found = _stored(folder)
        assert found["weights_sha256"] == expected["weights_sha256"], name
        assert found["after"] == expected["after"], name
        assert found["accuracy_steps"] == expected["accuracy_steps"], name
        assert found["test_opened_once"], name
        resumed = [event for event in read_journal(folder.journal) if event["event"] == "resumed"]
        assert bool(resumed) == lived, name
        for event in resumed:
            assert event["step"] >= reached, f"{name}: went back behind the last checkpoint"
        assert not list(folder.checkpoints.glob(".*")), f"{name}: half a checkpoint stayed"
    assert killed >= 19, f"only {killed} of 20 were killed in time"  # the first may be over before its moment
