"""The live view: zoom, quantities, legend, runs laid over, export, and the learning rate changed by hand."""

from __future__ import annotations

import csv
import io
import json
import os
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from penjing.spec.folders import RunFolder, runs_folder
from penjing.spec.journal import JournalWriter
from penjing_gui import numbers
from penjing_gui import theme as themes
from penjing_gui.compress.curves_pane import CurvesPane
from penjing_gui.compress.overlay_dialog import OverlayDialog
from penjing_gui.compress.progress_pane import ProgressPane
from penjing_gui.compress.rate_dialog import RateDialog
from penjing_gui.compress.stages import run_stages
from penjing_gui.run_thread import RunThread
from penjing_gui.session_client import SessionClient
from penjing_gui.state import Workbench
from penjing_gui.theme import DARK, LIGHT
from penjing_gui.widgets.curve_cache import bounds
from penjing_gui.widgets.curve_looks import MOST_OVERLAYS, run_look, term_looks
from penjing_gui.widgets.curve_plot import CurvePlot
from penjing_gui.widgets.curve_quantities import offered, usual
from penjing_gui.widgets.curve_zoom import held, zoomed
from run_examples import recipe, view

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

TOTAL = 400


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Workbench]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    themes.apply(app, LIGHT)
    bench = Workbench(session=SessionClient())
    yield bench
    bench.close()


@pytest.fixture
def pane(bench: Workbench, qtbot: QtBot) -> CurvesPane:
    pane = CurvesPane(bench)
    qtbot.addWidget(pane)
    pane.resize(828, 470)
    with qtbot.waitExposed(pane):
        pane.show()
    return pane


def series(steps: int = 300, seed: int = 3, total: int = TOTAL) -> dict[str, Any]:
    x = np.arange(1.0, steps + 1)
    loss = (3 * np.exp(-x / total * 5) + 0.1) * np.random.default_rng(seed).uniform(0.8, 1.25, steps)
    ends = np.arange(40.0, steps + 1, 40.0)
    return {
        "loss": (x, loss),
        "ce": (x, 0.5 * loss),
        "kd": (x, 1.5 * loss),
        "lr": (x, 0.1 * (1 - x / total)),
        "val_loss": (ends, 3 * np.exp(-ends / total * 5) + 0.2),
        "val_accuracy": (ends, 0.9 + ends / 10_000),
        "val_top5": (ends, 0.95 + ends / 10_000),
        "samples_per_s": (ends, 1000 + ends),
        "memory_bytes": (ends, 2e9 + 1e6 * ends),
    }


def show(bench: Workbench, folder: Path, **changes: Any) -> None:
    given = {"series": series(), "step": 300, "total_steps": TOTAL, "total_epochs": 10, **changes}
    bench.run_view = view(folder, **given)
    bench.run_view_changed.emit(bench.run_view)
    QApplication.processEvents()


