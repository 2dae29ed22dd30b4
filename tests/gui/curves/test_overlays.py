"""Runs laid over the one that is watched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from curve_examples import show, write_run
from penjing.spec.journal import JournalWriter
from penjing_gui.compress.curves_pane import CurvesPane
from penjing_gui.compress.overlay_dialog import OverlayDialog
from penjing_gui.state import Workbench
from penjing_gui.theme import DARK, LIGHT
from penjing_gui.widgets.curve_looks import MOST_OVERLAYS, run_look, term_looks
from penjing_gui.widgets.curve_plot import CurvePlot

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


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
    qtbot.waitUntil(lambda: [run.data.step for run in curves.overlays] == [350, 200])
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
