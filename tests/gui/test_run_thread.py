"""The thread that starts, watches and reports a run."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import psutil
import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from penjing.spec.control import read_order
from penjing.spec.costs import CostTable, Row, sum_totals
from penjing.spec.folders import RunFolder
from penjing.spec.journal import JournalWriter
from penjing_gui import run_thread
from penjing_gui.run_thread import RunThread
from penjing_gui.run_view import RunView


class Watcher(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.views: list[RunView] = []
        self.times: list[float] = []

    def take(self, view: RunView) -> None:
        self.views.append(view)
        self.times.append(time.monotonic())

    @property
    def last(self) -> RunView:
        return self.views[-1]


WORKER = r"""
import json, os, sys, time
from pathlib import Path
from penjing.spec.journal import JournalWriter, read_journal
from penjing.spec.folders import RunFolder
from penjing.spec.control import read_order
folder, mode = RunFolder(Path(sys.argv[1])), sys.argv[2]
if mode == "refuse":
    sys.stderr.write("penjing: The run is in use: another process holds it; wait for it\n"); sys.exit(2)
lived = bool(read_journal(folder.journal))
with JournalWriter(folder.journal) as journal:
    facts = {"pid": os.getpid(), "threads": 1}
    if lived: journal.write("resumed", step=10, after="restart", **facts)
    else: journal.write("started", **facts)
    journal.write("plan", total_steps=20, total_epochs=1)
    journal.write("phase", phase="train", index=4, count=8)
    begin = 11 if lived else 1
    for i in range(begin, 21):
        journal.write("step", step=i, loss=1.0 / i)
        if i == 10: journal.write("checkpoint", step=10, best=False)
        if i == 15 and mode == "crash" and not lived: os._exit(1)
        if i == 15 and mode == "kill": os.kill(os.getpid(), 9)
        if i == 15 and mode == "hold":
            while (order := read_order(folder.control)) is None: time.sleep(0.01)
            journal.write(order.command + ("ped" if order.command == "stop" else "d"), step=i); sys.exit(0)
    folder.result_json.write_text(json.dumps({"run": folder.name, "status": "done"}))
    journal.write("done", seconds=1.0, weights_sha256="x")
