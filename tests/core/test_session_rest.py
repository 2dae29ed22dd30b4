"""A session worker that nobody asks for a while frees the models that are in use no more."""

from __future__ import annotations

import io
import weakref
from pathlib import Path
from typing import Any

import pytest

from penjing.runs import session
from penjing.runs.session import SessionWorker
from penjing.runs.session_methods import Session

CIRCLE = """
from torch import nn


class Net(nn.Linear):
    def __init__(self):
        super().__init__(4, 3)
        self.all = [self]


def make():
    return Net()
"""


class Quiet:
    """A request that nobody listens to."""

    def check(self) -> None:
        """Nothing is cancelled."""

    def progress(self, *told: object, **params: object) -> None:
        """Nobody is told."""


def ask(held: Session, name: str, **params: Any) -> None:
    method = held.method(name)
    assert method is not None
    method(params, Quiet())  # type: ignore[arg-type]


def test_a_model_that_refers_to_itself_is_freed_once_another_is_open(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(CIRCLE)
    held = Session(tmp_path)
    ask(held, "open", reference=f"py:{tmp_path / 'net.py'}:make", input=["4"], trust=True)
    ask(held, "costs")
    assert held._model is not None
    first = weakref.ref(held._model.network())
    held.rest()
    assert first() is not None
    ask(held, "open", reference="sample:digits-cnn")
    held.rest()
    assert first() is None


def test_the_worker_rests_before_it_waits_and_not_while_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "REST_S", 0.01)
    rests: list[int] = []

    def rest() -> None:
        rests.append(1)
        worker._requests.put({"id": 2})

    worker = SessionWorker(io.StringIO(), io.StringIO(), lambda _: None, rest=rest)
    worker._requests.put({"id": 1})
    assert (worker._next(), rests) == ({"id": 1}, [])
    assert (worker._next(), rests) == ({"id": 2}, [1])
