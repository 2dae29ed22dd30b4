"""The window's end of the session worker: a thread that owns its process, requests out, replies in.

Requests are made and answered on the main thread. A worker that dies fails everything that waits for it, and
is started again at the next request.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, QThread, Signal

from penjing.spec.folders import home
from penjing.spec.messages import Failure
from penjing.spec.workers import environment, session_command
from penjing_gui.worker_life import GRACE, Life, kill, write

Done = Callable[[Any], None]
Failed = Callable[[Failure], None]
Progress = Callable[[dict[str, Any]], None]

SILENCE = 600.0  # seconds a request may take without a sign of progress, unless it says otherwise


@dataclass(frozen=True, slots=True)
class _Pending:
    """A request that waits for its reply, and which life of the worker it was given to."""

    life: Life
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
        self._life: Life | None = None
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
        self._life = Life()
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

    def drop(self, number: int) -> None:
        """Ask the worker to give a request up, and listen to no answer: nobody is called any more."""
        if self._pending.pop(number, None) is not None:
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

    def _receive(self, life: Life, message: dict[str, Any]) -> None:
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

    def _bury(self, life: Life, failure: Failure) -> None:
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
        writer = threading.Thread(target=write, args=(process, life.outbox), name="session writer")
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
            kill(process)
            status = process.wait()
        life.outbox.put(None)
        writer.join()
        self._ended.emit(life, life.over(status, log))


def _callable(callback: Callable[..., None]) -> bool:
    """Whether the callback's object still exists."""
    owner = getattr(callback, "__self__", None)
    return not isinstance(owner, QObject) or shiboken6.isValid(owner)
