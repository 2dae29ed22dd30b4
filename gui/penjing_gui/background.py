"""A piece of work off the main thread: reading a large file, matching two large tables. No widget is touched there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

from penjing.spec.messages import Failure


class Work(QThread):
    """Carries out one function. `done` brings its result, `failed` the `Failure` it raised, both on the main thread.

    Connect bound methods of QObjects. A work that was dropped brings nothing any more.
    """

    done = Signal(object)
    failed = Signal(object)

    def __init__(self, function: Callable[[], Any], parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName("work")
        self._function = function

    def run(self) -> None:
        """Call the function."""
        try:
            result = self._function()
        except Failure as failure:
            self.failed.emit(failure)
        else:
            self.done.emit(result)

    def drop(self) -> None:
        """Wait for its end and want nothing of it."""
        self.blockSignals(True)
        self.wait()
