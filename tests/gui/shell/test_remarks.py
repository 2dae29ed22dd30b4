"""What opening and counting had to say about a model: shown beside it, listed, and copied."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from penjing_gui import settings as stored
from penjing_gui.main_window import MainWindow
from penjing_gui.remarks_dialog import RemarksDialog
from shell_window import PlainPage
from workbenches import AnsweredSession, click, workbench

WARNINGS = [
    {"code": "models.prefix_removed", "params": {"prefix": "module.", "count": 122}},
    {"code": "models.taken_averaged", "params": {"key": "ema"}},
]
CAUTION = {"code": "costs.counted_on_cpu", "params": {"model": "net", "error": "it reads values"}}
OPENED = {
    "reference": "torchvision:net", "title": "net", "weights": "net.pt", "format": "zoo", "sha256": "0",
    "input": [{"shape": [3, 8, 8], "dtype": "float32"}], "outputs": 10,
}  # fmt: skip
TOTALS = ("params", "trainable_params", "weight_bytes", "activation_bytes", "peak_activation_bytes", "macs")


@pytest.fixture
def answers() -> AnsweredSession:
    return AnsweredSession()


@pytest.fixture
def window(answers: AnsweredSession, qtbot: QtBot) -> Iterator[MainWindow]:
    with workbench(answers) as bench:
        made = MainWindow(bench, stored.Settings(), [PlainPage(bench, name) for name in "abcd"])
        qtbot.addWidget(made)
        made.resize(1280, 800)
        with qtbot.waitExposed(made):
            made.show()
        yield made
        made.close()


def opened(window: MainWindow, warnings: list[Any], cautions: list[Any]) -> None:
    """Open a model of which there is something to say."""
    session = window.bench.session
    assert isinstance(session, AnsweredSession)
    window.bench.open("torchvision:net")
    session.last("open")[1]({**OPENED, "warnings": warnings})
    costs = {
        "model": "m",
        "format": "f",
        "input": OPENED["input"],
        "layers": [],
        "totals": dict.fromkeys(TOTALS, 1),
    }
    session.last("costs")[1]({**costs, "warnings": cautions})


def test_their_number_stands_beside_the_model(window: MainWindow) -> None:
    row, command = window.row.remarks, window.menus.remarks
    assert not row.isVisible() and not command.isEnabled()
    opened(window, WARNINGS, [CAUTION])
    assert row.isVisible() and row.text().startswith("3 remark") and command.isEnabled()
    assert "module." in row.accessibleDescription() and "CPU" in row.accessibleDescription()
    assert row.geometry().right() <= window.row.model.width() and row.width() >= row.sizeHint().width()
    opened(window, [], [])
    assert not row.isVisible() and not command.isEnabled()


def test_they_are_listed_and_copied(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(window, WARNINGS, [CAUTION])
    shown: list[list[str]] = []

    def exec_(self: RemarksDialog) -> int:
        shown.append([self.list.item(row).text() for row in range(self.list.count())])
        click(self.copy, qtbot)
        shown.append(QApplication.clipboard().text().splitlines())
        self.list.setCurrentRow(1)
        self.copy_remarks()
        shown.append(QApplication.clipboard().text().splitlines())
        return 0

    monkeypatch.setattr(RemarksDialog, "exec", exec_)
    click(window.row.remarks, qtbot)
    listed, every, one = shown
    assert listed[0] == "The prefix module. was taken off the names of 122 tensors"
    assert len(listed) == 3 and every == listed and one == listed[1:2]


def test_a_model_that_fails_to_count_leaves_none(window: MainWindow, answers: AnsweredSession) -> None:
    opened(window, WARNINGS, [CAUTION])
    window.bench.open("torchvision:other")
    answers.last("open")[1]({**OPENED, "reference": "torchvision:other", "warnings": []})
    assert window.bench.remarks == () and not window.row.remarks.isVisible()
