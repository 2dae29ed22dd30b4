"""A workbench over a session that the test answers, and what is shown of it on the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from penjing.spec.messages import Failure
from penjing_gui import theme as themes
from penjing_gui.session_client import SessionClient
from penjing_gui.state import Workbench

LEFT = Qt.MouseButton.LeftButton
W = TypeVar("W", bound=QWidget)


class AnsweredSession(SessionClient):
    """Starts nothing: it notes what is asked, and the test answers."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, Mapping[str, Any], Callable[[Any], None], Any, Any]] = []
        self.dropped: list[str] = []

    def request(
        self, method: str, params: Mapping[str, Any], done: Any, failed: Any = None, progress: Any = None,
        silence: float = 0.0,
    ) -> int:  # fmt: skip
        self.asked.append((method, params, done, failed, progress))
        return len(self.asked)

    def cancel(self, number: int) -> None:
        if (failed := self.asked[number - 1][3]) is not None:
            failed(Failure("session.cancelled"))

    def drop(self, number: int) -> None:
        self.dropped.append(self.asked[number - 1][0])

    def last(self, method: str) -> tuple[Mapping[str, Any], Callable[[Any], None], Any, Any]:
        """Parameters and callbacks of the last request of a method."""
        return [one for one in self.asked if one[0] == method][-1][1:]


def answered(bench: Workbench) -> AnsweredSession:
    """The session of a workbench made here."""
    assert isinstance(bench.session, AnsweredSession)
    return bench.session


@contextmanager
def workbench(client: SessionClient) -> Iterator[Workbench]:
    """A workbench in the light theme; it has ended afterwards."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    themes.apply(app, themes.LIGHT)
    bench = Workbench(session=client)
    yield bench
    bench.close()


@contextmanager
def shown(widget: W, qtbot: QtBot, width: int = 1440, height: int = 820) -> Iterator[W]:
    """A page or a pane on the screen, closed afterwards."""
    qtbot.addWidget(widget)
    widget.resize(width, height)
    with qtbot.waitExposed(widget):
        widget.show()
    yield widget
    widget.close()


def click(widget: QWidget, qtbot: QtBot) -> None:
    """One click of the left button, in the middle."""
    qtbot.mouseClick(widget, LEFT)
