"""`kill -9` while a run trains: all settings of the loop, loaders with and without workers, rates set live."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from killing import Moment, Nursery, event, killed_and_resumed, stored, writing_checkpoint
from penjing.runs.make import make_run
from penjing.spec.journal import read_journal
from penjing.spec.recipe import Recipe, parse
from pictures import make_letters

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="the nursery forks"),
    pytest.mark.timeout(900),
]

ORDERS = {9: 0.004, 26: 0.0015}
"""Learning rates that are asked for, by the step after which they are."""

CASES: dict[str, dict[str, Any]] = {
    "cosine, average, accumulation, clipping": {
        "training": {"ema": 0.9, "accumulate": 3, "clip_norm": 1.0},
    },
    "one-cycle, AdamW": {"training": {"schedule": "one-cycle", "optimizer": "adamw", "lr": 0.002}},
    "step, warm-up, smoothing": {
        "training": {"schedule": "step", "decay_epochs": 1, "warmup_epochs": 0.6, "label_smoothing": 0.1},
    },
    "plateau": {
        "training": {"schedule": "plateau", "patience": 1, "decay": 0.5, "lr": 0.1, "epochs": 4, "batch_size": 16},
    },
    "constant, live": {"training": {"schedule": "constant"}, "live": True},
    "cosine, average, early stop, live": {
        "training": {"ema": 0.8, "early_stop": 1, "epochs": 6, "lr": 0.05},
        "live": True,
    },
    "a student without labels, average": {
        "technique": "distillation",
        "distillation": {"student": "auto:width=0.3"},
        "labels": False,
        "training": {"ema": 0.9, "warmup_epochs": 1},
    },
    "rounds of pruning, plateau, average, early stop": {
        "technique": "pruning",
        "pruning": {"ratio": 0.6, "steps": 2, "teacher": "self"},
        "training": {"schedule": "plateau", "patience": 1, "ema": 0.9, "early_stop": 1, "epochs": 6},
    },
    "pictures, two workers, one-cycle, average": {
        "pictures": True,
        "training": {"workers": 2, "schedule": "one-cycle", "ema": 0.9},
    },
    "pictures, a worker, accumulation, live": {
        "pictures": True,
        "training": {"workers": 1, "accumulate": 2, "lr": 0.02},
        "live": True,
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_letters(tmp_path_factory.mktemp("data") / "letters", 300, 16, letters="ABCDEFGHIJ")


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


def _recipe(case: dict[str, Any], pictures: Path, **changes: Any) -> Recipe:
    technique = case.get("technique", "training")
    data: dict[str, Any] = {"reference": "sample:digits", "labels": case.get("labels", True)}
    batch = 64
    if case.get("pictures"):
        data |= {"reference": str(pictures), "augmentation": "light"}
        batch = 16
    training = {
        "epochs": 3,
        "checkpoint_every": 7,
        "threads": 1,
        "batch_size": batch,
        **case["training"],
        **changes,
    }
    return parse(
        {
            "model": {"reference": "sample:digits-cnn"},
            "data": data,
            "technique": technique,
            **({technique: case[technique]} if technique in case else {}),
            "training": training,
        }
    )


def _moments(name: str, steps: int) -> list[Moment]:
    """Six moments of a run of `steps` steps, drawn from a fixed seed; none at a step where an order is given.

    The first is late, so that a run that forgets anything is seen to.
    """
    draw = random.Random(name)
    free = [step for step in range(1, steps) if all(abs(step - order) > 1 for order in ORDERS)]
    moments: list[Moment] = [
        (f"step {step}", event("step", step=step), draw.uniform(0.0, 0.005))
        for step in sorted(draw.sample(free, 4), reverse=True)
    ]
    late = draw.randrange(1, 3)
    kinds: list[Moment] = [
        ("a checkpoint", writing_checkpoint, draw.uniform(0.0, 0.003)),
        (f"the end of epoch {late}", event("epoch", epoch=late), draw.uniform(0.0, 0.003)),
    ]
    draw.shuffle(kinds)
    return [moments[0], kinds[0], *moments[1:], kinds[1]]


def _kill(name: str, count: int, pictures: Path, folder: Path, nursery: Nursery) -> None:
    case, log, orphaned = CASES[name], folder / "log.txt", nursery.orphaned
    if case.get("live"):
        (folder / "orders.json").write_text(json.dumps(ORDERS))
    # Who reads the data has no part in what comes of it: the run that is left alone has no workers.
    undisturbed = make_run(_recipe(case, pictures, workers=0), folder / "undisturbed")
    assert nursery.life(undisturbed, plain=True) == 0, log.read_text()
    expected = stored(undisturbed)
    journal = read_journal(undisturbed.journal)
    assert [one["step"] for one in journal if one["event"] == "settings"] == (
        list(ORDERS) if case.get("live") else []
    )
    if name == "plateau":
        assert len({one["lr"] for one in journal if one["event"] == "step"}) > 1, "its rate never dropped"
    steps = max(one["step"] for one in journal if one["event"] == "step")
    killed = 0
    for number, moment in enumerate(_moments(name, steps)[:count]):
        run = make_run(_recipe(case, pictures), folder / f"killed-{number}")
        killed += killed_and_resumed(nursery, run, moment, expected, log, plain=True)
    assert killed == count
    if case["training"].get("workers"):
        assert nursery.orphaned > orphaned, "no worker was there to be left behind"
    assert not nursery.orphans(60), "workers outlived their killed run"


@pytest.mark.parametrize("name", CASES)
def test_killed_training_ends_with_the_same_bytes(
    name: str, pictures: Path, tmp_path: Path, nursery: Nursery
) -> None:
    """Two moments of each case: twenty kills."""
    _kill(name, 2, pictures, tmp_path, nursery)


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_training_killed_at_sixty_moments(
    name: str, pictures: Path, tmp_path: Path, nursery: Nursery
) -> None:
    """Six moments of each case: sixty kills."""
    _kill(name, 6, pictures, tmp_path, nursery)
