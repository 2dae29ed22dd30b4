"""The tree map: areas are exact, tiles fill the map, and mouse and arrow keys find them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from penjing_gui.theme import DARK, LIGHT
from penjing_gui.widgets.tree_map import TreeMap, TreeMapData
from penjing_gui.widgets.treemap_layout import grouped, neighbour, squarify, tile_at

WEIGHTS = st.lists(st.floats(0.01, 1e6), min_size=1, max_size=60)


@given(WEIGHTS, st.floats(10, 2000), st.floats(10, 2000))
@settings(max_examples=60, deadline=None)
def test_squarified_tiles_have_exact_areas_and_stay_inside(
    weights: list[float], width: float, height: float
) -> None:
    values = np.array(weights)
    rects = squarify(values, 5.0, 7.0, width, height)
    areas = rects[:, 2] * rects[:, 3]
    np.testing.assert_allclose(areas, values / values.sum() * width * height, rtol=1e-6)
    assert (rects[:, 0] >= 5 - 1e-6).all() and (rects[:, 1] >= 7 - 1e-6).all()
    # a thousandth of a pixel: slivers whose weight is 1e-8 of the whole carry the rounding of all before them
    assert (rects[:, 0] + rects[:, 2] <= 5 + width + 1e-3).all()
    assert (rects[:, 1] + rects[:, 3] <= 7 + height + 1e-3).all()


@given(st.lists(st.floats(0.5, 100), min_size=2, max_size=25))
@settings(max_examples=40, deadline=None)
def test_tiles_do_not_overlap(weights: list[float]) -> None:
    rects = squarify(np.array(weights), 0, 0, 400, 300)
    for i, (x, y, w, h) in enumerate(rects):
        assert tile_at(rects, x + w / 2, y + h / 2) == i


def test_the_papers_example_of_seven_weights() -> None:
    # Bruls et al., figure 4: 6, 6, 4, 3, 2, 2, 1 in 6 × 4; the first two stand in one column 3 wide.
    rects = squarify(np.array([6.0, 6, 4, 3, 2, 2, 1]), 0, 0, 6, 4)
    np.testing.assert_allclose(rects[0], (0, 0, 3, 2))
    np.testing.assert_allclose(rects[1], (0, 2, 3, 2))
    np.testing.assert_allclose(rects[2, 2:], (12 / 7, 7 / 3))


def test_nothing_to_draw_gives_no_tiles() -> None:
    assert np.isnan(squarify(np.array([0.0, np.nan, -1.0]), 0, 0, 100, 100)).all()
    assert grouped(np.zeros(3), [0, 0, 1], 100, 100, 10).columns == ()


def test_groups_become_columns_and_narrow_ones_are_pooled() -> None:
    weights = np.array([70.0, 20.0, 9.0, 0.6, 0.4])
    layout = grouped(weights, [0, 0, 1, 2, 3], 1000, 500, heading=20, narrow=44)
    assert [column.group for column in layout.columns] == [0, 1, -1]
    assert [column.share for column in layout.columns] == pytest.approx([0.9, 0.09, 0.01])
    areas = layout.rects[:, 2] * layout.rects[:, 3]
    np.testing.assert_allclose(areas / areas.sum(), weights / weights.sum(), rtol=1e-9)
    assert (layout.rects[:, 1] >= 20 - 1e-9).all()


def test_neighbours_go_where_the_arrow_points() -> None:
    #  0 | 1
    #    | 2
    rects = np.array([[0.0, 0, 50, 100], [50, 0, 50, 50], [50, 50, 50, 50]])
    assert neighbour(rects, 1, 0, 1) == 2
    assert neighbour(rects, 2, 0, -1) == 1
    assert neighbour(rects, 1, -1, 0) == 0
    assert neighbour(rects, 0, 1, 0) in (1, 2)
    assert neighbour(rects, 1, 1, 0) == 1
    assert neighbour(rects, -1, 1, 0) == 0


@pytest.fixture
def tree_map(qtbot: QtBot) -> Iterator[TreeMap]:
    widget = TreeMap(LIGHT, "share, %", "other")
    qtbot.addWidget(widget)
    widget.resize(800, 400)
    widget.set_data(
        TreeMapData(
            names=("a.0", "a.1", "b.0", "tiny"),
            labels=("0", "1", "0", "tiny"),
            groups=(0, 0, 1, 2),
            group_names=("a", "b", "tiny"),
            areas=np.array([60.0, 20, 19, 1]),
            shares=np.array([0.5, 0.0, np.nan, 0.2]),
            tip=lambda tile: f"tile {tile}",
        ),
        "share of FLOPs, %",
    )
    with qtbot.waitExposed(widget):
        widget.show()
    yield widget


@pytest.mark.parametrize("name", ["a.0", "a.1", "b.0"])
def test_a_click_picks_the_tile_under_it(qtbot: QtBot, tree_map: TreeMap, name: str) -> None:
    point = tree_map.mapFromScene(tree_map.centre_of(name))
    with qtbot.waitSignal(tree_map.picked) as picked:
        qtbot.mouseClick(tree_map.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert picked.args == [name]
    assert tree_map.tip_at(tree_map.centre_of(name)) == f"tile {['a.0', 'a.1', 'b.0'].index(name)}"


def test_arrows_move_the_selection_in_space(qtbot: QtBot, tree_map: TreeMap) -> None:
    tree_map.picked.connect(tree_map.select)
    tree_map.select("a.0")
    for key, expected in (
        (Qt.Key.Key_Right, "a.1"),
        (Qt.Key.Key_Right, "b.0"),
        (Qt.Key.Key_Left, "a.1"),
        (Qt.Key.Key_End, "tiny"),
        (Qt.Key.Key_Home, "a.0"),
    ):
        with qtbot.waitSignal(tree_map.picked) as picked:
            qtbot.keyClick(tree_map.viewport(), key)
        assert picked.args == [expected]


def test_the_selected_tile_is_framed_and_colours_follow_the_theme(tree_map: TreeMap) -> None:
    tree_map.select("a.0")
    corner = tree_map.mapFromScene(tree_map.tiles.mapToScene(0, tree_map.tiles.layout_now.rects[0][1]))
    image = tree_map.grab().toImage()
    assert image.pixelColor(corner.x() + 1, corner.y() + 20) == LIGHT.accent
    middle = tree_map.mapFromScene(tree_map.centre_of("a.0"))
    light = image.pixelColor(middle)
    tree_map.set_theme(DARK)
    assert tree_map.grab().toImage().pixelColor(middle) != light
