"""The shell around the pages, driven by mouse and keyboard, with a worker and pages of the tests' own."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QAction, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from penjing.spec.messages import Failure
from penjing_gui import app as program
from penjing_gui import settings as stored
from penjing_gui import theme as themes
from penjing_gui import translations
from penjing_gui.commands import plain
from penjing_gui.main_window import SAMPLE, MainWindow
from penjing_gui.open_dialog import OpenDialog, parse_inputs
from penjing_gui.page import Page, PageCommand, StepState
from penjing_gui.palette import CommandPalette, ShortcutList
from penjing_gui.preferences import PreferencesDialog
from penjing_gui.session_client import SessionClient
from penjing_gui.settings import Settings
from penjing_gui.start import Start
from penjing_gui.state import Asked, Workbench
from penjing_gui.trust_dialog import TrustDialog, evidence
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


@pytest.fixture
def bench(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Workbench]:
    script = tmp_path / "worker.py"
    script.write_text(WORKER, encoding="utf-8")
    themes.apply(qapp, themes.LIGHT)
    made = Workbench(session=SessionClient(command=[sys.executable, str(script)]))
    yield made
    made.close()


@pytest.fixture
def window(qtbot: QtBot, bench: Workbench) -> Iterator[MainWindow]:
    pages: list[Page] = [PlainPage(bench, name) for name in ("inspect", "decide", "compress", "compare")]
    made = MainWindow(bench, Settings(), pages)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitActive(made)
    yield made
    made.close()


def page(window: MainWindow, index: int) -> PlainPage:
    found = window.pages[index]
    assert isinstance(found, PlainPage)
    return found


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def press(window: QWidget, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
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


# Steps


def test_steps_by_mouse_and_keyboard(window: MainWindow) -> None:
    buttons = window.row.steps.buttons
    click(buttons[2])
    assert window.page() is window.pages[2] and buttons[2].isChecked()
    for index, key in enumerate((Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4)):
        press(window, key, CTRL)
        assert window.page() is window.pages[index]
    window.pages[3].go_to.emit("decide")
    assert window.page() is window.pages[1]


def test_a_step_shows_its_state_in_words_too(window: MainWindow) -> None:
    window.pages[2].set_step_state(StepState("running", 64, "Step 1,204 of 1,890"))
    button = window.row.steps.buttons[2]
    assert button.state().percent == 64
    assert button.accessibleName() == "3 Compress: running, 64 %"
    assert button.toolTip() == "Step 1,204 of 1,890"
    window.pages[2].set_step_state(StepState("failed"))
    assert "failed" in button.accessibleName()


@pytest.mark.parametrize("width", [1100, 1280, 1440, 1920])
def test_the_toolbar_holds_its_parts_at_every_width(window: MainWindow, width: int) -> None:
    window.resize(width, 800)
    window.row.set_model("torchvision:a_model_with_a_very_long_name_indeed", "weights somewhere.safetensors")
    QApplication.processEvents()
    row = window.row
    parts = [row.open_button, row.model, row.steps, row.find_button, row.commands_button]
    if width >= 1280:
        parts.append(row.shortcut)
    for left, right in pairwise(parts):
        assert left.geometry().right() < right.geometry().left()
    assert parts[-1].geometry().right() <= width
    if width >= 1440:
        assert abs(row.steps.geometry().center().x() - width / 2) <= 2


# Opening


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


# Commands


def test_every_command_is_in_the_palette_and_the_shortcut_list(qtbot: QtBot, window: MainWindow) -> None:
    commands = window.commands.all()
    texts = [one.text for one in commands if one.action.isVisible()]
    assert "Open…" in texts and "Do inspect" in texts and "Do decide" not in texts
    palette = CommandPalette(commands, themes.LIGHT, window)
    qtbot.addWidget(palette)
    shown = [palette.model.command(row) for row in range(palette.model.rowCount())]
    assert sorted(one.text for one in shown if one) == sorted(texts)
    listed = ShortcutList(commands, window)
    qtbot.addWidget(listed)
    items = [listed.table.topLevelItem(i) for i in range(listed.table.topLevelItemCount())]
    assert sum(one.childCount() for one in items if one) == len(texts)


def test_every_menu_entry_is_a_registered_command(window: MainWindow) -> None:
    registered = {id(one.action) for one in window.commands.all()}
    for menu in window.menus.menus.values():
        for action in menu.actions():
            if not action.isSeparator() and action.menu() is None:
                assert id(action) in registered, action.text()


def test_no_two_commands_share_a_shortcut(window: MainWindow) -> None:
    shortcuts = [one.shortcut for one in window.commands.all() if one.shortcut]
    assert len(shortcuts) == len(set(shortcuts))


def test_the_palette_by_keyboard(window: MainWindow) -> None:
    def act(dialog: CommandPalette) -> None:
        QTest.keyClicks(dialog.field, "window comp")
        rows = [dialog.model.command(row) for row in range(dialog.model.rowCount())]
        assert [one.text for one in rows if one] == ["Compress", "Compare"]
        press(dialog.field, Qt.Key.Key_Down)
        press(dialog.field, Qt.Key.Key_Return)

    in_dialog(CommandPalette, act)
    press(window, Qt.Key.Key_P, CTRL, SHIFT)
    assert window.page() is window.pages[3]


def test_mnemonics_are_taken_out() -> None:
    assert plain("&Open…") == "Open…"
    assert plain("打开(&O)…") == "打开…"


def test_a_page_command_works_only_on_its_page(window: MainWindow) -> None:
    window.show_step(1)
    assert page(window, 1).own.isVisible() and not page(window, 0).own.isVisible()
    window.commands.action("decide.do").trigger()
    assert page(window, 1).done == 1


# Panes


def test_find_and_next_pane(window: MainWindow) -> None:
    press(window, Qt.Key.Key_F, CTRL)
    assert page(window, 0).field.hasFocus()
    press(window, Qt.Key.Key_F6)
    assert page(window, 0).other.hasFocus()
    press(window, Qt.Key.Key_F6)
    assert page(window, 0).field.hasFocus()
    press(window, Qt.Key.Key_F6, SHIFT)
    assert page(window, 0).other.hasFocus()
    window.show_step(1)
    assert not window.row.find_button.isEnabled() and window.row.find_button.toolTip()


def test_panes_close_float_and_come_back(qtbot: QtBot, window: MainWindow) -> None:
    shown = page(window, 0)
    before = shown.first.width(), shown.second.width()
    assert before[0] == pytest.approx(3 * before[1], rel=0.03)
    click(shown.second.head.close_button)
    assert shown.second.isHidden()
    assert [one.isChecked() for one in window.menus.panes.actions()] == [True, False]
    click(shown.first.head.float_button)
    assert shown.first.isFloating()
    window.commands.action("view.reset").trigger()
    QApplication.processEvents()
    assert not shown.first.isFloating() and shown.second.isVisible()
    assert (shown.first.width(), shown.second.width()) == before


def test_proportions_follow_the_window(window: MainWindow) -> None:
    shown = page(window, 0)
    for width in (1100, 1800):
        window.resize(width, 800)
        QApplication.processEvents()
        assert shown.first.width() == pytest.approx(3 * shown.second.width(), rel=0.03)


def test_a_new_size_and_another_step_are_painted_once_everything_is_arranged(window: MainWindow) -> None:
    window.resize(1500, 820)
    assert not page(window, 0).updatesEnabled()
    QApplication.processEvents()
    assert page(window, 0).updatesEnabled()
    window.show_step(2)
    assert not page(window, 2).updatesEnabled()
    QApplication.processEvents()
    assert page(window, 2).updatesEnabled()


def test_in_a_narrow_window_the_right_hand_column_becomes_tabs(qtbot: QtBot, bench: Workbench) -> None:
    class Columns(Page):
        def __init__(self) -> None:
            super().__init__(bench, "columns")
            self.left, self.top, self.low = (Pane(name, f"columns.{name}", bench.theme) for name in "abc")
            self.add_pane(self.left)
            self.split(self.left, self.top, Qt.Orientation.Horizontal, (1, 1))
            self.split(self.top, self.low, Qt.Orientation.Vertical, (1, 3))

    shown = Columns()
    qtbot.addWidget(shown)
    shown.resize(1400, 800)
    shown.show()
    QApplication.processEvents()
    assert shown.low.height() == pytest.approx(3 * shown.top.height(), rel=0.03)
    shown.set_narrow(True)
    QApplication.processEvents()
    assert shown.tabifiedDockWidgets(shown.top) == [shown.low]
    assert shown.top.height() == pytest.approx(shown.left.height(), abs=40)
    shown.reset_layout()
    QApplication.processEvents()
    assert shown.tabifiedDockWidgets(shown.top) == [shown.low], "reset keeps to the window's width"
    shown.set_narrow(False)
    QApplication.processEvents()
    assert shown.tabifiedDockWidgets(shown.top) == []
    assert shown.low.height() == pytest.approx(3 * shown.top.height(), rel=0.03)
    assert not shown.is_arranged()
    click(shown.low.head.close_button)
    assert shown.is_arranged()
    shown.set_narrow(True)
    assert shown.tabifiedDockWidgets(shown.top) == [], "what the person arranged stays"


def test_a_pane_says_what_is_wrong_what_is_under_way_and_that_it_is_empty(
    qtbot: QtBot, window: MainWindow
) -> None:
    pane, calls = page(window, 0).first, list[str]()
    pane.show_failure(
        ("The worker ended", "out of memory", "resume"), "the log", ("Resume", lambda: calls.append("r"))
    )
    strip = pane.failure
    assert strip is not None and strip.action is not None and strip.more is not None
    assert strip.what.text() == "The worker ended." and strip.rest.text() == "Out of memory. Resume."
    click(strip.action)
    click(strip.more)
    assert calls == ["r"]
    pane.show_busy("Counting", 0.5, "3 s left", lambda: calls.append("c"))
    assert pane.failure is None and not pane.head.busy.isVisible(), "nothing before 200 ms"
    qtbot.waitUntil(pane.head.busy.isVisible)
    assert pane.head.busy_text.text() == "Counting · 3 s left" and pane.head.bar.value() == 500
    click(pane.head.cancel)
    pane.clear_busy()
    assert calls == ["r", "c"] and not pane.head.busy.isVisible()
    pane.set_empty("No plan yet.", [("Go to Decide", lambda: calls.append("d"))])
    assert pane.is_empty and not page(window, 0).field.isVisible()
    pane.clear_empty()
    assert page(window, 0).field.isVisible()


def test_everything_has_an_accessible_name(window: MainWindow) -> None:
    for widget in window.findChildren(QAbstractButton):
        if widget.isVisible() and widget.objectName() != "qt_toolbar_ext_button":
            assert widget.accessibleName() or widget.text(), widget


# Theme, language, settings


def test_the_theme_changes_everywhere(window: MainWindow, bench: Workbench, qapp: QApplication) -> None:
    window.menus.theme["dark"].trigger()
    assert bench.theme is themes.DARK and page(window, 0).first.theme is themes.DARK
    window.show_step(1)
    assert page(window, 1).second.theme is themes.DARK, "a page behind takes it over when it is shown"
    window.show_step(0)
    QApplication.processEvents()
    picture = window.grab().toImage()
    assert picture.pixelColor(400, 40).lightnessF() < 0.3
    window.menus.theme["light"].trigger()
    assert window.grab().toImage().pixelColor(300, 40).lightnessF() > 0.8
    assert stored.load().theme == "light"


def test_preferences_are_stored(window: MainWindow, bench: Workbench, penjing_home: Path) -> None:
    def act(dialog: PreferencesDialog) -> None:
        assert str(penjing_home) in [one.text() for one in dialog.findChildren(type(window.row.shortcut))]
        dialog.language.setCurrentIndex(dialog.language.findData("zh_CN"))
        dialog.theme.setCurrentIndex(dialog.theme.findData("dark"))
        dialog.unit.setCurrentIndex(dialog.unit.findData("macs"))
        press(dialog, Qt.Key.Key_Return)

    in_dialog(PreferencesDialog, act)
    window.commands.action("edit.preferences").trigger()
    assert (stored.load().language, stored.load().theme) == ("zh_CN", "dark")
    assert bench.unit == "macs"
    assert "started again" in window.status.currentMessage()
    window.status.clearMessage()
    window.menus.theme["light"].trigger()


def test_places_are_remembered(qtbot: QtBot, window: MainWindow, bench: Workbench) -> None:
    click(page(window, 0).second.head.close_button)
    window.resize(1200, 750)
    window.close()
    settings = stored.load()
    pages: list[Page] = [PlainPage(bench, name) for name in ("inspect", "decide", "compress", "compare")]
    again = MainWindow(bench, settings, pages)
    qtbot.addWidget(again)
    again.show()
    assert again.height() == 750  # the offscreen screen is too narrow for any width of ours
    second = pages[0]
    assert isinstance(second, PlainPage) and second.second.isHidden() and second.first.isVisible()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"theme": 5, "recent": [1, {"reference": 2}], "pages": [], "geometry": "%%%"}']
)
def test_an_odd_settings_file_does_no_harm(
    qtbot: QtBot, bench: Workbench, penjing_home: Path, text: str
) -> None:
    penjing_home.mkdir(parents=True, exist_ok=True)
    stored.path().write_text(text, encoding="utf-8")
    settings = stored.load()
    assert (settings.theme, settings.language, settings.recent) == ("system", "system", [])
    pages: list[Page] = [PlainPage(bench, name) for name in ("inspect", "decide", "compress", "compare")]
    window = MainWindow(bench, settings, pages)
    qtbot.addWidget(window)
    window.show()


def test_the_recent_ones_are_kept_in_order() -> None:
    settings = Settings()
    for name in "abcdefghijab":
        settings.remember(name, None, [])
    assert [one["reference"] for one in settings.recent] == list("bajihgfe")
    assert Settings.from_json(json.loads(json.dumps(settings.to_json()))) == settings


def test_chinese_is_there_with_qt_s_own_buttons(qapp: QApplication) -> None:
    installed = translations.install(qapp, "zh_CN")
    try:
        assert len(installed) == 2
        assert qapp.translate("Menus", "&File") == "文件(&F)"
        assert qapp.translate("QPlatformTheme", "Cancel") == "取消"
    finally:
        for one in installed:
            qapp.removeTranslator(one)
            one.deleteLater()
        translations.QLocale.setDefault(translations.QLocale.c())


def test_the_language_is_the_chosen_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert translations.chosen_language("zh_CN") == "zh_CN"
    monkeypatch.setenv("PENJING_LANG", "zh")
    assert translations.chosen_language("system") == "zh_CN" and translations.chosen_language("en") == "en"
    monkeypatch.setenv("PENJING_LANG", "fr")
    assert translations.chosen_language("system") == "en"


def test_buttons_are_chinese_without_qt_s_translations(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(translations.QLibraryInfo, "path", lambda _which: "/nowhere")
    installed = translations.install(qapp, "zh_CN")
    try:
        assert qapp.translate("QPlatformTheme", "Cancel") == "取消"
        assert qapp.translate("Menus", "&File") == "文件(&F)"
    finally:
        for one in installed:
            qapp.removeTranslator(one)
            one.deleteLater()
        translations.QLocale.setDefault(translations.QLocale.c())


# Beginning


def test_start_opens_the_named_model_and_the_last_run(
    qtbot: QtBot, window: MainWindow, bench: Workbench, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "recipe.json").write_text(json.dumps({"model": {"reference": "sample:other"}}), encoding="utf-8")
    window.settings.last_run = str(run)
    start = Start(window, "sample:other", False)
    with qtbot.waitSignal(bench.table_changed):
        start.begin()
    assert gc.get_freeze_count() > 0, "collections pass over what the window is made of"
    gc.unfreeze()
    assert bench.model is not None and bench.model.reference == "sample:other"
    assert bench.run is not None and bench.run.folder.path == run
    qtbot.waitUntil(lambda: bench.run_view is not None and bench.run_view.ended)


def test_without_a_name_the_last_model_comes_back(qtbot: QtBot, window: MainWindow, bench: Workbench) -> None:
    window.settings.remember("sample:last", None, ["1,8,8"])
    with qtbot.waitSignal(bench.model_changed):
        Start(window, None, False).begin()
    assert bench.model is not None and bench.model.reference == "sample:last"


def test_arguments() -> None:
    assert program.parse_arguments([]) == (None, False, None)
    assert program.parse_arguments(["a", "--exit-when-shown"]) == ("a", True, None)
    assert program.parse_arguments(["--what"])[2] == "--what"
    assert program.parse_arguments(["a", "b"])[2] == "b"


def test_a_display_is_needed_on_linux_only() -> None:
    assert not program.has_display("linux", {})
    assert program.has_display("linux", {"DISPLAY": ":0"})
    assert program.has_display("linux", {"WAYLAND_DISPLAY": "wayland-0"})
    assert program.has_display("linux", {"QT_QPA_PLATFORM": "offscreen"})
    assert program.has_display("win32", {}) and program.has_display("darwin", {})


def run_program(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")}
    return subprocess.run(
        [sys.executable, "-m", "penjing_gui.app", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**kept, **environment},
        timeout=60,
    )


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a display")
def test_no_display_is_one_line_and_exit_code_2() -> None:
    done = run_program()
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith("penjing: no display is available") and done.stderr.count("\n") == 1


def test_an_unknown_option_is_one_line_and_exit_code_2() -> None:
    done = run_program("--nonsense", QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 2 and "--nonsense" in done.stderr and done.stderr.count("\n") == 1


def test_the_program_shows_itself_and_ends() -> None:
    done = run_program("--exit-when-shown", QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_the_point_of_view_of_the_mouse(window: MainWindow) -> None:
    """Clicks land where the buttons are painted: the step switch is hit at its painted middle."""
    button = window.row.steps.buttons[1]
    middle = button.mapTo(window, QPoint(button.width() // 2, button.height() // 2))
    assert window.childAt(middle) is button
