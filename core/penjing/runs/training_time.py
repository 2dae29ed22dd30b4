"""How long a run's training will take on this machine: a few of its steps are timed and counted up."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from statistics import mean, stdev
from typing import Any

import torch

from penjing.data.loading import Loader
from penjing.runs.jobs import make_job
from penjing.runs.opening import Opened
from penjing.runs.target_units import target_units
from penjing.spec.messages import bad_input
from penjing.spec.recipe import Recipe
from penjing.training.loop import Loop, Position, steps_per_epoch
from penjing.training.threads import resolve_threads

TIMED, WARM_UP = 10, 2
T_95 = 2.262  # Student's t for 9 degrees of freedom


def estimate(
    recipe: Recipe, opened: Opened, trust: bool, progress: Callable[..., None] | None = None
) -> dict[str, Any]:
    """`{"seconds", "ci95", "steps_timed", "total_steps"}` for the recipe's training, from ten real steps.

    The network that will be trained is really made (pruned, or the student built) and trained on real batches;
    the interval is that of the mean step time. Evaluations and export are not in it.
    """
    if opened.data.task == "none":
        raise bad_input("runs.epochs_need_data", epochs=recipe.training.epochs)
    per_epoch = steps_per_epoch(len(opened.data.train), recipe.training.batch_size)
    total = per_epoch * recipe.training.epochs
    before = torch.get_num_threads()
    torch.set_num_threads(resolve_threads(recipe.training.threads))
    loader: Loader | None = None
    try:
        job = make_job(recipe, opened, trust)
        units = target_units(recipe, opened, job.module)
        job.prepare(job.rounds)
        units.begin(job.module, restored=False)
        loader = Loader(opened.data.train, recipe.training.workers)
        loop = Loop(
            job.module,
            units.objective(job.objective()),
            opened.data.train,
            recipe.training,
            max(1, total),
            Position(),
            loader,
        )
        times: list[float] = []
        while len(times) < TIMED + WARM_UP:
            started = time.perf_counter()
            for _ in loop.epoch():
                times.append(time.perf_counter() - started)
                if progress is not None:
                    progress(len(times), TIMED + WARM_UP, "session.timing")
                if len(times) == TIMED + WARM_UP:
                    break
                started = time.perf_counter()
    finally:
        torch.set_num_threads(before)
        if loader is not None:
            loader.close()
    steps = times[WARM_UP:]
    half = T_95 * stdev(steps) / math.sqrt(len(steps))
    seconds = mean(steps) * total
    return {
        "seconds": seconds,
        "ci95": [max(0.0, seconds - half * total), seconds + half * total],
        "steps_timed": len(steps),
        "total_steps": total,
    }
