"""The life of one session worker: what is to be written to it, who watches it, how it is ended, and why it ended."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import threading
from functools import partial
from pathlib import Path

from penjing.spec.messages import Failure
from penjing_gui.session_watch import Watch

GRACE = 1.0  # seconds a worker has to end after it was asked to
_LOG_LINES = 12
_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)


class Life:
    """One worker from start to end: what is to be written to it, and whether it was asked to end."""

    def __init__(self) -> None:
        self.outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self.lock = threading.Lock()
        self.stopped = False
        self.process: subprocess.Popen[bytes] | None = None
        self.watch: Watch | None = None
        self._limits: dict[int, float] = {}

    def born(self, process: subprocess.Popen[bytes]) -> None:
        """Take the process; end it at once where the life was ended while it started."""
        with self.lock:
            self.process = process
            if self.stopped:
                _end(process, signal.SIGTERM)

    def greeted(self) -> None:
        """The worker is up: from now on it is watched."""
        with self.lock:
            process = self.process
            if process is None or self.watch is not None or self.stopped:
                return
            self.watch = Watch(process.pid, partial(_end, process, _KILL))
            for number, seconds in self._limits.items():
                self.watch.expect(number, seconds)

    def limit(self, number: int, seconds: float) -> None:
        """End the worker where nothing is heard of a request for so long."""
        with self.lock:
            self._limits[number] = seconds
            if self.watch is not None:
                self.watch.expect(number, seconds)

    def heard(self, number: int, answered: bool) -> None:
        """Something was heard of a request."""
        with self.lock:
            if answered:
                self._limits.pop(number, None)
            if self.watch is not None:
                self.watch.heard(number, answered)

    def over(self, status: int, log: Path) -> Failure:
        """Why it ended."""
        with self.lock:
            watch, self.watch, self.stopped = self.watch, None, True
        if watch is not None:
            watch.close()
            if watch.verdict is not None:
                return watch.verdict
        return Failure("session.died", status=status, log=_last_lines(log))

    def stop(self) -> None:
        """Ask the process to end, and make it."""
        self.outbox.put(None)
        with self.lock:
            self.stopped = True
            process = self.process
        if process is None or process.poll() is not None:
            return
        _end(process, signal.SIGTERM)
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            _end(process, _KILL)


def write(process: subprocess.Popen[bytes], outbox: queue.SimpleQueue[bytes | None]) -> None:
    """Write requests until told to end or until nobody reads them."""
    assert process.stdin is not None
    with contextlib.suppress(OSError):
        while (line := outbox.get()) is not None:
            process.stdin.write(line)
            process.stdin.flush()
    with contextlib.suppress(OSError):
        process.stdin.close()


def kill(process: subprocess.Popen[bytes]) -> None:
    """End the worker and what it started, at once."""
    _end(process, _KILL)


def _end(process: subprocess.Popen[bytes], number: int) -> None:
    """Signal the worker and what it started (its own process group); on Windows the worker alone."""
    with contextlib.suppress(OSError):
        if os.name == "nt":
            process.terminate()
        else:
            os.killpg(process.pid, number)


def _last_lines(path: Path) -> str:
    """The end of the worker's error output."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 8192))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-_LOG_LINES:])