"""


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    made = RunFolder(tmp_path / "2026-11-23-net-prune-7f3a")
    made.path.mkdir()
    made.recipe.write_text(json.dumps({"technique": "pruning"}), encoding="utf-8")
    return made


@pytest.fixture
def mode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    script = tmp_path / "run_worker.py"
    script.write_text(WORKER, encoding="utf-8")

    def choose(name: str) -> None:
        def start(path: Path, log: IO[bytes], trust: bool = False) -> subprocess.Popen[bytes]:
            command = [sys.executable, str(script), str(path), name]
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

        monkeypatch.setattr(run_thread, "start_run", start)

    return choose


@pytest.fixture
def run(qtbot: QtBot) -> Iterator[Callable[..., tuple[RunThread, Watcher]]]:
    threads: list[RunThread] = []

    def begin(path: Path, start: bool, **options: Any) -> tuple[RunThread, Watcher]:
        thread, watcher = RunThread(path, start, **options), Watcher()
        thread.view.connect(watcher.take)
        threads.append(thread)
        thread.start()
        return thread, watcher

    yield begin
    for thread in threads:
        thread.close()


def until_ended(qtbot: QtBot, thread: RunThread, watcher: Watcher) -> RunView:
    qtbot.waitUntil(thread.isFinished)
    qtbot.waitUntil(lambda: bool(watcher.views) and watcher.last.ended)
    return watcher.last


def test_a_run_is_started_watched_and_its_result_read(
    qtbot: QtBot, folder: RunFolder, mode: Any, run: Any
) -> None:
    mode("whole")
    thread, watcher = run(folder.path, True)
    view = until_ended(qtbot, thread, watcher)
    assert watcher.views[0].status in ("starting", "running")
    assert view.status == "done" and view.result == {"run": folder.name, "status": "done"}
    assert view.series["loss"][0].tolist() == list(range(1, 21))
    assert view.recipe == {"technique": "pruning"} and view.failure is None


def test_a_crash_is_noticed_and_resuming_makes_the_curves_clean(
    qtbot: QtBot, folder: RunFolder, mode: Any, run: Any
) -> None:
    mode("crash")
    thread, watcher = run(folder.path, True)
    view = until_ended(qtbot, thread, watcher)
    assert view.status == "failed" and view.step == 15
    thread, watcher = run(folder.path, True)
    view = until_ended(qtbot, thread, watcher)
    assert view.status == "done" and view.series["loss"][0].tolist() == list(range(1, 21))
    assert all(one.status != "failed" for one in watcher.views), "the ending of an earlier life is not shown"


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_a_killed_worker_says_so_with_its_last_checkpoint(
    qtbot: QtBot, folder: RunFolder, mode: Any, run: Any
) -> None:
    mode("kill")
    folder.log.write_text("what an earlier life printed\n", encoding="utf-8")
    view = until_ended(qtbot, *run(folder.path, True))
    assert "earlier life" not in view.last_log_lines
    assert view.status == "dead" and view.failure is not None
    assert view.failure.message.code == "window.run_killed"
    assert view.failure.message.params["step"] == 10
    assert view.last_log_lines.splitlines()[-1].endswith("checkpoint step 10"), view.last_log_lines


def test_a_worker_that_refuses_gives_its_line(qtbot: QtBot, folder: RunFolder, mode: Any, run: Any) -> None:
    mode("refuse")
    view = until_ended(qtbot, *run(folder.path, True))
    assert view.status == "failed" and view.failure is not None
    assert view.failure.message.code == "window.run_ended"
    assert view.failure.message.params["line"].startswith("The run is in use")
    assert "in use" in view.last_log_lines


def test_stop_is_given_through_the_control_file(qtbot: QtBot, folder: RunFolder, mode: Any, run: Any) -> None:
    mode("hold")
    thread, watcher = run(folder.path, True)
    qtbot.waitUntil(lambda: bool(watcher.views) and watcher.last.step == 15)
    qtbot.waitUntil(lambda: (watcher.last.memory or 0) > 1_000_000)
    thread.give("stop")
    view = until_ended(qtbot, thread, watcher)
    assert view.status == "stopped" and view.result is None
    order = read_order(folder.control)
    assert order is not None and order.number == 1


def test_a_learning_rate_is_given_through_the_control_file(folder: RunFolder, run: Any, qtbot: QtBot) -> None:
    thread, watcher = run(folder.path, False)
    until_ended(qtbot, thread, watcher)
    thread.give("settings", {"lr": 0.0125})
    order = read_order(folder.control)
    assert order is not None and (order.command, dict(order.settings)) == ("settings", {"lr": 0.0125})


def test_closing_the_window_lets_the_run_go_on(qtbot: QtBot, folder: RunFolder, mode: Any, run: Any) -> None:
    mode("hold")
    thread, watcher = run(folder.path, True)
    qtbot.waitUntil(lambda: bool(watcher.views) and watcher.last.step == 15)
    thread.close()
    lines = folder.journal.read_text(encoding="utf-8").splitlines()
    worker = psutil.Process(json.loads(lines[0])["pid"])
    assert worker.is_running()
    second, watching = run(folder.path, False)
    qtbot.waitUntil(lambda: bool(watching.views) and watching.last.step == 15)
    assert watching.last.status == "running"
    second.give("stop")
    view = until_ended(qtbot, second, watching)
    assert view.status == "stopped"
    worker.wait(60)


def test_a_finished_run_is_shown_whole(qtbot: QtBot, folder: RunFolder, run: Any) -> None:
    with JournalWriter(folder.journal) as journal:
        journal.write("started", pid=1, total_steps=5000)
        for i in range(1, 5001):
            journal.write("step", step=i, loss=1.0)
        journal.write("done", seconds=3.0, weights_sha256="x")
    folder.result_json.write_text("{}", encoding="utf-8")
    rows = (Row("a", "Linear", params=10, macs=20),)
    table = CostTable("m", "f", (), rows, sum_totals(rows, 0))
    folder.result.mkdir()
    folder.costs_before.write_text(json.dumps(table.to_json()), encoding="utf-8")
    view = until_ended(qtbot, *run(folder.path, False))
    assert view.status == "done" and view.result == {} and len(view.series["loss"][0]) == 5000
    assert view.costs_before == table and view.costs_after is None


@pytest.mark.parametrize(("sha256", "taken"), [("ab", True), (None, True), ("cd", False)])
def test_the_costs_of_the_open_model_stand_in_until_the_run_has_its_own(
    qtbot: QtBot, folder: RunFolder, run: Any, sha256: str | None, taken: bool
) -> None:
    folder.recipe.write_text(json.dumps({"model": {"reference": "m", "sha256": sha256}}), encoding="utf-8")
    with JournalWriter(folder.journal) as journal:
        journal.write("pruned", step=0, params=4, channels={})
        journal.write("stopped", step=0)
    rows = (Row("a", "Linear", params=10, macs=20),)
    table = CostTable("m", "f", (), rows, sum_totals(rows, 0))
    view = until_ended(qtbot, *run(folder.path, False, known=(("m", "ab"), table)))
    assert (view.costs_before is table) == taken
    assert (view.log[0][1] == "pruned: 60 % of params removed") == taken


def test_a_run_whose_owner_is_gone_is_dead(qtbot: QtBot, folder: RunFolder, run: Any) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    with JournalWriter(folder.journal) as journal:
        journal.write("started", pid=gone.pid, total_steps=10)
        journal.write("step", step=1, loss=1.0)
    view = until_ended(qtbot, *run(folder.path, False))
    assert view.status == "dead" and view.failure is not None
    assert view.failure.message.code == "window.run_died"


def test_another_process_of_the_same_number_is_not_the_owner(
    qtbot: QtBot, folder: RunFolder, run: Any
) -> None:
    line = json.dumps({"t": time.time() - 1e6, "event": "started", "pid": psutil.Process().pid})
    folder.journal.write_text(line + "\n", encoding="utf-8")
    assert until_ended(qtbot, *run(folder.path, False)).status == "dead"


def test_a_run_that_was_never_started_is_not_a_failure(qtbot: QtBot, folder: RunFolder, run: Any) -> None:
    view = until_ended(qtbot, *run(folder.path, False))
    assert view.status == "stopped" and view.failure is None


def test_a_run_that_is_owned_and_silent_is_waited_for(qtbot: QtBot, folder: RunFolder, run: Any) -> None:
    from penjing.runs.owner import Owner

    with Owner(folder):
        thread, watcher = run(folder.path, False)
        qtbot.waitUntil(lambda: len(watcher.views) >= 2)
        assert watcher.last.status == "starting" and thread.isRunning()
    until_ended(qtbot, thread, watcher)


def test_a_folder_without_a_recipe_is_not_a_run(qtbot: QtBot, tmp_path: Path, run: Any) -> None:
    view = until_ended(qtbot, *run(tmp_path, False))
    assert view.status == "failed" and view.failure is not None
    assert view.failure.message.code == "window.run_unreadable"


def test_a_bad_recipe_ends_before_anything_starts(qtbot: QtBot, tmp_path: Path, run: Any) -> None:
    view = until_ended(qtbot, *run(tmp_path / "new", True, recipe={"version": 1}))
    assert view.status == "failed" and view.failure is not None
    assert view.failure.message.code == "recipe.missing_key"
    assert not (tmp_path / "new" / "journal.jsonl").exists()


def test_views_come_at_most_thirty_times_a_second(qtbot: QtBot, folder: RunFolder, run: Any) -> None:
    with JournalWriter(folder.journal) as journal:
        journal.write("started", pid=psutil.Process().pid, total_steps=10**6)
        _, watcher = run(folder.path, False)
        qtbot.waitUntil(lambda: bool(watcher.views))
        began, number = time.monotonic(), 0
        while time.monotonic() - began < 1.0 or len(watcher.views) < 4:
            number += 1
            journal.write("step", step=number, loss=1.0)
            qtbot.wait(2)
        seen = [t for t in watcher.times if began <= t <= began + 1.0]
        assert len(seen) <= 32
        qtbot.waitUntil(lambda: watcher.last.step == number)
        assert watcher.last.series["loss"][0].tolist() == list(range(1, number + 1))
