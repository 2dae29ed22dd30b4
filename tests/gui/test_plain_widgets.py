"""The small widgets that all pages share."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSlider, QApplication, QLabel, QPlainTextEdit
from pytestqt.qtbot import QtBot

from penjing_gui import theme as themes
from penjing_gui.icons import icon
from penjing_gui.theme import DARK, LIGHT, Theme
from penjing_gui.widgets import plots
from penjing_gui.widgets.chip import Chip
from penjing_gui.widgets.color_strip import ColorStrip
from penjing_gui.widgets.curve_axes import CalmAxis, linear_ticks, log_text
from penjing_gui.widgets.form_rows import FormRows
from penjing_gui.widgets.log_view import LogView
from penjing_gui.widgets.pane import Pane
from penjing_gui.widgets.scale import Scale, ScaleWidget, place_marks
from penjing_gui.widgets.segmented import Segmented

both = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])


@pytest.fixture(autouse=True)
def styled(qapp: QApplication) -> None:
    themes.apply(qapp, LIGHT)


@given(
    st.lists(st.tuples(st.floats(0, 300), st.floats(1, 90)), max_size=10),
    st.floats(100, 400),
)
def test_no_label_of_a_scale_covers_another(marks: list[tuple[float, float]], room: float) -> None:
    centres, widths = [one for one, _ in marks], [one for _, one in marks]
    lines = place_marks(centres, widths, room)
    assert len(lines) == len(marks)
    spans: dict[int, list[tuple[float, float]]] = {0: [], 1: []}
    for centre, width, line in zip(centres, widths, lines, strict=True):
        if line is not None:
            left = min(max(0.0, centre - width / 2), max(0.0, room - width))
            assert all(left + width < a or left > b for a, b in spans[line])
            spans[line].append((left, left + width))
    assert not marks or lines.count(None) < len(marks), "one label at least has room"


def test_a_logarithmic_scale_has_equal_steps_for_equal_factors() -> None:
    scale = Scale(1, 1000, logarithmic=True)
    assert [scale.position(x) for x in (0.1, 1, 10, 100, 1000, 1e6)] == pytest.approx(
        [0, 0, 1 / 3, 2 / 3, 1, 1]
    )
    assert Scale(0, 24).position(6) == 0.25


@both
def test_the_side_that_says_yes_is_shaded(qtbot: QtBot, theme: Theme) -> None:
    for below in (True, False):
        widget = ScaleWidget(theme, Scale(0, 10, threshold=5, yes_below=below, description="five of ten"))
        qtbot.addWidget(widget)
        widget.resize(204, widget.sizeHint().height())
        picture = widget.grab().toImage()
        left, right = picture.pixelColor(50, 8), picture.pixelColor(150, 8)
        assert (left == theme.accent_soft) == below and (right == theme.accent_soft) != below
        assert widget.accessibleName() == "five of ten"


@both
def test_a_strip_shows_the_map_from_end_to_end(qtbot: QtBot, theme: Theme) -> None:
    strip = ColorStrip(theme, "", "", "", width=100)
    qtbot.addWidget(strip)
    strip.resize(110, 20)
    picture = strip.grab().toImage()
    for x, index in ((3, 6), (97, 249)):
        found, wanted = picture.pixelColor(x, 10), QColor(*theme.cost_lut[index].tolist())
        assert abs(found.lightness() - wanted.lightness()) <= 8


def test_one_of_the_segments_is_chosen_by_mouse_and_keyboard(qtbot: QtBot) -> None:
    switch = Segmented(LIGHT, [("a", "First"), ("b", "Second")], "Which")
    qtbot.addWidget(switch)
    switch.show()
    assert switch.key() == "a"
    with qtbot.waitSignal(switch.chosen) as caught:
        QTest.mouseClick(switch.button("b"), Qt.MouseButton.LeftButton)
    assert caught.args == ["b"] and switch.key() == "b"
    with qtbot.assertNotEmitted(switch.chosen):
        switch.set_key("a")
    assert switch.key() == "a"
    with qtbot.waitSignal(switch.chosen):
        QTest.keyClick(switch.button("b"), Qt.Key.Key_Space)
    assert switch.key() == "b"


def test_rows_keep_their_names_and_cut_values_have_a_tooltip(qtbot: QtBot) -> None:
    rows = FormRows(LIGHT, 80)
    qtbot.addWidget(rows)
    rows.add_row("kind", "Kind", "Linear")
    rows.add_row("macs", "FLOPs", "0.2 G")
    rows.resize(200, 60)
    rows.show()
    rows.set_value("kind", "a very long value that has no room in here at all")
    rows.grab()
    assert rows.value("kind").toolTip().startswith("a very long value")
    assert rows.value("kind").accessibleName().startswith("Kind: a very long")
    rows.set_label("macs", "MACs")
    rows.set_row_visible("kind", False)
    assert not rows.value("kind").isVisible() and rows.value("macs").isVisible()
    rows.clear()
    assert rows.keys() == []


def test_a_chip_says_its_word(qtbot: QtBot) -> None:
    chip = Chip(LIGHT, "running", "accent")
    qtbot.addWidget(chip)
    narrow = chip.sizeHint().width()
    chip.set_chip("not running any more", "error")
    assert chip.accessibleName() == "not running any more" and chip.sizeHint().width() > narrow


@both
def test_icons_are_recoloured(qapp: QApplication, theme: Theme) -> None:
    picture = icon("stop", theme).pixmap(64, 64).toImage()
    solid = [
        picture.pixelColor(x, y)
        for x in range(64)
        for y in range(64)
        if picture.pixelColor(x, y).alpha() == 255
    ]
    assert solid and all(one.rgb() == theme.text2.rgb() for one in solid)


@both
def test_plots_are_themed_and_their_curves_quick(qtbot: QtBot, theme: Theme) -> None:
    plot = plots.themed_plot(theme, "step", "loss")
    qtbot.addWidget(plot)
    curve = plots.add_curve(plot, plots.series_pen(theme, 1))
    curve.setData(np.arange(100.0), np.full(100, np.nan))
    assert plot.accessibleName() == "loss · step"
    assert plot.backgroundBrush().color() == theme.base
    assert (
        curve.opts["autoDownsample"] and curve.opts["downsampleMethod"] == "peak" and curve.opts["clipToView"]
    )
    assert [plots.series_pen(theme, i).widthF() for i in range(4)] == [1.0] * 4
    assert plots.series_pen(theme, 1).dashPattern() == [2.0, 2.0]
    plots.retheme(plot, DARK)
    assert plot.backgroundBrush().color() == DARK.base


@pytest.mark.parametrize("width", [240, 280, 420, 1200])
def test_a_failure_can_be_read_and_acted_on_in_every_width(qtbot: QtBot, width: int) -> None:
    pane = Pane("Progress", "progress", LIGHT)
    qtbot.addWidget(pane)
    pane.set_body(QLabel("content"))
    pane.resize(width, 400)
    pane.show()
    resumed: list[bool] = []
    words = (
        "The worker was ended from outside",
        "signal 9, often when memory runs out",
        "resume from step 1,200",
    )
    pane.show_failure(words, "the last lines", ("Resume from step 1,200", lambda: resumed.append(True)))
    QApplication.processEvents()
    QApplication.processEvents()
    strip = pane.failure
    assert strip is not None and strip.action is not None and strip.more is not None
    assert pane.width() == width, "the strip asks for no more room than the pane has"
    for one in (strip.what, strip.rest):
        assert one.width() >= 0.4 * width and one.height() >= one.heightForWidth(one.width())
    for button in (strip.action, strip.more):
        place = button.geometry()
        assert strip.rect().contains(place) and place.width() >= button.sizeHint().width()
        assert (place.left() >= strip.rest.geometry().right()) == (width == 1200)
        assert (place.top() >= strip.rest.geometry().bottom()) == (width != 1200)
    QTest.mouseClick(strip.action, Qt.MouseButton.LeftButton)
    QTest.mouseClick(strip.more, Qt.MouseButton.LeftButton)
    assert resumed == [True] and strip.findChildren(QPlainTextEdit)[0].isVisible()


def test_a_log_follows_its_end_through_other_sizes_until_it_is_scrolled(qtbot: QtBot) -> None:
    log = LogView()
    qtbot.addWidget(log)
    log.resize(300, 600)
    with qtbot.waitExposed(log):
        log.show()
    lines = [(0.0, f"line {number}") for number in range(20)]
    log.show_lines("run", lines, 20)
    log.resize(300, 120)  # all lines were in sight before
    bar = log.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.value() == bar.maximum())
    bar.triggerAction(QAbstractSlider.SliderAction.SliderToMinimum)
    log.show_lines("run", [*lines, (0.0, "one more")], 21)
    assert bar.value() == 0
    bar.triggerAction(QAbstractSlider.SliderAction.SliderToMaximum)
    log.show_lines("run", [*lines, (0.0, "one more"), (0.0, "the last")], 22)
    qtbot.waitUntil(lambda: bar.value() == bar.maximum())


def test_the_texts_of_an_upright_axis_do_not_lie_on_each_other(qapp: QApplication) -> None:
    axis = CalmAxis("left", linear_ticks)
    roomy, tight = (axis.tickValues(99.5, 99.75, size)[0][1] for size in (300.0, 40.0))
    assert roomy == pytest.approx([99.5, 99.55, 99.6, 99.65, 99.7, 99.75])
    assert 1 < len(tight) < 4 and set(tight) < set(roomy)
    assert log_text(3) == "1,000" and log_text(18) == "1e18" and log_text(-6) == "1e-6"
