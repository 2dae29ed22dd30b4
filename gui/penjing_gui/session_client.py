"""The window's end of the session worker: a thread that owns its process, requests out, replies in.

Requests are made and answered on the main thread. A worker that dies fails everything that waits for it, and
is started again at the next request.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import queue
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, QThread, Signal

from penjing.spec.folders import home
from penjing.spec.messages import Failure
from penjing.spec.workers import environment, session_command
from penjing_gui.session_watch import Watch

Done = Callable[[Any], None]
Failed = Callable[[Failure], None]
Progress = Callable[[dict[str, Any]], None]

GRACE = 1.0  # seconds a worker has to end after it was asked to
SILENCE = 600.0  # seconds a request may take without a sign of progress, unless it says otherwise
_LOG_LINES = 12
_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)


class _Life:
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


@dataclass(frozen=True, slots=True)
class _Pending:
    """A request that waits for its reply, and which life of the worker it was given to."""

    life: _Life
    done: Done
    failed: Failed | None
    progress: Progress | None


class SessionClient(QThread):
    """Owns the session worker's process from its start to its end. Tests give another `command`.

    `ready` carries the worker's greeting, `died` the `Failure` of a worker that ended by itself, `unanswered`
    a failed request for which nobody gave a `failed` callback.
    """

    ready = Signal(object)
    died = Signal(object)
    unanswered = Signal(object)
    _arrived = Signal(object, object)
    _ended = Signal(object, object)

    def __init__(self, parent: QObject | None = None, command: Sequence[str] | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("session client")
        self._command = list(command) if command is not None else None
        self._numbers = itertools.count(1)
        self._pending: dict[int, _Pending] = {}
        self._life: _Life | None = None
        self._closing = False
        self._folder: Path | None = None
        self._arrived.connect(self._receive)
        self._ended.connect(self._bury)

    @property
    def folder(self) -> Path | None:
        """The session's folder, in which the worker puts arrays; None before the first start."""
        return self._folder

    @property
    def alive(self) -> bool:
        """Whether a worker is there or starting."""
        return self._life is not None

    def wake(self) -> None:
        """Start the worker where there is none, so that the next request finds it warm."""
        if self._life is not None or self._closing:
            return
        self.wait()
        if self._folder is None:
            parent = home() / "sessions"
            parent.mkdir(parents=True, exist_ok=True)
            self._folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=parent))
        self._life = _Life()
        self.start()

    def request(
        self,
        method: str,
        params: Mapping[str, Any],
        done: Done,
        failed: Failed | None = None,
        progress: Progress | None = None,
        silence: float = SILENCE,
    ) -> int:
        """Ask the worker; returns the request's number. The callbacks are called later, on the main thread.

        A worker that says nothing of the request for `silence` seconds, once it is its turn, is ended.

        They have to be bound methods of QObjects: those of a deleted object are not called.
        """
        number = next(self._numbers)
        if self._closing:
            return number
        self.wake()
        assert self._life is not None
        self._pending[number] = _Pending(self._life, done, failed, progress)
        self._life.limit(number, silence)
        self._send({"id": number, "method": method, "params": dict(params)})
        return number

    def cancel(self, number: int) -> None:
        """Ask the worker to give a request up; it is then answered with the failure `session.cancelled`."""
        if number in self._pending:
            self._send({"id": number, "method": "cancel"})

    def restart(self) -> None:
        """End the worker and start a fresh one. What waits for the old one fails as cancelled."""
        self._stop_worker()
        waiting, self._pending = self._pending, {}
        for one in waiting.values():
            self._fail(one, Failure("session.cancelled"))
        self.wake()

    def close(self) -> None:
        """End the worker for good, within two seconds, and remove the session's folder. No callback comes after."""
        self._closing = True
        self._pending.clear()
        self._stop_worker()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    # main thread

    def _send(self, value: Mapping[str, Any]) -> None:
        if self._life is not None:
            self._life.outbox.put(json.dumps(value, ensure_ascii=False).encode() + b"\n")

    def _stop_worker(self) -> None:
        life, self._life = self._life, None  # what this life still says is not listened to
        if life is not None:
            life.stop()
        self.wait()

    def _receive(self, life: _Life, message: dict[str, Any]) -> None:
        if life is not self._life:
            return
        if "ready" in message:
            self.ready.emit(message["ready"])
            return
        number = message.get("id")
        if not isinstance(number, int) or number not in self._pending:
            return
        if "progress" in message:
            progress = self._pending[number].progress
            if progress is not None and _callable(progress):
                progress(message["progress"])
            return
        pending = self._pending.pop(number)
        if "error" in message:
            self._fail(pending, Failure.from_json(message["error"]))
        elif _callable(pending.done):
            pending.done(message.get("result"))

    def _bury(self, life: _Life, failure: Failure) -> None:
        if life is not self._life:
            return
        self._life = None
        waiting = [number for number, one in self._pending.items() if one.life is life]
        pending = [self._pending.pop(number) for number in waiting]
        self.died.emit(failure)
        for one in pending:
            self._fail(one, failure)

    def _fail(self, pending: _Pending, failure: Failure) -> None:
        if pending.failed is None:
            self.unanswered.emit(failure)
        elif _callable(pending.failed):
            pending.failed(failure)

    # this thread

    def run(self) -> None:
        """Start the worker and pass on what it says until it ends."""
        life, folder = self._life, self._folder
        if life is None or folder is None:  # closed before the thread began
            return
        log = folder / "worker.log"
        command = self._command or [*session_command(), "--folder", str(folder)]
        try:
            with log.open("ab") as stderr:
                process = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=stderr,
                    env=environment(),
                    start_new_session=os.name != "nt",
                )
        except OSError as error:
            self._ended.emit(life, Failure("session.not_started", problem=str(error)))
            return
        life.born(process)
        writer = threading.Thread(target=_write, args=(process, life.outbox), name="session writer")
        writer.start()
        assert process.stdout is not None
        for line in process.stdout:
            try:
                message = json.loads(line)
            except ValueError:
                continue
            if isinstance(message, dict):
                life.greeted()
                if isinstance(number := message.get("id"), int):
                    life.heard(number, "progress" not in message)
                self._arrived.emit(life, message)
        process.stdout.close()
        # A worker that closed its output is of no use any more, whatever it still does.
        try:
            status = process.wait(GRACE)
        except subprocess.TimeoutExpired:
            _end(process, _KILL)
            status = process.wait()
        life.outbox.put(None)
        writer.join()
        self._ended.emit(life, life.over(status, log))


def _write(process: subprocess.Popen[bytes], outbox: queue.SimpleQueue[bytes | None]) -> None:
    """Write requests until told to end or until nobody reads them."""
    assert process.stdin is not None
    with contextlib.suppress(OSError):
        while (line := outbox.get()) is not None:
            process.stdin.write(line)
            process.stdin.flush()
    with contextlib.suppress(OSError):
        process.stdin.close()


def _end(process: subprocess.Popen[bytes], number: int) -> None:
    """Signal the worker and what it started (its own process group); on Windows the worker alone."""
    with contextlib.suppress(OSError):
        if os.name == "nt":
            process.terminate()
        else:
            os.killpg(process.pid, number)


def _callable(callback: Callable[..., None]) -> bool:
    """Whether the callback's object still exists."""
    owner = getattr(callback, "__self__", None)
    return not isinstance(owner, QObject) or shiboken6.isValid(owner)


def _last_lines(path: Path) -> str:
    """The end of the worker's error output."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 8192))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-_LOG_LINES:])
