"""Heat map and tree map: colours, choices, zoom, the way into a module, and latency once it is measured."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from inspect_examples import click_row, column_point, give, session
from layer_tables import deep, small
from penjing.spec.messages import Failure
from penjing_gui.inspect import columns
from penjing_gui.inspect.page import InspectPage
from penjing_gui.theme import LIGHT, cost_colour
from workbenches import LEFT

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # of the offscreen platform


def test_the_heat_map_draws_each_cell_in_its_colour(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small())
    heat = page.heat_map.map
    total = small().totals
    image = heat.viewport().grab().toImage()
    at = column_point(page, "features.3", 0)
    wanted = cost_colour(LIGHT, (16 * 32 * 9 + 32) / total.params)
    assert image.pixelColor(at.x() - 40, at.y()) == wanted
    assert heat.tip_at(heat.mapToScene(at)).splitlines()[0] == "features.3 · Conv2d"
    assert "FLOPs: most in features.3" in heat.accessibleDescription()


def test_measuring_latency_fills_the_hatched_row(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small())
    heat = page.heat_map
    assert heat.map._data.missing[3] == "not measured yet"
    qtbot.mouseClick(heat.measure, LEFT)
    qtbot.waitUntil(lambda: heat.head.busy.isVisible())
    qtbot.mouseClick(heat.head.cancel, LEFT)
    assert not heat.head.busy.isVisible() and heat.failure is None
    qtbot.mouseClick(heat.measure, LEFT)
    params, done, *_ = session(page).last("latency")
    assert params["batch"] == 1
    layers = {row.name: 0.5 + i for i, row in enumerate(small().rows)}
    done({"batch": 1, "threads": 1, "layers": layers, "total": {"ms": 20.0, "ci95": [19.0, 21.0]}})
    assert heat.map._data.missing[3] == ""
    assert heat.head.note.text() == "20.0 ms, 95 % [19.0, 21.0]"
    latency = columns.KEYS.index("latency_ms")
    assert not page.layers.view.isColumnHidden(latency)
    assert page.layers.model.index_by_name("head").siblingAtColumn(latency).data() == "5.500"
    assert page.tree_map.colour.findData("latency_ms") >= 0
    assert page.bench.selection == "head"


def test_a_failed_measurement_says_so_in_its_pane(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small())
    qtbot.mouseClick(page.heat_map.measure, LEFT)
    session(page).last("latency")[2](Failure("session.died", signal="SIGKILL"))
    assert page.heat_map.failure is not None
    assert page.heat_map.measure.isEnabled()


def test_the_maps_choices(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small())
    area = page.tree_map.area
    area.setFocus()
    qtbot.keyClick(area, Qt.Key.Key_Down)
    assert page.tree_map.map.accessibleDescription().startswith("Largest tile: features.3")
    of = page.heat_map.of
    of.setFocus()
    qtbot.keyClick(of, Qt.Key.Key_Down)
    assert page.heat_map.map._data.shares[0].max() == 1.0
    scale = page.heat_map.scale
    scale.setFocus()
    before = page.heat_map.map.viewport().grab().toImage()
    qtbot.keyClick(scale, Qt.Key.Key_Down)
    assert page.heat_map.map.viewport().grab().toImage() != before


def test_hundreds_of_layers_are_grouped_by_their_maximum_and_resolve_on_zoom(
    page: InspectPage, qtbot: QtBot
) -> None:
    give(page, deep())
    heat = page.heat_map.map
    size = heat.group_size
    assert size > 1 and heat.box.width() / math.ceil(400 / size) >= 6
    assert heat.image.image.shape[1] == math.ceil(400 / size)
    assert page.layers.view.header().count() == len(columns.KEYS)
    click_row(page, "stages.3", 0, qtbot)
    heat.box.setXRange(100, 130, padding=0)
    assert heat.group_size == 1 and heat.image.image.shape[1] == 31  # what is in sight
    heat.setFocus()
    qtbot.keyClick(heat, Qt.Key.Key_Escape)
    assert heat.group_size == size
    assert set(heat._data.groups) == {str(i) for i in range(8)}


def test_the_tree_map_goes_into_a_module_and_back(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small())
    tiles, path = page.tree_map.map, page.tree_map.path
    assert not path.isVisible()
    page.bench.select("features.3")
    tiles.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(tiles, Qt.Key.Key_Return)
    assert set(tiles._data.names) == {"features.0", "features.3"}
    assert [button.text() for button in path.buttons()] == ["small"] and path.isVisible()
    qtbot.keyClick(tiles, Qt.Key.Key_Return)  # nothing is further in
    assert set(tiles._data.names) == {"features.0", "features.3"}
    qtbot.keyClick(tiles, Qt.Key.Key_Escape)
    assert "head" in tiles._data.names and not path.isVisible()
    qtbot.mouseDClick(tiles.viewport(), LEFT, pos=tiles.mapFromScene(tiles.centre_of("features.3")))
    assert "head" not in tiles._data.names
    qtbot.mouseClick(path.buttons()[0], LEFT)
    assert "head" in tiles._data.names
    page.tree_map.enter("features.0")
    page.bench.select("head")  # elsewhere: the whole model again
    assert "head" in tiles._data.names and tiles._data.names[tiles._selected] == "head"


def test_figures_as_they_are_have_their_own_legend(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small())
    of = page.heat_map.of
    of.setFocus()
    qtbot.keyClick(of, Qt.Key.Key_End)
    data = page.heat_map.map._data
    largest = 2 * max(row.macs or 0 for row in small().rows)
    assert data.shares.max() is not None and data.shares[1].max() == 1.0
    assert data.shares[0, 3] == pytest.approx(204_900 / largest)
    assert data.label == "count, bytes, ms"
    before = data.shares[0, 3]
    page.bench.set_unit("macs")
    assert page.heat_map.map._data.shares[0, 3] == pytest.approx(2 * before)
