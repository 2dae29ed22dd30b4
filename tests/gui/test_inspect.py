"""The Inspect page, driven by mouse and keyboard over cost tables made by hand."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication, QImage
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLineEdit,
    QMainWindow,
    QMenu,
    QPushButton,
    QToolTip,
    QWidget,
)
from pytestqt.qtbot import QtBot

from penjing.spec.costs import CostTable, Row, sum_totals
from penjing.spec.groups import CoupledGroup, Member
from penjing.spec.messages import Failure
from penjing.spec.references import InputSpec
from penjing_gui import theme as themes
from penjing_gui.inspect import columns
from penjing_gui.inspect.layer_model import NAME_ROLE
from penjing_gui.inspect.page import InspectPage
from penjing_gui.session_client import SessionClient
from penjing_gui.state import OpenModel, Workbench
from penjing_gui.theme import DARK, LIGHT, cost_colour

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # of the offscreen platform

LEFT = Qt.MouseButton.LeftButton


class Session(SessionClient):
    """A session that starts nothing: it notes what is asked, and the test answers."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, Mapping[str, Any], Callable[[Any], None], Any]] = []

    def request(
        self, method: str, params: Mapping[str, Any], done: Any, failed: Any = None, progress: Any = None
    ) -> int:
        self.asked.append((method, params, done, failed))
        return len(self.asked)

    def cancel(self, number: int) -> None:
        self.asked[number - 1][3](Failure("session.cancelled"))

    def last(self, method: str) -> tuple[Mapping[str, Any], Callable[[Any], None], Any]:
        """Parameters and callbacks of the last request of a method."""
        found = [one for one in self.asked if one[0] == method]
        return found[-1][1:]


def table_of(rows: list[Row], modules: dict[str, str], edges: bool = True) -> CostTable:
    names = [row.name for row in rows]
    pairs = tuple(pairwise(names)) if edges else ()
    totals = sum_totals(rows, max(row.activation_bytes for row in rows))
    return CostTable(
        "torchvision:small", "torchvision", (InputSpec((3, 16, 16)),), tuple(rows), totals, modules, pairs
    )


def conv(name: str, inputs: int, outputs: int, side: int) -> Row:
    params = inputs * outputs * 9 + outputs
    macs = inputs * outputs * 9 * side * side
    return Row(name, "Conv2d", params, params, macs, 1, 4 * params, 4 * outputs * side**2,
               (outputs, side, side), inputs, outputs, 1)  # fmt: skip


def relu(name: str, channels: int, side: int) -> Row:
    return Row(name, "ReLU", activation_bytes=4 * channels * side**2, output_shape=(channels, side, side))


def small() -> CostTable:
    rows = [
        conv("features.0", 3, 16, 16),
        relu("features.1", 16, 16),
        Row("features.2", "MaxPool2d", activation_bytes=4 * 16 * 64, output_shape=(16, 8, 8)),
        conv("features.3", 16, 32, 8),
        relu("features.4", 32, 8),
        Row("head", "Linear", 204_900, 204_900, 204_800, 1, 819_600, 400, (100,), 2048, 100, 1),
    ]
    return table_of(rows, {"": "Small", "features": "Sequential"})


