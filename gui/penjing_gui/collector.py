"""Python's garbage collector, run by the event loop and at no other time.

Left to itself it runs wherever an object is made, also in the middle of Qt's connect or disconnect, which hold a lock;
a widget that only Python knew is then destroyed, its destructor wants the same lock, and the window stands still.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 1000


class Collector(QObject):
    """Takes collection over from Python while it lives; `stop` gives it back."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thresholds = gc.get_threshold()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """Collect the generations that have passed their thresholds, as Python does by itself."""
        for generation, threshold in enumerate(self._thresholds):
            if gc.get_count()[generation] <= threshold:
                return
            gc.collect(generation)

    def stop(self) -> None:
        """Let Python collect by itself again."""
        self._timer.stop()
        gc.enable()
