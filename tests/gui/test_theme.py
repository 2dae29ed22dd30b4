"""Contrasts of the tokens (WCAG 2.2), the colour maps, the scale of shares."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QToolBar
from pytestqt.qtbot import QtBot

from penjing_gui import theme as themes
from penjing_gui.theme import DARK, LIGHT, THEMES, Theme
from penjing_gui.widgets.ink import set_ink

both = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])


def test_contrast_is_the_standard_one() -> None:
    """Independent known values: black on white is 21, #777777 on white 4.48 (W3C's technique G18)."""
    white = QColor("#FFFFFF")
    assert themes.contrast(QColor("#000000"), white) == pytest.approx(21)
    assert themes.contrast(QColor("#777777"), white) == pytest.approx(4.48, abs=0.005)
    assert themes.contrast(white, QColor("#777777")) == pytest.approx(4.48, abs=0.005)


@both
def test_text_can_be_read(theme: Theme) -> None:
    for ground in (theme.base, theme.window):
        for ink in (theme.text, theme.text2, theme.accent):
            assert themes.contrast(ink, ground) >= 4.5, (ink.name(), ground.name())
    assert themes.contrast(theme.on_accent, theme.accent) >= 4.5
    assert themes.contrast(theme.text, theme.accent_soft) >= 4.5
    assert themes.contrast(theme.text, theme.hover) >= 4.5
    assert themes.contrast(theme.warn, theme.warn_soft) >= 4.5
    assert themes.contrast(theme.error, theme.error_soft) >= 4.5
    for series in theme.series:
        assert themes.contrast(series, theme.base) >= 4.5


@both
def test_borders_and_marks_can_be_seen(theme: Theme) -> None:
    for ground in (theme.base, theme.window):
        assert themes.contrast(theme.control, ground) >= 3
    assert themes.contrast(theme.ghost, theme.base) >= 2.95  # "3.0" in the look, rounded


@both
def test_ink_contrasts_on_every_colour_of_the_maps(theme: Theme) -> None:
    for lut in (theme.cost_lut, theme.change_lut):
        for red, green, blue in lut.tolist():
            ground = QColor(red, green, blue)
            ink = themes.ink_on(red, green, blue)
            other = QColor(255, 255, 255) if ink == QColor(0, 0, 0) else QColor(0, 0, 0)
            assert themes.contrast(ink, ground) >= 4.5
            assert themes.contrast(ink, ground) >= themes.contrast(other, ground) - 0.01


@both
def test_maps(theme: Theme) -> None:
    assert theme.cost_lut.shape == theme.change_lut.shape == (256, 3)
    luminance = [themes.relative_luminance(*colour) for colour in theme.cost_lut.tolist()]
    away = np.abs(np.array(luminance) - themes.relative_luminance(*theme.base.getRgb()[:3]))
    assert away[0] < away[-1], "low cost fades into the page"
    less, more = theme.change_lut[0].tolist(), theme.change_lut[-1].tolist()
    assert less[2] > less[0] and more[0] > more[2], "blue is less, ochre is more"
    with pytest.raises(ValueError, match="read-only"):
        theme.cost_lut[0, 0] = 1
    assert theme.cost_map().map([0.0, 1.0], mode="byte")[:, :3].tolist() == [
        theme.cost_lut[0].tolist(),
        theme.cost_lut[-1].tolist(),
    ]


def test_the_scale_of_shares_is_logarithmic() -> None:
    assert themes.share_position(0) == 0
    assert themes.share_position(0.001) == 0
    assert themes.share_position(0.01) == pytest.approx(1 / 3)
    assert themes.share_position(0.1) == pytest.approx(2 / 3)
    assert themes.share_position(1) == 1
    assert themes.share_position(2) == 1
    assert themes.share_position(float("nan")) == 0
    assert themes.cost_colour(LIGHT, 1.0).getRgb()[:3] == tuple(LIGHT.cost_lut[-1].tolist())
    assert themes.change_colour(LIGHT, -5).getRgb()[:3] == tuple(LIGHT.change_lut[0].tolist())
    assert themes.change_colour(DARK, 0).getRgb()[:3] == tuple(DARK.change_lut[128].tolist())


def test_apply_sets_palette_style_and_figures(qapp: QApplication) -> None:
    for name in ("dark", "light"):
        theme = THEMES[name]
        themes.apply(qapp, theme)
        palette = qapp.palette()
        assert palette.color(QPalette.ColorRole.Base) == theme.base
        assert palette.color(QPalette.ColorRole.Highlight) == theme.accent_soft
        disabled = QPalette.ColorGroup.Disabled
        assert palette.color(disabled, QPalette.ColorRole.Text) == theme.text3
    assert [tag.toString().data() for tag in themes.font().featureTags()] == [b"tnum"]
    assert themes.font(8).pixelSize() - themes.font(0).pixelSize() in (8, themes.font(8).pixelSize() + 1)


def test_ink_holds_in_a_toolbar(qtbot: QtBot) -> None:
    """A label's text is painted with another role in a toolbar; its colour must not fall back there."""
    window = QMainWindow()
    qtbot.addWidget(window)
    bar = QToolBar(window)
    label = QLabel("weights")
    set_ink(label, LIGHT.text2)
    bar.addWidget(label)
    window.addToolBar(bar)
    assert label.palette().color(label.foregroundRole()) == LIGHT.text2
