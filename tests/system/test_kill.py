"""`kill -9` at any moment: the run goes on and ends with the same bytes as one that was left alone."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from killing import Moment, Nursery, event, killed_and_resumed, stored, writing_checkpoint
from penjing.commands.demonstrating import demo_recipe
from penjing.runs.make import make_run
from penjing.spec.folders import RunFolder
from penjing.spec.recipe import Recipe

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the nursery forks")

FEW = {
    "pruning": ("pruning itself, later", "just prepared", "the last epoch's end", "the export 2", "the test opening"),
    "distillation": ("evaluating the dense model", "a checkpoint, later", "the export 3", "measuring",
                     "the result written"),
}  # fmt: skip
"""Moments of the ordinary suite; the others of the run's middle are those of test_kill_training.py."""

LATE = ("the export", "measuring", "the test opening", "the result written")


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


def _result_written(folder: RunFolder) -> bool:
    return folder.result_json.exists()


def _moments(technique: str) -> list[Moment]:
    """Twenty moments: each part of a run, with delays drawn from a fixed seed."""
    draw = random.Random(f"moments of {technique}")
    first = "prune" if technique == "pruning" else "dense"
    moments: list[Moment] = [
        ("at the start", lambda folder: True, draw.uniform(0.0, 0.1)),
        ("opening", event("phase", phase="open"), 0.0),
        ("evaluating the dense model", event("phase", phase="dense"), draw.uniform(0.0, 0.02)),
        ("pruning itself", event("phase", phase=first), 0.0),
        ("pruning itself, later", event("phase", phase=first), draw.uniform(0.005, 0.04)),
        ("just prepared", event("checkpoint", stage="ready"), 0.0),
    ]
    moments += [
        (f"step {step}", event("step", step=step), draw.uniform(0.0, 0.005))
        for step in (1, draw.randrange(3, 18), draw.randrange(19, 36), draw.randrange(38, 56))
    ]
    moments += [
        ("a checkpoint", writing_checkpoint, 0.0),
        ("a checkpoint, later", writing_checkpoint, draw.uniform(0.0, 0.003)),
        ("an epoch's end", event("epoch", epoch=1), 0.0),
        ("the last epoch's end", event("epoch", epoch=3), 0.0),
    ]
    moments += [
        (f"the export {number}", event("phase", phase="export"), delay)
        for number, delay in enumerate((0.05, draw.uniform(0.1, 0.6), draw.uniform(0.6, 1.5)), 1)
    ]
    moments += [
        ("measuring", event("phase", phase="measure"), draw.uniform(0.0, 0.2)),
        ("the test opening", event("test_opened"), 0.0),
        ("the result written", _result_written, 0.0),
    ]
    assert len(moments) == 20
    return moments


def _recipe(technique: str) -> Recipe:
    recipe = demo_recipe(technique)
    training = recipe.training.model_copy(update={"epochs": 3, "checkpoint_every": 7, "threads": 1})
    return recipe.model_copy(update={"training": training})


def _kill(technique: str, moments: list[Moment], folder: Path, nursery: Nursery, plain: bool) -> int:
    """How many were killed. Where `plain`, those killed before their export write one format only."""
    log = folder / "log.txt"
    undisturbed = make_run(_recipe(technique), folder / "undisturbed")
    assert nursery.life(undisturbed, plain=plain) == 0, log.read_text()
    expected = stored(undisturbed)
    killed = 0
    for number, moment in enumerate(moments):
        run = make_run(_recipe(technique), folder / f"killed-{number}")
        early = not moment[0].startswith(LATE)
        killed += killed_and_resumed(nursery, run, moment, expected, log, plain and early)
    return killed


@pytest.mark.timeout(300)
@pytest.mark.parametrize("technique", ["pruning", "distillation"])
def test_killed_runs_end_with_the_same_bytes(technique: str, tmp_path: Path, nursery: Nursery) -> None:
    moments = [moment for moment in _moments(technique) if moment[0] in FEW[technique]]
    assert len(moments) == 5
    assert _kill(technique, moments, tmp_path, nursery, plain=True) == 5


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("technique", ["pruning", "distillation"])
def test_runs_killed_at_twenty_moments(technique: str, tmp_path: Path, nursery: Nursery) -> None:
    killed = _kill(technique, _moments(technique), tmp_path, nursery, plain=False)
    assert killed >= 19, f"only {killed} of 20 were killed in time"  # the first may be over before its moment
