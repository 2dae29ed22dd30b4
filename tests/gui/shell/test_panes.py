"""Panes move, close, float and tell what is wrong; widths follow the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from penjing_gui.main_window import MainWindow
from penjing_gui.page import Page
from penjing_gui.state import Workbench
from penjing_gui.widgets.pane import Pane
from shell_window import CTRL, SHIFT, click, page, press


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
