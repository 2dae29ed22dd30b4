"""The table of layers: modules that open and close, blocks alike, order, columns, heat and several rows at once."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from inspect_examples import click_row, current, give, labels, shown_names
from layer_tables import small, twelve
from penjing_gui.inspect import columns
from penjing_gui.inspect.page import InspectPage
from penjing_gui.theme import LIGHT, cost_colour
from workbenches import LEFT

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # of the offscreen platform


def test_heat_cells_have_the_colour_of_their_share(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small())
    params = columns.KEYS.index("params")
    view, model = page.layers.view, page.layers.model
    image = view.viewport().grab().toImage()
    rect = view.visualRect(model.index_by_name("features.3").siblingAtColumn(params))
    share = (16 * 32 * 9 + 32) / small().totals.params
    assert image.pixelColor(rect.left() + 2, rect.center().y()) == cost_colour(LIGHT, share)
    bare = view.visualRect(model.index_by_name("features").siblingAtColumn(params))
    assert image.pixelColor(bare.left() + 2, bare.center().y()) == LIGHT.base
    row = view.visualRect(model.index_by_name("head"))
    assert image.pixelColor(1, row.center().y()) == LIGHT.accent


def test_clicks_on_a_header_sort_reverse_and_restore(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small())
    header = page.layers.view.header()
    macs = columns.KEYS.index("macs")
    at = QPoint(header.sectionViewportPosition(macs) + 20, 10)
    original = shown_names(page)
    qtbot.mouseClick(header.viewport(), LEFT, pos=at)
    by_cost = shown_names(page)
    costs = {row.name: row.macs or 0 for row in small().rows}
    features = [costs[name] for name in by_cost if name.startswith("features")]
    assert features == sorted(features, reverse=True) and by_cost != original
    qtbot.mouseClick(header.viewport(), LEFT, pos=at)
    features = [costs[name] for name in shown_names(page) if name.startswith("features")]
    assert features == sorted(features)
    qtbot.mouseClick(header.viewport(), LEFT, pos=at)
    assert shown_names(page) == original
    assert page.bench.selection == "head" == current(page)


def test_the_column_chooser_shows_and_hides(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small())
    weights = columns.KEYS.index("weight_bytes")

    def choose() -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        action = next(one for one in menu.actions() if one.text() == "Weights")
        qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())

    assert page.layers.view.isColumnHidden(weights)
    for hidden in (False, True):
        QTimer.singleShot(50, choose)
        qtbot.mouseClick(page.layers.columns_button, LEFT)
        assert page.layers.view.isColumnHidden(weights) is hidden


def test_blocks_alike_stand_as_one_with_their_count_and_a_click_shows_them_all(
    page: InspectPage, qtbot: QtBot
) -> None:
    give(page, twelve())
    view, model = page.layers.view, page.layers.model
    assert labels(page) == ["small", "blocks", "0", "conv", "norm", "head"]
    index = model.index_by_name("blocks.0")
    node = model.node(index)
    assert view.cells.chip_text(node) == "× 12"
    assert "12 blocks alike, 0 to 11" in index.data(Qt.ItemDataRole.ToolTipRole)
    chip = view.cells.chip_rect(view.visualRect(index), node)
    qtbot.mouseClick(view.viewport(), LEFT, pos=chip.center())
    assert labels(page)[2:5] == ["0", "conv", "norm"] and labels(page).count("conv") == 12
    assert page.bench.selection == "head"  # counting is not choosing
    view.setFocus()
    click_row(page, "blocks.0", 1, qtbot)
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert labels(page).count("conv") == 1
    page.bench.select("blocks.7.norm")  # from elsewhere: what hides it opens
    assert current(page) == "blocks.7.norm"


def test_modules_open_and_close_by_chevron_and_arrows(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small())
    view, model = page.layers.view, page.layers.model
    index = model.index_by_name("features")
    chevron = view.cells.chevron_rect(view.visualRect(index), model.node(index))
    qtbot.mouseClick(view.viewport(), LEFT, pos=chevron.center())
    assert labels(page) == ["small", "features", "head"] and page.bench.selection == "head"
    view.setFocus()
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_Right):
        qtbot.keyClick(view, key)
    assert page.bench.selection == "features.0"
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert page.bench.selection == "features"
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert labels(page) == ["small", "features", "head"]
    qtbot.mouseDClick(view.viewport(), LEFT, pos=view.visualRect(model.index_by_name("features")).center())
    assert "3" in labels(page)
    qtbot.keyClick(view, Qt.Key.Key_End)
    assert page.bench.selection == "head"
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert current(page) == "" and page.bench.selection == ""


def test_several_rows_are_summed_up_and_copied(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small())
    view, model = page.layers.view, page.layers.model
    click_row(page, "features", 1, qtbot)
    rect = view.visualRect(model.index_by_name("features.0").siblingAtColumn(1))
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.mouseClick(view.viewport(), LEFT, control, rect.center())  # it is in the module: it counts once
    rect = view.visualRect(model.index_by_name("head").siblingAtColumn(1))
    qtbot.mouseClick(view.viewport(), LEFT, control, rect.center())
    total = small().totals
    note = page.layers.head.note.text()
    assert note.startswith(f"6 layers selected · {total.params / 1000:.2f} k params · ")
    assert note.endswith("4 of 6 shown")
    assert page.bench.selection == "head"
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_C, control)
    rows = list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text()), delimiter="\t"))
    assert [row["layer"] for row in rows] == ["features", "features.0", "head"]
    assert int(rows[0]["params"]) == total.params - 204_900
    page.bench.set_unit("macs")
    assert len(view.selected_nodes()) == 3
    header = view.header()
    at = QPoint(header.sectionViewportPosition(columns.KEYS.index("params")) + 20, 10)
    qtbot.mouseClick(header.viewport(), LEFT, pos=at)
    assert len(view.selected_nodes()) == 3
    qtbot.keyClick(view, Qt.Key.Key_A, control)
    assert len(view.selected_nodes()) == model.rowCount()


def test_one_list_is_sorted_over_the_whole_model(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small())

    def choose() -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        action = next(one for one in menu.actions() if one.text() == "One list, without modules")
        qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())

    QTimer.singleShot(50, choose)
    qtbot.mouseClick(page.layers.columns_button, LEFT)
    header = page.layers.view.header()
    at = QPoint(header.sectionViewportPosition(columns.KEYS.index("params")) + 20, 10)
    qtbot.mouseClick(header.viewport(), LEFT, pos=at)
    assert labels(page) == ["small", "head", "features.3", "features.0", "features.2"]


def test_the_tables_commands_do_what_its_buttons_do(page: InspectPage, qtbot: QtBot) -> None:
    actions = {command.name: command.action for command in page.commands()}
    assert not actions["inspect.csv"].isEnabled()
    give(page, small())
    assert actions["inspect.csv"].isEnabled()
    actions["inspect.close"].trigger()
    assert labels(page) == ["small", "features", "head"]
    actions["inspect.open"].trigger()
    assert labels(page) == ["small", "features", "0", "2", "3", "head"]
    actions["inspect.list"].trigger()
    assert labels(page) == ["small", "features.0", "features.2", "features.3", "head"]
    actions["inspect.list"].trigger()
    actions["inspect.range"].trigger()
    assert page.layers.range.low.hasFocus()
    actions["inspect.copy"].trigger()
    assert QGuiApplication.clipboard().text().count("\n") == 5


def test_short_titles_do_not_make_the_table_scroll(
    page: InspectPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A column is not narrower than the header lets it be: in Chinese a title has two signs."""
    model = page.layers.model
    header_data = model.headerData

    def short(section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        return "出\n" if role == Qt.ItemDataRole.DisplayRole else header_data(section, orientation, role)

    monkeypatch.setattr(model, "headerData", short)
    costs = small()
    give(page, replace(costs, rows=tuple(replace(row, output_shape=(64,)) for row in costs.rows)))
    view = page.layers.view
    page.window().resize(1280, 806)
    QApplication.processEvents()
    assert view.horizontalScrollBar().maximum() == 0 and view.header().length() == view.viewport().width()