def deep(count: int = 400) -> CostTable:
    rows = [conv(f"stages.{i // 50}.{i % 50}", 8, 8 + i % 16, 8) for i in range(count)]
    modules = {
        "": "Deep",
        "stages": "ModuleList",
        **{f"stages.{i}": "Sequential" for i in range(count // 50)},
    }
    return table_of(rows, modules)


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Workbench]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    themes.apply(app, LIGHT)
    bench = Workbench(session=Session())
    yield bench
    bench.close()


@pytest.fixture
def page(bench: Workbench, qtbot: QtBot) -> Iterator[InspectPage]:
    host = QMainWindow()
    page = InspectPage(bench)
    host.setCentralWidget(page)
    qtbot.addWidget(host)
    host.resize(1440, 806)
    with qtbot.waitExposed(host):
        host.show()
        host.activateWindow()
    yield page
    page.close()
    host.close()
    QToolTip.hideText()
    # Gone now, not when Python collects garbage: that may be inside of Qt's connect, which then waits for itself.
    page.deleteLater()
    QApplication.sendPostedEvents(page, QEvent.Type.DeferredDelete)


def give(page: InspectPage, table: CostTable, qtbot: QtBot) -> None:
    """Open a model without a worker."""
    bench = page.bench
    bench.model = OpenModel(
        table.model,
        "small",
        "random:0",
        "torchvision",
        "0" * 64,
        table.input,
        "classification",
        100,
        None,
        (),
    )
    bench.table = table
    bench.model_changed.emit(bench.model)
    bench.table_changed.emit(table)
    QApplication.processEvents()


def session(page: InspectPage) -> Session:
    assert isinstance(page.bench.session, Session)
    return page.bench.session


def click_row(page: InspectPage, name: str, column: int, qtbot: QtBot) -> None:
    view = page.layers.view
    index = page.layers.model.index_by_name(name).siblingAtColumn(column)
    view.scrollTo(index)
    qtbot.mouseClick(view.viewport(), LEFT, pos=view.visualRect(index).center())


def current(page: InspectPage) -> str:
    return str(page.layers.view.currentIndex().data(NAME_ROLE))


def shown_names(page: InspectPage) -> list[str]:
    tree = page.layers.model.tree
    assert tree is not None
    return [tree.names[node] for node in page.layers.model.shown_layers()]


def column_point(page: InspectPage, name: str, row: int) -> QPoint:
    heat = page.heat_map.map
    place = heat._data.names.index(name)
    return QPoint(heat.mapFromScene(heat.box.mapViewToScene(QPointF(place + 0.5, row + 0.5))))


def test_the_empty_page_says_what_to_do_and_its_buttons_do_it(page: InspectPage, qtbot: QtBot) -> None:
    done: list[str] = []
    for name in ("file.open", "file.sample"):
        action = QAction(page.window())
        action.setObjectName(name)
        action.triggered.connect(lambda _=False, name=name: done.append(name))
    buttons = {
        button.text(): button for button in page.layers.findChildren(QPushButton) if button.isVisible()
    }
    assert page.layers.is_empty
    qtbot.mouseClick(buttons["Open…"], LEFT)
    buttons["Try the sample"].setFocus()
    qtbot.keyClick(buttons["Try the sample"], Qt.Key.Key_Space)
    assert done == ["file.open", "file.sample"]
    assert page.status_items() == []


def test_opening_fills_every_pane_and_selects_the_largest_layer(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small(), qtbot)
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
    give(page, small(), qtbot)
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
    give(page, small(), qtbot)
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


def test_heat_cells_have_the_colour_of_their_share(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small(), qtbot)
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


def test_the_heat_map_draws_each_cell_in_its_colour(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small(), qtbot)
    heat = page.heat_map.map
    total = small().totals
    image = heat.viewport().grab().toImage()
    at = column_point(page, "features.3", 0)
    wanted = cost_colour(LIGHT, (16 * 32 * 9 + 32) / total.params)
    assert image.pixelColor(at.x() - 40, at.y()) == wanted
    assert heat.tip_at(heat.mapToScene(at)).splitlines()[0] == "features.3 · Conv2d"
    assert "FLOPs: most in features.3" in heat.accessibleDescription()


def test_searching_by_keyboard_finds_and_enter_goes_there(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small(), qtbot)
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
    give(page, small(), qtbot)
    qtbot.mouseClick(page.layers.toggle, LEFT)
    assert len(shown_names(page)) == 6 and page.layers.toggle.text() == "Hide"
    kinds = page.layers.kind
    kinds.setFocus()
    qtbot.keyClicks(kinds, "ReLU")
    assert shown_names(page) == ["features.1", "features.4"]
    qtbot.keyClick(kinds, Qt.Key.Key_Home)
    qtbot.mouseClick(page.layers.toggle, LEFT)
    assert len(shown_names(page)) == 4


def test_clicks_on_a_header_sort_reverse_and_restore(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small(), qtbot)
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


def test_copy_puts_the_rows_shown_on_the_clipboard(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small(), qtbot)
    qtbot.mouseClick(page.layers.export.copy_button, LEFT)
    rows = list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text()), delimiter="\t"))
    assert [row["layer"] for row in rows] == shown_names(page)
    assert rows[-1]["params"] == "204900" and rows[-1]["flops"] == "409600"


def test_saving_writes_the_same_and_says_what_went_wrong(
    page: InspectPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(page, small(), qtbot)
    target = tmp_path / "costs.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    page.layers.export.csv_action.trigger()
    assert target.read_text(encoding="utf-8-sig") == page.layers.export.csv_text()
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "file" / "x.csv"), ""))
    page.layers.export.csv_action.trigger()
    strip = page.layers.failure
    assert strip is not None and strip.what.text() == "x.csv could not be written."


def test_the_column_chooser_shows_and_hides(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small(), qtbot)
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


def test_the_unit_changes_every_figure(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small(), qtbot)
    macs = columns.KEYS.index("macs")
    model = page.layers.model
    total = small().totals.macs
    assert (model.index(0, macs).data(), model.unit(macs)) == (f"{2 * total / 1e6:.3f}", "M")
    page.bench.set_unit("macs")
    assert (model.index(0, macs).data(), model.unit(macs)) == (f"{total / 1e3:.3f}", "k")
    assert model.headerData(macs, Qt.Orientation.Horizontal).startswith("MACs")
    assert page.heat_map.map._data.rows[1] == "MACs"
    assert page.concentration.sentences[1].text().startswith("MACs: ")
    assert page.tree_map.colour.currentText() == "MACs"
    assert page.layer.form.value("macs").text().startswith("204.80 k")
    assert ("MACs" in [rest for _, rest in page.status_items()]) is True


def test_weights_come_from_the_session_when_the_selection_rests(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small(), qtbot)
    # In one turn of the event loop, however busy the machine is: nothing rests on the first of them.
    page.bench.select("features.0")
    page.bench.select("features.3")

    def names() -> list[str]:
        return [one[1]["name"] for one in session(page).asked if one[0] == "layer"]

    qtbot.waitUntil(lambda: "features.3" in names(), timeout=10_000)
    assert "features.0" not in names()  # what was only passed over is not asked for
    _, done, _ = session(page).last("layer")
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
    give(page, small(), qtbot)
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


