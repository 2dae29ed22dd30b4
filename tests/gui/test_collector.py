"""Garbage goes from the event loop alone."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from penjing_gui.collector import Collector


class Knot:
    """Garbage that only a collection finds."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def collector(qapp: QApplication) -> Iterator[Collector]:
    gc.enable()
    made = Collector()
    yield made
    made.stop()
    assert gc.isenabled()
    gc.disable()  # as the tests have it
    made.deleteLater()


def test_python_itself_collects_nothing_meanwhile(collector: Collector) -> None:
    assert not gc.isenabled()
    gone = weakref.ref(Knot())
    some = [Knot() for _ in range(5 * gc.get_threshold()[0])]
    assert some and gone() is not None


def test_the_event_loop_does(collector: Collector, qtbot: QtBot) -> None:
    gone = weakref.ref(Knot())
    some = [Knot() for _ in range(gc.get_threshold()[0] + 1)]
    qtbot.waitUntil(lambda: gone() is None)
    assert some
