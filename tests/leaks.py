"""What a test must not leave behind: threads, timers and child processes.

Snapshots are compared, so that what a fixture of a wider scope keeps alive is not held against the tests that
use it. Qt is only looked at where a test has imported it.
"""

from __future__ import annotations

import gc
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterable
from typing import Any

import psutil

PATIENCE = 30.0  # seconds in which what is on its way out may end

# Threads and processes that libraries start once and keep for the life of the process.
LASTING_THREADS = ("pydevd", "tqdm_monitor", "asyncio_", "QtThread", "Dummy-", "pytest_timeout")
LASTING_PROCESSES = ("multiprocessing.resource_tracker", "torch/_inductor/compile_worker")


class QtWatch:
    """Remembers every QThread and QTimer that was started, by patching their `start` once."""

    def __init__(self) -> None:
        self.started: list[weakref.ref[Any]] = []
        self._patched = False

    def patch(self) -> None:
        """Begin to watch; does nothing where Qt has not been imported yet."""
        core = sys.modules.get("PySide6.QtCore")
        if core is None or self._patched:
            return
        self._patched = True
        for owner in (core.QThread, core.QTimer):
            self._wrap(owner)

    def _wrap(self, owner: Any) -> None:
        original = owner.start
        started = self.started

        def start(this: Any, *arguments: Any) -> None:
            started.append(weakref.ref(this))
            original(this, *arguments)

        owner.start = start

    def alive(self) -> list[Any]:
        """The threads that run and the timers that are active, but for the application's own."""
        core = sys.modules.get("PySide6.QtCore")
        if core is None:
            return []
        import shiboken6

        alive = []
        for reference in list(self.started):
            thing = reference()
            if thing is None or not shiboken6.isValid(thing):
                self.started.remove(reference)
            elif isinstance(thing, core.QThread):
                if thing.isRunning():
                    alive.append(thing)
            elif thing.isActive() and not _owned_by_application(thing, core):
                alive.append(thing)
        return alive


def _owned_by_application(thing: Any, core: Any) -> bool:
    while thing.parent() is not None:
        thing = thing.parent()
    return isinstance(thing, core.QCoreApplication)


def describe_qt(thing: Any) -> str:
    """What a leaked QThread or QTimer is, and whose."""
    parent = thing.parent()
    owner = type(parent).__name__ if parent is not None else "nobody"
    interval = f" every {thing.interval()} ms" if hasattr(thing, "interval") else ""
    return f"{type(thing).__name__}{interval} '{thing.objectName()}' of {owner}"


def qt_settles() -> None:
    """Let Qt delete what `deleteLater` was called on."""
    core = sys.modules.get("PySide6.QtCore")
    if core is not None and core.QCoreApplication.instance() is not None:
        core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete.value)
        core.QCoreApplication.processEvents()


def threads() -> list[threading.Thread]:
    """The Python threads alive, but for those that libraries keep."""
    return [one for one in threading.enumerate() if not one.name.startswith(LASTING_THREADS)]


def children() -> list[psutil.Process]:
    """The child processes alive, but for zombies and those that libraries keep."""
    found = []
    for child in psutil.Process().children():
        try:
            if child.status() == psutil.STATUS_ZOMBIE or any(
                lasting in " ".join(child.cmdline()) for lasting in LASTING_PROCESSES
            ):
                continue
        except psutil.NoSuchProcess:
            continue
        found.append(child)
    return found


def remaining(now: Callable[[], Iterable[Any]], before: Iterable[Any]) -> list[Any]:
    """What is there now and was not before, after a little patience."""
    old = list(before)
    limit = time.monotonic() + PATIENCE
    while True:
        new = [one for one in now() if one not in old]
        if not new or time.monotonic() > limit:
            return new
        qt_settles()
        gc.collect()
        time.sleep(0.02)
