"""The whole job in a real window with real workers, by mouse and keyboard: inspect, decide, compress, compare."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import hands
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QSpinBox,
    QTableView,
)

from penjing.spec.folders import RunFolder, runs_folder
from penjing.spec.journal import read_journal
from penjing_gui.main_window import MainWindow


@pytest.fixture
def window(qapp: QApplication) -> Iterator[MainWindow]:
    with hands.window(qapp) as made:
        yield made


def _opened(window: MainWindow) -> None:
    hands.wait(lambda: window.bench.table is not None and window.bench.groups_known, "the sample")


def test_all_four_steps_by_mouse_and_keyboard(window: MainWindow, tmp_path: Path) -> None:
    _opened(window)

    # Inspect: the table, a selection that all panes share, search, another unit.
    tree = hands.find(window, QTableView, "Layers and what they cost")
    hands.click_row(tree, 0)
    for _ in range(3):
        hands.key(window, Qt.Key.Key_Down)
    assert window.bench.selection.startswith("stage1")
    hands.key(window, Qt.Key.Key_F, hands.CONTROL)
    search = hands.find(window, QLineEdit, "Search layers")
    hands.wait(search.hasFocus, "Ctrl+F to lead to the search")
    hands.write(window, "hidden")
    hands.wait(lambda: "1 of" in _notes(window, "Layers"), "the search to narrow the table")
    search.clear()
    hands.press(window, "MACs")
    assert window.bench.unit == "macs"
    hands.press(window, "FLOPs")
    assert window.bench.unit == "flops"

    # Decide: another device, the plan, taken over.
    hands.key(window, Qt.Key.Key_2, hands.CONTROL)
    assert window.page() is window.pages[1]
    device = hands.find(window, QComboBox, "Device")
    hands.click(device)
    before = device.currentText()
    hands.key(window, Qt.Key.Key_Down)
    hands.key(window, Qt.Key.Key_Return)
    hands.wait(lambda: device.currentText() != before, "another device")
    hands.wait(lambda: _enabled(window, "Use this plan"), "a plan")
    hands.press(window, "Use this plan")
    assert window.page() is window.pages[2]
    assert window.bench.plan is not None

    # Compress: fewer epochs, start, pause, go on, to the end.
    epochs = hands.find(window, QSpinBox, "Epochs")
    hands.click(epochs, QPoint(10, epochs.height() // 2))
    hands.key(window, Qt.Key.Key_A, hands.CONTROL)
    hands.write(window, "6")
    hands.key(window, Qt.Key.Key_Tab)
    hands.press(window, "Start the run")
    hands.wait(lambda: window.bench.run_view is not None and window.bench.run_view.step > 5, "steps")
    hands.press(window, "Pause")
    hands.wait(lambda: _status(window) == "paused", "the pause")
    hands.press(window, "Resume")
    hands.wait(lambda: _status(window) in ("running", "done"), "the run to go on")
    hands.wait(
        lambda: window.bench.run_view is not None and window.bench.run_view.result is not None,
        "the end of the run",
    )
    view = window.bench.run_view
    assert view is not None and view.result is not None and view.status == "done"
    assert view.total_epochs == 6 and view.step == view.total_steps
    names = [event["event"] for event in read_journal(view.folder.journal)]
    assert names.count("paused") == 1 and names.count("test_opened") == 1 and names[-1] == "done"

    # Compare: the figures are the result's; verify and report by their buttons.
    hands.press(window, "4 Compare")
    assert window.page() is window.pages[3]
    table = hands.find(window, QTableView, "Before and after")
    shown = _texts(table)
    share = view.result["after"]["params"] / view.result["before"]["params"] - 1
    assert any(f"−{-100 * share:.1f} %" in text for text in shown), shown
    hands.press(window, "Verify")
    hands.wait(lambda: "3 of 3 verified" in _notes(window, "Export and proof"), "the proof")
    hands.press(window, "Write report")
    hands.wait(view.folder.report.exists, "the report")
    assert (view.folder.path / "verify.json").exists()


def _status(window: MainWindow) -> str:
    return window.bench.run_view.status if window.bench.run_view is not None else ""


def _enabled(window: MainWindow, name: str) -> bool:
    from PySide6.QtWidgets import QAbstractButton

    return any(
        one.isEnabled()
        for one in window.findChildren(QAbstractButton)
        if one.isVisible() and one.accessibleName() == name
    )


def _notes(window: MainWindow, title: str) -> str:
    from penjing_gui.widgets.pane import Pane

    panes = [one for one in window.page().findChildren(Pane) if one.head.title.text() == title]
    assert panes, f"no pane {title}"
    return panes[0].head.note.text()


def _texts(view: QAbstractItemView) -> list[str]:
    model = view.model()
    return [
        str(model.index(row, column).data() or "")
        for row in range(model.rowCount())
        for column in range(model.columnCount())
    ]


GUI = """
    import sys
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication
    from penjing.commands.demonstrating import demo_recipe
    from penjing_gui import settings as stored
    from penjing_gui.main_window import MainWindow
    from penjing_gui.state import Workbench

    app = QApplication(sys.argv)
    bench = Workbench()
    window = MainWindow(bench, stored.load())
    window.show()
    plan = demo_recipe("pruning").to_json()
    plan["training"]["epochs"] = 20
    bench.set_plan(plan)
    window.start_run()

    def tell(view):
        if view.step > 3:
            print(view.folder.path, flush=True)
            bench.run_view_changed.disconnect()

    bench.run_view_changed.connect(tell)
    app.exec()
"""


def test_a_run_survives_its_window_and_the_next_one_shows_it(
    penjing_home: Path, request: pytest.FixtureRequest
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(GUI)], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    assert process.stdout is not None
    folder = RunFolder(Path(process.stdout.readline().strip()))
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert folder.path.parent == runs_folder()
    assert not any(event["event"] == "done" for event in read_journal(folder.journal))

    # The next window comes up while the run goes on, and watches it to its end.
    window: MainWindow = request.getfixturevalue("window")
    hands.wait(lambda: window.bench.run_view is not None, "the next window to find the run")
    assert window.bench.run_view is not None and window.bench.run_view.folder.path == folder.path
    hands.wait(
        lambda: any(event["event"] == "done" for event in read_journal(folder.journal)),
        "the run to end by itself",
    )
    hands.wait(
        lambda: window.bench.run_view is not None and window.bench.run_view.result is not None,
        "the window to notice the end",
    )
    hands.press(window, "4 Compare")
    result = json.loads(folder.result_json.read_text(encoding="utf-8"))
    table = hands.find(window, QTableView, "Before and after")
    share = result["after"]["params"] / result["before"]["params"] - 1
    hands.wait(lambda: any(f"−{-100 * share:.1f} %" in text for text in _texts(table)), "the figures")
