"""Reads finished runs on a thread of its own, so that a full runs folder does not hold the window up."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from penjing_gui.compare.runs import finished_runs, read_run


class RunsReader(QObject):
    """Warms what `runs` keeps: after `ready`, the runs of the model asked for are there without reading."""

    ready = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._wanted: tuple[str, Path | None] | None = None
        self._reading = False

    def ask(self, reference: str, path: Path | None = None) -> None:
        """Read the runs of a model, and the costs of the one that will be shown: that at `path`, or the newest."""
        with self._lock:
            self._wanted = reference, path
            if self._reading:
                return
            self._reading = True
        threading.Thread(target=self._read, name="finished runs").start()

    def _read(self) -> None:
        # What the page will need to judge a run is imported here, too, and not while the window waits.
        from penjing.export import accuracy, findings, statistics  # noqa: F401

        while True:
            with self._lock:
                wanted, self._wanted = self._wanted, None
                if wanted is None:
                    self._reading = False
                    return
            reference, path = wanted
            runs = finished_runs(reference)
            run = read_run(path) if path is not None else next(iter(runs), None)
            if run is not None:
                run.costs()
            try:
                self.ready.emit()
            except RuntimeError:
                return  # the page has gone meanwhile
