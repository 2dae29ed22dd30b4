"""The learning rate changed while the run goes on, its marks on the curves, and the time that is left."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from curve_examples import series, show, write_run
from penjing_gui.compress.curves_pane import CurvesPane
from penjing_gui.compress.progress_pane import ProgressPane
from penjing_gui.compress.rate_dialog import RateDialog
from penjing_gui.run_thread import RunThread
from penjing_gui.state import Workbench

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


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
