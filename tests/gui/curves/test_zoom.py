"""The live view zoomed by wheel, rectangle and keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from curve_examples import TOTAL, series, show
from penjing_gui.compress.curves_pane import CurvesPane
from penjing_gui.state import Workbench
from penjing_gui.widgets.curve_cache import bounds
from penjing_gui.widgets.curve_plot import CurvePlot
from penjing_gui.widgets.curve_zoom import held, zoomed

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


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
