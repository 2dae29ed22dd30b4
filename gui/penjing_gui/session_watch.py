"""Keeps watch over the session worker: ends one that takes too much memory, or that says nothing for too long.

The limit on memory is on what is resident and the worker's own (mapped files do not count), looked at from outside:
a worker that hangs in a library's code could not look itself.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable

import psutil

from penjing.spec.messages import Failure

INTERVAL = 0.25  # seconds between looks
SHARE = 0.8  # of the machine's memory, unless PENJING_MEMORY_LIMIT says otherwise (in megabytes)


def memory_limit() -> int:
    """Bytes that a worker may hold."""
    given = os.environ.get("PENJING_MEMORY_LIMIT", "")
    if given.isdecimal() and int(given) > 0:
        return int(given) * 1_000_000
    return int(psutil.virtual_memory().total * SHARE)


def resident(pid: int) -> int:
    """Bytes of memory that are the process's own and its children's; 0 where it is gone."""
    total = 0
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                memory = one.memory_info()
                total += memory.rss - getattr(memory, "shared", 0)
    return total


class Watch:
    """Watches one worker. `kill` ends it; `verdict` then says why."""

    def __init__(self, pid: int, kill: Callable[[], None], limit: int | None = None) -> None:
        self.verdict: Failure | None = None
        self._pid = pid
        self._kill = kill
        self._limit = memory_limit() if limit is None else limit
        self._waiting: dict[
            int, tuple[float, float]
        ] = {}  # request: seconds of silence allowed, last heard of
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="session watch")
        self._thread.start()

    def expect(self, number: int, seconds: float) -> None:
        """From now on, hear of this request at least every so many `seconds`."""
        with self._lock:
            self._waiting[number] = seconds, time.monotonic()

    def heard(self, number: int, answered: bool) -> None:
        """The worker said something about this request; `answered` ends the wait.

        Requests are carried out one after the other (short ones in between), so every other one has waited its turn
        until now.
        """
        with self._lock:
            if answered:
                self._waiting.pop(number, None)
            now = time.monotonic()
            self._waiting = {one: (seconds, now) for one, (seconds, _) in self._waiting.items()}

    def close(self) -> None:
        """Stop watching."""
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while self.verdict is None and not self._over.wait(INTERVAL):
            self.verdict = self._too_silent() or self._too_large()
            if self.verdict is not None:
                self._kill()

    def _too_large(self) -> Failure | None:
        if resident(self._pid) > self._limit:
            return Failure("session.too_large", gigabytes=round(self._limit / 1e9, 1))
        return None

    def _too_silent(self) -> Failure | None:
        with self._lock:
            if not self._waiting:
                return None
            # The one under way is the oldest; the limit of the others begins when it is their turn.
            seconds, heard = self._waiting[min(self._waiting)]
        return Failure("session.hung", seconds=round(seconds)) if time.monotonic() - heard > seconds else None
