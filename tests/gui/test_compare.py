"""Step 4 driven by mouse and keyboard, on run folders as a run leaves them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from penjing.spec.folders import RunFolder, runs_folder
from penjing.spec.messages import Failure
from penjing_gui.compare.changes import layer_changes
from penjing_gui.compare.measures import measures
from penjing_gui.compare.page import ComparePage
from penjing_gui.compare.runs import finished_runs, read_run, short_names
from penjing_gui.state import OpenModel, Workbench
from penjing_gui.theme import DARK
from penjing_gui.widgets.delta_bar import DELTA_ROLE
from penjing_gui.widgets.pareto import ParetoPoint, front
from run_examples import REFERENCE, recipe, result, table, view, write_run
from workbenches import answered, click, shown

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def runs(penjing_home: Path) -> tuple[RunFolder, RunFolder]:
    """Two finished runs; the second is the newer."""
    import os

    old = write_run(runs_folder(), "2026-11-23-digits-cnn-prune-aaaa", after=(7, 14), ms=4.0, right=343)
    os.utime(old.result_json, (1, 1))
    return old, write_run(runs_folder(), "2026-11-24-digits-cnn-prune-bbbb")


def open_model(bench: Workbench) -> None:
    costs = table()
    bench.model = OpenModel(
        REFERENCE, "digits-cnn", "shipped", "sample", "0" * 64, costs.input, "classification", 10, None, ()
    )
    bench.table = costs
    bench.model_changed.emit(bench.model)


@pytest.fixture
def page(bench: Workbench, qtbot: QtBot) -> Iterator[ComparePage]:
    with shown(ComparePage(bench), qtbot) as page:
        yield page


@pytest.fixture
def full(page: ComparePage, runs: object, qtbot: QtBot) -> ComparePage:
    """The page with the newer run."""
    open_model(page.bench)
    qtbot.waitUntil(lambda: page.run is not None)
    QApplication.processEvents()
    return page


def cells(page: ComparePage) -> dict[str, list[str]]:
    model = page.before_after.model
    return {
        model.rows[row].key: [str(model.index(row, column).data() or "") for column in range(1, 7)]
        for row in range(model.rowCount())
    }


# empty and full


def test_without_runs_it_says_when_they_appear(page: ComparePage) -> None:
    open_model(page.bench)
    assert page.empty is not None and page.state.kind == "locked"
    assert page.empty.isVisible() and page.empty.geometry() == page.rect()
    assert not any(pane.isEnabled() for pane in page.panes), "what is covered takes no keys"
    page.resize(1200, 760)
    assert page.empty.geometry() == page.rect()


def test_without_runs_it_leads_to_where_they_are_made(page: ComparePage, qtbot: QtBot) -> None:
    open_model(page.bench)
    assert page.empty is not None
    with qtbot.waitSignal(page.go_to) as gone:
        click(page.empty.buttons[0], qtbot)
    assert gone.args == ["compress"]
    write_run(runs_folder(), "2026-11-24-digits-cnn-prune-first")
    page.hide()
    page.show()
    qtbot.waitUntil(lambda: page.run is not None)
    assert page.empty is None and all(pane.isEnabled() for pane in page.panes)
    assert not page.before_after.is_empty


def test_the_table_of_seven_rows_needs_no_scrolling(full: ComparePage) -> None:
    table = full.before_after.table
    rows, font = full.before_after.model.rowCount(), table.fontMetrics().height()
    table.setFixedHeight(table.horizontalHeader().height() + rows * max(22, font + 6))
    QApplication.processEvents()
    assert rows == 7 and table.verticalScrollBar().maximum() == 0


def test_figures_before_and_after(full: ComparePage) -> None:
    told = cells(full)
    # 9·8 + 9·8·16 + 170 = 1394 parameters before, 9·4 + 9·4·8 + 90 = 414 after
    assert told["params"] == ["k", "1.394", "0.414", "−70.3 %", "3.37× smaller", "exact"]
    before, after = 2 * (64 * (72 + 1152) + 160), 2 * (64 * (36 + 288) + 80)
    assert told["macs"][1:3] == [f"{before / 1e3:.1f}", f"{after / 1e3:.1f}"]
    assert told["latency 1"][4:] == ["1.72× as fast", "[1.68, 1.76]"]
    assert told["latency 1"][3] == "−41.8 %"
    assert told["latency 32"][4] == "no difference"
    assert told["accuracy"][3] == "−1.4 points"
    assert full.before_after.head.note.text().startswith("1 thread")


def test_the_unit_switch_changes_figures_headers_and_status(full: ComparePage) -> None:
    flops = float(cells(full)["macs"][1])
    full.bench.set_unit("macs")
    assert float(cells(full)["macs"][1]) == pytest.approx(flops / 2, abs=0.05)
    assert full.before_after.model.rows[1].name == "MACs" and full.changes.map.rows[2] == "MACs"
    assert any(rest == "MACs" for _, rest in full.status_items())


def test_a_bar_is_as_long_as_the_change(full: ComparePage) -> None:
    model = full.before_after.model
    assert model.index(0, 7).data(DELTA_ROLE) == pytest.approx(414 / 1394 - 1)
    assert not model.both_sides


def test_another_run_is_chosen_by_keyboard_and_in_the_plot(full: ComparePage, qtbot: QtBot) -> None:
    assert full.run is not None and full.run.folder.name.endswith("bbbb")
    box = full.before_after.runs
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert full.run.folder.name.endswith("aaaa")
    assert cells(full)["accuracy"][4] == "no difference"
    QApplication.processEvents()
    plot = full.pareto.plot
    other = next(point for point in plot.points if point.key.endswith("bbbb"))
    scene = plot.box.mapViewToScene(QPointF(other.cost, 100 * other.accuracy))
    qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=plot.mapFromScene(scene))
    assert full.run.folder.name.endswith("bbbb")
    assert box.currentData() == full.run.key


def test_the_watched_run_appears_when_it_is_done(page: ComparePage, tmp_path: Path, qtbot: QtBot) -> None:
    done = write_run(tmp_path / "elsewhere", "mine")
    page.bench.run_view = view(done.path)
    page.bench.run_view_changed.emit(page.bench.run_view)
    assert page.run is None
    page.bench.run_view = view(done.path, status="done", result=result())
    page.bench.run_view_changed.emit(page.bench.run_view)
    qtbot.waitUntil(lambda: page.run is not None)
    assert page.run is not None and page.run.folder.name == "mine"
    assert page.state.kind == "ready" and not page.before_after.is_empty


def test_a_full_folder_of_runs_is_read_beside_the_window_and_only_once(
    page: ComparePage, penjing_home: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from penjing_gui.compare import runs as stored

    for index in range(20):
        write_run(runs_folder(), f"2026-11-23-digits-cnn-prune-{index:04}")
    read: list[str] = []
    original = stored.read_json

    def reading(path: Path) -> object:
        assert threading.current_thread() is not threading.main_thread() or path.name == "verify.json"
        read.append(path.name)
        return original(path)

    monkeypatch.setattr(stored, "read_json", reading)
    open_model(page.bench)
    qtbot.waitUntil(lambda: len(page.runs) == 20)
    assert read.count("result.json") == 20
    page.hide()
    page.show()
    write_run(runs_folder(), "2026-11-24-digits-cnn-prune-new")
    page.hide()
    page.show()
    qtbot.waitUntil(lambda: len(page.runs) == 21)
    assert read.count("result.json") == 21, "what is known is not read again"


# layers


def test_the_map_shows_each_layers_changes_and_hatches_what_was_not_measured(full: ComparePage) -> None:
    values = full.changes.map.values
    assert full.changes.map.layers == ("a", "b", "head")
    assert values[:, 0] == pytest.approx([-0.5, -0.5, -0.5, -0.5, -0.5])
    assert values[:4, 1] == pytest.approx([-0.5, -0.75, -0.75, -0.5])
    assert values[4, 1] == pytest.approx(0.1)
    assert np.isnan(values[4, 2])


def test_a_click_in_the_map_selects_a_layer(full: ComparePage, qtbot: QtBot) -> None:
    map_ = full.changes.map
    at = map_.mapFromScene(map_.box.mapViewToScene(QPointF(1, 2)))
    qtbot.mouseClick(map_.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert full.bench.selection == "b" and map_._frame.isVisible()
    qtbot.keyClick(map_, Qt.Key.Key_Right)
    assert full.bench.selection == "head"


def test_layers_of_other_names_are_not_set_side_by_side() -> None:
    one = table()
    names, values = layer_changes(one, type(one)(**{**_fields(one), "rows": ()}), None)
    assert names == [] and values.shape == (5, 0)


def _fields(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__dataclass_fields__}


# findings


def test_findings_lead_to_what_they_speak_of(full: ComparePage, qtbot: QtBot) -> None:
    assert full.knowing.rows
    titles = [row.title.text() for row in full.knowing.rows]
    assert all(title.endswith(".") for title in titles)
    row = next(row for row in full.knowing.rows if row.link.property("place") == ["row", "accuracy"])
    click(row.link, qtbot)
    chosen = full.before_after.table.selectionModel().selectedRows()
    assert [index.data(Qt.ItemDataRole.UserRole) for index in chosen] == ["accuracy"]
    recovered = next(row for row in full.knowing.rows if row.link.property("place") == ["step", "compress"])
    with qtbot.waitSignal(full.go_to) as went:
        click(recovered.link, qtbot)
    assert went.args == ["compress"]


# export and proof


def test_verify_is_asked_for_and_shown(full: ComparePage, qtbot: QtBot) -> None:
    proof = full.proof
    assert proof.head.note.text() == "not verified yet" and proof.verify.text() == "Verify"
    click(proof.verify, qtbot)
    method, params, done, *_ = answered(full.bench).asked[-1]
    assert full.run is not None
    assert (method, params) == ("verify", {"folder": str(full.run.folder.path)})
    assert not proof.verify.isEnabled()
    rows = [
        {"file": "model.onnx", "loads": True, "max_abs_diff": 1.6e-7, "ok": True},
        {"file": "model.safetensors", "loads": False, "max_abs_diff": None, "ok": False},
    ]
    done({"artefacts": rows, "ok": False})
    told = [[str(proof.model.index(r, c).data() or "") for c in (0, 2, 4, 5)] for r in range(2)]
    assert told == [["model.onnx", "8.0", "1.6e-7", "verified"], ["model.safetensors", "7.9", "", "failed"]]
    assert proof.head.note.text() == "1 of 2 verified" and proof.verify.isEnabled()


def test_a_failed_request_is_a_strip(full: ComparePage, qtbot: QtBot) -> None:
    click(full.proof.verify, qtbot)
    answered(full.bench).asked[-1][3](Failure("session.died"))
    assert full.proof.failure is not None and full.proof.verify.isEnabled()


def test_export_makes_a_folder_of_its_own(
    full: ComparePage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "there.txt").write_text("x")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    click(full.proof.export, qtbot)
    method, params, done, *_ = answered(full.bench).asked[-1]
    assert full.run is not None
    assert method == "export" and params["source"] == str(full.run.folder.path)
    assert params["out"] == str(tmp_path / full.run.folder.name)
    assert set(params["to"]) == {"safetensors", "pt2", "onnx"}
    done({"artefacts": {"model.onnx": str(tmp_path / "out" / "model.onnx")}})
    assert str(tmp_path / "out") in full.proof.done.text()


def test_the_report_is_written_and_opened(
    full: ComparePage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    click(full.proof.report, qtbot)
    method, _, done, *_ = answered(full.bench).asked[-1]
    done({"report": "/somewhere/report.html"})
    click(full.proof.open_folder, qtbot)
    assert full.run is not None
    assert method == "report" and opened == ["/somewhere/report.html", str(full.run.folder.path)]


# the rest


def test_the_front_holds_what_nothing_beats() -> None:
    def point(name: str, cost: float, accuracy: float) -> ParetoPoint:
        return ParetoPoint(name, name, "pruning", cost, accuracy)

    points = [point("a", 1, 0.9), point("b", 2, 0.95), point("c", 3, 0.94), point("d", 2, 0.91)]
    assert [one.name for one in front(points)] == ["a", "b"]


def test_names_tell_runs_apart(runs: tuple[RunFolder, RunFolder]) -> None:
    found = finished_runs(REFERENCE)
    assert [run.folder.name[-4:] for run in found] == ["bbbb", "aaaa"]
    assert sorted(short_names(found).values()) == ["prune-30 aaaa", "prune-30 bbbb"]
    assert finished_runs("torchvision:resnet18") == []


def test_a_broken_run_is_passed_over(tmp_path: Path) -> None:
    folder = write_run(tmp_path, "broken")
    folder.result_json.write_text('{"status": "done"')
    assert read_run(folder.path) is None
    folder.result_json.write_text('{"status": "failed"}')
    assert read_run(folder.path) is None


def test_a_slower_and_larger_model_is_said_to_be_so() -> None:
    told = {row.key: row for row in measures(result(after=(9, 17), ms=6.0), 2, "FLOPs")}
    assert told["params"].words == "1.18× larger" and told["params"].verdict == "worse"
    assert told["latency 1"].words == "0.85× as fast" and told["latency 1"].verdict == "worse"


def test_dark_and_named(full: ComparePage) -> None:
    full.bench.theme = DARK
    full.bench.theme_changed.emit(DARK)
    QApplication.processEvents()
    image = full.pareto.plot.grab().toImage()
    assert image.pixelColor(image.width() - 3, 3).lightness() < 60
    for widget in full.findChildren(QWidget):
        parent = widget.parent()
        own = not (isinstance(parent, QAbstractScrollArea) and parent.viewport() is widget)
        if own and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
            assert widget.accessibleName() or getattr(widget, "text", lambda: "")(), widget
    assert full.changes.map.accessibleDescription() and full.pareto.plot.accessibleDescription()


def test_commands_are_off_without_a_run_and_ask_with_one(
    page: ComparePage, penjing_home: Path, qtbot: QtBot
) -> None:
    actions = {command.name: command.action for command in page.commands()}
    assert not any(action.isEnabled() for action in actions.values())
    write_run(runs_folder(), "2026-11-24-digits-cnn-prune-cccc")
    open_model(page.bench)
    qtbot.waitUntil(actions["compare.verify"].isEnabled)
    actions["compare.verify"].trigger()
    assert answered(page.bench).asked[-1][0] == "verify"


def write_regression(name: str, technique: str, before: float, after: float) -> RunFolder:
    """A finished run of a regression: errors instead of accuracies."""
    folder = write_run(runs_folder(), name)
    told, asked = result(), recipe()
    for side, error in (("before", before), ("after", after)):
        told[side].pop("accuracy")
        told[side]["mse"] = error
    del told["test_pairs"]
    told["accuracy_steps"] = {"dense": before, "pruned": None, "recalibrated": None, "final": after}
    if technique == "training":
        asked["technique"], asked["pruning"] = "training", None
        told["technique"], told["requested"], told["realised"] = "training", {}, {}
    folder.recipe.write_text(json.dumps(asked))
    folder.result_json.write_text(json.dumps(told))
    return folder


def test_a_regression_that_was_trained_shows_errors(
    penjing_home: Path, page: ComparePage, qtbot: QtBot
) -> None:
    write_regression("2026-11-24-rows-train-aaaa", "training", 5.0, 0.25)
    write_regression("2026-11-24-rows-prune-bbbb", "pruning", 5.0, 0.5)
    page.bench.model = OpenModel(
        REFERENCE, "rows", "shipped", "sample", "0" * 64, table().input, "regression", 1, None, ()
    )
    page.bench.model_changed.emit(page.bench.model)
    qtbot.waitUntil(lambda: len(page.runs) == 2)
    trained = next(run for run in page.runs if run.technique == "training")
    page.choose(trained.key)
    row = next(one for one in page.before_after.model.rows if one.key == "accuracy")
    assert (row.name, row.before, row.after, row.change) == ("Test error (MSE)", "5.000", "0.2500", "−95.0 %")
    points = {point.kind: point.accuracy for point in page.pareto.plot.points}
    assert points == {"before": 5.0, "this": 0.25, "pruning": 0.5}
    assert page.pareto.windowTitle() == "Error against latency"
    assert page.pareto.plot.table().headers[4] == "test error, MSE"
    assert short_names(page.runs)[trained.key] == "train-4"
    assert ("5.000 → 0.2500", "test MSE") in page.status_items()
    told = [row.title.text() for row in page.knowing.rows]
    assert told and not any("faster" in text for text in told), "nothing was to become faster"
    assert "nothing removed" in page.proof._asked_text(trained)
    large = {**result(), "before": {"mse": 26350.0}, "after": {"mse": 26269.0}}
    assert measures(large, 2, "FLOPs")[-1].after == "26,269", "no exponent where none is needed"
    best = front(page.pareto.plot.points, error=True)
    assert min(page.pareto.plot.points, key=lambda one: one.accuracy) in best
    assert page.pareto.plot.box.viewRange()[1][0] < 0.25 < 5.0 <= page.pareto.plot.box.viewRange()[1][1]