def write_run(
    name: str, steps: int, seed: int = 9, restart_at: int | None = None, ended: bool = True
) -> RunFolder:
    """A run with its journal in the runs folder, as a process would have written it."""
    folder = RunFolder(runs_folder() / name)
    folder.path.mkdir(parents=True)
    folder.recipe.write_text(json.dumps(recipe()))
    losses = np.random.default_rng(seed).uniform(0.5, 2.0, steps + 1)
    with JournalWriter(folder.journal) as journal:
        journal.write("started", pid=os.getpid(), total_steps=TOTAL, total_epochs=10)
        if restart_at is not None:
            for i in range(1, restart_at + 7):
                journal.write("step", step=i, loss=float(losses[i]) if i <= restart_at else 99.0)
            journal.write("resumed", step=restart_at, after="restart", pid=os.getpid())
        for i in range((restart_at or 0) + 1, steps + 1):
            journal.write("step", step=i, loss=float(losses[i]))
            if i % 40 == 0:
                journal.write("epoch", epoch=i // 40, step=i, val_loss=1.0, val_accuracy=i / 1000)
        if ended:
            journal.write("stopped", step=steps)
    return folder


def middle(plot: CurvePlot) -> QPoint:
    return plot.mapFromScene(plot.box.mapViewToScene(plot.box.viewRect().center()))


def wheel(plot: CurvePlot, at: QPoint, turn: int) -> None:
    event = QWheelEvent(
        QPointF(at), QPointF(plot.viewport().mapToGlobal(at)), QPoint(), QPoint(0, turn),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(plot.viewport(), event)
    QApplication.processEvents()


def drag(plot: CurvePlot, to: QPoint) -> None:
    left, where = Qt.MouseButton.LeftButton, QPointF(plot.viewport().mapToGlobal(to))
    none, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(
        plot.viewport(), QMouseEvent(QEvent.Type.MouseMove, QPointF(to), where, none, left, keys)
    )
    QTest.qWait(11)  # pyqtgraph takes at most a hundred moves a second


# zoom


def test_the_wheel_zooms_at_the_mouse_and_both_plots_follow(
    pane: CurvesPane, bench: Workbench, tmp_path: Path
) -> None:
    show(bench, tmp_path)
    curves = pane.curves
    at = middle(curves.loss)
    before = curves.loss.box.mapSceneToView(curves.loss.mapToScene(at)).x()
    wheel(curves.loss, at, 480)
    span = curves.span
    assert span is not None and span[1] - span[0] == pytest.approx(0.4866 * 1.012 * TOTAL, rel=0.01)
    after = curves.loss.box.mapSceneToView(curves.loss.mapToScene(at)).x()
    assert after == pytest.approx(before, abs=0.5), "the step under the mouse stays there"
    for plot in (curves.loss, curves.below):
        assert plot.box.viewRange()[0] == pytest.approx(list(span))
    assert curves.whole_run.isVisible()
    wheel(curves.below, middle(curves.below), -4800)
    assert curves.span is None and not curves.whole_run.isVisible()


def test_a_rectangle_zooms_and_a_double_click_goes_back(
    pane: CurvesPane, bench: Workbench, tmp_path: Path, qtbot: QtBot
) -> None:
    show(bench, tmp_path)
    curves = pane.curves
    plot = curves.loss

    def place(step: float) -> QPoint:
        return plot.mapFromScene(plot.box.mapViewToScene(QPointF(step, plot.box.viewRect().center().y())))

    start, end = place(100), place(200)
    qtbot.mousePress(plot.viewport(), Qt.MouseButton.LeftButton, pos=start)
    for x in (*range(start.x(), end.x(), 5), end.x()):
        drag(plot, QPoint(x, end.y()))
    assert plot.box.rbScaleBox.isVisible()
    qtbot.mouseRelease(plot.viewport(), Qt.MouseButton.LeftButton, pos=end)
    assert not plot.box.rbScaleBox.isVisible()
    assert curves.span is not None and curves.span == (pytest.approx(100, abs=3), pytest.approx(200, abs=3))
    qtbot.mouseDClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=start)
    assert curves.span is None


def test_keys_zoom_move_and_go_back(pane: CurvesPane, bench: Workbench, tmp_path: Path, qtbot: QtBot) -> None:
    show(bench, tmp_path)
    curves = pane.curves
    curves.loss.setFocus()
    for _ in range(2):
        qtbot.keyClick(curves.loss, Qt.Key.Key_Plus)
    first = curves.span
    assert first is not None and first[1] - first[0] == pytest.approx(1.012 * TOTAL / 4)
    qtbot.keyClick(curves.loss, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert curves.span is not None and curves.span[0] == pytest.approx(
        first[0] + 0.25 * (first[1] - first[0])
    )
    qtbot.keyClick(curves.loss, Qt.Key.Key_Minus)
    qtbot.keyClick(curves.loss, Qt.Key.Key_0)
    assert curves.span is None
    qtbot.keyClick(curves.loss, Qt.Key.Key_Plus)
    qtbot.mouseClick(curves.whole_run, Qt.MouseButton.LeftButton)
    assert curves.span is None and curves.loss.hasFocus()


def test_the_loss_axis_fits_what_is_in_view(pane: CurvesPane, bench: Workbench, tmp_path: Path) -> None:
    show(bench, tmp_path)
    curves = pane.curves
    curves.set_logarithmic(False)
    whole = curves.loss.y_range
    curves.set_span((250.0, 300.0))
    low, high = curves.loss.y_range
    shown = [series()[key][1][248:300] for key in ("loss", "ce", "kd")]
    assert high < 0.5 * whole[1] and high <= 1.3 * max(one.max() for one in shown)
    found = bounds(shown)
    assert found is not None and low <= found[0]
    steps = curves.loss.drawn("loss")
    assert steps is not None and steps[0][0] >= 248 and steps[0][-1] <= 301


def test_a_zoom_stays_while_the_run_goes_on_and_goes_with_another_run(
    pane: CurvesPane, bench: Workbench, tmp_path: Path
) -> None:
    show(bench, tmp_path / "a")
    pane.curves.set_span((100.0, 200.0))
    show(bench, tmp_path / "a", series=series(320), step=320)
    assert pane.curves.span == (100.0, 200.0)
    show(bench, tmp_path / "b")
    assert pane.curves.span is None


def test_a_span_stays_inside_the_run_and_is_not_too_narrow() -> None:
    assert held((-50.0, 20.0), (0.0, 100.0)) == (0.0, 70.0)
    assert held((90.0, 130.0), (0.0, 100.0)) == (60.0, 100.0)
    assert held((50.0, 50.5), (0.0, 100.0)) == (45.25, 55.25)
    assert held((-10.0, 200.0), (0.0, 100.0)) is None
    assert zoomed((0.0, 100.0), 0.5, 20.0) == (10.0, 60.0)


# quantities and legend


def test_any_quantity_of_the_run_can_be_shown(
    pane: CurvesPane, bench: Workbench, tmp_path: Path, qtbot: QtBot
) -> None:
    show(bench, tmp_path)
    curves, choice = pane.curves, pane.curves.choice
    titles = [choice.itemText(index) for index in range(choice.count())]
    assert titles == [
        "Accuracy, %", "Top-5 accuracy, %", "Learning rate", "Throughput, samples/s", "Memory, MB",
    ]  # fmt: skip
    assert choice.currentText() == "Accuracy, %" and curves.below_note.text() == "validation"
    choice.setFocus()
    qtbot.keyClick(choice, Qt.Key.Key_End)
    assert choice.currentText() == "Memory, MB" and curves.below_note.text() == ""
    assert curves.below_values.rows[0].value == "2,280"
    drawn = curves.below.drawn("quantity")
    assert drawn is not None and drawn[1] == pytest.approx(2000 + np.arange(40, 301, 40))
    low, high = curves.below.y_range
    assert low <= 2040 and high >= 2280
    qtbot.keyClick(choice, Qt.Key.Key_Up)
    assert curves.below.accessibleName() == "Throughput, samples/s by step"
    assert {row.name: row.value for row in curves.below_values.rows}["median"] == "1,160"


def test_a_regression_is_judged_by_its_error(pane: CurvesPane, bench: Workbench, tmp_path: Path) -> None:
    x, ends = np.arange(1.0, 301.0), np.array([100.0, 200.0, 300.0])
    given = {
        "loss": (x, 1 / x),
        "val_loss": (ends, np.array([0.5, 0.4, 0.3])),
        "val_mse": (ends, np.array([0.5, 0.4, 0.3])),
        "val_mae": (ends, np.array([0.6, 0.5, 0.4])),
    }
    stages = {"dense": {"mse": 0.25, "step": 0}, "pruned": {"mse": 9.0, "step": 0}}
    show(bench, tmp_path, series=given, stages=stages, best_epoch=3)
    curves = pane.curves
    assert curves.choice.currentText() == "MSE"
    rows = {row.name: row.value for row in curves.below_values.rows}
    assert (rows["now"], rows["dense"], rows["best, epoch 3"]) == ("0.300", "0.250", "0.300")
    low, high = curves.below.y_range
    assert low <= 0.25 and 0.5 <= high < 2, "a stage far away does not flatten the curve"
    assert curves.quantities.marks.words == {"pruned": "pruned 9.00, above the scale"}
    assert pane.finding() == "Validation loss 0.300, falling; MSE 0.300."
    assert bench.run_view is not None
    errors = {stage.name: (stage.error, stage.note) for stage in run_stages(bench.run_view, numbers.ENGLISH)}
    assert errors["Dense"][0] == 0.25 and errors["Final"] == (0.3, "so far")


def test_a_metric_that_nobody_has_heard_of_is_offered_by_its_name() -> None:
    names = ["loss", "lr", "val_loss", "val_new_thing", "val_f1", "memory_bytes"]
    assert offered(names) == ["val_f1", "val_new_thing", "lr", "memory_bytes"]
    empty = (np.empty(0), np.empty(0))
    assert usual({"val_mse": empty, "val_f1": empty}) == "val_mse"
    assert usual({"loss": empty}) == "val_accuracy"


def test_each_loss_can_be_switched_by_mouse_and_keys(
    pane: CurvesPane, bench: Workbench, tmp_path: Path, qtbot: QtBot
) -> None:
    show(bench, tmp_path)
    curves, legend = pane.curves, pane.curves.loss_values
    keys = [row.key for row in legend.rows if row.key]
    assert keys == ["val_loss", "loss", "ce", "kd", "unsmoothed"]
    whole = curves.loss.y_range
    qtbot.mouseClick(legend, Qt.MouseButton.LeftButton, pos=legend.row_rect("kd").center().toPoint())
    assert curves.loss.drawn("kd") is None and curves.loss.drawn("loss") is not None
    assert curves.loss.y_range[1] < whole[1], "the axis fits what is left"
    row = next(row for row in legend.rows if row.key == "kd")
    assert not row.on and row.value == "" and "train, KD (hidden)" in legend.accessibleDescription()
    legend.setFocus()
    qtbot.keyClick(legend, Qt.Key.Key_Down)  # the current row is that of the click
    qtbot.keyClick(legend, Qt.Key.Key_Space)
    assert curves.loss.drawn("loss unsmoothed") is None
    for _ in range(3):
        qtbot.keyClick(legend, Qt.Key.Key_Up)
    qtbot.keyClick(legend, Qt.Key.Key_Return)
    assert curves.loss.drawn("loss") is None
    qtbot.keyClick(legend, Qt.Key.Key_Return)
    assert curves.loss.drawn("loss") is not None


def test_the_pale_curve_is_beneath_every_smoothed_one(
    pane: CurvesPane, bench: Workbench, tmp_path: Path
) -> None:
    show(bench, tmp_path)
    curves = pane.curves
    for index, strength in ((1, "light"), (2, "strong")):
        pane.smooth.setCurrentIndex(index)
        assert curves.losses.strength == strength
        pale, drawn = curves.loss.drawn("loss unsmoothed"), curves.loss.drawn("loss")
        assert pale is not None and drawn is not None
        assert pale[1] == pytest.approx(np.log10(series()["loss"][1]))
        assert np.abs(np.diff(drawn[1])).max() < 0.3 * np.abs(np.diff(pale[1])).max()
    pane.smooth.setCurrentIndex(0)
    assert curves.loss.drawn("loss unsmoothed") is None
    curves.switch("loss")  # a part that is drawn without the total has its own beneath it
    pane.smooth.setCurrentIndex(1)
    assert curves.loss.drawn("ce unsmoothed") is not None


# runs laid over


def looks(plot: CurvePlot) -> dict[str, tuple[str, tuple[float, ...]]]:
    return {
        key: (curve.opts["pen"].color().name(), tuple(curve.opts["pen"].dashPattern()))
        for key, curve in plot._curves.items()
        if curve.isVisible() and "unsmoothed" not in key
    }


def test_runs_are_laid_over_told_apart_switched_and_taken_away(
    pane: CurvesPane, bench: Workbench, tmp_path: Path, qtbot: QtBot
) -> None:
    show(bench, tmp_path)
    pane.smooth.setCurrentIndex(0)
    first, second = write_run("2026-11-01-net-prune-aaaa", 350, restart_at=90), write_run("net-b", 200, 4)
    curves = pane.curves
    pane.overlays.set_paths([first.path, second.path])
    qtbot.waitUntil(lambda: [run.data.step for run in curves.overlays] == [350, 200], timeout=10000)
    QApplication.processEvents()
    drawn = curves.loss.drawn(f"{first.path}/loss")
    assert drawn is not None
    wanted = np.random.default_rng(9).uniform(0.5, 2.0, 351)[1:]
    assert drawn[0].tolist() == list(range(1, 351)), "a run that was resumed is one clean curve"
    assert drawn[1] == pytest.approx(np.log10(wanted))
    shown = looks(curves.loss)
    assert len(set(shown.values())) == len(shown) - 2, "a run's two losses share its look, nothing else does"
    names = [row.name for row in curves.loss_values.rows]
    assert "net-prune-aaaa" in names and "net-b" in names
    assert {"net-prune-aaaa", "net-b"} <= {row.name for row in curves.below_values.rows}
    curves.loss.setFocus()
    curves._move_cursor(250.0)
    values = {row.key: row.value for row in curves.loss_values.rows}
    assert values[f"{first.path}/loss"] == f"{wanted[249]:.3f}"
    assert values[f"{second.path}/loss"] == "", "it has not come so far"
    curves.switch(f"{first.path}/loss")
    assert curves.loss.drawn(f"{first.path}/loss") is None
    before = shown[f"{second.path}/loss"]
    pane.overlays.set_paths([second.path])
    QApplication.processEvents()
    assert [run.name for run in curves.overlays] == ["net-b"]
    assert looks(curves.loss)[f"{second.path}/loss"] == before, "who stays keeps its look"
    assert "net-prune-aaaa" not in {row.name for row in curves.loss_values.rows}


def test_a_run_that_goes_on_is_followed(
    pane: CurvesPane, bench: Workbench, tmp_path: Path, qtbot: QtBot
) -> None:
    show(bench, tmp_path)
    folder = write_run("live", 10, ended=False)
    pane.overlays.set_paths([folder.path])
    qtbot.waitUntil(lambda: bool(pane.curves.overlays) and pane.curves.overlays[0].data.step == 10)
    with JournalWriter(folder.journal) as journal:
        journal.write("step", step=11, loss=1.0)
        qtbot.waitUntil(lambda: pane.curves.overlays[0].data.step == 11)
        journal.write("stopped", step=11)


def test_a_run_that_was_laid_over_and_is_watched_now_is_drawn_once(
    pane: CurvesPane, bench: Workbench, tmp_path: Path, qtbot: QtBot
) -> None:
    show(bench, tmp_path)
    first, second = write_run("one", 30), write_run("two", 40)
    pane.overlays.set_paths([first.path, second.path])
    qtbot.waitUntil(lambda: len(pane.curves.overlays) == 2)
    show(bench, first.path)
    assert pane.overlays.paths == [second.path]
    assert [run.name for run in pane.curves.runs] == ["one", "two"]


def test_the_dialog_lists_runs_and_lays_over_what_is_ticked(
    pane: CurvesPane, bench: Workbench, qtbot: QtBot
) -> None:
    runs = [write_run(f"run-{index}", 50 + index) for index in range(6)]
    show(bench, runs[0].path)
    seen: dict[str, Any] = {}

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, OverlayDialog)
        if not dialog.list.topLevelItemCount():
            QTimer.singleShot(20, answer)
            return
        items = [dialog.list.topLevelItem(index) for index in range(dialog.list.topLevelItemCount())]
        seen["names"] = sorted(item.text(0) for item in items if item is not None)
        seen["states"] = {item.text(2) for item in items if item is not None}
        dialog.list.setFocus()
        for _ in range(5):
            qtbot.keyClick(dialog.list, Qt.Key.Key_Space)
            qtbot.keyClick(dialog.list, Qt.Key.Key_Down)
        seen["chosen"], seen["says"] = len(dialog.chosen), dialog.says.text()
        dialog.accept()

    QTimer.singleShot(20, answer)
    qtbot.mouseClick(pane.add_run, Qt.MouseButton.LeftButton)
    assert seen["names"] == [f"run-{index}" for index in range(1, 6)], "the watched one is not among them"
    assert seen["states"] == {"stopped"}
    assert seen["chosen"] == MOST_OVERLAYS and seen["says"].startswith("At most four")
    qtbot.waitUntil(lambda: len(pane.curves.overlays) == MOST_OVERLAYS)
    assert [run.slot for run in pane.curves.overlays] == [1, 2, 3, 4]


def test_a_folder_that_is_no_run_is_said(
    pane: CurvesPane, bench: Workbench, tmp_path: Path, qtbot: QtBot
) -> None:
    show(bench, tmp_path)
    dialog = OverlayDialog(LIGHT, [], None, pane)
    qtbot.addWidget(dialog)
    dialog.show_runs([])
    assert dialog.says.text() == "There is no other run with curves yet."
    dialog.take_folder(tmp_path / "nothing")
    pane.overlays.set_paths(dialog.chosen)
    qtbot.waitUntil(lambda: pane.failure is not None)
    assert pane.failure is not None and pane.overlays.paths == []


def test_looks_differ_by_dash_as_well_as_by_colour() -> None:
    for theme in (LIGHT, DARK):
        found = [run_look(theme, slot) for slot in range(1, MOST_OVERLAYS + 1)]
        found += [look for key, look in term_looks(theme, ["ce", "kd"]).items() if key in ("ce", "kd")]
        dashes = [tuple(look.pen.dashPattern()) for look in found]
        assert len(set(dashes)) == len(dashes) and all(dashes)


# export


def written(pane: CurvesPane, path: Path, qtbot: QtBot) -> Any:
    with qtbot.waitSignal(pane.export.ended) as ended:
        pane.export.write(path)
    return ended.args[1]


def test_svg_is_lines_and_text(pane: CurvesPane, bench: Workbench, tmp_path: Path, qtbot: QtBot) -> None:
    show(bench, tmp_path, settings=((100, 0.05),))
    assert written(pane, tmp_path / "a.svg", qtbot) is None
    root = ET.fromstring((tmp_path / "a.svg").read_text(encoding="utf-8"))
    kinds = [element.tag.rpartition("}")[2] for element in root.iter()]
    assert "image" not in kinds and kinds.count("path") + kinds.count("polyline") > 20
    words = {(element.text or "").strip() for element in root.iter() if element.tag.endswith("}text")}
    assert {"Loss", "Accuracy, %", "validation", "train, KD", "step", "400"} <= words
    assert pane.head.note.text() == "saved a.svg"


def test_png_is_sharp_and_both_themes_differ(
    pane: CurvesPane, bench: Workbench, tmp_path: Path, qtbot: QtBot
) -> None:
    show(bench, tmp_path)
    assert written(pane, tmp_path / "light.png", qtbot) is None
    pane.apply_theme(DARK)
    assert written(pane, tmp_path / "dark.png", qtbot) is None
    light, dark = QImage(str(tmp_path / "light.png")), QImage(str(tmp_path / "dark.png"))
    assert light.width() == 2 * pane.curves.width()
    assert light.pixelColor(3, 3).lightness() > 240 and dark.pixelColor(3, 3).lightness() < 60


def test_csv_holds_every_step_of_every_curve_exactly(
    pane: CurvesPane, bench: Workbench, tmp_path: Path, qtbot: QtBot
) -> None:
    show(bench, tmp_path)
    other = write_run("net-b", 350, 4)
    pane.overlays.set_paths([other.path])
    qtbot.waitUntil(lambda: bool(pane.curves.overlays) and pane.curves.overlays[0].data.step == 350)
    pane.curves.set_quantity("samples_per_s")
    pane.curves.switch("kd")
    assert written(pane, tmp_path / "a.csv", qtbot) is None
    rows = list(csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text(encoding="utf-8"))))
    name = tmp_path.name
    assert list(rows[0]) == [
        "step", f"loss ({name})", f"ce ({name})", f"val_loss ({name})", f"samples_per_s [samples/s] ({name})",
        "loss (net-b)", "val_loss (net-b)",
    ]  # fmt: skip
    assert [int(row["step"]) for row in rows] == list(range(1, 351))
    assert [float(row[f"loss ({name})"]) for row in rows[:300]] == series()["loss"][1].tolist()
    assert rows[300][f"loss ({name})"] == "" and rows[38][f"val_loss ({name})"] == ""
    assert float(rows[39][f"samples_per_s [samples/s] ({name})"]) == 1040.0
    assert float(rows[349]["loss (net-b)"]) == np.random.default_rng(4).uniform(0.5, 2.0, 351)[350]


