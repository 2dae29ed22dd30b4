"""One layer is selected in the table, the maps, the curve and the layer's own pane at once."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from inspect_examples import click_row, column_point, current, give, session
from layer_tables import small
from penjing.spec.groups import CoupledGroup, Member
from penjing_gui.inspect.page import InspectPage
from workbenches import LEFT

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # of the offscreen platform


def test_opening_fills_every_pane_and_selects_the_largest_layer(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small())
    assert page.bench.selection == "head" == current(page)
    assert page.layers.head.note.text() == "4 of 6 shown"
    assert page.layers.hidden.text() == "2 without cost"
    assert page.concentration.sentences[0].text() == "Parameters: 1 of 4 layers holds 97.6\u00a0%"
    assert page.layer.windowTitle() == "head"
    assert page.layer.form.value("kind").text() == "Linear, 2,048 → 100"
    assert page.layer.form.value("params").text() == "204.90 k (97.58 %)"
    assert page.state.kind == "done"
    figures = {rest: bold for bold, rest in page.status_items()}
    total = small().totals
    assert figures["params"] == f"{total.params / 1000:.2f} k"
    assert figures["FLOPs"] == f"{2 * total.macs / 1e6:.2f} M"
    assert figures["Input 1×3×16×16 float32"] == ""


def test_one_selection_joins_table_heat_map_and_tree_map(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small())
    click_row(page, "features.3", 0, qtbot)
    assert page.bench.selection == "features.3"
    assert page.heat_map.map._selected == page.heat_map.map._data.names.index("features.3")
    assert page.tree_map.map._data.names[page.tree_map.map._selected] == "features.3"
    qtbot.mouseClick(page.heat_map.map.viewport(), LEFT, pos=column_point(page, "features.0", 1))
    assert (page.bench.selection, current(page)) == ("features.0", "features.0")
    tiles = page.tree_map.map
    qtbot.mouseClick(tiles.viewport(), LEFT, pos=tiles.mapFromScene(tiles.centre_of("head")))
    assert (page.bench.selection, current(page), page.layer.windowTitle()) == ("head", "head", "head")


def test_arrows_move_in_all_three_alike(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small())
    click_row(page, "features.0", 0, qtbot)
    qtbot.keyClick(page.layers.view, Qt.Key.Key_Down)
    assert page.bench.selection == "features.2"
    heat = page.heat_map.map
    heat.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(heat, Qt.Key.Key_Right)
    assert page.bench.selection == "features.3" == current(page)
    qtbot.keyClick(heat, Qt.Key.Key_Left)
    qtbot.keyClick(heat, Qt.Key.Key_Home)
    assert page.bench.selection == "features.0"
    qtbot.keyClick(heat, Qt.Key.Key_End)
    assert page.bench.selection == "head"
    tiles = page.tree_map.map
    tiles.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(tiles, Qt.Key.Key_Right)
    assert page.bench.selection.startswith("features.") and current(page) == page.bench.selection
    qtbot.keyClick(tiles, Qt.Key.Key_Left)
    assert page.bench.selection == "head"


def test_weights_come_from_the_session_when_the_selection_rests(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small())
    # In one turn of the event loop, however busy the machine is: nothing rests on the first of them.
    page.bench.select("features.0")
    page.bench.select("features.3")

    def names() -> list[str]:
        return [one[1]["name"] for one in session(page).asked if one[0] == "layer"]

    qtbot.waitUntil(lambda: "features.3" in names())
    assert "features.0" not in names()  # what was only passed over is not asked for
    _, done, *_ = session(page).last("layer")
    done(
        {
            "name": "features.3", "kind": "Conv2d", "summary": {"code": "session.plain_layer", "params": {"kind": "C"}},
            "histogram": {"counts": [1, 5, 2], "edges": [-0.3, -0.1, 0.1, 0.3]}, "norms": [3.0, 2.0, 1.0],
            "sigma": 0.0123, "channels": 3, "fed_by": [], "feeds": [], "coupled": [],
        }
    )  # fmt: skip
    plots = page.layer.weights.plots
    assert plots is not None and plots.isVisible()
    assert [figure.text() for figure in plots.figures] == ["σ 0.012", "median 2"]
    assert "0.012" in plots.histogram.accessibleDescription()
    click_row(page, "features", 0, qtbot)
    assert page.layer.weights.sentence.isVisible()
    assert page.layer.form.value("kind").text() == "Sequential, 5 layers"


def test_neighbours_name_what_is_coupled_and_lead_there(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small())
    bench = page.bench
    bench.groups = (CoupledGroup("features.3", 32, (Member("features.3", "out"), Member("head", "in", 64))),)
    bench.groups_changed.emit(bench.groups)
    click_row(page, "features.3", 0, qtbot)
    assert page.layer.form.value("coupled").text() == "head inputs"
    assert page.layer.form.value("fed_by").text() == "features.2"
    qtbot.mouseClick(page.layer.tab.button("neighbours"), LEFT)
    feeds = page.layer.neighbours.lists[2]
    assert feeds.isVisible()
    feeds.setFocus()
    qtbot.keyClick(feeds, Qt.Key.Key_Down)
    qtbot.keyClick(feeds, Qt.Key.Key_Return)
    assert bench.selection == "head" == current(page)


def test_the_concentration_is_linked_too(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small())
    plot = page.concentration.plot
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    for key, expected in (
        (Qt.Key.Key_Home, "head"),
        (Qt.Key.Key_Right, "features.3"),
        (Qt.Key.Key_Right, "features.0"),
        (Qt.Key.Key_Right, "features.0"),
        (Qt.Key.Key_Left, "features.3"),
        (Qt.Key.Key_End, "features.0"),
    ):
        qtbot.keyClick(plot, key)
        assert page.bench.selection == expected
    point = plot.getPlotItem().getViewBox().mapViewToScene(QPointF(1, 0.5))
    qtbot.mouseClick(plot.viewport(), LEFT, pos=plot.mapFromScene(point))
    assert page.bench.selection == "head" == current(page)
    assert plot._here.getData()[0].tolist() == [1]
