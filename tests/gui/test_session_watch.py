"""The watch over the session worker: too much memory, too long a silence; then the next request is answered."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from penjing_gui.session_client import SessionClient
from session_ears import Ear

WORKER = r"""
import json, os, sys, time
def say(value):
    sys.stdout.write(json.dumps(value) + "\n"); sys.stdout.flush()
say({"ready": {"pid": os.getpid(), "torch": "none"}})
for line in sys.stdin:
    request = json.loads(line)
    number, method, params = request["id"], request["method"], request.get("params", {})
    if method == "grow":
        held = bytearray(params["bytes"]); held[::4096] = b"x" * len(held[::4096])
        time.sleep(params["seconds"])
    elif method == "wait":
        for _ in range(params["times"]):
            time.sleep(params["seconds"])
            say({"id": number, "progress": {"done": 1, "total": 2, "code": "session.working", "params": {}}})
    say({"id": number, "result": method})
"""


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def client(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SessionClient]:
    monkeypatch.setenv("PENJING_MEMORY_LIMIT", "150")
    script = tmp_path / "worker.py"
    script.write_text(WORKER, encoding="utf-8")
    made = SessionClient(command=[sys.executable, str(script)])
    yield made
    made.close()


def test_a_worker_that_takes_too_much_is_ended_and_the_next_request_is_answered(
    qtbot: QtBot, client: SessionClient, ear: Ear
) -> None:
    client.request("grow", {"bytes": 400_000_000, "seconds": 600}, ear.done, ear.failed)
    qtbot.waitUntil(lambda: len(ear.failures) == 1)
    assert ear.failures[0].message.code == "session.too_large"
    assert ear.failures[0].message.params == {"gigabytes": 0.1}
    client.request("wait", {"times": 0}, ear.done, ear.failed)
    qtbot.waitUntil(lambda: ear.results == ["wait"])


def test_memory_within_the_limit_is_left_alone(qtbot: QtBot, client: SessionClient, ear: Ear) -> None:
    client.request("grow", {"bytes": 40_000_000, "seconds": 0.8}, ear.done, ear.failed)
    qtbot.waitUntil(lambda: ear.results == ["grow"])
    assert ear.failures == []


def test_silence_ends_the_worker_and_the_next_request_is_answered(
    qtbot: QtBot, client: SessionClient, ear: Ear
) -> None:
    client.request("wait", {"times": 1, "seconds": 600}, ear.done, ear.failed, silence=0.6)
    qtbot.waitUntil(lambda: len(ear.failures) == 1)
    assert ear.failures[0].message.code == "session.hung"
    client.request("wait", {"times": 0}, ear.done, ear.failed)
    qtbot.waitUntil(lambda: ear.results == ["wait"])


def test_progress_and_waiting_for_ones_turn_are_no_silence(
    qtbot: QtBot, client: SessionClient, ear: Ear
) -> None:
    client.request("wait", {"times": 10, "seconds": 0.25}, ear.done, ear.failed, silence=2.0)
    client.request("wait", {"times": 1, "seconds": 0.25}, ear.done, ear.failed, silence=2.0)
    qtbot.waitUntil(lambda: ear.results == ["wait", "wait"])
    assert ear.failures == []
