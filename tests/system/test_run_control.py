"""A run is steered by `control.json` and Ctrl+C, is nobody else's meanwhile, and ends with the same bytes."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from penjing.commands.demonstrating import demo_recipe
from penjing.runs.carry_out import carry_out
from penjing.runs.make import make_run
from penjing.runs.owner import Owner
from penjing.spec import interrupts
from penjing.spec.control import give_order
from penjing.spec.folders import RunFolder
from penjing.spec.journal import current_events, read_journal
from terminal import penjing, quick_latency, refused

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals as on POSIX")

PRUNE = ("prune", "sample:digits-cnn", "--data", "sample:digits", "--macs", "0.4", "--epochs", "4",
         "--threads", "1", "--json")  # fmt: skip


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    with quick_latency(("safetensors",)):
        yield


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    with quick_latency(("safetensors",)):
        said = penjing(*PRUNE, "--out", tmp_path_factory.mktemp("undisturbed") / "run")
    assert said.code == 0
    value: dict[str, Any] = said.document
    return value


@contextlib.contextmanager
def going(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """`penjing ARGUMENTS` in a process of its own, which does not outlive the `with`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "penjing", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def wait(folder: RunFolder, holds: Callable[[dict[str, Any]], bool], times: int = 1) -> None:
    deadline = time.monotonic() + 120
    while sum(map(holds, read_journal(folder.journal))) < times:
        assert time.monotonic() < deadline, [event["event"] for event in read_journal(folder.journal)]
        time.sleep(0.005)


def events(folder: RunFolder, name: str) -> list[dict[str, Any]]:
    return [event for event in read_journal(folder.journal) if event["event"] == name]


def status(folder: RunFolder) -> str:
    (one,) = penjing("runs", folder.path.parent, "--json").document["runs"]
    return str(one["status"])


def test_pause_resume_stop_interrupt_and_go_on(tmp_path: Path, undisturbed: dict[str, Any]) -> None:
    folder = RunFolder(tmp_path / "runs" / "run")
    with going(*PRUNE, "--out", str(folder.path)) as process:
        wait(folder, lambda event: event["event"] == "step" and event["step"] >= 5)
        give_order(folder.control, "pause")
        wait(folder, lambda event: event["event"] == "paused")
        assert status(folder) == "running"
        assert "in use" in refused("run", folder.path)  # someone else's meanwhile
        steps = len(events(folder, "step"))
        time.sleep(0.3)
        assert len(events(folder, "step")) == steps, "it trained while it was paused"
        give_order(folder.control, "resume")
        wait(folder, lambda event: event["event"] == "resumed" and event["after"] == "pause")
        wait(folder, lambda event: event["event"] == "step", times=steps + 3)
        give_order(folder.control, "stop")
        out, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    value = json.loads(out)
    assert value["status"] == "stopped"
    assert value["run"] == str(folder.path)
    assert f"penjing run {folder.path}" in err
    assert status(folder) == "stopped"
    stopped = events(folder, "stopped")[0]["step"]
    assert 5 < stopped < 4 * 19

    with going("run", str(folder.path), "--json") as process:
        wait(folder, lambda event: event["event"] == "resumed" and event["after"] == "restart")
        assert events(folder, "resumed")[-1]["step"] == stopped, "it did not go on where it stopped"
        wait(folder, lambda event: event["event"] == "step" and event["step"] >= stopped + 9)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert json.loads(out)["status"] == "stopped"
    assert "Traceback" not in err

    said = penjing("run", folder.path, "--json")
    assert said.code == 0
    for key in ("weights_sha256", "accuracy_steps", "after", "before", "test_opened_once", "requested"):
        assert said.document[key] == undisturbed[key], key
    steps_seen = [e["step"] for e in current_events(read_journal(folder.journal)) if e["event"] == "step"]
    assert steps_seen == list(range(1, 4 * 19 + 1))
    assert status(folder) == "done"


