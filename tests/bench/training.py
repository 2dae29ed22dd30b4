"""How fast a run trains, against a plain PyTorch loop doing the same work.

The same network, batches, optimizer, schedule and validation after each epoch, on one thread in one process. What the
run does besides (journal, control, metrics, the best network, checkpoints that survive a kill) is in its time, so the
ratio is what those cost. Steps of the two are taken in turn, so that what else the machine does meets both: the ratio
is of the sums of their steps' times, with the spread over rounds. Ends with 1 below `EXPECTED`.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from penjing.models.open import open_model
from penjing.runs.control_watch import ControlWatch
from penjing.runs.execution import Execution
from penjing.runs.jobs import make_job
from penjing.runs.opening import open_recipe
from penjing.runs.reporter import Reporter
from penjing.spec.folders import RunFolder
from penjing.spec.journal import JournalWriter
from penjing.spec.recipe import Recipe, parse

EXPECTED = 0.97
WARM_UP = 5
"""Steps that are left out."""


@dataclass(frozen=True)
class Work:
    """One size of network with its data."""

    name: str
    model: str
    data: str
    epochs: int
    batch: int


def pictures(folder: Path) -> Path:
    """Random pictures of ten classes for the medium network: 3 x 64 x 64."""
    import numpy as np

    random = np.random.RandomState(0)
    path = folder / "pictures.npz"
    x = random.standard_normal((640, 3, 64, 64)).astype("float32")
    np.savez(path, x=x, y=np.arange(640) % 10)
    return path


def recipe_of(work: Work) -> Recipe:
    """A plain training run of it."""
    return parse(
        {
            "model": {"reference": work.model},
            "data": {"reference": work.data},
            "technique": "training",
            "training": {"epochs": work.epochs, "batch_size": work.batch, "threads": 1},
        }
    )


class Turns:
    """Lets two threads work in turn, a step each; one's time does not run while the other works."""

    def __init__(self) -> None:
        self._turn = threading.Condition()
        self._whose = "bare"
        self._left = {"bare", "run"}

    def wait(self, name: str) -> None:
        """Wait for this one's turn."""
        with self._turn:
            self._turn.wait_for(lambda: self._whose == name or len(self._left) == 1)

    def give(self, name: str) -> None:
        """The other's turn."""
        with self._turn:
            self._whose = "run" if name == "bare" else "bare"
            self._turn.notify_all()

    def leave(self, name: str) -> None:
        """This one is done."""
        with self._turn:
            self._left.discard(name)
            self._whose = next(iter(self._left), "")
            self._turn.notify_all()


def bare(work: Work, turns: Turns, parts: tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]) -> list[float]:
    """Seconds of each step of the plain loop; validation is in that of an epoch's last."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    net = open_model(work.model, None, recipe_inputs(work)).network().train()
    (x, y), (val_x, val_y) = parts
    weights = [one for one in net.parameters() if one.ndim >= 2]
    others = [one for one in net.parameters() if one.ndim < 2]
    groups = [{"params": weights, "weight_decay": 5e-4}, {"params": others, "weight_decay": 0.0}]
    optimizer = torch.optim.SGD(groups, lr=0.01, momentum=0.9, nesterov=True)
    steps = work.epochs * math.ceil(len(x) / work.batch)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    loss_of, times = nn.CrossEntropyLoss(), []
    for _ in range(work.epochs):
        for number, chosen in enumerate(torch.randperm(len(x)).split(work.batch), 1):
            turns.wait("bare")
            started = time.perf_counter()
            optimizer.zero_grad(set_to_none=True)
            loss = loss_of(net(x[chosen]), y[chosen])
            loss.backward()
            optimizer.step()
            schedule.step()
            float(loss.detach())
            if number * work.batch >= len(x):
                net.eval()
                with torch.no_grad():
                    for start in range(0, len(val_x), 256):
                        outputs = net(val_x[start : start + 256])
                        float(loss_of(outputs, val_y[start : start + 256]))
                        int((outputs.argmax(1) == val_y[start : start + 256]).sum())
                net.train()
            times.append(time.perf_counter() - started)
            turns.give("bare")
    turns.leave("bare")
    return times


def recipe_inputs(work: Work) -> tuple[object, ...]:
    """The data's inputs, for a zoo model."""
    from penjing.data.open import open_data

    return open_data(work.data).inputs


def run(work: Work, turns: Turns, folder: Path) -> list[float]:
    """Seconds of each step of the run, with all that comes between two steps."""
    torch.set_num_threads(1)
    folder.mkdir()
    recipe, times = recipe_of(work), []
    opened = open_recipe(recipe)
    begun = [0.0]
    with JournalWriter(RunFolder(folder).journal) as writer:
        report = Reporter(writer)
        watch = ControlWatch(RunFolder(folder), [])
        execution = Execution(
            RunFolder(folder), recipe, opened, make_job(recipe, opened, False), report, watch
        )
        tick = watch.tick

        def at_step(reporter: Reporter, step: int) -> None:
            """After each step, and checkpoint where there is one, hand over."""
            tick(reporter, step)
            if execution.state.stage == "train":
                times.append(time.perf_counter() - begun[0])
                turns.give("run")
            if execution.state.stage in ("train", "ready"):
                turns.wait("run")
                begun[0] = time.perf_counter()

        watch.tick = at_step  # type: ignore[method-assign]
        try:
            execution.run()
        finally:
            execution.close()
            turns.leave("run")
    return times


def side_by_side(work: Work, folder: Path) -> tuple[list[float], list[float]]:
    """Steps' seconds of the plain loop and of the run, taken in turn."""
    opened = open_recipe(recipe_of(work))
    parts = tuple(
        (split.inputs(torch.arange(len(split)))[0], split.targets)
        for split in (opened.data.train, opened.data.validation)
    )
    turns, found = Turns(), {}
    jobs: dict[str, Callable[[], list[float]]] = {
        "bare": lambda: bare(work, turns, parts),  # type: ignore[arg-type]
        "run": lambda: run(work, turns, folder),
    }
    threads = [
        threading.Thread(target=lambda name=name, job=job: found.update({name: job()}))  # type: ignore[misc]
        for name, job in jobs.items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found["bare"][WARM_UP:], found["run"][WARM_UP:]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=("small", "medium"))
    arguments = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory(prefix="penjing-bench-") as name:
        home = Path(name)
        works = [
            Work("small", "sample:digits-cnn", "sample:digits", 30, 64),
            Work("medium", "torchvision:resnet18", str(pictures(home)), 8, 32),
        ]
        for work in works:
            if arguments.only not in (None, work.name):
                continue
            ratios = []
            for number in range(arguments.rounds):
                plain, ours = side_by_side(work, home / f"{work.name}-{number}")
                ratios.append(sum(plain) / sum(ours))
                print(
                    f"{work.name:8} {len(ours)} steps: plain loop {sum(plain):.2f} s, "
                    f"run {sum(ours):.2f} s, ratio {ratios[-1]:.3f}"
                )
            middle = statistics.median(ratios)
            good &= middle >= EXPECTED
            print(
                f"{work.name:8} {work.model}: run / plain loop {middle:.3f} "
                f"({min(ratios):.3f} to {max(ratios):.3f}), expected at least {EXPECTED}"
            )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
