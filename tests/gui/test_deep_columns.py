"""Strips and maps of very many layers: only what can be seen is drawn, and nothing that matters is lost."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from penjing_gui.theme import LIGHT
from penjing_gui.widgets.change_map import ChangeMap
from penjing_gui.widgets.column_plot import ColumnPlot
from penjing_gui.widgets.layer_strip import LayerStrip, StripLayer
from penjing_gui.widgets.strip_bars import StripBars

FEW, MANY = 300, 30_000


def names(count: int) -> list[str]:
    return [f"m{i // 10}.conv{i}" for i in range(count)]


def strip(qtbot: QtBot, count: int) -> ColumnPlot:
    made = LayerStrip(LIGHT)
    qtbot.addWidget(made)
    layers = [StripLayer(name, 1e6 + i % 7, 5e5, 5e5, 64, 32, 32) for i, name in enumerate(names(count))]
    made.set_layers(layers, "FLOPs")
    return made


def change_map(qtbot: QtBot, count: int) -> ColumnPlot:
    made = ChangeMap(LIGHT)
    qtbot.addWidget(made)
    values = np.full((5, count), -0.5)
    values[4] = np.nan
    made.set_changes(("a", "b", "c", "d", "e"), names(count), values)
    return made


@pytest.mark.parametrize("make", [strip, change_map])
def test_a_hundred_times_the_layers_paint_about_as_fast(qtbot: QtBot, make: object) -> None:
    assert callable(make)
    seconds = []
    for count in (FEW, MANY):
        plot = make(qtbot, count)
        plot.resize(800, 260)
        plot.show()
        plot.grab()
        taken = []
        for _ in range(3):
            began = time.process_time()
            plot.grab()
            taken.append(time.process_time() - began)
        seconds.append(min(taken))
        plot.hide()
    assert seconds[1] < 10 * seconds[0] + 0.01, seconds


def test_bars_that_share_pixels_are_as_high_as_the_highest(qtbot: QtBot) -> None:
    bars = StripBars()
    bars.set_colours(QColor("red"), QColor("green"), QColor("blue"))
    before = np.ones(10_000)
    before[5_001] = 9.0
    now: list[float | None] = [None] * 10_000
    now[7_777] = 4.0
    bars.set_values(before.tolist(), [0.5] * 10_000, now)
    bars.show_range(-0.5, 9_999.5, 800)
    assert bars.ghosts.path().boundingRect().height() == 9.0
    assert list(bars.bars.opts["height"]) == [4.0]
    x, half = float(bars.bars.opts["x"][0]), 25.0
    assert x - half <= 7_777 <= x + half
    bars.show_range(5_000.5, 5_100.5, 800)  # zoomed in: one by one
    box = bars.ghosts.path().boundingRect()
    assert box.height() == 9.0 and box.left() > 4_999 and box.right() < 5_103


def test_few_layers_are_drawn_one_by_one(qtbot: QtBot) -> None:
    bars = StripBars()
    bars.set_values([3.0, 2.0], [None, 1.0], [3.0, None])
    bars.show_range(-0.5, 1.5, 4)
    assert list(bars.bars.opts["x"]) == [0.0] and bars.marks.path().boundingRect().center().x() == 1.0


def test_what_was_not_measured_is_hatched_as_one(qtbot: QtBot) -> None:
    plot = change_map(qtbot, 12)
    plot.resize(800, 260)
    plot.show()
    picture = plot.grab().toImage()
    for column in (0, 5, 11):
        top, foot = (plot.box.mapViewToScene(QPointF(column, y)).toPoint() for y in (3.6, 4.4))
        colours = {picture.pixelColor(top.x(), y).rgb() for y in range(top.y(), foot.y())}
        assert colours == {LIGHT.base.rgb(), LIGHT.ghost.rgb()}, "the last row, from end to end"
    plot.hide()
