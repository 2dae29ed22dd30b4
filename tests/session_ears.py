"""Takes what a session client says down."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject

from penjing.spec.messages import Failure


class Ear(QObject):
    """Takes replies down. Its methods are bound methods of a QObject, as the client wants."""

    def __init__(self) -> None:
        super().__init__()
        self.results: list[Any] = []
        self.failures: list[Failure] = []
        self.progress: list[dict[str, Any]] = []
        self.ready: list[dict[str, Any]] = []
        self.deaths: list[Failure] = []

    def done(self, value: Any) -> None:
        self.results.append(value)

    def failed(self, failure: Failure) -> None:
        self.failures.append(failure)

    def at(self, value: dict[str, Any]) -> None:
        self.progress.append(value)

    def greeted(self, value: dict[str, Any]) -> None:
        self.ready.append(value)

    def died(self, failure: Failure) -> None:
        self.deaths.append(failure)
