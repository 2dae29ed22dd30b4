"""What the proof pane asks for: one request at a time, with consent where a run's programs came from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from penjing.spec.messages import Failure
from penjing_gui import trust_programs
from penjing_gui.session_client import Done, SessionClient
from penjing_gui.state import Workbench

APART = (
    "export",
)  # what runs a folder's programs in the worker itself: a stranger's get a worker of their own


class ProofWork(QObject):
    """Asks the session worker, and the person where it has to be. `ended` comes before every answer.

    `failed` carries the `Failure`, `session.cancelled` where the person said no; `progressed` how far it is, 0 to 1.
    """

    ended = Signal()
    failed = Signal(object)
    progressed = Signal(float)

    def __init__(self, bench: Workbench, parent: QWidget) -> None:
        super().__init__(parent)
        self._bench, self._widget = bench, parent
        self._method = ""
        self._params: dict[str, Any] = {}
        self._done: Done | None = None
        self._request = 0
        self._own: SessionClient | None = None
        bench.closing.connect(self._close)

    @property
    def busy(self) -> bool:
        """Whether something is under way."""
        return self._done is not None

    def ask(self, method: str, params: Mapping[str, Any], done: Done) -> None:
        """Ask for something; `done` takes the result."""
        self._method, self._params, self._done = method, dict(params), done
        self._send(self._bench.session)

    def cancel(self) -> None:
        """Give up what is under way."""
        if self._own is not None:
            self._not_done(Failure("session.cancelled"))
        elif self.busy:
            self._bench.session.cancel(self._request)

    def _send(self, session: SessionClient) -> None:
        number = session.request(self._method, self._params, self._answered, self._not_done, self._progress)
        self._request = number

    def _progress(self, value: Mapping[str, Any]) -> None:
        total = value.get("total") or 0
        if self.busy and total and value.get("done"):
            self.progressed.emit(float(value["done"]) / float(total))

    def _answered(self, value: Any) -> None:
        done = self._end()
        if done is not None:
            done(value)

    def _not_done(self, failure: Failure) -> None:
        if trust_programs.asks(failure) and failure.message.params.get("sha256") != self._params.get(
            "programs"
        ):
            sha256 = trust_programs.agreed(failure, self._bench, self._widget.window())
            if sha256 is not None and self.busy:
                self._go_on(sha256)
                return
            failure = Failure("session.cancelled")
        if self._end() is not None:
            self.failed.emit(failure)

    def _go_on(self, sha256: str) -> None:
        """Ask once more, with consent to these bytes."""
        self._params = {**self._params, "programs": sha256}
        self._end_worker()
        if self._method in APART:
            self._own = SessionClient(self)
        self._send(self._own if self._own is not None else self._bench.session)

    def _end(self) -> Done | None:
        done, self._done = self._done, None
        self._end_worker()
        if done is not None:
            self.ended.emit()
        return done

    def _close(self) -> None:
        """The window goes: a question that is still open starts nothing any more."""
        self._done = None
        self._end_worker()

    def _end_worker(self) -> None:
        own, self._own = self._own, None
        if own is not None:
            own.close()
            own.deleteLater()
