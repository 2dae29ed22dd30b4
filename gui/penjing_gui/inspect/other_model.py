"""The other model of a comparison: its costs, and both models' latencies, from wherever they come.

It is counted and timed in the session worker that is there, and stays open nowhere. A file that can run code is opened
in a worker of its own, after the person has said yes; that worker ends as soon as it has answered. A run's artefact is
read from the run's files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from penjing.spec.costs import CostTable
from penjing.spec.folders import RunFolder
from penjing.spec.messages import NEEDS_TRUST, Failure
from penjing.spec.pair_timing import PairTiming
from penjing_gui.background import Work
from penjing_gui.session_client import SessionClient
from penjing_gui.state import Asked, Workbench

if TYPE_CHECKING:
    from penjing.runs.finished import FinishedRun

HOW = {"batch": 1, "threads": 1, "seconds": 6.0}


class OtherModel(QObject):
    """`counted` brings the cost table and the timing (None before it is measured), `timed` a timing.

    `failed` brings a `Failure`; `trust_needed` one that the person has to answer, by `trust`.
    """

    counted = Signal(object, object)
    timed = Signal(object)
    failed = Signal(object)
    timing_failed = Signal(object)
    trust_needed = Signal(object)
    progressed = Signal(float)

    def __init__(self, bench: Workbench, asked: Asked, parent: QObject) -> None:
        super().__init__(parent)
        self._bench, self._asked = bench, asked
        self._first = bench.model
        self._request: int | None = None
        self._own: SessionClient | None = None
        self._work: Work | None = None
        self._run: RunFolder | None = None
        self._sha256: str | None = None

    # Costs

    def count(self) -> None:
        """Ask for the costs."""
        from penjing.runs.finished import finished_run, run_at

        self._run = folder = run_at(self._asked.reference)
        if folder is not None:
            self._work = Work(lambda: finished_run(folder), self)
            self._work.done.connect(self._read)
            self._work.failed.connect(self.failed)
            self._work.start()
            return
        self._request = self._bench.session.request(
            "costs_of", self._reference(), self._counted, self._not_counted
        )

    def trust(self, failure: Failure) -> None:
        """The person has agreed to what `failure` shows: open the file and count it."""
        self._sha256 = str(failure.message.params.get("sha256") or "") or None
        self._asked = Asked(
            self._asked.reference, self._asked.weights, self._asked.inputs, True, self._sha256
        )
        self._open_apart(self._ask_costs, self._failed_apart)

    def _reference(self) -> dict[str, Any]:
        asked = self._asked
        return {"reference": asked.reference, "weights": asked.weights, "input": list(asked.inputs)}

    def _read(self, run: FinishedRun) -> None:
        """A run of the open model has timed the two; against another model, its times mean nothing."""
        model = self._bench.model
        same = model is not None and model.reference == run.model
        self.counted.emit(run.table, run.timing if same else None)

    def _counted(self, value: dict[str, Any]) -> None:
        self._request = None
        self.counted.emit(CostTable.from_json(value["table"]), None)

    def _not_counted(self, failure: Failure) -> None:
        self._request = None
        if failure.exit_code == NEEDS_TRUST and failure.message.code != "models.pickle_denied":
            self.trust_needed.emit(failure)
        elif failure.message.code != "session.cancelled":
            self.failed.emit(failure)

    # A worker of its own

    def _open_apart(self, then: Any, failed: Any) -> None:
        self._end_worker()
        self._own = SessionClient(self)
        wanted = {**self._reference(), "trust": True, "sha256": self._sha256}
        self._own.request("open", wanted, then, failed)

    def _ask_costs(self, _: dict[str, Any]) -> None:
        if self._own is not None:
            self._own.request("costs", {}, self._counted_apart, self._failed_apart)

    def _counted_apart(self, value: dict[str, Any]) -> None:
        self._end_worker()
        self.counted.emit(CostTable.from_json(value), None)

    def _failed_apart(self, failure: Failure) -> None:
        self._end_worker()
        self.failed.emit(failure)

    def _end_worker(self) -> None:
        own, self._own = self._own, None
        if own is not None:
            own.close()

    # Latency

    def why_not(self) -> str:
        """Why the two cannot be timed: `run`, `gone`, `network`, `trust`, or nothing."""
        model = self._bench.model
        if self._run is not None:
            return "run"
        if model is None or not self._same():
            return "gone"
        if not model.network:
            return "network"
        return "trust" if self._asked.trust and model.trusted else ""

    def _same(self) -> bool:
        """Whether the model that was put beside this one is still the open one."""
        one, now = self._first, self._bench.model
        return (
            one is not None
            and now is not None
            and (one.reference, one.sha256, one.input) == (now.reference, now.sha256, now.input)
        )

    def measure(self) -> None:
        """Time both in turns, in the worker that may run the code of whichever needs it."""
        if self._asked.trust:
            self._open_apart(self._time_apart, self._not_timed)
            return
        self._request = self._bench.session.request(
            "latency_of", {**self._reference(), **HOW}, self._timed, self._not_timed, self._progress
        )

    def _time_apart(self, _: dict[str, Any]) -> None:
        model, own = self._first, self._own
        if own is None or model is None:
            return
        first = {
            "reference": model.reference,
            "weights": model.weights_file,
            "input": [str(one) for one in model.input],
        }
        own.request("latency_of", {**first, **HOW}, self._timed_apart, self._not_timed, self._progress)

    def _progress(self, value: dict[str, Any]) -> None:
        total = float(value.get("total") or 0)
        self.progressed.emit(float(value["done"]) / total if total else 0.0)

    def _timed(self, value: dict[str, Any]) -> None:
        self._request = None
        if self._same():
            self.timed.emit(PairTiming.from_json(value))
        else:
            self.timing_failed.emit(Failure("session.cancelled"))

    def _timed_apart(self, value: dict[str, Any]) -> None:
        self._end_worker()
        self.timed.emit(PairTiming.from_json(value).swapped())

    def _not_timed(self, failure: Failure) -> None:
        self._request = None
        self._end_worker()
        self.timing_failed.emit(failure)

    def cancel(self) -> None:
        """Give up what is under way; a measurement is answered with the failure `session.cancelled`."""
        if self._own is not None:
            self._end_worker()
            self.timing_failed.emit(Failure("session.cancelled"))
        elif self._request is not None:
            self._bench.session.cancel(self._request)

    def close(self) -> None:
        """Ask for nothing more."""
        if self._request is not None:
            request, self._request = self._request, None
            self._bench.session.cancel(request)
        if self._work is not None:
            self._work.drop()
        self._end_worker()
