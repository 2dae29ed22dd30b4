"""A thread that owns one run from start to end: starts its worker, tails its journal, notices its death.

The run itself is another process and outlives the window. What this thread knows it gives to the main thread
as `RunView` snapshots, at most thirty a second, and never a second one before the first was taken.
"""

from __future__ import annotations

import contextlib
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil
from PySide6.QtCore import QObject, QThread, Signal

from penjing.spec.control import Command, give_order
from penjing.spec.costs import CostTable
from penjing.spec.files import read_json
from penjing.spec.folders import RunFolder
from penjing.spec.journal import JournalTail
from penjing.spec.messages import Failure, bad_input
from penjing.spec.workers import start_run
from penjing_gui.run_record import RunRecord
from penjing_gui.run_view import RunView

ACTIVE_INTERVAL, IDLE_INTERVAL = 1 / 30, 1 / 10
_BEAT = 1.0  # seconds between looks at memory, age and liveness when nothing is written
_CHUNK = 256_000  # bytes of journal taken in one bite, so that the other threads get their turn
_RESULT_WAIT = 5.0  # seconds after `done` in which the worker may still write its result and end
_MANY = 100  # events in one bite from which on the journal is only caught up with
_LOG_LINES = 12

OpenKey = tuple[str, str]  # reference and SHA-256 of the open model

__all__ = ["RunThread", "RunView"]


