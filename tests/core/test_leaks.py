"""The leak checks see what they are there to see."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

import leaks


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaks, "PATIENCE", 0.05)


def test_a_thread_is_seen_while_it_lives() -> None:
    before, gate = leaks.threads(), threading.Event()
    thread = threading.Thread(target=gate.wait)
    thread.start()
    seen = leaks.remaining(leaks.threads, before)
    gate.set()
    thread.join()
    assert seen == [thread]
    assert leaks.remaining(leaks.threads, before) == []


def test_a_child_is_seen_while_it_lives() -> None:
    before = leaks.children()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        seen = leaks.remaining(leaks.children, before)
    assert [one.pid for one in seen] == [child.pid]
    assert leaks.remaining(leaks.children, before) == []


def test_qt_threads_and_timers_are_seen_while_they_run(request: pytest.FixtureRequest) -> None:
    core = pytest.importorskip("PySide6.QtCore")
    application = request.getfixturevalue("qapp")  # the one that the window's tests go on with
    watch = leaks.QtWatch()
    watch.patch()
    thread, timer = core.QThread(), core.QTimer()
    owned = core.QTimer(application)
    for one in (thread, timer, owned):
        one.start()
    seen = watch.alive()
    thread.quit()
    thread.wait()
    timer.stop()
    owned.stop()
    assert seen == [thread, timer]  # what belongs to the application may live as long as it does
    assert watch.alive() == []
