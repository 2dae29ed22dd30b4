"""A read-only log of at most 5,000 lines to which only what is new is appended."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

MOST_LINES = 5000


def line_text(moment: float, text: str) -> str:
    """A line with its local time of day."""
    return f"{time.strftime('%H:%M:%S', time.localtime(moment))}   {text}"


class LogView(QPlainTextEdit):
    """Lines of a run, the newest at the end. It follows the end unless it has been scrolled away from it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setMaximumBlockCount(MOST_LINES)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(10)
        self.setAccessibleName(self.tr("Log of the run"))
        self._run = ""
        self._seen = 0
        self._follows = True
        self.verticalScrollBar().actionTriggered.connect(self._scrolled)

    def show_lines(self, run: str, lines: Sequence[tuple[float, str]], total: int) -> None:
        """Append what is new of a run's lines. `total` counts all lines ever, also those not kept."""
        if run != self._run or total < self._seen:
            self.clear()
            self._run, self._seen, self._follows = run, 0, True
        new = min(total - self._seen, len(lines))
        if new > 0:
            self._seen = total
            self.appendPlainText(
                "\n".join(line_text(moment, text) for moment, text in lines[len(lines) - new :])
            )
            self._to_end()

    def _scrolled(self, _: int) -> None:
        """Somebody scrolls: away from the end, or back to it. The bar has the place it will go to."""
        bar = self.verticalScrollBar()
        self._follows = bar.sliderPosition() >= bar.maximum()

    def _to_end(self) -> None:
        if self._follows:
            bar = self.verticalScrollBar()
            bar.setValue(bar.maximum())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The end stays in sight."""
        super().resizeEvent(event)
        self._to_end()

    def copy_all(self) -> None:
        """Put the whole log on the clipboard."""
        QGuiApplication.clipboard().setText(self.toPlainText() + "\n")
