"""A dialog around one request to the session worker: progress, Cancel, and what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QDialog, QLabel, QProgressBar, QVBoxLayout, QWidget

from penjing.spec.messages import Failure
from penjing_gui.state import Workbench
from penjing_gui.widgets.ink import label, set_ink

SILENCE = 120.0  # seconds the worker may go on without a word


class SessionDialog(QDialog):
    """The base of such dialogs. Subclasses say what is done with the reply (`answered`) and with a `Failure`."""

    def __init__(self, bench: Workbench, parent: QWidget) -> None:
        super().__init__(parent)
        self.bench = bench
        self._request: int | None = None
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.said: QLabel = label("", self, wrap=True, selectable=True)
        self.said.setMinimumHeight(2 * self.fontMetrics().height())
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 16, 16, 16)
        self.column.setSpacing(12)
        self.bar.hide()

    @property
    def busy(self) -> bool:
        """Whether the worker is at it."""
        return self._request is not None

    def ask(self, method: str, params: Mapping[str, Any]) -> None:
        """Ask the worker."""
        self.tell("")
        self.bar.setRange(0, 0)
        self.bar.show()
        self._request = self.bench.session.request(
            method, params, self._done, self._failed, self._progress, SILENCE
        )

    def answered(self, value: Mapping[str, Any]) -> None:
        """The reply."""

    def refused(self, failure: Failure) -> None:
        """It failed, or was given up: said in the dialog."""
        if failure.message.code != "session.cancelled":
            self.tell_failure(failure)

    def tell(self, text: str) -> None:
        """Say something below."""
        set_ink(self.said, self.bench.theme.text)
        self.said.setText(text)

    def tell_failure(self, failure: Failure) -> None:
        """Say what went wrong: what, why, what to do."""
        stop = "。" if self.bench.language == "zh_CN" else ". "
        self.said.setText(stop.join(filter(None, self.bench.say_parts(failure))) + stop.strip())
        set_ink(self.said, self.bench.theme.error)

    def _progress(self, value: Mapping[str, Any]) -> None:
        total = float(value.get("total") or 0)
        done = float(value.get("done") or 0)
        if total and done:
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(1000 * done / total))
        self.tell(self.bench.say(str(value.get("code", "session.working")), value.get("params", {})))

    def _done(self, value: Any) -> None:
        self._ended()
        self.answered(value)

    def _failed(self, failure: Failure) -> None:
        self._ended()
        self.refused(failure)

    def _ended(self) -> None:
        self._request = None
        self.bar.hide()
        self.tell("")

    def done(self, result: int) -> None:
        """Closing gives the request up."""
        if self._request is not None:
            self.bench.session.cancel(self._request)
            self._request = None
        super().done(result)
