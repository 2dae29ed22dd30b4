"""What the live view draws: any quantity of the run, and losses that are switched on and off."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from curve_examples import series, show
from penjing_gui import numbers
from penjing_gui.compress.curves_pane import CurvesPane
from penjing_gui.compress.stages import run_stages
from penjing_gui.state import Workbench
from penjing_gui.widgets.curve_quantities import offered, usual

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


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
