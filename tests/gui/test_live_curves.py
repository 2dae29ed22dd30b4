"""The live curves: smoothing, axes, the read-out under mouse and keyboard, and what an update costs."""

from __future__ import annotations

import statistics
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from penjing_gui.theme import DARK, LIGHT
from penjing_gui.widgets.accuracy_marks import accuracy_range
from penjing_gui.widgets.curve_axes import linear_ticks, log_text, log_ticks, step_ticks
from penjing_gui.widgets.curve_figures import CurveData, thinned
from penjing_gui.widgets.data_table import TableWindow
from penjing_gui.widgets.extremes import Extremes, on_log_axis
from penjing_gui.widgets.live_curves import LiveCurves
from penjing_gui.widgets.smoothing import STRENGTHS, GrowingCurve, running_mean, smoothing_window

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def data(steps: int, total: int, parts: bool = True) -> CurveData:
    x = np.arange(1.0, steps + 1)
    noise = np.random.default_rng(3).uniform(0.8, 1.25, steps)
    loss = (3 * np.exp(-x / total * 5) + 0.1) * noise
    series = {"loss": (x, loss)}
    if parts:
        series |= {"ce": (x, 0.5 * loss), "kd": (x, 1.5 * loss)}
    ends = np.arange(total // 10, steps + 1, total // 10, dtype=float)
    series["val_loss"] = (ends, 3 * np.exp(-ends / total * 5) + 0.2)
    series["val_accuracy"] = (ends, 0.986 - 0.02 * np.exp(-ends / total * 5))
    stages = {"dense": 0.991, "pruned": 0.523, "recalibrated": 0.968}
    return CurveData(series, steps, total, 10, ends, stages, len(ends) or None, True)


@pytest.fixture
def curves(qtbot: QtBot) -> LiveCurves:
    widget = LiveCurves(LIGHT)
    qtbot.addWidget(widget)
    widget.resize(828, 440)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


# smoothing


def test_running_mean_is_the_mean_of_each_neighbourhood() -> None:
    values = np.array([1.0, 5.0, 2.0, 8.0, 3.0])
    slow = [np.mean(values[max(0, i - 1) : i + 2]) for i in range(5)]
    assert running_mean(values, 3) == pytest.approx(slow)


def test_a_diverged_loss_is_a_gap_and_does_not_spread() -> None:
    means = running_mean(np.array([1.0, np.nan, 3.0, np.inf, 5.0]), 3)
    assert np.isnan(means[[1, 3]]).all()
    assert means[[0, 2, 4]] == pytest.approx([1.0, 3.0, 5.0])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 300), min_size=1, max_size=6), st.integers(1, 9), st.booleans(), st.booleans())
def test_a_curve_that_grows_equals_one_computed_at_once(
    pieces: list[int], window: int, gaps: bool, logarithmic: bool
) -> None:
    rng = np.random.default_rng(0)
    y = rng.uniform(0.01, 3, sum(pieces) + 1)
    if gaps:
        y[rng.random(len(y)) < 0.2] = np.nan
    x = np.arange(1.0, len(y) + 1)
    growing, end = GrowingCurve(), 1
    growing.update(x[:1], y[:1], window)
    for piece in pieces:
        end += piece
        got = growing.update(x[:end], y[:end], window).copy()
        growing.line(0, end, 20)
    wanted = running_mean(y, window)
    np.testing.assert_allclose(got, wanted)
    np.testing.assert_allclose(growing.value(len(y) - 1), wanted[-1])
    fresh = GrowingCurve()
    fresh.update(x, y, window)
    for one, other in zip(growing.line(0, len(y), 20), fresh.line(0, len(y), 20), strict=True):
        np.testing.assert_allclose(one, other)


def test_a_run_that_went_back_is_drawn_afresh() -> None:
    growing, x = GrowingCurve(), np.arange(1.0, 11.0)
    growing.update(x, np.full(10, 2.0), 3)
    again = np.concatenate((np.full(5, 2.0), np.full(6, 4.0)))
    got = growing.update(np.arange(1.0, 12.0), again, 3)
    assert got == pytest.approx(running_mean(again, 3))
    assert growing.line(0, 11, 500)[1] == pytest.approx(running_mean(again, 3))


def test_how_strongly_is_a_share_of_the_run() -> None:
    assert [smoothing_window(10_000, strength) for strength in STRENGTHS] == [1, 200, 800]
    assert smoothing_window(10, "light") == 5 and smoothing_window(10**7, "strong") == 5000


# thinning