class RunThread(QThread):
    """Carries out (`start`) or only watches the run in `folder`. `view` carries `RunView`s.

    With a `recipe` (JSON values) the folder is made first; what is wrong with it ends the run as failed. `known` is
    the open model (reference and SHA-256) and its costs: those before, where the run is of this model, until the run
    has written its own.
    """

    view = Signal(object)

    def __init__(
        self,
        folder: Path,
        start: bool,
        language: str = "en",
        recipe: Mapping[str, Any] | None = None,
        known: tuple[OpenKey, CostTable] | None = None,
        parent: QObject | None = None,
        trust: bool = False,
    ) -> None:
        super().__init__(parent)
        self._trust = trust
        self.setObjectName(f"run {folder.name}")
        self.folder = RunFolder(folder)
        self._recipe = recipe
        self._known = known
        self._start = start
        self._record = RunRecord(self.folder, {}, language)
        self._wake = threading.Event()
        self._closing = False
        self._outstanding = False
        self._interval = ACTIVE_INTERVAL
        self._process: subprocess.Popen[bytes] | None = None
        self._log_from = 0  # where this life's own lines begin in the worker's log
        self._cost_times: dict[str, int] = {}
        self.view.connect(self._taken)

    def give(self, command: Command, settings: Mapping[str, float] | None = None) -> None:
        """Ask the run's owner to pause, resume, stop or take `settings`. Raises OSError where it cannot be asked."""
        give_order(self.folder.control, command, settings)

    def set_active(self, active: bool) -> None:
        """Thirty views a second while the window is active, ten while it is not."""
        self._interval = ACTIVE_INTERVAL if active else IDLE_INTERVAL

    def close(self) -> None:
        """Stop watching and wait for the thread. The run goes on."""
        self._closing = True
        self._wake.set()
        self.wait()

    def _taken(self, _view: RunView) -> None:
        self._outstanding = False

    # this thread

    def run(self) -> None:
        """Start the worker where asked to, then watch until the run has ended or watching is closed."""
        try:
            self._prepare()
        except Failure as failure:
            self._record.status, self._record.failure = "failed", failure
        except OSError as error:
            problem = error.strerror or str(error)
            self._record.status, self._record.failure = (
                "failed",
                Failure("window.run_not_made", problem=problem),
            )
        else:
            self._watch()
        if not self._closing:
            self.view.emit(self._record.view(time.time()))
        if self._process is not None and self._process.poll() is None:
            # The run outlives this object on purpose; without this, Popen would warn of a child left behind.
            self._process.returncode = 0

    def _prepare(self) -> None:
        if self._recipe is not None:
            from penjing.runs.make import make_run
            from penjing.spec.recipe import parse

            make_run(parse(dict(self._recipe)), self.folder.path)
        try:
            self._record.recipe = read_json(self.folder.recipe)
        except (OSError, ValueError):
            raise bad_input("window.run_unreadable", path=str(self.folder.path)) from None
        self._take_known()
        self._read_costs()
        if self._start:
            with self.folder.log.open("ab") as log:
                self._log_from = log.tell()
                self._process = start_run(self.folder.path, log, self._trust)
            self._record.expected_pid = self._process.pid

    def _take_known(self) -> None:
        model = self._record.recipe.get("model")
        if self._known is None or not isinstance(model, dict):
            return
        (reference, sha256), table = self._known
        if model.get("reference") == reference and model.get("sha256") in (None, sha256):
            self._record.costs["before"] = table

    def _watch(self) -> None:
        record, tail = self._record, JournalTail(self.folder.journal)
        last_beat = ended_at = 0.0
        while not self._closing:
            gone = not self._is_alive()  # looked at before reading: what it wrote last is then still read
            events = tail.read(_CHUNK)
            for event in events:
                record.take(event)
            now = time.monotonic()
            beat = now - last_beat >= _BEAT
            if beat or (events and record.terminal):
                last_beat = now
                self._read_result()
                self._read_costs()
                self._look_at_process()
            if events or beat:
                self._emit()
            if len(events) > _MANY:
                continue  # catching up: read on at once
            if record.terminal and not record.waiting:
                ended_at = ended_at or now
                if gone or self._read_result() or now - ended_at > _RESULT_WAIT:
                    break
            elif gone and not events:
                self._died()
                break
            self._wake.wait(self._interval)
        self._read_result()
        self._read_costs()
        self._reap()

    def _emit(self) -> None:
        """Give a view, unless the main thread has not taken the last one yet."""
        if not self._outstanding:
            self._outstanding = True
            self.view.emit(self._record.view(time.time()))

    def _is_alive(self) -> bool:
        """Whether the process that carries the run out lives: ours, or the one that the journal names."""
        if self._process is not None:
            return self._process.poll() is None
        record = self._record
        if record.pid is None:
            from penjing.runs.owner import (
                is_owned,
            )  # it may be starting, or have ended before it wrote anything

            return is_owned(self.folder)
        try:
            # A process of that number that began after the event is another one.
            return psutil.Process(record.pid).create_time() <= record.started_at + 1.0
        except psutil.Error:
            return False

    def _reap(self) -> None:
        """Wait a little for our own worker to end after its last event."""
        if self._process is not None and not self._closing:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_RESULT_WAIT)

    def _look_at_process(self) -> None:
        record = self._record
        pid = self._process.pid if self._process is not None else record.pid
        used: int | None = None
        if pid is not None and not record.terminal:
            with contextlib.suppress(psutil.Error):
                used = psutil.Process(pid).memory_info().rss
        record.note_memory(used)

    def _read_costs(self) -> None:
        """Read the cost tables that are new since the last look."""
        folder = self.folder
        paths = {"before": folder.costs_before, "after": folder.costs_after, "planned": folder.plan_costs}
        for name, path in paths.items():
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                stamp = path.stat().st_mtime_ns
                if self._cost_times.get(name) != stamp:
                    self._record.costs[name] = CostTable.from_json(read_json(path))
                    self._cost_times[name] = stamp

    def _read_result(self) -> bool:
        """Read the stored result of a run that is done or stopped; True where there is one."""
        if self._record.result is None and self._record.status in ("done", "stopped"):
            with contextlib.suppress(OSError, ValueError):
                value = read_json(self.folder.result_json)
                self._record.result = value if isinstance(value, dict) else None
        return self._record.result is not None

    def _died(self) -> None:
        """The worker is gone and the journal does not say why: tell from its status and its last lines."""
        record = self._record
        if self._process is None and record.pid is None:
            record.status = "stopped"  # it was never started: nothing went wrong
            return
        record.last_log_lines = self._log_end()
        status = self._process.returncode if self._process is not None else None
        if record.waiting:
            record.expected_pid = None
            if status == 0 and record.status == "done":
                return
        if status is not None and status > 0:
            record.status = "failed"
            lines = [line for line in record.last_log_lines.splitlines() if line.startswith("penjing: ")]
            line = lines[-1].removeprefix("penjing: ") if lines else str(status)
            record.failure = Failure("window.run_ended", line=line)
        else:
            record.status = "dead"
            code = "window.run_killed" if status == -9 else "window.run_died"
            record.failure = Failure(
                code, status="?" if status is None else status, step=record.checkpoint_step
            )

    def _log_end(self) -> str:
        """The last lines that the worker printed in this life; where it printed none, the journal's last ones."""
        text = ""
        with contextlib.suppress(OSError), self.folder.log.open("rb") as file:
            file.seek(max(self._log_from, self.folder.log.stat().st_size - 8192))
            text = file.read().decode("utf-8", "replace").strip()
        return "\n".join(text.splitlines()[-_LOG_LINES:] or self._record.last_lines(_LOG_LINES))
