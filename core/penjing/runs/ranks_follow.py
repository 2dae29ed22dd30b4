"""The ranks from 1 on: they open the run's model and data and train as rank 0 says. They write nothing."""

from __future__ import annotations

import os
import signal
import threading
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import torch

from penjing.data.loading import Loader
from penjing.runs.carry_out import work_failure
from penjing.runs.jobs import Job, make_job
from penjing.runs.opening import Opened, open_recipe
from penjing.runs.ranks_lead import LOOK_S, rank_threads
from penjing.runs.target_units import TargetUnits, target_units
from penjing.spec.folders import RunFolder
from penjing.spec.messages import DONE, FAILED, Failure
from penjing.spec.recipe import Recipe, load
from penjing.training.loop import Loop, Position, StepReport
from penjing.training.ranks import Ranks, joined
from penjing.training.schedule import Plateau, Rate
from penjing.training.seeds import derived_seed, restore_generators, seed_everything
from penjing.training.threads import resolve_threads

GRACE_S = 5.0
"""How long a rank has to end by itself once rank 0 is gone."""


def follow(path: Path, trust: bool = False) -> int:
    """Take part in the run in folder `path` until rank 0 says that it is over; the exit code.

    Raises `Failure` only where rank 0 cannot tell it, being gone.
    """
    warnings.simplefilter("ignore")  # rank 0 shows the same ones
    with (
        Path(os.devnull).open("w") as nowhere,
        redirect_stdout(nowhere),
        joined() as ranks,
        _ends_with_lead(ranks),
    ):
        follower = _Follower(ranks, path, trust)
        try:
            follower.run()
        except Failure as failure:
            if failure.message.code == "runs.rank_lost" and ranks.word() is None and not _lives(ranks):
                raise
            ranks.leave_word(failure)
            return FAILED
        except Exception as error:  # a model's own code may raise anything
            ranks.leave_word(work_failure(error))
            return FAILED
        finally:
            follower.close()
    return DONE


class _Follower:
    def __init__(self, ranks: Ranks, path: Path, trust: bool) -> None:
        self._ranks = ranks
        self._folder = RunFolder(path.resolve())
        self._trust = trust
        self._recipe: Recipe | None = None
        self._opened: Opened | None = None
        self._job: Job | None = None
        self._units: TargetUnits | None = None
        self._loader: Loader | None = None

    def run(self) -> None:
        """Do what rank 0 commands until there is nothing more."""
        while (command := self._ranks.commanded()) is not None:
            if command["do"] == "open":
                self._open()
            else:
                self._train(command)

    def close(self) -> None:
        """End the worker processes."""
        if self._loader is not None:
            self._loader.close()

    def _open(self) -> None:
        """The same as rank 0 has, made in the same way from the same seed."""
        recipe = self._recipe = load(self._folder.recipe)
        torch.set_num_threads(rank_threads(resolve_threads(recipe.training.threads), self._ranks))
        seed_everything(recipe.training.seed)
        self._opened = open_recipe(recipe, self._trust)
        self._job = make_job(recipe, self._opened, self._trust)
        self._units = target_units(recipe, self._opened, self._job.module)
        self._loader = Loader(self._opened.data.train, recipe.training.workers)

    def _train(self, command: Mapping[str, Any]) -> None:
        assert self._recipe is not None and self._opened is not None
        assert self._job is not None and self._units is not None
        settings = self._recipe.training.model_copy(update={"ema": None})  # rank 0 keeps the average
        self._job.restore(command["history"], command["round"])
        module = self._job.module.to(torch.device(settings.device_type))
        rate = _ToldRate(settings, 0, 0, [], Plateau())
        loop = Loop(
            module,
            self._units.objective(self._job.objective()),
            self._opened.data.train,
            settings,
            0,
            Position(*command["position"]),
            self._loader,
            rate,
            self._ranks,
        )
        if command["loop"]:
            loop.restore(command["loop"])
        self._set_generators(command, settings.seed)
        steps = _steps(loop)
        while True:
            order, rate.told = self._ranks.ordered()
            if order == "leave":
                return
            if order == "generators":
                self._ranks.give_generators()
                continue
            try:
                next(steps)
            except Failure as failure:
                if failure.message.code != "training.diverged":
                    raise
                # Rank 0 has the same losses and gradients: it ends the run.

    def _set_generators(self, command: Mapping[str, Any], seed: int) -> None:
        rank = self._ranks.rank
        if command["generators"] is not None:
            restore_generators(command["generators"][rank - 1])
        else:  # the same whenever this round is begun from here
            seed_everything(derived_seed("rank", seed, rank, command["round"], command["position"][0]))


@dataclass(slots=True)
class _ToldRate(Rate):
    """The learning rate that rank 0 names for each step."""

    told: float = 0.0

    def at(self, step: int) -> float:
        del step
        return self.told


def _steps(loop: Loop) -> Iterator[StepReport]:
    while True:
        yield from loop.epoch()


def _lives(ranks: Ranks) -> bool:
    """Whether rank 0 is there to tell what has happened. It may be ending just now."""
    time.sleep(LOOK_S)
    return not _gone(ranks.lead_pid)


@contextmanager
def _ends_with_lead(ranks: Ranks) -> Iterator[None]:
    """Signals are rank 0's to heed. Where that one is gone, this process ends, whatever it waits for."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    over = threading.Event()

    def look() -> None:
        while not over.wait(LOOK_S):
            if _gone(ranks.lead_pid):
                if not over.wait(GRACE_S):
                    os._exit(FAILED)
                return

    thread = threading.Thread(target=look, name="rank 0 watch", daemon=True)
    if os.environ.get("LOCAL_WORLD_SIZE") == os.environ.get(
        "WORLD_SIZE"
    ):  # else it may be on another machine
        thread.start()
    try:
        yield
    finally:
        over.set()
        for number, handler in before.items():
            signal.signal(number, handler)


def _gone(pid: int) -> bool:
    with suppress(psutil.Error):
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    return True
