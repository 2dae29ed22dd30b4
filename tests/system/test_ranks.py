"""Two ranks that train together: the gradients and the accuracy of one process, ended and resumed in any way."""

from __future__ import annotations

import json
import math
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
import torch
from rank_nursery import steps_of

from killing import event, stored
from penjing.runs.make import make_run
from penjing.spec.control import give_order
from penjing.spec.folders import RunFolder
from penjing.spec.journal import Event, read_journal
from penjing.spec.recipe import DataRecipe, Recipe, parse
from penjing.training.ranks import Ranks
from pictures import make_letters

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="the nursery forks"),
    pytest.mark.timeout(600),
]

DROPPING = """
from torch import nn


def make():
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.Dropout(0.3),
        nn.Flatten(), nn.Linear(512, 10),
    )
"""


class RankNursery:
    """Starts ranks in forked processes."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "rank_nursery.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._line() == "ready"

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def begin(self, size: int, log: Path, **order: Any) -> list[int]:
        """Start the ranks; their process ids."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"size": size, "log": str(log), **order}) + "\n")
        self._process.stdin.flush()
        pids: list[int] = json.loads(self._line())
        return pids

    def run(self, folder: RunFolder, size: int = 2) -> list[int]:
        """Begin to carry the run out, on `size` ranks, with the consent that its model needs."""
        return self.begin(size, log_of(folder), arguments=["run", str(folder.path), "--json", "--trust"])

    def end(self) -> list[int]:
        """Wait until all are gone; their exit codes."""
        codes: list[int] = json.loads(self._line())
        return codes

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()


def log_of(folder: RunFolder) -> Path:
    return folder.path.parent / f"{folder.name}-log"


