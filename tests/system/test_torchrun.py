"""`torchrun -m penjing run DIR` itself: what comes of it when it, or one of its processes, is ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from rank_nursery import free_port

from killing import event, stored
from penjing.runs.make import make_run
from penjing.spec.folders import RunFolder
from penjing.spec.journal import current_events, read_journal
from penjing.spec.recipe import parse

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="gloo on this platform is not looked at"),
    pytest.mark.timeout(600),
]


def new_run(path: Path, epochs: int = 4) -> RunFolder:
    return make_run(
        parse(
            {
                "model": {"reference": "sample:digits-cnn"},
                "data": {"reference": "sample:digits"},
                "technique": "training",
                "training": {"epochs": epochs, "threads": 2, "ema": 0.9, "checkpoint_every": 7},
            }
        ),
        path,
    )


def torchrun(folder: RunFolder) -> subprocess.Popen[bytes]:
    with folder.path.with_suffix(".log").open("ab") as log:
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "torch.distributed.run", "--nproc-per-node=2"),
                f"--master-port={free_port()}",
                *("-m", "penjing", "run", str(folder.path)),
            ],
            stdout=log,
            stderr=log,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )


def at(
    folder: RunFolder, holds: Callable[[RunFolder], bool], process: subprocess.Popen[bytes]
) -> list[psutil.Process]:
    """Wait for a moment; all processes that belong to the run then, its ranks first."""
    deadline = time.monotonic() + 120
    while not holds(folder):
        assert time.monotonic() < deadline and process.poll() is None, _log(folder)
        time.sleep(0.005)
    return psutil.Process(process.pid).children(recursive=True)


def _log(folder: RunFolder) -> str:
    return folder.path.with_suffix(".log").read_text(encoding="utf-8")


def _gone(processes: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(processes, timeout=60)
    for one in alive:
        one.kill()
    assert not alive


def test_a_killed_torchrun_leaves_no_process_and_the_run_stops_with_a_checkpoint(tmp_path: Path) -> None:
    folder = new_run(tmp_path / "run", epochs=30)
    process = torchrun(folder)
    ranks = at(folder, event("step", step=20), process)
    assert len(ranks) == 2
    process.kill()
    process.wait()
    _gone(ranks)
    events = read_journal(folder.journal)
    assert events[-1]["event"] == "stopped", _log(folder)
    assert [one["step"] for one in events if one["event"] == "checkpoint"][-1] == events[-1]["step"]
    assert "Traceback" not in _log(folder)
    assert _log(folder).splitlines()[-1].startswith("penjing: stopped")
    assert _log(folder).count("penjing:") == 1


@pytest.mark.slow
def test_whatever_ends_a_run_under_torchrun_it_resumes_to_the_same_bytes(tmp_path: Path) -> None:
    left_alone = new_run(tmp_path / "left-alone")
    assert torchrun(left_alone).wait(120) == 0, _log(left_alone)
    assert "Warning" not in _log(left_alone)
    folder = new_run(tmp_path / "run")
    for step, number, victim, last in (
        (9, signal.SIGINT, 0, "stopped"),
        (22, signal.SIGKILL, 2, "failed"),  # rank 1
        (34, signal.SIGTERM, 0, "stopped"),
        (47, signal.SIGKILL, 1, None),  # rank 0
        (60, signal.SIGKILL, 0, "stopped"),
    ):
        process = torchrun(folder)
        ranks = at(folder, lambda run, step=step: _reached(run, step), process)
        by_rank = sorted(ranks, key=lambda one: one.environ()["RANK"])
        os.kill([process.pid, *(one.pid for one in by_rank)][victim], number)
        assert process.wait(120) != 0
        _gone(ranks)
        assert last is None or read_journal(folder.journal)[-1]["event"] == last, _log(folder)
    failures = [one["message"]["code"] for one in read_journal(folder.journal) if one["event"] == "failed"]
    assert failures == ["runs.rank_lost"]
    assert torchrun(folder).wait(120) == 0, _log(folder)
    for key in ("weights_sha256", "after", "accuracy_steps", "metrics"):
        assert stored(folder)[key] == stored(left_alone)[key], key


def _reached(folder: RunFolder, step: int) -> bool:
    events = current_events(read_journal(folder.journal))
    return any(one["event"] == "step" and one["step"] >= step for one in events)
