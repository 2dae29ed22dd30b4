"""The data page over a session that the test answers: what is asked of data, and the replies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from penjing.spec.messages import Failure
from penjing_gui.compress.page import CompressPage
from penjing_gui.session_client import SessionClient
from run_examples import open_model, recipe


class DataSession(SessionClient):
    """A session that starts nothing: it notes what is asked of data, and the test answers."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[dict[str, Any]] = []
        self.answers: list[
            tuple[Callable[[Any], None], Callable[[Failure], None], Callable[[Any], None]]
        ] = []
        self.cancelled: list[int] = []

    def request(
        self, method: str, params: Mapping[str, Any], done: Any, failed: Any = None, progress: Any = None,
        silence: float = 0.0,
    ) -> int:  # fmt: skip
        assert method == "data"
        self.asked.append(dict(params))
        self.answers.append((done, failed, progress))
        return len(self.asked)

    def cancel(self, number: int) -> None:
        self.cancelled.append(number)

    def answer(self, reply: dict[str, Any]) -> None:
        """Answer the newest request."""
        self.answers[-1][0](reply)


def session(page: CompressPage) -> DataSession:
    """The session of a page."""
    found = page.bench.session
    assert isinstance(found, DataSession)
    return found


def show(page: CompressPage, reply: dict[str, Any]) -> None:
    """A plan on these data, which the session knows."""
    if page.bench.model is None:
        open_model(page.bench, None)
    plan = recipe()
    plan["data"] = {**plan["data"], "reference": reply["reference"]}
    page.bench.set_plan(plan)
    session(page).answer(reply)
    QApplication.processEvents()


def button(widget: QWidget, text: str) -> QPushButton:
    """The visible button with a text."""
    return next(one for one in widget.findChildren(QPushButton) if one.isVisible() and one.text() == text)
