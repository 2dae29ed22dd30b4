"""A person's hands on the window: finds things by their accessible names, clicks and types. Calls no slot."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QWidget

from penjing_gui import settings as stored
from penjing_gui.main_window import MainWindow
from penjing_gui.start import Start
from penjing_gui.state import Workbench
from penjing_gui.theme import LIGHT, apply

W = TypeVar("W", bound=QWidget)
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
PATIENCE = 120  # seconds for whatever is waited for: a busy machine is slow, and who waits in vain has time


@contextmanager
def window(qapp: QApplication) -> Iterator[MainWindow]:
    """The window as the program opens it; it and its session have ended afterwards."""
    apply(qapp, LIGHT)
    bench = Workbench(theme=LIGHT)
    made = MainWindow(bench, stored.load())
    start = Start(made, None, exit_when_shown=False)
    made.painted.connect(start.begin)
    made.show()
    yield made
    made.close()
    made.deleteLater()
    wait(lambda: not bench.session.isRunning(), "the session to end")


def find(window: QWidget, kind: type[W], name: str) -> W:
    """The visible widget of a kind whose accessible name is, or begins with, `name`, as soon as there is one."""
    wait(lambda: _named(window, kind, name), f"{kind.__name__} {name!r}")
    return _named(window, kind, name)[0]


def _named(window: QWidget, kind: type[W], name: str) -> list[W]:
    shown = [one for one in window.findChildren(kind) if one.isVisible()]
    exact = [one for one in shown if one.accessibleName() == name]
    return exact or [one for one in shown if one.accessibleName().startswith(name)]


def click(widget: QWidget, at: QPoint | None = None) -> None:
    """One click of the left button, in the middle where `at` is not given."""
    assert widget.isEnabled(), f"{widget.accessibleName()!r} cannot be clicked: {widget.toolTip()}"
    QTest.mouseClick(widget, LEFT, NONE, at if at is not None else widget.rect().center())


def press(window: QWidget, name: str) -> None:
    """Click a button by its name."""
    click(find(window, QAbstractButton, name))


def click_row(view: QAbstractItemView, row: int, column: int = 0) -> None:
    """Click a cell of a table or tree."""
    index = view.model().index(row, column)
    view.scrollTo(index)
    click(view.viewport(), view.visualRect(index).center())


def key(window: QWidget, code: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    """A key, to whatever has the focus."""
    QTest.keyClick(_focused(window), code, modifier)


def write(window: QWidget, text: str) -> None:
    """Type into whatever has the focus."""
    QTest.keyClicks(_focused(window), text)


def _focused(window: QWidget) -> QWidget:
    # Offscreen, no window is active again once a combo box has closed its list: then the window's own focus counts.
    return QApplication.focusWidget() or window.focusWidget() or window


def wait(holds: Callable[[], object], what: str = "") -> None:
    """Let the window live until `holds()`."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"waited {PATIENCE} s in vain for {what or holds}"
        QTest.qWait(10)
