"""A person's own figures by layer: read from files, shown as columns and rows of the map, and ours written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from inspect_examples import give, inspect_page, table
from penjing.spec.overlay import read
from penjing_gui.inspect import columns
from penjing_gui.inspect.csv_rows import csv_rows
from penjing_gui.inspect.page import InspectPage
from penjing_gui.widgets.strip import NoticeStrip

OWN = columns.KEYS.index("own_1")


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[InspectPage]:
    with inspect_page(qtbot) as page:
        yield page


def add(page: InspectPage, qtbot: QtBot, path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
    page.actions_made.add_figures(path)
    qtbot.waitUntil(page.actions_made._work.isFinished)  # type: ignore[union-attr]
    QApplication.processEvents()


def test_a_column_comes_into_the_table_and_the_heat_map(
    page: InspectPage, qtbot: QtBot, tmp_path: Path
) -> None:
    give(page, table())
    add(page, qtbot, tmp_path / "mine.csv", "name,drop\nfeatures.0,1.5\nfeatures.3,4.5\n")
    model, view = page.layers.model, page.layers.view
    assert not view.isColumnHidden(OWN) and view.isColumnHidden(OWN + 1)
    assert model.title(OWN) == "drop"
    assert model.index_by_name("features.3").siblingAtColumn(OWN).data() == "4.500"
    assert model.index_by_name("head").siblingAtColumn(OWN).data() == ""
    assert model.cell(page.layers.model.tree.find("features.3"), OWN).share == 0.75  # type: ignore[union-attr]
    assert page.heat_map.map._data.rows[-1] == "drop"
    model.sort(OWN, Qt.SortOrder.DescendingOrder)
    assert model.shown_layers()[0] == page.layers.model.tree.find("features.3")  # type: ignore[union-attr]
    header, *rows = csv_rows(model, "FLOPs", 2)
    assert header[-1] == "drop" and {row[0]: row[-1] for row in rows}["features.0"] == "1.5"
    assert page.layers.failure is None
    page.actions_made.remove.trigger()
    assert view.isColumnHidden(OWN) and page.heat_map.map._data.rows[-1] != "drop"
    assert not page.actions_made.remove.isEnabled()


def test_figures_stay_when_latencies_come_and_go_with_the_model(
    page: InspectPage, qtbot: QtBot, tmp_path: Path
) -> None:
    give(page, table())
    add(page, qtbot, tmp_path / "mine.csv", "layer;note;drop\nfeatures.0;first;-1\nhead;last;2\n")
    assert page.bench.table is not None
    page.bench.table = page.bench.table.with_latencies({"head": 2.0})
    page.bench.table_changed.emit(page.bench.table)
    assert page.layers.model.index_by_name("features.0").siblingAtColumn(OWN).data() == "−1"
    # a share of a sum with negative parts would say nothing: no heat
    assert page.layers.model.cell(page.layers.model.tree.find("head"), OWN).share is None  # type: ignore[union-attr]


def test_names_that_no_layer_has_are_said(page: InspectPage, qtbot: QtBot, tmp_path: Path) -> None:
    give(page, table())
    lines = "".join(f"old.{i},1\n" for i in range(7))
    add(page, qtbot, tmp_path / "mine.csv", f"name,drop\nhead,2\n{lines}")
    strip = page.layers.failure
    assert isinstance(strip, NoticeStrip)
    assert strip.what.text() == "7 names in mine.csv are no layers of this model."
    assert "old.0, old.1" in strip.rest.text() and strip.more is not None
    assert page.layers.model.index_by_name("head").siblingAtColumn(OWN).data() == "2"


def test_more_columns_than_there_is_room_for_are_said(
    page: InspectPage, qtbot: QtBot, tmp_path: Path
) -> None:
    give(page, table())
    heads = ",".join(f"c{i}" for i in range(8))
    add(page, qtbot, tmp_path / "mine.csv", f"name,{heads}\nhead,1,2,3,4,5,6,7,8\n")
    assert page.layers.failure is not None
    assert page.layers.failure.what.text() == "There is room for 6 columns; left out: c6, c7."


@pytest.mark.parametrize(
    "name, text",
    [
        ("empty.csv", ""),
        ("header.csv", "1,2\n3,4\n"),
        ("words.csv", "name,drop\nhead,many\n"),
        ("broken.json", '{"signature": "netron:attachment", '),
        ("other.json", '{"layers": []}'),
    ],
)
def test_bad_files_are_one_message_and_nothing_is_lost(
    page: InspectPage, qtbot: QtBot, tmp_path: Path, name: str, text: str
) -> None:
    give(page, table())
    add(page, qtbot, tmp_path / "good.csv", "name,drop\nhead,2\n")
    add(page, qtbot, tmp_path / name, text)
    assert page.layers.failure is not None and name in page.layers.failure.accessibleName()
    assert page.layers.model.index_by_name("head").siblingAtColumn(OWN).data() == "2"
    assert page.layers.head.busy.isHidden()


def test_a_missing_file(page: InspectPage, qtbot: QtBot, tmp_path: Path) -> None:
    give(page, table())
    page.actions_made.add_figures(tmp_path / "gone.csv")
    qtbot.waitUntil(lambda: page.layers.failure is not None)


def test_our_attachment_is_read_back_as_it_was_written(
    page: InspectPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    costs = table()
    give(page, costs)
    path = tmp_path / "costs.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    page.actions_made.netron.trigger()
    assert json.loads(path.read_text("utf-8"))["signature"] == "netron:attachment"
    found = read(path, {row.name for row in costs.rows})
    assert found.values["params"]["head"] == 204_900 and not found.unmatched
    page.actions_made.write_netron(path / "folder.json")
    assert page.layers.failure is not None and "folder.json" in page.layers.failure.what.text()


def test_the_command_asks_for_a_file(
    page: InspectPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not page.actions_made.add.isEnabled()
    give(page, table())
    path = tmp_path / "mine.csv"
    path.write_text("name,drop\nhead,2\n")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    page.actions_made.add.trigger()
    qtbot.waitUntil(lambda: bool(page.bench.overlays))
    assert page.actions_made.remove.isEnabled()
