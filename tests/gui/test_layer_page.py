"""A layer's page: its kernels as pictures, its calls, and its neighbours by one click."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspect_examples import give, inspect_page, session, table
from penjing.spec.messages import Failure
from penjing_gui.inspect.page import InspectPage
from penjing_gui.theme import DARK, LIGHT, change_colour
from penjing_gui.widgets.kernel_grid import KernelGrid, lay_out

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[InspectPage]:
    with inspect_page(qtbot) as page:
        yield page


def reply(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "kind": "Conv2d", "summary": None, "shape": None, "channels": 16, "sigma": 0.1,
            "histogram": {"counts": [1, 2], "edges": [-1.0, 0.0, 1.0]}, "norms": [2.0, 1.0], "fed_by": [],
            "feeds": [], "coupled": [], "kernels": None, "kernels_total": 0, **more}  # fmt: skip


def kernels(tmp_path: Path, shape: tuple[int, ...] = (16, 3, 3, 3)) -> tuple[str, np.ndarray[Any, Any]]:
    values = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    values[0, 0] = [[3.5, 0, 0], [0, -7, 0], [0, 0, 7]]
    path = tmp_path / "kernels.npy"
    np.save(path, values)
    return str(path), values


def answered(page: InspectPage, qtbot: QtBot, name: str, **more: Any) -> None:
    page.bench.select(name)
    asked = session(page).asked
    qtbot.waitUntil(lambda: bool(asked) and asked[-1][1].get("name") == name)
    session(page).last("layer")[1](reply(name, **more))


def shown_grid(page: InspectPage) -> KernelGrid:
    assert page.layer.kernels.pictures is not None
    return page.layer.kernels.pictures.grid


def test_a_convolutions_kernels_are_drawn_on_one_scale(
    page: InspectPage, qtbot: QtBot, tmp_path: Path
) -> None:
    give(page, table())
    path, values = kernels(tmp_path)
    answered(page, qtbot, "features.0", kernels=path, kernels_total=192)
    qtbot.mouseClick(page.layer.tab.button("kernels"), LEFT)
    grid = shown_grid(page)
    assert page.layer.kernels.pictures is not None
    assert page.layer.kernels.pictures.count.text() == "first 48 of 192 kernels, 3×3"
    assert page.layer.kernels.pictures.strip.accessibleName() == "weight: −7.0 – 7.0"
    picture = grid.viewport().grab().toImage()
    rect = grid.rect_of(0)
    cell = rect.width() // 3
    for row, column in ((0, 0), (0, 1), (1, 1), (2, 2)):
        at = rect.topLeft() + QPoint(column * cell + cell // 2, row * cell + cell // 2)
        wanted = change_colour(LIGHT, float(values[0, 0, row, column]) / 7)
        assert QColor(picture.pixel(at)) == wanted, (row, column)


def test_kernels_are_walked_by_mouse_and_keys(page: InspectPage, qtbot: QtBot, tmp_path: Path) -> None:
    give(page, table())
    path, values = kernels(tmp_path)
    answered(page, qtbot, "features.0", kernels=path, kernels_total=48)
    qtbot.mouseClick(page.layer.tab.button("kernels"), LEFT)
    grid = shown_grid(page)
    qtbot.mouseClick(grid.viewport(), LEFT, pos=grid.rect_of(4).center())
    assert grid.current == 4
    norm = float(np.linalg.norm(values[1, 1]))
    assert page.layer.kernels.pictures is not None
    words = page.layer.kernels.pictures.words.text()
    assert words.startswith("output 1, input 1 · ") and words.endswith(f"L2 norm {norm:.2f}")
    grid.setFocus()
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert grid.current == 5
    qtbot.keyClick(grid, Qt.Key.Key_End)
    assert grid.current == 47 and grid.viewport().rect().contains(grid.rect_of(47).center())
    qtbot.keyClick(grid, Qt.Key.Key_Down)
    assert grid.current == 47
    qtbot.keyClick(grid, Qt.Key.Key_Escape)
    assert grid.current == -1
    grid.set_theme(DARK)


def test_layers_without_kernels_say_so(page: InspectPage, qtbot: QtBot, tmp_path: Path) -> None:
    give(page, table())
    path, _ = kernels(tmp_path)
    answered(page, qtbot, "features.0", kernels=path, kernels_total=48)
    button = page.layer.tab.button("kernels")
    qtbot.mouseClick(button, LEFT)
    answered(page, qtbot, "head")
    assert page.layer.kernels.sentence.isVisible()
    assert page.layer.kernels.sentence.text() == "This layer has no kernels that can be drawn."
    qtbot.mouseClick(page.layer.tab.button("weights"), LEFT)
    page.bench.select("features.2")
    qtbot.waitUntil(lambda: not button.isEnabled())
    assert button.toolTip() == "Only convolutions have kernels to be drawn."


def test_kernels_that_cannot_be_read_are_said(page: InspectPage, qtbot: QtBot, tmp_path: Path) -> None:
    give(page, table())
    broken = tmp_path / "broken.npy"
    broken.write_bytes(b"not numpy")
    answered(page, qtbot, "features.0", kernels=str(broken), kernels_total=48)
    qtbot.mouseClick(page.layer.tab.button("kernels"), LEFT)
    assert "could not be read" in page.layer.kernels.sentence.text()


def test_kernels_of_an_output_stand_together_and_the_scale_is_the_largest_that_fits() -> None:
    wide = lay_out(192, 3, 7, 7, 430, 200)
    assert wide.together == 3 and wide.columns % 3 == 0
    assert wide.place(3)[0] - wide.place(2)[0] > wide.place(2)[0] - wide.place(1)[0]
    for count in (1, 60, 5000):
        found = lay_out(count, 64, 3, 3, 430, 200)
        assert found.columns * (3 * found.scale + found.gap) <= 430 + found.gap
    assert lay_out(1, 64, 3, 3, 430, 200).scale > lay_out(5000, 64, 3, 3, 430, 200).scale


def test_calls_are_told_with_what_one_costs(page: InspectPage, qtbot: QtBot) -> None:
    costs = table()
    give(page, costs)
    page.bench.select("features.2")
    assert page.layer.form.value("calls").text() == "2"
    page.bench.select("features.3")
    assert not page.layer.form.value("calls").isVisible()


def test_one_click_goes_to_a_neighbour_and_a_double_click_no_further(page: InspectPage, qtbot: QtBot) -> None:
    give(page, table(extra=3))
    page.bench.select("features.3")
    qtbot.mouseClick(page.layer.tab.button("neighbours"), LEFT)
    feeds = page.layer.neighbours.lists[1]
    assert feeds.model().index(0, 0).data() == "features.4"
    place = feeds.visualRect(feeds.model().index(0, 0)).center()
    qtbot.mouseClick(feeds.viewport(), LEFT, pos=place)
    assert page.bench.selection == "features.4"
    qtbot.mouseDClick(feeds.viewport(), LEFT, pos=place)
    QApplication.processEvents()
    assert page.bench.selection == "features.4"
    feeds.setCurrentIndex(feeds.model().index(0, 0))
    qtbot.keyClick(feeds, Qt.Key.Key_Return)
    assert page.bench.selection == "features.5"


def test_an_answer_about_a_layer_of_the_model_before_says_nothing(page: InspectPage, qtbot: QtBot) -> None:
    give(page, table())
    page.bench.select("features.3")
    asked = session(page).asked
    qtbot.waitUntil(lambda: bool(asked) and asked[-1][1].get("name") == "features.3")
    failed = session(page).last("layer")[2]
    assert page.bench.model is not None
    page.bench.model = replace(page.bench.model, title="another")
    failed(Failure("models.layer_unknown", name="features.3"))
    assert page.layer.failure is None