@pytest.mark.parametrize("count", [50, 1000, 5000, 100_000])
def test_what_is_thinned_keeps_every_peak(count: int) -> None:
    rng = np.random.default_rng(1)
    x, y = np.arange(1.0, count + 1), rng.normal(size=count)
    y[rng.integers(0, count, 5)] = [50, -50, 40, -40, np.nan]
    extremes = Extremes()
    for end in (*range(7, count, max(1, count // 5)), count):  # grown in unequal pieces
        extremes.update(y[:end], 0 if end == 7 else max(0, end - max(1, count // 5)))
    for low, high in ((0, count), (count // 3, count // 2), (count - 20, count)):
        steps, values, thin = extremes.line(x, y, low, high, 100)
        inside = y[(x >= low) & (x <= high)]
        assert len(values) <= 4 * 100 + 8
        assert thin == (len(inside) + 2 > 200)
        assert np.nanmin(values) <= np.nanmin(inside) and np.nanmax(values) >= np.nanmax(inside)
        assert steps[0] <= low + 2 * count / 100 and steps[-1] >= high - 2 * count / 100
        assert (np.diff(steps) >= 0).all()


def test_a_growing_curve_does_not_flicker() -> None:
    """What was drawn stays as it was when a step is added, as long as the scale is the same."""
    x, y = np.arange(1.0, 20_001), np.random.default_rng(2).normal(size=20_000)
    growing = GrowingCurve()
    growing.update(x[:15_000], y[:15_000], 1)
    before = growing.line(0, 20_000, 300)
    growing.update(x[:15_001], y[:15_001], 1)
    after = growing.line(0, 20_000, 300)
    assert before[1][:-4] == pytest.approx(after[1][: len(before[1]) - 4])


def test_what_a_log_axis_cannot_show_is_a_gap() -> None:
    logs = on_log_axis(np.array([-1.0, 10.0, 0.0, -2.0, np.nan, np.nan]), True)
    assert logs[0] == logs[1] == 1.0 and np.isnan(logs[2:]).all()
    assert np.isnan(on_log_axis(np.array([-1.0, 10.0]), False)[0])


# axes


def test_step_ticks_are_whole_epochs_and_end_at_the_end() -> None:
    assert step_ticks(1890, 30) == [0, 315, 630, 945, 1260, 1575, 1890]
    assert step_ticks(0, 0) == [0.0]
    assert step_ticks(1000, 0)[-1] == 1000
    odd = step_ticks(77, 7)
    assert odd[0] == 0 and odd[-1] == 77 and all(tick % 11 == 0 for tick in odd)


def test_log_ticks_are_one_two_five() -> None:
    inside = [tick for tick in log_ticks(-1.0, 0.4) if -1.0 <= tick <= 0.4]
    assert [log_text(tick) for tick in inside] == ["0.1", "0.2", "0.5", "1", "2"]
    assert len(log_ticks(-12.0, 4.0)) < 16
    assert linear_ticks(95, 100, 6) == [95, 96, 97, 98, 99, 100]


def test_a_stage_far_below_stays_outside_the_accuracy_axis() -> None:
    low, high = accuracy_range(
        np.array([97.0, 98.6]), {"dense": 0.991, "recalibrated": 0.968, "pruned": 0.523}
    )
    assert 90 < low < 96.8 and 99.1 <= high <= 100
    low, _ = accuracy_range(np.array([50.0, 60.0]), {"dense": 0.991, "pruned": 0.45})
    assert low <= 45
    low, high = accuracy_range(
        np.array([98.4, 98.4, 99.2]), {"dense": 0.996, "recalibrated": 0.876, "pruned": 0.132}
    )
    assert low > 90 and 98.4 - low >= 0.3 * (
        high - low
    )  # two lines of text at the edge, and the curve above them
    assert accuracy_range(np.empty(0), {}) == (0.0, 100.0)


def test_checkpoint_marks_keep_apart_and_keep_the_last() -> None:
    shown = thinned(np.array([0.0, 10, 12, 20, 21]), 5)
    assert shown[-1] == 21 and (np.diff(shown) >= 5).all()


# the widget


def rows(curves: LiveCurves) -> dict[str, str]:
    found = (*curves.loss_values.rows, *curves.below_values.rows)
    return {row.name: row.value for row in found if row.name}


def test_the_column_tells_the_values_of_the_present_step(curves: LiveCurves) -> None:
    shown = data(1204, 1890)
    curves.set_strength("off")
    curves.show_data(shown)
    told = rows(curves)
    assert curves.loss_values.title == "at step 1,204"
    assert told["train, total"] == f"{shown.series['loss'][1][-1]:.3f}"
    assert told["validation"] == f"{shown.series['val_loss'][1][-1]:.3f}"
    assert told["dense"] == "99.1"
    assert told["to dense"] == "−0.6 points"
    assert "validation" in curves.loss_values.accessibleDescription()


def test_a_loss_of_one_part_is_told_once(curves: LiveCurves) -> None:
    curves.show_data(data(100, 200, parts=False))
    told = rows(curves)
    assert "train" in told and "train, CE" not in told


def test_the_mouse_reads_earlier_steps(curves: LiveCurves, qtbot: QtBot) -> None:
    curves.show_data(data(1204, 1890))
    QApplication.processEvents()
    plot = curves.loss
    scene = plot.box.mapViewToScene(plot.box.viewRect().center())  # the middle of 0 to 1,890
    at = plot.mapFromScene(scene)
    qtbot.mouseMove(plot.viewport(), at)
    qtbot.mouseMove(plot.viewport(), at + QPoint(1, 0))
    QApplication.processEvents()
    assert 900 < curves.read_step < 980
    assert curves.loss_values.title == f"at step {curves.read_step:,}"


def test_arrow_keys_move_the_read_out_and_escape_returns(curves: LiveCurves, qtbot: QtBot) -> None:
    curves.show_data(data(1204, 1890))
    curves.loss.setFocus()
    qtbot.keyClick(curves.loss, Qt.Key.Key_Left)
    qtbot.keyClick(curves.loss, Qt.Key.Key_Left)
    assert curves.read_step == 1202
    qtbot.keyClick(curves.loss, Qt.Key.Key_Home)
    assert curves.read_step == 0
    qtbot.keyClick(curves.loss, Qt.Key.Key_Escape)
    assert curves.read_step == 1204


def test_a_diverged_run_is_drawn_with_a_gap_and_named(curves: LiveCurves) -> None:
    x = np.arange(1.0, 51.0)
    y = np.where(x < 40, 1.0, np.nan)
    curves.show_data(CurveData({"loss": (x, y)}, 50, 100, 10))
    assert rows(curves)["train"] == "nan"
    low, high = curves.loss.y_range
    assert np.isfinite([low, high]).all()


def test_time_to_come_is_grey_and_gone_at_the_end(curves: LiveCurves) -> None:
    curves.show_data(data(1204, 1890))
    assert curves.loss._ahead.isVisible() and curves.loss._ahead.getRegion() == (1204, 1890)
    curves.show_data(data(1890, 1890))
    assert not curves.loss._ahead.isVisible() and not curves.loss._present.isVisible()


def test_dark_theme_is_dark(curves: LiveCurves) -> None:
    curves.show_data(data(300, 900))
    curves.apply_theme(DARK)
    QApplication.processEvents()
    image: QImage = curves.loss.grab().toImage()
    corner = image.pixelColor(image.width() - 3, 3)
    assert corner.lightness() < 60


def test_an_update_of_100_000_steps_costs_less_than_ten_milliseconds(curves: LiveCurves) -> None:
    whole = data(100_400, 150_000)

    def cut(step: int) -> CurveData:
        series = {}
        for key, (x, y) in whole.series.items():
            end = int(x.searchsorted(step, side="right"))
            series[key] = (x[:end], y[:end])
        return CurveData(series, step, 150_000, 10, whole.checkpoints, whole.stages, 3, True)

    curves.show_data(cut(100_000))
    QApplication.processEvents()
    costs: list[float] = []
    for step in range(100_010, 100_410, 20):
        snapshot, start = cut(step), time.thread_time()
        curves.show_data(snapshot)
        costs.append(time.thread_time() - start)
        QApplication.processEvents()
    print(f"update of 100,000 steps: median {1e3 * statistics.median(costs):.1f} ms of CPU time")
    assert statistics.median(costs) < 0.010


def test_the_curves_can_be_read_and_copied_as_a_table(curves: LiveCurves, qtbot: QtBot) -> None:
    shown = data(200, 400)
    curves.show_data(shown)
    action = next(one for one in curves.loss.actions() if one.text() == "Show as table")
    action.trigger()
    window = curves.window().findChild(TableWindow)
    assert window is not None
    qtbot.waitUntil(window.isVisible)
    model = window.table.model()
    assert model.rowCount() == 200
    assert [model.headerData(c, Qt.Orientation.Horizontal) for c in range(6)] == [
        "step", "loss", "ce", "kd", "val_loss", "val_accuracy [0 to 1]",
    ]  # fmt: skip
    assert model.index(39, 4).data() == f"{shown.series['val_loss'][1][0]:.6g}"
    assert model.index(38, 4).data() == ""
    qtbot.mouseClick(window.copy, Qt.MouseButton.LeftButton)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 201 and lines[1].startswith("1,")
    qtbot.keyClick(window, Qt.Key.Key_Escape)
