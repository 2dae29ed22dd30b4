"""What rank 0 does for the other ranks: says what they train from, ends them in time, sees its launcher end."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from penjing.runs.control_watch import ControlWatch, Stopped
from penjing.runs.life import Life
from penjing.spec.messages import bad_input
from penjing.spec.recipe import Recipe
from penjing.training.ranks import Ranks

LOOK_S = 0.5


def check_ranks(recipe: Recipe, ranks: Ranks) -> None:
    """Raise `Failure` (exit code 2) where the recipe's device is not one that several ranks train on."""
    kind = recipe.training.device_type
    here = int(os.environ.get("LOCAL_WORLD_SIZE", ranks.size))
    if ranks.size > 1 and (kind == "mps" or (kind == "cuda" and torch.cuda.device_count() < here)):
        raise bad_input("runs.too_few_devices", device=kind, ranks=here)


def rank_threads(threads: int, ranks: Ranks) -> int:
    """A rank's part of the recipe's threads."""
    return max(1, threads // ranks.size)


def open_round(life: Life, restored: dict[str, Any] | None) -> None:
    """Have the other ranks train with this one from the present state on. `restored` is the loop's state there.

    Their generators are as the checkpoint has them, where it is one of as many ranks.
    """
    if not life.ranks.leads:
        return
    restored = restored or {}
    states = restored.get("ranks", [])
    life.ranks.command(
        {
            "do": "train",
            "round": life.state.round,
            "history": life.state.history,
            "position": (life.state.step, life.state.epoch, life.state.batch),
            "loop": {key: restored[key] for key in ("optimizer", "scaler") if key in restored},
            "generators": states if len(states) == life.ranks.size - 1 else None,
        }
    )


@contextmanager
def dismissed_after(ranks: Ranks) -> Iterator[None]:
    """The other ranks are needed no longer than within. Raises `Failure` where one of them is gone."""
    try:
        yield
    except Stopped:
        ranks.dismiss()  # a lost rank makes the launcher stop this one: then it is the loss that is told
        raise
    ranks.dismiss()


@contextmanager
def launcher_watched(watch: ControlWatch, ranks: Ranks) -> Iterator[None]:
    """Ask for a stop where the launcher ends without having said a word."""
    if ranks.size == 1:
        yield
        return
    launcher, over = os.getppid(), threading.Event()

    def look() -> None:
        while not over.wait(LOOK_S):
            if os.getppid() != launcher:
                watch.interrupt()
                return

    thread = threading.Thread(target=look, name="launcher watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
