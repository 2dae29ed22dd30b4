"""Runs that are laid over the watched one: each is followed by a thread of its own, from its journal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from penjing_gui.background import Work
from penjing_gui.compress.curve_data import curve_data
from penjing_gui.run_thread import RunThread
from penjing_gui.run_view import RunView
from penjing_gui.widgets.curve_figures import CurveData, DrawnRun
from penjing_gui.widgets.curve_looks import MOST_OVERLAYS


class Overlays(QObject):
    """`changed` says that `runs` is another; `listed` brings the catalogue; `failed` a `Failure`."""

    changed = Signal()
    listed = Signal(object)
    failed = Signal(object)

    def __init__(self, language: str, parent: QObject) -> None:
        super().__init__(parent)
        self._language = language
        self._threads: dict[Path, RunThread] = {}
        self._data: dict[Path, CurveData] = {}
        self._slots: dict[Path, int] = {}
        self._work: Work | None = None

    @property
    def paths(self) -> list[Path]:
        """The folders of the runs that are laid over."""
        return list(self._slots)

    @property
    def runs(self) -> list[DrawnRun]:
        """Those of them that have been read, with the slot that gives each its look."""
        return [
            DrawnRun(str(path), path.name, self._data[path], slot)
            for path, slot in self._slots.items()
            if path in self._data
        ]

    def look(self) -> None:
        """Read the catalogue of runs; `listed` brings it."""
        if self._work is not None and self._work.isRunning():
            return
        self._work = Work(_started_runs, self)
        self._work.done.connect(self.listed)
        self._work.start()

    def set_paths(self, paths: list[Path]) -> None:
        """Lay these runs over, at most four, and no others. A run keeps its colour as long as it stays."""
        wanted = paths[:MOST_OVERLAYS]
        for path in [path for path in self._slots if path not in wanted]:
            self._remove(path)
        for path in wanted:
            if path not in self._slots:
                taken = set(self._slots.values())
                self._slots[path] = next(slot for slot in range(1, MOST_OVERLAYS + 1) if slot not in taken)
                thread = self._threads[path] = RunThread(path, False, self._language, parent=self)
                thread.set_active(False)
                thread.view.connect(self._viewed)
                thread.start()
        self.changed.emit()

    def close(self) -> None:
        """Let go of all runs."""
        for path in self.paths:
            self._remove(path)
        if self._work is not None:
            self._work.drop()
            self._work = None

    def _remove(self, path: Path) -> None:
        thread = self._threads.pop(path)
        thread.view.disconnect(self._viewed)
        thread.close()
        thread.deleteLater()
        self._slots.pop(path)
        self._data.pop(path, None)

    def _viewed(self, view: RunView) -> None:
        path = view.folder.path
        if path not in self._slots:
            return
        if view.failure is not None and view.failure.message.code == "window.run_unreadable":
            self._remove(path)
            self.failed.emit(view.failure)
        else:
            self._data[path] = curve_data(view)
        self.changed.emit()


def _started_runs() -> list[dict[str, Any]]:
    """The runs that have curves, newest first, without their results."""
    from penjing.runs.catalogue import list_runs

    return [{**run, "result": None} for run in list_runs() if run["step"]]