def said(folder: RunFolder, rank: int) -> str:
    return Path(f"{log_of(folder)}-{rank}.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def nursery() -> Iterator[RankNursery]:
    made = RankNursery()
    yield made
    made.close()


@pytest.fixture(scope="module")
def dropping(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A model whose training draws from each rank's generators."""
    path = tmp_path_factory.mktemp("model") / "dropping.py"
    path.write_text(DROPPING)
    return f"py:{path}:make"


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_letters(tmp_path_factory.mktemp("data") / "letters", 300, 16, letters="ABCDEFGHIJ")


def recipe(model: str, data: str = "sample:digits", **training: Any) -> Recipe:
    settings = {"epochs": 3, "checkpoint_every": 5, "threads": 2, "batch_size": 63, "lr": 0.02, **training}
    return parse(
        {
            "model": {"reference": model, "input": [{"shape": [1, 8, 8], "dtype": "float32"}]}
            if model.startswith("py:")
            else {"reference": model},
            "data": {"reference": data, **({} if data.startswith("sample:") else {"augmentation": "light"})},
            "technique": "training",
            "training": settings,
        }
    )


def wait_for(folder: RunFolder, holds: Callable[[RunFolder], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not holds(folder):
        assert time.monotonic() < deadline, read_journal(folder.journal)[-3:]
        time.sleep(0.001)


def named(folder: RunFolder, name: str) -> list[Event]:
    return [one for one in read_journal(folder.journal) if one["event"] == name]


def assert_same(folder: RunFolder, expected: RunFolder) -> None:
    mine, theirs = stored(folder), stored(expected)
    for key in ("weights_sha256", "after", "accuracy_steps", "metrics", "test_opened_once"):
        assert mine[key] == theirs[key], key


@pytest.fixture(scope="module")
def undisturbed(nursery: RankNursery, dropping: str, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run on two ranks that was left alone: an average, accumulation and clipping, a short last batch."""
    folder = make_run(_all(dropping), tmp_path_factory.mktemp("runs") / "undisturbed")
    nursery.run(folder)
    assert nursery.end() == [0, 0], said(folder, 0) + said(folder, 1)
    return folder


def _all(dropping: str, **training: Any) -> Recipe:
    return recipe(dropping, ema=0.9, accumulate=2, clip_norm=1.0, **training)


@pytest.mark.parametrize(("accumulate", "clip"), [(1, None), (3, None), (2, 0.1)])
@pytest.mark.parametrize("size", [2, 3])
def test_the_gradients_are_those_of_one_process(
    nursery: RankNursery, tmp_path: Path, size: int, accumulate: int, clip: float | None
) -> None:
    """Batches of thirteen samples, and a last one of two, for which only rank 0 has a share."""
    nursery.begin(size, tmp_path / "log", gradients=str(tmp_path / "g"), accumulate=accumulate, clip=clip)
    assert nursery.end() == [0] * size, (tmp_path / "log-0.txt").read_text()
    together = [torch.load(tmp_path / f"g-{rank}.pt") for rank in range(size)]
    alone = steps_of(accumulate, clip, Ranks())
    assert len(alone) == 8
    for number, expected in enumerate(alone):
        for found in (one[number] for one in together):
            assert found[:2] == pytest.approx(expected[:2], abs=1e-6)
            assert found[2] == expected[2]
            for mine, theirs in zip(found[3:], expected[3:], strict=True):
                torch.testing.assert_close(mine, theirs, rtol=0, atol=1e-6)
            # Not only nearly: ranks that drift apart would not be found out by anything.
            assert all(torch.equal(a, b) for a, b in zip(found[3:], together[0][number][3:], strict=True))


def test_rank_0_alone_writes(undisturbed: RunFolder) -> None:
    assert said(undisturbed, 1) == ""
    assert json.loads(said(undisturbed, 0))["status"] == "done"
    started = named(undisturbed, "started")[0]
    assert (started["ranks"], started["threads"]) == (2, 1)


@pytest.mark.parametrize("rank", [0, 1])
def test_a_killed_rank_ends_the_run_which_resumes_to_the_same_bytes(
    nursery: RankNursery, dropping: str, undisturbed: RunFolder, tmp_path: Path, rank: int
) -> None:
    folder = make_run(_all(dropping), tmp_path / "killed")
    for step in (13, 19):  # the second life is killed as well, long before its end
        pids = nursery.run(folder)
        wait_for(folder, event("step", step=step))
        os.kill(pids[rank], signal.SIGKILL)
        killed = time.monotonic()
        codes = nursery.end()
        assert time.monotonic() - killed < 100  # the ranks' own patience with each other is far longer
        assert codes == [-signal.SIGKILL if one == rank else 1 for one in (0, 1)], said(folder, 1 - rank)
    lost = [one["message"]["code"] for one in named(folder, "failed")]
    assert lost == ([] if rank == 0 else ["runs.rank_lost"] * 2)
    # Who is left says it in one line: rank 1 only where rank 0 cannot.
    assert "Traceback" not in said(folder, 1 - rank)
    assert [line.startswith("penjing: One of the 2") for line in said(folder, 1 - rank).splitlines()] == [
        True
    ] * 2
    if rank == 1:
        assert "WROTE" not in said(folder, 1)
    nursery.run(folder)
    assert nursery.end() == [0, 0], said(folder, 0)
    assert_same(folder, undisturbed)
    assert not named(folder, "warning")


def test_ranks_stop_and_pause_together_and_a_rate_reaches_them(
    nursery: RankNursery, dropping: str, tmp_path: Path
) -> None:
    def live(folder: RunFolder, stops: bool) -> None:
        nursery.run(folder)
        wait_for(folder, event("step", step=4))
        give_order(folder.control, "pause")
        wait_for(folder, event("paused"))
        paused = named(folder, "paused")[0]["step"]
        assert named(folder, "step")[-1]["step"] == paused
        if stops:
            time.sleep(0.3)
            assert named(folder, "step")[-1]["step"] == paused
        give_order(folder.control, "resume", {"lr": 0.005})
        if stops:
            wait_for(folder, event("step", step=paused + 9))
            give_order(folder.control, "stop")
            assert nursery.end() == [130, 0], said(folder, 0)
            assert named(folder, "stopped")[0]["step"] >= paused + 9
            nursery.run(folder)
        assert nursery.end() == [0, 0], said(folder, 0)

    left_alone = make_run(_all(dropping), tmp_path / "left-alone")
    live(left_alone, stops=False)
    folder = make_run(_all(dropping), tmp_path / "stopped")
    # The order is given at the same step in both, or else their rates are not the same.
    live(folder, stops=True)
    assert said(folder, 1) == ""
    rates = [{one["step"]: one["lr"] for one in named(run, "step")} for run in (left_alone, folder)]
    asked = [named(run, "settings")[0]["step"] for run in (left_alone, folder)]
    last = max(rates[0])
    assert rates[0].keys() == rates[1].keys() and rates[0][last] == rates[1][last] < rates[0][1] / 4
    if asked[0] == asked[1]:
        assert_same(folder, left_alone)


def test_a_regression_on_standardised_targets_resumes_to_the_same_bytes(
    nursery: RankNursery, tmp_path: Path
) -> None:
    """Its metrics are rank 0's alone: gathered from all ranks, they would be waited for without end."""
    (tmp_path / "values.py").write_text(DROPPING.replace("512, 10", "512, 1"))
    x = np.random.RandomState(0).standard_normal((90, 1, 8, 8)).astype("float32")
    np.savez(tmp_path / "values.npz", x=x, y=500 + 80 * x[:, 0, 0, 0])
    model = f"py:{tmp_path / 'values.py'}:make"
    wanted = recipe(model, "sample:digits", epochs=12, batch_size=16, ema=0.9)
    data = DataRecipe(reference=str(tmp_path / "values.npz"), target_scale="standardise")
    wanted = wanted.model_copy(update={"data": data})
    whole, halves = (make_run(wanted, tmp_path / name) for name in ("whole", "halves"))
    nursery.run(whole)
    assert nursery.end() == [0, 0], said(whole, 0) + said(whole, 1)
    assert stored(whole)["metrics"]["after"]["mse"] < stored(whole)["metrics"]["before"]["mse"] / 4
    nursery.run(halves)
    wait_for(halves, event("step", step=6))
    give_order(halves.control, "stop")
    assert nursery.end() == [130, 0], said(halves, 0)
    nursery.run(halves)
    assert nursery.end() == [0, 0], said(halves, 0)
    assert_same(halves, whole)


def test_a_signal_to_rank_0_stops_all(nursery: RankNursery, dropping: str, tmp_path: Path) -> None:
    folder = make_run(_all(dropping), tmp_path / "stopped")
    pids = nursery.run(folder)
    wait_for(folder, event("step", step=9))
    for pid in pids:  # torchrun sends it to all of them
        os.kill(pid, signal.SIGTERM)
    assert nursery.end() == [130, 0], said(folder, 0)
    assert named(folder, "checkpoint")[-1]["step"] == named(folder, "stopped")[0]["step"]


def test_a_run_goes_on_with_another_number_of_ranks_and_says_so(
    nursery: RankNursery, dropping: str, tmp_path: Path
) -> None:
    folder = make_run(_all(dropping, threads=1), tmp_path / "fewer")
    pids = nursery.run(folder, 3)
    wait_for(folder, event("step", step=13))
    os.kill(pids[2], signal.SIGKILL)
    assert nursery.end() == [1, 1, -signal.SIGKILL]
    nursery.run(folder, 1)
    assert nursery.end() == [0], said(folder, 0)
    message = named(folder, "warning")[0]["message"]
    step = named(folder, "resumed")[0]["step"]
    assert message == {"code": "runs.world_size_changed", "params": {"before": 3, "now": 1, "step": step}}
    assert [one["step"] for one in named(folder, "step")][-1] == max(
        one["step"] for one in named(folder, "step")
    )


def test_workers_read_for_each_rank_and_end_with_it(
    nursery: RankNursery, pictures: Path, tmp_path: Path
) -> None:
    settings = {"batch_size": 16, "accumulate": 2}
    left_alone = make_run(recipe("sample:digits-cnn", str(pictures), **settings), tmp_path / "left-alone")
    nursery.run(left_alone)
    assert nursery.end() == [0, 0], said(left_alone, 0)
    folder = make_run(recipe("sample:digits-cnn", str(pictures), **settings, workers=1), tmp_path / "killed")
    pids = nursery.run(folder)
    wait_for(folder, event("step", step=8))
    workers = [child for pid in pids for child in psutil.Process(pid).children(recursive=True)]
    assert all(psutil.Process(pid).children() for pid in pids)
    os.kill(pids[1], signal.SIGKILL)
    assert nursery.end() == [1, -signal.SIGKILL]
    assert not psutil.wait_procs(workers, timeout=60)[1]
    losses = [{one["step"]: one["loss"] for one in named(run, "step")} for run in (left_alone, folder)]
    assert losses[1].items() <= losses[0].items()


def test_a_loss_that_is_not_a_number_is_told_once(
    nursery: RankNursery, dropping: str, tmp_path: Path
) -> None:
    folder = make_run(recipe(dropping, lr=1e30, schedule="constant"), tmp_path / "diverged")
    nursery.run(folder)
    assert nursery.end() == [1, 0]
    assert [one["message"]["code"] for one in named(folder, "failed")] == ["training.diverged"]
    assert len(said(folder, 0).splitlines()) == 1
    assert said(folder, 1) == ""


def test_what_is_wrong_is_told_once(nursery: RankNursery, dropping: str, tmp_path: Path) -> None:
    folder = make_run(recipe(dropping), tmp_path / "untrusted")
    nursery.begin(2, log_of(folder), arguments=["run", str(folder.path)])
    assert nursery.end() == [3, 0]
    assert len(said(folder, 0).split("\n\n")) == 1 and said(folder, 0).strip().startswith("penjing: ")
    nursery.begin(2, log_of(folder), arguments=["train", "sample:digits-cnn", "--data", "sample:digits"])
    assert nursery.end() == [2, 2]
    assert "--no-start" in said(folder, 0).splitlines()[-1]
    assert said(folder, 1) == ""


def _student(seed: int) -> Recipe:
    return parse(
        {
            "model": {"reference": "sample:digits-cnn"},
            "data": {"reference": "sample:digits"},
            "technique": "distillation",
            "distillation": {"student": "auto:width=0.3", "losses": {"hard": 1.0}},
            "training": {"epochs": 4, "threads": 1, "seed": seed},
        }
    )


def _accuracies(nursery: RankNursery, folder: Path, seeds: int) -> list[list[float]]:
    """Validation accuracies of one rank and of two, by seed, of a student trained from its first weights."""
    found: list[list[float]] = [[], []]
    for seed in range(seeds):
        for size in (1, 2):
            run = make_run(_student(seed), folder / f"{size}-{seed}")
            nursery.run(run, size)
            assert nursery.end() == [0] * size, said(run, 0)
            found[size - 1].append(stored(run)["accuracy_steps"]["final"])
    return found


def _within_noise(one: list[float], two: list[float], tolerance: float, t: float) -> None:
    """The mean of the pairs' differences is within `tolerance`, and zero is in its 99 % interval (or next to it)."""
    differences = [b - a for a, b in zip(one, two, strict=True)]
    mean = statistics.mean(differences)
    half = t * statistics.stdev(differences) / math.sqrt(len(differences))
    assert abs(mean) <= tolerance, differences
    assert abs(mean) <= half + 0.005, differences
    assert min(two) > 0.85, two


def test_two_ranks_reach_the_accuracy_of_one(nursery: RankNursery, tmp_path: Path) -> None:
    one, two = _accuracies(nursery, tmp_path, 3)
    _within_noise(one, two, tolerance=0.03, t=9.925)


@pytest.mark.slow
def test_two_ranks_reach_the_accuracy_of_one_over_ten_seeds(nursery: RankNursery, tmp_path: Path) -> None:
    one, two = _accuracies(nursery, tmp_path, 10)
    _within_noise(one, two, tolerance=0.015, t=3.25)