def test_what_cannot_be_written_leaves_nothing_and_is_said(
    pane: CurvesPane, bench: Workbench, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(bench, tmp_path)
    (tmp_path / "old.csv").write_text("as it was", encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("penjing_gui.widgets.csv_file.exact", full)
    failure = written(pane, tmp_path / "old.csv", qtbot)
    assert failure is not None and failure.message.params["problem"] == "No space left on device"
    assert (tmp_path / "old.csv").read_text(encoding="utf-8") == "as it was"
    assert [path.name for path in tmp_path.iterdir()] == ["old.csv"]
    assert pane.failure is not None and "old.csv" in pane.failure.what.text()


def test_export_is_in_the_menus_too(pane: CurvesPane, bench: Workbench, tmp_path: Path) -> None:
    show(bench, tmp_path)
    names = [command.name for command in pane.export_commands()]
    assert names == ["compress.curves_png", "compress.curves_svg", "compress.curves_csv"]
    pane.export.export_actions["copy"].trigger()
    assert not QApplication.clipboard().image().isNull()


# the learning rate


@pytest.fixture
def progress(bench: Workbench, qtbot: QtBot) -> ProgressPane:
    pane = ProgressPane(bench)
    qtbot.addWidget(pane)
    pane.resize(300, 480)
    with qtbot.waitExposed(pane):
        pane.show()
    return pane


def test_the_learning_rate_is_changed_through_the_run(
    progress: ProgressPane, bench: Workbench, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = write_run("watched", 20)
    bench.run = RunThread(folder.path, False, parent=bench)
    for status, enabled in (("starting", False), ("running", True), ("paused", True), ("stopped", False)):
        show(bench, folder.path, status=status)
        assert progress.rate.isEnabled() == enabled, status
    show(bench, folder.path)
    assert progress.rate_value.text() == "0.025"

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, RateDialog)
        assert dialog.present.text() == "0.025"
        for text in ("", "fast", "-1", "0", "inf", "nan"):
            dialog.field.setText(text)
            assert not dialog.apply.isEnabled(), text
        dialog.field.clear()
        qtbot.keyClicks(dialog.field, "1.25e-2")
        qtbot.keyClick(dialog.field, Qt.Key.Key_Return)

    QTimer.singleShot(50, answer)
    qtbot.mouseClick(progress.rate, Qt.MouseButton.LeftButton)
    order = json.loads(folder.control.read_text(encoding="utf-8"))
    assert (order["command"], order["settings"]) == ("settings", {"lr": 0.0125})
    QTimer.singleShot(50, reject)
    progress.ask_rate()
    assert json.loads(folder.control.read_text(encoding="utf-8")) == order, "cancelled"


def reject() -> None:
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QDialog)
    dialog.reject()


def test_a_rate_set_by_hand_is_marked_on_the_curves(
    pane: CurvesPane, bench: Workbench, tmp_path: Path
) -> None:
    show(bench, tmp_path, settings=((100, 0.05), (200, 0.0125)))
    curves = pane.curves
    pane.smooth.setCurrentIndex(0)
    x, y = curves.loss._diamonds.getData()
    assert x.tolist() == [100, 200]
    assert y == pytest.approx(np.log10(series()["loss"][1][[99, 199]])), "they lie on the curve"
    rows = {row.name: row.value for row in curves.loss_values.rows}
    assert rows["rate set"] == "0.0125"
    curves._move_cursor(150.0)
    assert {row.name: row.value for row in curves.loss_values.rows}["rate set"] == "0.05"
    curves.set_quantity("lr")
    assert curves.below._diamonds.getData()[1].tolist() == [0.05, 0.0125]


def test_time_left_is_told_with_its_spread(progress: ProgressPane, bench: Workbench, tmp_path: Path) -> None:
    for estimate, told in (
        ((42.0, 40.2, 45.4), ("about 42 s", "(40 to 45 s)")),
        ((181.0, 120.0, 240.0), ("about 3.0 min", "(2.0 to 4.0 min)")),
        ((1234.0, 900.0, 1500.0), ("about 21 min", "(15 to 25 min)")),
        ((9000.0, 8000.0, 10000.0), ("about 2.5 h", "(2.2 to 2.8 h)")),
    ):
        show(bench, tmp_path, eta=estimate)
        assert (progress.left_value.text(), progress.left_spread.text()) == told
        assert progress.eta.accessibleDescription() == " ".join(told)
    show(bench, tmp_path, status="paused", eta=None)
    assert progress.left_value.text() == "paused" and not progress.left_spread.isVisible()
