"""Search, kind, layers without cost and a range narrow the table."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from inspect_examples import current, give, shown_names
from layer_tables import small
from penjing_gui.inspect.page import InspectPage
from workbenches import LEFT

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # of the offscreen platform


def test_searching_by_keyboard_finds_and_enter_goes_there(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small())
    page.focus_search()
    assert page.layers.search.hasFocus()
    qtbot.keyClicks(page.layers.search, "CONV")
    assert shown_names(page) == ["features.0", "features.3"]
    assert page.layers.head.note.text() == "2 of 6 shown"
    qtbot.keyClick(page.layers.search, Qt.Key.Key_Return)
    assert page.bench.selection == "features.0"
    page.bench.select("head")  # from another page: what hides it is lifted
    assert page.layers.search.text() == "" and current(page) == "head"


def test_the_kind_filter_and_layers_without_cost(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small())
    qtbot.mouseClick(page.layers.toggle, LEFT)
    assert len(shown_names(page)) == 6 and page.layers.toggle.text() == "Hide"
    kinds = page.layers.kind
    kinds.setFocus()
    qtbot.keyClicks(kinds, "ReLU")
    assert shown_names(page) == ["features.1", "features.4"]
    qtbot.keyClick(kinds, Qt.Key.Key_Home)
    qtbot.mouseClick(page.layers.toggle, LEFT)
    assert len(shown_names(page)) == 4


def test_a_range_narrows_the_table_in_the_columns_unit(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small())
    pane = page.layers
    assert not pane.range.isVisible()
    qtbot.mouseClick(pane.range_button, LEFT)
    assert pane.range.isVisible() and pane.range.low.hasFocus()
    assert pane.range.unit.text() == "k"
    qtbot.keyClicks(pane.range.low, "4")
    assert shown_names(page) == ["features.3", "head"]
    qtbot.keyClick(pane.range.low, Qt.Key.Key_Tab)
    assert pane.range.high.hasFocus()
    qtbot.keyClicks(pane.range.high, "0.1 M")
    assert shown_names(page) == ["features.3"]
    assert pane.head.note.text() == "1 of 6 shown"
    qtbot.keyClicks(pane.range.high, "x")  # no number: the range goes without it, and says so
    assert shown_names(page) == ["features.3", "head"] and "not a number" in pane.range.high.toolTip()
    page.bench.select("features.0")  # from elsewhere: what hides it is lifted
    assert pane.range.low.text() == "" and current(page) == "features.0"
    qtbot.keyClicks(pane.range.low, "200")
    qtbot.mouseClick(pane.range.clear_button, LEFT)
    assert len(shown_names(page)) == 4
    qtbot.keyClicks(pane.range.low, "200")
    qtbot.mouseClick(pane.range_button, LEFT)
    assert len(shown_names(page)) == 4 and not pane.range.isVisible()
