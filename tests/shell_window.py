"""The shell around plain pages, over a worker of the tests' own, and what clicks and types in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from penjing_gui.main_window import MainWindow
from penjing_gui.page import Page, PageCommand
from penjing_gui.state import Workbench
from penjing_gui.widgets.pane import Pane

WORKER = r"""
import json, os, sys
spec = [{"shape": [1, 8, 8], "dtype": "float32"}]
opened = []
def reply(request):
    method, params = request["method"], request.get("params", {})
    if method == "open":
        reference = params["reference"]
        if reference.startswith("py:") and not params["trust"]:
            return {"error": {"code": "models.py_needs_trust", "exit_code": 3,
                    "params": {"path": "net.py", "factory": "build", "sha256": "ab12"}}}
        if reference == "nothing":
            return {"error": {"code": "models.reference_empty", "exit_code": 2, "params": {}}}
        opened[:] = [reference]
        return {"result": {"reference": reference, "title": reference.split(":")[-1], "weights": f"pid {os.getpid()}",
                "format": "f", "sha256": "0", "input": spec, "task": None, "outputs": 10, "data": None, "warnings": []}}
    if method == "costs" and opened == ["misfit"]:
        return {"error": {"code": "costs.input_does_not_fit", "exit_code": 2,
                "params": {"shape": "1,5", "layer": "conv1", "problem": "3 channels"}}}
    if method == "costs":
        totals = ("params", "trainable_params", "weight_bytes", "activation_bytes", "peak_activation_bytes")
        return {"result": {"model": "m", "format": "f", "input": spec, "layers": [],
                "totals": {**dict.fromkeys(totals, 1), "macs": 5}}}
    return {"result": {"groups": []}}
print(json.dumps({"ready": {"pid": os.getpid(), "torch": "none"}}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps({"id": request["id"], **reply(request)}), flush=True)
"""


class PlainPage(Page):
    """A page of two panes with a field to search in."""

    def __init__(self, bench: Workbench, name: str) -> None:
        super().__init__(bench, name)
        self.first = Pane(f"{name} one", f"{name}.one", bench.theme)
        self.second = Pane(f"{name} two", f"{name}.two", bench.theme)
        self.field, self.other = QLineEdit(), QLineEdit()
        self.first.set_body(self.field)
        self.second.set_body(self.other)
        self.add_pane(self.first)
        self.split(self.first, self.second, Qt.Orientation.Horizontal, (3, 1))
        self.own = QAction(f"Do {name}", self)
        self.done = 0
        self.own.triggered.connect(self.do)

    def do(self) -> None:
        self.done += 1

    def commands(self) -> list[PageCommand]:
        return [PageCommand(f"{self.objectName()}.do", "model", self.own)]

    def status_items(self) -> list[tuple[str, str]]:
        macs = self.bench.table.totals.macs if self.bench.table else 0
        return [(str(macs * self.bench.unit_factor), self.bench.unit_name)]

    def search_hint(self) -> str:
        return "Find layer" if self.objectName() == "inspect" else ""

    def focus_search(self) -> None:
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)


def plain_pages(bench: Workbench) -> list[Page]:
    """One for each of the four steps."""
    return [PlainPage(bench, name) for name in ("inspect", "decide", "compress", "compare")]


def page(window: MainWindow, index: int) -> PlainPage:
    """The page of a step."""
    found = window.pages[index]
    assert isinstance(found, PlainPage)
    return found


def click(widget: QWidget) -> None:
    """One click of the left button, in the middle."""
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def press(window: QWidget, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
    """A key with its modifiers."""
    together = Qt.KeyboardModifier.NoModifier
    for one in modifiers:
        together |= one
    QTest.keyClick(window, key, together)


CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def in_dialog(kind: type[QWidget], act: Callable[[Any], None]) -> list[QWidget]:
    """Do `act` with the modal dialog of that kind as soon as it is open."""
    seen: list[QWidget] = []

    def look(left: int = 100) -> None:
        dialog = QApplication.activeModalWidget()
        if dialog is None and left:  # the worker is asked first
            QTimer.singleShot(50, lambda: look(left - 1))
            return
        assert isinstance(dialog, kind), dialog
        seen.append(dialog)
        act(dialog)

    QTimer.singleShot(50, look)
    return seen
