"""Opening through the shell: menu, dialog, drop, trust, failures and a worker that dies."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from penjing.spec.messages import Failure
from penjing_gui.main_window import SAMPLE, MainWindow
from penjing_gui.open_dialog import OpenDialog, parse_inputs
from penjing_gui.state import Asked, Workbench
from penjing_gui.trust_dialog import TrustDialog, evidence
from shell_window import CTRL, click, in_dialog, press


def test_open_the_sample_from_the_menu(qtbot: QtBot, window: MainWindow, bench: Workbench) -> None:
    with qtbot.waitSignal(bench.table_changed):
        window.commands.action("file.sample").trigger()
    assert bench.model is not None and bench.model.reference == SAMPLE
    assert window.row.reference.text() == SAMPLE
    assert window.windowTitle() == "digits-cnn – Penjing"
    assert window.settings.recent[0]["reference"] == SAMPLE
    assert window.status.items.items() == (("10", "FLOPs"),)


def test_the_unit_switch_changes_every_figure(qtbot: QtBot, window: MainWindow, bench: Workbench) -> None:
    with qtbot.waitSignal(bench.table_changed):
        window.open_sample()
    click(window.status.unit.button("macs"))
    assert bench.unit == "macs" and window.status.items.items() == (("5", "MACs"),)
    assert window.menus.unit["macs"].isChecked()
    window.menus.unit["flops"].trigger()
    assert window.status.unit.key() == "flops" and window.status.items.items() == (("10", "FLOPs"),)


def test_the_open_dialog_by_keyboard(qtbot: QtBot, window: MainWindow, bench: Workbench) -> None:
    def act(dialog: OpenDialog) -> None:
        assert not dialog.open_button.isEnabled()
        QTest.keyClicks(dialog.reference, "torchvision:resnet18")
        QTest.keyClicks(dialog.shape, "3,xx")
        press(dialog, Qt.Key.Key_Return)
        assert dialog.isVisible() and "3,xx" in dialog.note.text(), (
            "what does not fit is said, nothing is lost"
        )
        dialog.shape.clear()
        QTest.keyClicks(dialog.shape, "3x64x64")
        press(dialog, Qt.Key.Key_Return)

    seen = in_dialog(OpenDialog, act)
    with qtbot.waitSignal(bench.model_changed):
        press(window, Qt.Key.Key_O, CTRL)
    assert seen and bench.model is not None and bench.model.reference == "torchvision:resnet18"


def test_examples_fill_the_reference(window: MainWindow) -> None:
    def act(dialog: OpenDialog) -> None:
        examples = [one for one in dialog.findChildren(QAbstractButton) if one.property("example")]
        click(examples[1])
        assert dialog.reference.text() == "torchvision:resnet18"
        press(dialog, Qt.Key.Key_Escape)

    assert in_dialog(OpenDialog, act) is not None
    click(window.row.open_button)


def test_inputs_are_parsed_like_the_command_line() -> None:
    assert parse_inputs("3,224,224") == ("3,224,224",)
    assert parse_inputs(" 3x8x8 ; 128:int64;") == ("3,8,8", "128:int64")
    assert parse_inputs("") == ()
    with pytest.raises(Failure):
        parse_inputs("a")


def test_a_file_with_code_opens_only_after_yes(qtbot: QtBot, window: MainWindow, bench: Workbench) -> None:
    with qtbot.waitSignal(bench.table_changed):
        window.open_sample()
    first = bench.model
    seen = in_dialog(TrustDialog, lambda dialog: press(dialog, Qt.Key.Key_Return))
    window.open(Asked("py:net.py:build", None, (), False))
    qtbot.waitUntil(lambda: bool(seen))
    assert bench.model is first, "Enter is Cancel"
    with qtbot.waitSignal(bench.model_changed):
        in_dialog(TrustDialog, lambda dialog: click(dialog.trust))
        window.open(Asked("py:net.py:build", None, (), False))
    assert bench.model is not None and bench.model.trusted
    assert first is not None and bench.model.weights != first.weights, "it has a worker of its own"
    trusted = bench.model.weights
    with qtbot.waitSignal(bench.table_changed):
        window.open_sample()
    assert bench.model.weights != trusted, "which ended with it"


def test_the_trust_question_lists_what_was_found() -> None:
    failure = Failure("models.pickle_needs_trust", 3, path="net.pt", names="os.system, torch.nn.Linear")
    lines = evidence(failure).splitlines()
    assert [one.strip() for one in lines] == ["Refers to:", "os.system", "torch.nn.Linear"]


def test_a_failure_is_a_strip_and_goes_with_the_next_model(
    qtbot: QtBot, window: MainWindow, bench: Workbench
) -> None:
    with qtbot.waitSignal(bench.failed):
        window.open(Asked("nothing", None, (), False))
    assert window.failure is not None and window.failure.isVisible()
    assert window.failure.what.text().endswith(".")
    click(window.failure.dismiss)
    assert window.failure is None
    with qtbot.waitSignal(bench.failed):
        window.open(Asked("nothing", None, (), False))
    with qtbot.waitSignal(bench.model_changed):
        window.open_sample()
    assert window.failure is None


def drop(window: MainWindow, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(100, 100),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        QEvent.Type.Drop,
    )
    window.dropEvent(event)


def test_a_model_whose_input_does_not_fit_is_not_open(
    qtbot: QtBot, window: MainWindow, bench: Workbench
) -> None:
    with qtbot.waitSignal(bench.failed):
        window.open(Asked("misfit", None, (), False))
    assert bench.model is None and window.windowTitle() == "Penjing"
    assert window.failure is not None and window.failure.action is not None
    assert window.failure.action.text() == "Open…" and window.settings.recent == []
    with qtbot.waitSignal(bench.table_changed):
        window.open_sample()
    assert window.failure is None and window.settings.recent[0]["reference"] == SAMPLE
    with qtbot.waitSignal(bench.failed):
        window.open(Asked("misfit", None, (), False))
    assert bench.model is not None and bench.model.reference == SAMPLE, "the one before comes back"
    assert window.failure is not None and bench.asked is not None and bench.asked.reference == "misfit"
    with qtbot.waitSignal(bench.model_changed):
        bench.count_again()
    assert bench.model.reference == SAMPLE and window.failure is None


def test_a_worker_that_dies_while_nothing_is_asked_is_told_at_once(
    qtbot: QtBot, window: MainWindow, bench: Workbench
) -> None:
    with qtbot.waitSignal(bench.groups_changed):
        window.open_sample()
    assert bench.model is not None
    with qtbot.waitSignal(bench.failed):
        psutil.Process(int(bench.model.weights.removeprefix("pid "))).kill()
    assert window.failure is not None and window.failure.action is not None
    assert window.failure.action.text() == "Open again" and bench.model.reference == SAMPLE
    with qtbot.waitSignal(bench.table_changed):
        click(window.failure.action)
    assert window.failure is None


def test_dropping_a_file_a_python_file_and_a_run(
    qtbot: QtBot, window: MainWindow, bench: Workbench, tmp_path: Path
) -> None:
    with qtbot.waitSignal(bench.model_changed):
        drop(window, tmp_path / "net.pt")
    assert bench.model is not None and bench.model.reference == str(tmp_path / "net.pt")
    texts: list[str] = []

    def act(dialog: OpenDialog) -> None:
        texts.append(dialog.reference.text())
        press(dialog, Qt.Key.Key_Escape)

    in_dialog(OpenDialog, act)
    drop(window, tmp_path / "net.py")
    assert texts == [f"py:{tmp_path / 'net.py'}:"]
    run = tmp_path / "run"
    run.mkdir()
    (run / "recipe.json").write_text("{}", encoding="utf-8")
    drop(window, run)
    assert window.page() is window.pages[2]
    qtbot.waitUntil(lambda: bench.run_view is not None and bench.run_view.ended)
