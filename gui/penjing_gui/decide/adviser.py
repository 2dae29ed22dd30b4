"""The thread that works the advice out, so that a large model never holds the window up.

It answers the newest question only. Nothing in here touches a widget.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QObject, QThread, Signal

from penjing.advice.devices import DeviceProfile
from penjing.advice.limits import Limits, TrainingTime
from penjing.advice.rules import Thresholds
from penjing.spec.costs import CostTable
from penjing.spec.groups import CoupledGroup
from penjing.spec.messages import Failure

if TYPE_CHECKING:
    from penjing.advice.advise import Advice


@dataclass(frozen=True, slots=True)
class Question:
    """Everything that advice depends on. `groups` is None while they are not known."""

    table: CostTable
    groups: tuple[CoupledGroup, ...] | None
    device: DeviceProfile
    limits: Limits
    training: TrainingTime | None
    overrides: Mapping[str, bool]
    thresholds: Thresholds | None
    model: Mapping[str, Any]
    data: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The advice, or the failure, and how long it took in seconds."""

    question: Question
    advice: Advice | None
    failure: Failure | None
    seconds: float


class _Worker(QThread):
    """One stretch of work: it ends when no question is left."""

    answered = Signal(object)

    def __init__(self, adviser: Adviser) -> None:
        super().__init__()
        self.setObjectName("advice")
        self._take = adviser.take
        self.finished.connect(self._ended)

    def begin(self) -> None:
        """Start, and stay alive until the end even if the page goes: Qt aborts on a running thread destroyed."""
        _alive.add(self)
        self.start()

    def _ended(self) -> None:
        _alive.discard(self)

    def run(self) -> None:
        """Answer questions, the newest first and the older ones not at all."""
        while (question := self._take()) is not None:
            self.answered.emit(answer(question))


class Adviser(QObject):
    """Takes questions on the main thread and gives answers there."""

    answered = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._next: Question | None = None
        self._worker = _Worker(self)
        self._worker.answered.connect(self._pass_on)
        self._worker.finished.connect(self._look_again)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.close)

    def ask(self, question: Question) -> None:
        """Ask; an older question that nobody has begun with is dropped."""
        with self._lock:
            self._next = question
        if not self._worker.isRunning():
            self._worker.begin()

    def take(self) -> Question | None:
        """The question to answer next (called on the worker's thread)."""
        with self._lock:
            question, self._next = self._next, None
        return question

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._worker.isRunning() or self._next is not None

    def close(self) -> None:
        """Drop what is asked and wait until the thread has ended."""
        with self._lock:
            self._next = None
        self._worker.wait()

    def _pass_on(self, value: Answer) -> None:
        self.answered.emit(value)

    def _look_again(self) -> None:
        """A question that came between the worker's last look and its end."""
        if self._next is not None:
            self._worker.begin()


_alive: set[_Worker] = set()


def answer(question: Question) -> Answer:
    """Work the advice out. The recipe's validation (pydantic) is imported here, not at the window's start."""
    from penjing.advice.advise import advise
    from penjing.spec.recipe import ModelRecipe

    start = time.perf_counter()
    advice, failure = None, None
    try:
        advice = advise(
            question.table,
            question.groups,
            question.device,
            question.limits,
            question.training,
            question.overrides,
            ModelRecipe.model_validate(dict(question.model)),
            question.data,
            question.thresholds,
        )
    except Failure as caught:
        failure = caught
    return Answer(question, advice, failure, time.perf_counter() - start)