def test_stop_while_paused_and_orders_are_carried_out_once(
    tmp_path: Path, undisturbed: dict[str, Any]
) -> None:
    """In this process, by a listener that gives the orders: pause at step 3 and stop from within the pause."""
    from penjing.runs import control_watch
    from penjing.runs.make import make_run
    from penjing.spec.recipe import load

    recipe = load(Path(undisturbed["run"]) / "recipe.json")
    folder = make_run(recipe, tmp_path / "run")

    def listen(event: dict[str, Any]) -> None:
        if event["event"] == "step" and event["step"] == 3:
            give_order(folder.control, "pause")
        if event["event"] == "paused":
            give_order(folder.control, "stop")

    assert carry_out(folder.path, listen).status == "stopped"
    assert [(e["number"], e["command"]) for e in events(folder, "control")] == [(1, "pause"), (2, "stop")]
    assert control_watch.PAUSE_POLL_S < 0.2
    result = carry_out(folder.path)  # the stop is still in control.json, and was carried out
    assert result.status == "done"
    assert result.weights_sha256 == undisturbed["weights_sha256"]


def test_a_run_that_another_process_holds_is_left_alone(tmp_path: Path, undisturbed: dict[str, Any]) -> None:
    from penjing.runs.make import make_run
    from penjing.spec.recipe import load

    folder = make_run(load(Path(undisturbed["run"]) / "recipe.json"), tmp_path / "runs" / "run")
    holder = subprocess.Popen(
        [sys.executable, "-c",
         "import sys, filelock; lock = filelock.FileLock(sys.argv[1]); lock.acquire(); print(1, flush=True); "
         "sys.stdin.read()", str(folder.lock)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline()
        before = sorted(one.name for one in folder.path.iterdir())
        assert status(folder) == "running"
        assert "in use" in refused("run", folder.path)
        assert sorted(one.name for one in folder.path.iterdir()) == before
        holder.kill()
    assert status(folder) == "new"
    with Owner(folder):
        pass


def test_an_interrupt_ends_a_pause(tmp_path: Path, undisturbed: dict[str, Any]) -> None:
    folder = RunFolder(tmp_path / "run")
    with going(*PRUNE, "--out", str(folder.path)) as process:
        wait(folder, lambda event: event["event"] == "step")
        give_order(folder.control, "pause")
        wait(folder, lambda event: event["event"] == "paused")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=120)
    assert process.returncode == 130
    assert events(folder, "stopped")
    assert penjing("run", folder.path, "--json").document["weights_sha256"] == undisturbed["weights_sha256"]


def test_an_interrupt_before_anything_is_open(tmp_path: Path) -> None:
    """Ctrl+C while torch is being imported: 130 and one line, and the folder can be gone on with."""
    folder = RunFolder(tmp_path / "runs" / "run")
    with going(*PRUNE, "--out", str(folder.path)) as process:
        while not folder.recipe.exists():
            assert process.poll() is None
            time.sleep(0.002)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert status(folder) in ("new", "stopped")
    assert out == "" or json.loads(out)["status"] == "stopped"


STRUCK = """
import signal, sys
class Striking:
    def find_spec(self, name, path=None, target=None):
        if name == "typer":
            sys.meta_path.remove(self)
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Striking())
"""


def test_an_interrupt_before_the_command_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl+C at the first import of a library: 130, no traceback."""
    (tmp_path / "sitecustomize.py").write_text(STRUCK)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with going(*PRUNE, "--out", str(tmp_path / "run")) as process:
        out, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert "Traceback" not in err and "penjing: " in err
    assert out == "" or json.loads(out)["status"] == "stopped"


def test_an_order_given_while_nobody_ran_is_passed_over(tmp_path: Path) -> None:
    """A stop that came too late for one life must not end the next before its first step."""
    folder = make_run(demo_recipe("pruning"), tmp_path / "run")
    give_order(folder.control, "stop")
    long_ago = psutil.Process().create_time() - 60
    os.utime(folder.control, (long_ago, long_ago))
    seen: list[str] = []

    def listen(event: dict[str, Any]) -> None:
        seen.append(event["event"])
        if event["event"] == "step" and event["step"] == 3:
            give_order(folder.control, "stop")

    assert carry_out(folder.path, listen).status == "stopped"
    assert seen.count("step") == 3


def test_an_interrupt_that_an_import_swallowed_stops_the_run(tmp_path: Path) -> None:
    folder = make_run(demo_recipe("pruning"), tmp_path / "run")
    with interrupts.noted():
        with contextlib.suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        assert carry_out(folder.path).status == "stopped"
    assert not events(folder, "step")
