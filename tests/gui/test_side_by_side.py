"""The open model beside another one: figures, changes, colours, order, filter, CSV, failures and trust."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from inspect_examples import conv, give, inspect_page, session, table
from penjing.spec.costs import CostTable
from penjing.spec.messages import NEEDS_TRUST, Failure
from penjing_gui.inspect.page import InspectPage
from penjing_gui.inspect.pair_columns import build
from penjing_gui.inspect.pair_model import FIRST_COST
from penjing_gui.inspect.side_by_side import SideBySide
from penjing_gui.open_dialog import OpenDialog
from penjing_gui.state import Asked
from penjing_gui.theme import LIGHT, change_colour
from penjing_gui.trust_dialog import TrustDialog

LEFT = Qt.MouseButton.LeftButton
PARAMS_CHANGE, MACS_FIRST = FIRST_COST + 2, FIRST_COST + 3


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[InspectPage]:
    with inspect_page(qtbot) as page:
        yield page


def beside(page: InspectPage, qtbot: QtBot, other: CostTable) -> SideBySide:
    window = page.actions_made.compare_with(Asked(other.model, None, (), False))
    session(page).last("costs_of")[1]({"title": "other", "table": other.to_json(), "warnings": []})
    qtbot.waitUntil(lambda: window.view.pairs.pairs is not None)
    QApplication.processEvents()
    return window


def names(window: SideBySide) -> list[str]:
    model = window.view.pairs
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def cell(window: SideBySide, name: str, column: int) -> str:
    return str(window.view.pairs.index(names(window).index(name), column).data())


def other() -> CostTable:
    """Fewer channels in one layer, one more layer, and the first layer by another name."""
    costs = table(width=24, extra=1, model="torchvision:other")
    first = conv("stem.conv", 3, 16, 16)
    return CostTable(costs.model, costs.format, costs.input, (first, *costs.rows[1:]), costs.totals)


def test_both_figures_and_the_change_stand_beside_each_other(page: InspectPage, qtbot: QtBot) -> None:
    give(page, table())
    window = beside(page, qtbot, other())
    assert names(window) == [
        "All layers", "features.0 ↔ stem.conv", "features.2", "features.3", "features.4", "head",
    ]  # fmt: skip
    first, second = 16 * 32 * 9 + 32, 16 * 24 * 9 + 24
    found = [cell(window, "features.3", FIRST_COST + i) for i in range(3)]
    assert found == [f"{first / 1000:.3f}", f"{second / 1000:.3f}", f"−{(first - second) / 1000:.3f}"]
    assert cell(window, "features.4", FIRST_COST) == ""
    assert cell(window, "features.2", PARAMS_CHANGE) == "–"
    assert window.note.text() == "Matched by name: 3 · by place and kind: 1 · only in A: 0 · only in B: 1"
    qtbot.mouseClick(window.tools.written.button("percent"), LEFT)
    assert cell(window, "features.3", PARAMS_CHANGE) == "−25.0"
    assert cell(window, "features.4", PARAMS_CHANGE) == "new"
    before, after = table().totals, other().totals
    change = 100 * (after.params / before.params - 1)
    assert f"{change:+.1f} % params".replace("-", "−") in window.head.change.text()
    window.close()


def test_changes_have_the_diverging_colours(page: InspectPage, qtbot: QtBot) -> None:
    give(page, table())
    window = beside(page, qtbot, other())
    qtbot.mouseClick(window.tools.written.button("percent"), LEFT)
    view, model = window.view, window.view.pairs
    picture = view.viewport().grab().toImage()
    for name, change in (("features.3", -1160 / 4640), ("features.4", 1.0)):
        rect = view.visualRect(model.index(names(window).index(name), PARAMS_CHANGE))
        assert QColor(picture.pixel(rect.topLeft())) == change_colour(LIGHT, change), name
    window.close()


def test_the_unit_is_obeyed(page: InspectPage, qtbot: QtBot) -> None:
    give(page, table())
    window = beside(page, qtbot, other())
    assert (cell(window, "head", MACS_FIRST), window.view.pairs.title(MACS_FIRST)) == (
        "0.410",
        ("FLOPs", "A, M"),
    )
    page.bench.set_unit("macs")
    assert (cell(window, "head", MACS_FIRST), window.view.pairs.title(MACS_FIRST)) == (
        "204.800",
        ("MACs", "A, k"),
    )
    assert "MACs" in window.head.totals[0].text()
    window.close()


def test_sorting_searching_and_filtering_keep_the_totals_on_top(page: InspectPage, qtbot: QtBot) -> None:
    give(page, table())
    window = beside(page, qtbot, other())
    header = window.view.horizontalHeader()
    where = header.sectionViewportPosition(PARAMS_CHANGE) + 10
    qtbot.mouseClick(header.viewport(), LEFT, pos=QPoint(where, 8))
    assert names(window)[:2] == ["All layers", "features.4"] and names(window)[-1] == "features.3"
    window.tools.show_box.setCurrentIndex(window.tools.show_box.findData("different"))
    assert names(window) == ["All layers", "features.4", "features.3"]
    window.tools.show_box.setCurrentIndex(window.tools.show_box.findData("second"))
    assert names(window) == ["All layers", "features.4"]
    window.tools.show_box.setCurrentIndex(0)
    window.tools.focus_search()
    qtbot.keyClicks(window.tools.search, "stem")
    assert names(window) == ["All layers", "features.0 ↔ stem.conv"]
    window.close()


def test_one_selection_with_the_page(page: InspectPage, qtbot: QtBot) -> None:
    give(page, table())
    window = beside(page, qtbot, other())
    rect = window.view.visualRect(window.view.pairs.index(names(window).index("features.3"), 1))
    qtbot.mouseClick(window.view.viewport(), LEFT, pos=rect.center())
    assert page.bench.selection == "features.3"
    page.bench.select("features.0")
    assert window.view.currentIndex().row() == 1
    window.close()


def test_what_is_shown_goes_into_csv(page: InspectPage, qtbot: QtBot, tmp_path: Path) -> None:
    give(page, table())
    window = beside(page, qtbot, other())
    qtbot.mouseClick(window.tools.copy, LEFT)
    rows = list(csv.reader(io.StringIO(QApplication.clipboard().text())))
    by_name = {(row[0], row[1]): row for row in rows[1:]}
    assert rows[0][:7] == ["layer_a", "layer_b", "kind", "matched", "params_a", "params_b", "params_change"]
    assert by_name["features.3", "features.3"][4:7] == ["4640", "3480", "-1160"]
    assert by_name["", "features.4"][3:7] == ["", "", "5208", "5208"]
    (tmp_path / "a file").touch()
    window.write_csv(tmp_path / "a file" / "file.csv")
    assert window.failure is not None and "file.csv" in window.failure.what.text()
    window.write_csv(tmp_path / "file.csv")
    assert len((tmp_path / "file.csv").read_text("utf-8-sig").splitlines()) == len(rows)
    window.close()


def test_escape_closes_and_gives_the_request_up(page: InspectPage, qtbot: QtBot) -> None:
    give(page, table())
    window = page.actions_made.compare_with(Asked("torchvision:other", None, (), False))
    qtbot.waitExposed(window)
    given_up: list[int] = []
    page.bench.session.cancel = given_up.append  # type: ignore[method-assign]
    number = len(session(page).asked)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert given_up == [number] and page.actions_made.windows == []


def test_what_cannot_be_opened_is_said_and_nothing_is_lost(page: InspectPage, qtbot: QtBot) -> None:
    give(page, table())
    window = page.actions_made.compare_with(Asked("torchvision:nothing", None, (), False))
    session(page).last("costs_of")[2](Failure("models.timm_missing", exit_code=2, reference="timm:x"))
    assert window.failure is not None
    assert window.waiting.cancel.text() == "Close" and not window.waiting.bar.isVisible()
    assert page.bench.table is not None and page.bench.model is not None
    qtbot.mouseClick(window.waiting.cancel, LEFT)
    assert page.actions_made.windows == []


def test_a_file_that_can_run_code_is_asked_about_first(page: InspectPage, qtbot: QtBot) -> None:
    give(page, table())
    page.actions_made.compare_with(Asked("py:model.py:build", None, (), False))
    seen: list[str] = []

    def refuse() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, TrustDialog)
        seen.extend((dialog.found.toPlainText(), *(one.text() for one in dialog.findChildren(QLabel))))
        dialog.reject()

    QTimer.singleShot(0, refuse)
    session(page).last("costs_of")[2](
        Failure("models.py_needs_trust", exit_code=NEEDS_TRUST, path="model.py", factory="build", sha256="ab")
    )
    assert any("model.py" in text for text in seen)
    assert page.actions_made.windows == [] and [one[0] for one in session(page).asked].count("open") == 0


def test_the_command_asks_for_the_other_model(page: InspectPage, qtbot: QtBot) -> None:
    assert not page.actions_made.compare.isEnabled()
    give(page, table())

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, OpenDialog) and dialog.windowTitle() == "Compare with another model"
        qtbot.keyClicks(dialog.reference, "torchvision:resnet34")
        qtbot.keyClick(dialog.reference, Qt.Key.Key_Return)

    QTimer.singleShot(0, answer)
    page.actions_made.compare.trigger()
    assert session(page).last("costs_of")[0]["reference"] == "torchvision:resnet34"
    page.actions_made.windows[0].close()


def test_many_layers_are_matched_and_arranged_at_once() -> None:
    rows = tuple(conv(f"blocks.{i}", 8, 8 + i % 8, 8) for i in range(5000))
    costs = CostTable("a", "py", (), rows, table().totals)
    pairs = build(costs, CostTable("b", "py", (), rows[:-7], table().totals))
    assert pairs.counts() == (4993, 0, 7, 0)
    assert float(pairs.costs["params"].delta[1:].sum()) == -sum(row.params for row in rows[-7:])