def test_measuring_latency_fills_the_hatched_row(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small(), qtbot)
    heat = page.heat_map
    assert heat.map._data.missing[3] == "not measured yet"
    qtbot.mouseClick(heat.measure, LEFT)
    qtbot.waitUntil(lambda: heat.head.busy.isVisible(), timeout=2000)
    qtbot.mouseClick(heat.head.cancel, LEFT)
    assert not heat.head.busy.isVisible() and heat.failure is None
    qtbot.mouseClick(heat.measure, LEFT)
    params, done, _ = session(page).last("latency")
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
    give(page, small(), qtbot)
    qtbot.mouseClick(page.heat_map.measure, LEFT)
    session(page).last("latency")[2](Failure("session.died", signal="SIGKILL"))
    assert page.heat_map.failure is not None
    assert page.heat_map.measure.isEnabled()


def test_the_maps_choices(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small(), qtbot)
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
    give(page, deep(), qtbot)
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


def test_everything_has_a_name_and_the_theme_changes(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small(), qtbot)
    for pane in page.panes:
        for kind in (QLineEdit, QPushButton):
            for widget in pane.findChildren(kind):
                if widget.isVisible():
                    assert widget.accessibleName() or widget.text()
    for widget in (page.layers.view, page.heat_map.map, page.tree_map.map, page.concentration.plot):
        assert isinstance(widget, QWidget) and widget.accessibleName() and widget.accessibleDescription()
    page.bench.set_theme("dark")
    QApplication.processEvents()
    image = page.grab().toImage()
    corner = page.layers.view.viewport().mapTo(page, QPoint(4, page.layers.view.viewport().height() - 6))
    assert image.pixelColor(corner) == DARK.base
    page.bench.set_theme("light")


# Many rows, several at once, ranges, pictures, zoom


def twelve() -> CostTable:
    """Twelve blocks alike and a head."""
    rows = []
    for i in range(12):
        rows.append(conv(f"blocks.{i}.conv", 8, 8, 8))
        rows.append(Row(f"blocks.{i}.norm", "BatchNorm2d", 16, 16, 0, 1, 64, 2048, (8, 8, 8)))
    rows.append(Row("head", "Linear", 5130, 5130, 5120, 1, 20_520, 40, (10,), 512, 10, 1))
    modules = {"": "Twelve", "blocks": "Sequential", **{f"blocks.{i}": "Block" for i in range(12)}}
    return table_of(rows, modules)


def labels(page: InspectPage) -> list[str]:
    model = page.layers.model
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_blocks_alike_stand_as_one_with_their_count_and_a_click_shows_them_all(
    page: InspectPage, qtbot: QtBot
) -> None:
    give(page, twelve(), qtbot)
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
    give(page, small(), qtbot)
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
    give(page, small(), qtbot)
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


def test_a_range_narrows_the_table_in_the_columns_unit(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small(), qtbot)
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


def test_one_list_is_sorted_over_the_whole_model(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small(), qtbot)

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


@pytest.mark.parametrize("pane", ["layers", "heat_map", "tree_map", "concentration"])
def test_every_pane_is_saved_as_png_and_svg(
    page: InspectPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pane: str
) -> None:
    give(page, small(), qtbot)
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
    give(page, deep(), qtbot)
    page.layers.view.set_all_open(True)
    picture = page.layers.export.picture()
    assert picture is not None
    view = page.layers.view
    row = view.verticalHeader().defaultSectionSize()
    assert picture.size.height() == view.header().height() + page.layers.model.rowCount() * row
    assert b"stages" in picture.svg()


def test_the_tree_map_goes_into_a_module_and_back(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small(), qtbot)
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


def test_the_concentration_is_linked_too(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small(), qtbot)
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


def test_the_maps_are_tables_too(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small(), qtbot)
    heat, tiles, curve = page.heat_map.table(), page.tree_map.table(), page.concentration.table()
    assert heat.columns[0] == ("features.0", "features.2", "features.3", "head")
    assert heat.text(3, 1) == "204900" and heat.text(3, 2) == "409600" and heat.text(3, 4) == ""
    assert [tiles.text(row, 1) for row in (0, 5)] == ["448", "204900"]
    assert curve.text(0, 0) == "head" and curve.text(0, 2) == "97.577"
    for widget in (page.heat_map.map, page.tree_map.map, page.concentration.plot):
        names = [action.text() for action in widget.actions()]
        assert names == ["Show as table", "Save picture…", "Copy picture"]


def test_figures_as_they_are_have_their_own_legend(page: InspectPage, qtbot: QtBot) -> None:
    give(page, small(), qtbot)
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


def test_the_tables_commands_do_what_its_buttons_do(page: InspectPage, qtbot: QtBot) -> None:
    actions = {command.name: command.action for command in page.commands()}
    assert not actions["inspect.csv"].isEnabled()
    give(page, small(), qtbot)
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
