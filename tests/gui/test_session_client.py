"""The session client against a tiny worker of the tests' own, which dies, hangs and talks nonsense on request."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from pytestqt.qtbot import QtBot

from penjing_gui.session_client import SessionClient
from session_ears import Ear

WORKER = r"""
import json, os, signal, sys, time
def say(value):
    sys.stdout.write((value if isinstance(value, str) else json.dumps(value)) + "\n"); sys.stdout.flush()
say({"ready": {"pid": os.getpid(), "torch": "none"}})
held = None
for line in sys.stdin:
    request = json.loads(line)
    number, method, params = request["id"], request["method"], request.get("params", {})
    if method == "cancel":
        say({"id": number, "error": {"code": "session.cancelled", "params": {}, "exit_code": 1}})
    elif method == "echo":
        say("this is not JSON"); say("[1, 2]")
        say({"id": number, "progress": {"done": 1, "total": 2, "code": "session.working", "params": {}}})
        say({"id": number, "result": params})
    elif method == "refuse":
        say({"id": number, "error": {"code": "models.py_needs_trust", "params": {"path": "x.py"}, "exit_code": 3}})
    elif method == "die":
        sys.stderr.write("last words\n"); sys.stderr.flush(); os._exit(7)
    elif method == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif method == "close":
        os.close(1); time.sleep(600)
    elif method == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN); say({"id": number, "result": None}); time.sleep(600)
    elif method == "child":
        import subprocess
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        say({"id": number, "result": child.pid})
"""


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def client(qtbot: QtBot, tmp_path: Path, ear: Ear) -> Iterator[SessionClient]:
    script = tmp_path / "worker.py"
    script.write_text(WORKER, encoding="utf-8")
    made = SessionClient(command=[sys.executable, str(script)])
    made.ready.connect(ear.greeted)
    made.died.connect(ear.died)
    yield made
    made.close()


def ask(client: SessionClient, ear: Ear, method: str, **params: Any) -> int:
    return client.request(method, params, ear.done, ear.failed, ear.at)


def test_requests_are_answered_in_the_main_thread(qtbot: QtBot, client: SessionClient, ear: Ear) -> None:
    ask(client, ear, "echo", text="盆景")
    assert ear.results == []
    qtbot.waitUntil(lambda: ear.results == [{"text": "盆景"}])
    assert ear.progress == [{"done": 1, "total": 2, "code": "session.working", "params": {}}]
    assert len(ear.ready) == 1 and ear.ready[0]["pid"]


def test_a_refusal_comes_as_a_failure_with_its_exit_code(
    qtbot: QtBot, client: SessionClient, ear: Ear
) -> None:
    ask(client, ear, "refuse")
    qtbot.waitUntil(lambda: len(ear.failures) == 1)
    assert ear.failures[0].message.code == "models.py_needs_trust"
    assert ear.failures[0].exit_code == 3
    assert ear.failures[0].message.params == {"path": "x.py"}


def test_of_a_dropped_request_nothing_is_heard(qtbot: QtBot, client: SessionClient, ear: Ear) -> None:
    number = ask(client, ear, "held")
    client.drop(number)
    client.drop(number)  # which changes nothing
    ask(client, ear, "echo")
    qtbot.waitUntil(lambda: ear.results == [{}])
    assert ear.failures == []


def test_a_failure_that_nobody_takes_is_signalled(qtbot: QtBot, client: SessionClient, ear: Ear) -> None:
    client.unanswered.connect(ear.failed)
    client.request("refuse", {}, ear.done)
    qtbot.waitUntil(lambda: len(ear.failures) == 1)


@pytest.mark.parametrize(("method", "status"), [("die", 7), ("kill", -9)])
def test_death_fails_what_waits_and_the_next_request_starts_a_new_worker(
    qtbot: QtBot, client: SessionClient, ear: Ear, method: str, status: int
) -> None:
    ask(client, ear, "hang")
    ask(client, ear, method)
    qtbot.waitUntil(lambda: len(ear.failures) == 2)
    assert {one.message.code for one in ear.failures} == {"session.died"}
    assert ear.deaths[0].message.params["status"] == status
    if method == "die":
        assert "last words" in ear.deaths[0].message.params["log"]
    assert not client.alive
    ask(client, ear, "echo", n=1)
    qtbot.waitUntil(lambda: ear.results == [{"n": 1}])
    assert len(ear.ready) == 2 and ear.ready[0]["pid"] != ear.ready[1]["pid"]


def test_a_worker_that_closes_its_output_is_ended(qtbot: QtBot, client: SessionClient, ear: Ear) -> None:
    ask(client, ear, "close")
    qtbot.waitUntil(lambda: len(ear.failures) == 1)
    assert ear.failures[0].message.code == "session.died"
    assert not psutil.pid_exists(ear.ready[0]["pid"])


def test_cancel_is_answered(qtbot: QtBot, client: SessionClient, ear: Ear) -> None:
    number = ask(client, ear, "hang")
    client.cancel(number)
    qtbot.waitUntil(lambda: len(ear.failures) == 1)
    assert ear.failures[0].message.code == "session.cancelled"
    client.cancel(number)  # nothing waits any more: nothing is sent
    ask(client, ear, "echo")
    qtbot.waitUntil(lambda: len(ear.results) == 1)
    assert len(ear.failures) == 1


def test_restart_gives_a_fresh_worker_and_fails_what_waited(
    qtbot: QtBot, client: SessionClient, ear: Ear
) -> None:
    ask(client, ear, "hang")
    qtbot.waitUntil(lambda: len(ear.ready) == 1)
    client.restart()
    assert [one.message.code for one in ear.failures] == ["session.cancelled"]
    ask(client, ear, "echo")
    qtbot.waitUntil(lambda: len(ear.results) == 1)
    assert len(ear.ready) == 2 and ear.deaths == []


def test_restart_while_the_worker_starts(qtbot: QtBot, client: SessionClient, ear: Ear) -> None:
    for _ in range(5):
        client.wake()
        client.restart()
    ask(client, ear, "echo")
    qtbot.waitUntil(lambda: len(ear.results) == 1)
    assert ear.deaths == []


def test_close_ends_a_stubborn_worker(qtbot: QtBot, client: SessionClient, ear: Ear) -> None:
    ask(client, ear, "stubborn")
    qtbot.waitUntil(lambda: len(ear.results) == 1)
    folder = client.folder
    assert folder is not None and folder.exists()
    began = time.monotonic()
    client.close()
    assert time.monotonic() - began < 100, "it waited for the worker"
    assert not psutil.pid_exists(ear.ready[0]["pid"])
    assert not client.isRunning() and not folder.exists()
    ask(client, ear, "echo")  # after close nothing is started and nothing answers
    assert not client.alive


def test_close_ends_what_the_worker_started(qtbot: QtBot, client: SessionClient, ear: Ear) -> None:
    ask(client, ear, "child")
    qtbot.waitUntil(lambda: len(ear.results) == 1)
    child = psutil.Process(ear.results[0])
    client.close()
    psutil.wait_procs([child], 60)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_a_program_that_is_not_there_is_a_failure(qtbot: QtBot, ear: Ear) -> None:
    client = SessionClient(command=["/no/such/program"])
    client.request("echo", {}, ear.done, ear.failed)
    qtbot.waitUntil(lambda: len(ear.failures) == 1)
    assert ear.failures[0].message.code == "session.not_started"
    client.close()


def test_callbacks_of_a_deleted_object_are_not_called(qtbot: QtBot, client: SessionClient, ear: Ear) -> None:
    gone = Ear()
    client.request("echo", {}, gone.done)
    import shiboken6

    shiboken6.delete(gone)
    ask(client, ear, "echo", last=True)
    qtbot.waitUntil(lambda: ear.results == [{"last": True}])
    assert gone.results == []
