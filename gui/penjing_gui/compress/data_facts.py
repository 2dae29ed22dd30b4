"""Asks the session worker what the data are, one data set at a time, and remembers what it answered."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from penjing.spec.messages import Failure
from penjing_gui.compress.data_summary import DataSummary, given
from penjing_gui.state import Workbench

KEPT = 16


class DataFacts(QObject):
    """The data that are wanted, and what is known of them.

    `changed` follows every change: `section` is what was asked for, `summary` the answer, `failure` why there is
    none, `progress` the last sign of life while it is worked out (`busy`).
    """

    changed = Signal()

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._bench = bench
        self.section: dict[str, Any] | None = None
        self.summary: DataSummary | None = None
        self.failure: Failure | None = None
        self.progress: Mapping[str, Any] = {}
        self._key = ""
        self._number: int | None = None
        self._waiting: deque[str] = deque()  # replies come in the order of the requests
        self._known: dict[str, DataSummary] = {}

    @property
    def busy(self) -> bool:
        """Whether the answer is being worked out."""
        return self._number is not None

    @property
    def task(self) -> str:
        """`classification`, `regression` or `none`; empty while it is not known."""
        return self.summary.task if self.summary is not None else ""

    def _key_of(self, section: Mapping[str, Any]) -> str:
        model = self._bench.model
        return json.dumps([model and [model.reference, model.sha256], section], sort_keys=True)

    def want(self, section: Mapping[str, Any] | None) -> None:
        """Ask for these data, unless they are the ones that were asked for last."""
        asked = given(section) if section and section.get("reference") not in (None, "", "none") else None
        key = self._key_of(asked) if asked is not None else ""
        if key == self._key:
            return
        self.cancel()
        self._key, self.section, self.failure, self._number = key, asked, None, None
        self.summary = self._known.get(key)
        if asked is not None and self.summary is None:
            self._ask()
        self.changed.emit()

    def again(self) -> None:
        """Ask once more: the files may have changed, or it was cancelled."""
        if self.section is not None and not self.busy:
            self._known.pop(self._key, None)
            self.failure = None
            self._ask()
            self.changed.emit()

    def cancel(self) -> None:
        """Give up what is being worked out."""
        if self._number is not None:
            self._bench.session.cancel(self._number)

    def _ask(self) -> None:
        assert self.section is not None
        self.progress = {}
        self._waiting.append(self._key)
        self._number = -1  # the answer may come within the request
        number = self._bench.session.request(
            "data", self.section, self._answered, self._failed, self._progressed
        )
        if self._number is not None:
            self._number = number

    def _answered(self, value: Any) -> None:
        key = self._waiting.popleft()
        summary = DataSummary.from_json(value)
        if len(self._known) >= KEPT:
            self._known.pop(next(iter(self._known)))
        self._known[key] = summary
        if key == self._key:
            self.summary, self._number = summary, None
            chosen, asked = self._bench.data, self.section or {}
            if chosen is not None and chosen["reference"] == asked.get("reference"):
                self._bench.remember_data(str(chosen["reference"]))  # by hand, not what a model came with
            self.changed.emit()

    def _failed(self, failure: Failure) -> None:
        if self._waiting.popleft() == self._key:
            self.failure, self.summary, self._number = failure, None, None
            self.changed.emit()

    def _progressed(self, value: Mapping[str, Any]) -> None:
        if self._waiting and self._waiting[0] == self._key:
            self.progress = value
            self.changed.emit()
