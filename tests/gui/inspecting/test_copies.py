"""What leaves the Inspect page: rows, files, pictures and the maps as tables."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from inspect_examples import give, shown_names
from layer_tables import deep, small
from penjing_gui.inspect.page import InspectPage
from penjing_gui.theme import LIGHT
from workbenches import LEFT

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # of the offscreen platform


def test_copy_puts_the_rows_shown_on_the_clipboard(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small())
    qtbot.mouseClick(page.layers.export.copy_button, LEFT)
    rows = list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text()), delimiter="\t"))
    assert [row["layer"] for row in rows] == shown_names(page)
    assert rows[-1]["params"] == "204900" and rows[-1]["flops"] == "409600"


def test_saving_writes_the_same_and_says_what_went_wrong(
    page: InspectPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(page, small())
    target = tmp_path / "costs.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    page.layers.export.csv_action.trigger()
    assert target.read_text(encoding="utf-8-sig") == page.layers.export.csv_text()
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "file" / "x.csv"), ""))
    page.layers.export.csv_action.trigger()
    strip = page.layers.failure
    assert strip is not None and strip.what.text() == "x.csv could not be written."


@pytest.mark.parametrize("pane", ["layers", "heat_map", "tree_map", "concentration"])
def test_every_pane_is_saved_as_png_and_svg(
    page: InspectPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pane: str
) -> None:
    give(page, small())
    menu = page.layers.export.save_button if pane == "layers" else getattr(page, pane).picture_menu
    for name, kind in (("a.png", ""), ("b.svg", ""), ("c", "SVG drawings (*.svg)")):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, n=name, k=kind: (str(tmp_path / n), k))
        menu.save_action.trigger()
    image = QImage(str(tmp_path / "a.png"))
    assert image.width() > 400
    if pane != "layers":  # the table ends with a cell
        assert image.pixelColor(image.width() - 1, image.height() - 1) == LIGHT.base
    colours = {image.pixel(x, y) for x in range(0, image.width(), 9) for y in range(0, image.height(), 9)}
    assert len(colours) > 3
    drawing = (tmp_path / "b.svg").read_text(encoding="utf-8")
    assert (tmp_path / "c.svg").exists() and not (tmp_path / "c").exists()
    words = {"layers": "features", "heat_map": "Parameters", "tree_map": "head", "concentration": "50 %"}
    texts = [node.text for node in ElementTree.fromstring(drawing).iter("{http://www.w3.org/2000/svg}text")]
    assert any(words[pane] in (text or "") for text in texts)
    QGuiApplication.clipboard().clear()
    menu.copy_action.trigger()
    assert QGuiApplication.clipboard().image().width() == image.width()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "a.png" / "x.png"), ""))
    menu.save_action.trigger()
    assert getattr(page, pane).failure is not None


def test_the_tables_picture_has_the_rows_that_are_out_of_sight(page: InspectPage, qtbot: QtBot) -> None:
    give(page, deep())
    page.layers.view.set_all_open(True)
    picture = page.layers.export.picture()
    assert picture is not None
    view = page.layers.view
    row = view.verticalHeader().defaultSectionSize()
    assert picture.size.height() == view.header().height() + page.layers.model.rowCount() * row
    assert b"stages" in picture.svg()


def test_the_maps_are_tables_too(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small())
    heat, tiles, curve = page.heat_map.table(), page.tree_map.table(), page.concentration.table()
    assert heat.columns[0] == ("features.0", "features.2", "features.3", "head")
    assert heat.text(3, 1) == "204900" and heat.text(3, 2) == "409600" and heat.text(3, 4) == ""
    assert [tiles.text(row, 1) for row in (0, 5)] == ["448", "204900"]
    assert curve.text(0, 0) == "head" and curve.text(0, 2) == "97.577"
    for widget in (page.heat_map.map, page.tree_map.map, page.concentration.plot):
        names = [action.text() for action in widget.actions()]
        assert names == ["Show as table", "Save picture…", "Copy picture"]
