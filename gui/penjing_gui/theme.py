"""Colours and fonts: the two themes, their colour maps, and how they are put on the application.

Token names are those of the design's look. Chrome is grey, one accent marks what is chosen, running or done,
and only data are colourful: one sequential map for cost, one diverging map for change.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

ThemeName = Literal["light", "dark"]
Lut = np.ndarray[Any, np.dtype[np.uint8]]

LEAST_SHARE = 0.001  # shares at or below it have the colour of the scale's end
_COST = {"light": ("CET-L17", 0.03, 0.93), "dark": ("magma", 0.13, 0.97)}
_CHANGE = {"light": ("CET-CBD1", 0.0, 1.0), "dark": ("CET-D6", 0.0, 1.0)}


def _colour(text: str) -> QColor:
    return QColor(text)


@functools.cache
def _lut(name: str, first: float, last: float) -> Lut:
    """256 colours of a map between two of its positions: (256, 3) bytes."""
    colours = pg.colormap.get(name).map(np.linspace(first, last, 256), mode="byte")
    table: Lut = np.ascontiguousarray(np.asarray(colours, dtype=np.uint8)[:, :3])
    table.setflags(write=False)
    return table


@dataclass(frozen=True, eq=False)
class Theme:
    """One set of tokens. `series` are the colours of the four kinds of curve, in the look's order."""

    name: ThemeName
    base: QColor
    window: QColor
    alt: QColor
    button: QColor
    text: QColor
    text2: QColor
    text3: QColor
    accent: QColor
    on_accent: QColor
    accent_soft: QColor
    warn: QColor
    warn_soft: QColor
    error: QColor
    error_soft: QColor
    control: QColor
    line: QColor
    line2: QColor
    grid: QColor
    ghost: QColor
    hover: QColor
    series: tuple[QColor, QColor, QColor, QColor]

    @property
    def cost_lut(self) -> Lut:
        """The cost map, low to high: (256, 3) bytes, read-only."""
        return _lut(*_COST[self.name])

    @property
    def change_lut(self) -> Lut:
        """The change map, −100 % to +100 %: (256, 3) bytes, read-only."""
        return _lut(*_CHANGE[self.name])

    def cost_map(self) -> pg.ColorMap:
        """The cost map for a `ColorBarItem` or `ImageItem`."""
        return pg.ColorMap(np.linspace(0.0, 1.0, 256), self.cost_lut)

    def change_map(self) -> pg.ColorMap:
        """The change map for a `ColorBarItem` or `ImageItem`; limits must be symmetric about 0."""
        return pg.ColorMap(np.linspace(0.0, 1.0, 256), self.change_lut)


LIGHT = Theme(
    name="light",
    base=_colour("#FFFFFF"),
    window=_colour("#F1F2F4"),
    alt=_colour("#F7F8F9"),
    button=_colour("#FBFBFC"),
    text=_colour("#1B2025"),
    text2=_colour("#565F69"),
    text3=_colour("#8C949D"),
    accent=_colour("#1A7A5E"),
    on_accent=_colour("#FFFFFF"),
    accent_soft=_colour("#DCEEE7"),
    warn=_colour("#8A5200"),
    warn_soft=_colour("#FFF5E2"),
    error=_colour("#B3261E"),
    error_soft=_colour("#FCEBE9"),
    control=_colour("#808993"),
    line=_colour("#DADDE1"),
    line2=_colour("#B4BAC2"),
    grid=_colour("#ECEEF0"),
    ghost=_colour("#8D96A1"),
    hover=_colour("#E9EBEE"),
    series=(_colour("#1A7A5E"), _colour("#B85600"), _colour("#2C6BB3"), _colour("#7A4FB0")),
)

DARK = Theme(
    name="dark",
    base=_colour("#17191C"),
    window=_colour("#202326"),
    alt=_colour("#1C1F22"),
    button=_colour("#2A2E32"),
    text=_colour("#E3E6E9"),
    text2=_colour("#A2AAB3"),
    text3=_colour("#6F7780"),
    accent=_colour("#4FBA94"),
    on_accent=_colour("#0C1914"),
    accent_soft=_colour("#1E3B32"),
    warn=_colour("#E5AC50"),
    warn_soft=_colour("#332A19"),
    error=_colour("#F2857B"),
    error_soft=_colour("#3B2321"),
    control=_colour("#727B85"),
    line=_colour("#34393F"),
    line2=_colour("#555D66"),
    grid=_colour("#24282C"),
    ghost=_colour("#69727B"),
    hover=_colour("#2C3035"),
    series=(_colour("#4FBA94"), _colour("#F0944A"), _colour("#6FA8E8"), _colour("#B294E0")),
)

THEMES: dict[str, Theme] = {"light": LIGHT, "dark": DARK}


def theme_of(choice: str) -> Theme:
    """The theme of a setting: `light`, `dark`, or for `system` what the desktop says."""
    if choice in THEMES:
        return THEMES[choice]
    dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return DARK if dark else LIGHT


def palette(theme: Theme) -> QPalette:
    """The palette of a theme: tokens on Qt's roles."""
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.base,
        role.AlternateBase: theme.alt,
        role.Text: theme.text,
        role.PlaceholderText: theme.text2,
        role.Button: theme.button,
        role.ButtonText: theme.text,
        role.BrightText: theme.on_accent,
        role.Accent: theme.accent,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.Highlight: theme.accent_soft,
        role.HighlightedText: theme.text,
        role.ToolTipBase: theme.base,
        role.ToolTipText: theme.text,
        role.Light: theme.base if theme.name == "light" else theme.button,
        role.Midlight: theme.hover,
        role.Mid: theme.line2,
        role.Dark: theme.line2,
        role.Shadow: theme.control,
    }
    result = QPalette()
    for one, colour in colours.items():
        result.setColor(one, colour)
    for one in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText, role.PlaceholderText):
        result.setColor(QPalette.ColorGroup.Disabled, one, theme.text3)
    return result


def apply(app: QApplication, theme: Theme) -> None:
    """Put the theme on the application: Fusion, palette, plot defaults, tabular figures."""
    from penjing_gui.style import CalmStyle

    style = app.style()
    if isinstance(style, CalmStyle):
        style.set_theme(theme)
    else:
        app.setStyle(CalmStyle(theme))
    app.setPalette(palette(theme))
    tabular = QFont(app.font())
    tabular.setFeature(QFont.Tag("tnum"), 1)
    app.setFont(tabular)
    pg.setConfigOptions(background=theme.base, foreground=theme.text2, antialias=False)


def ink_on(red: int, green: int, blue: int) -> QColor:
    """Black or white, whichever contrasts more with the colour."""
    luminance = relative_luminance(red, green, blue)
    return QColor(0, 0, 0) if luminance > 0.1791 else QColor(255, 255, 255)


def relative_luminance(red: int, green: int, blue: int) -> float:
    """Relative luminance of an sRGB colour (WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance)."""
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (red / 255, green / 255, blue / 255)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: QColor, other: QColor) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    first = relative_luminance(one.red(), one.green(), one.blue())
    second = relative_luminance(other.red(), other.green(), other.blue())
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)


def share_position(share: float, least: float = LEAST_SHARE) -> float:
    """Where a share (0 to 1) stands on the cost scale: 0 at `least` or less, 1 at 100 %, logarithmic between."""
    if not share > least:
        return 0.0
    return min(1.0, 1.0 - math.log10(share) / math.log10(least))


def cost_colour(theme: Theme, share: float, least: float = LEAST_SHARE) -> QColor:
    """Colour of a share of a cost (0 to 1)."""
    red, green, blue = theme.cost_lut[round(255 * share_position(share, least))].tolist()
    return QColor(red, green, blue)


def change_colour(theme: Theme, delta: float) -> QColor:
    """Colour of a relative change (−1 to 1; what is beyond has the end's colour)."""
    position = (min(1.0, max(-1.0, delta)) + 1.0) / 2.0
    red, green, blue = theme.change_lut[round(255 * position)].tolist()
    return QColor(red, green, blue)


def font(delta: int = 0, semibold: bool = False) -> QFont:
    """The application's font, `delta` pixels larger or smaller, in weight 400 or 600, with tabular figures."""
    base = QApplication.font()
    result = QFont(base)
    if delta:
        result.setPixelSize(max(6, QFontInfo(base).pixelSize() + delta))
    result.setWeight(QFont.Weight.DemiBold if semibold else QFont.Weight.Normal)
    result.setFeature(QFont.Tag("tnum"), 1)
    return result


def mono(delta: int = 0) -> QFont:
    """A monospaced font for hashes and commands."""
    result = font(delta)
    result.setFamilies(["monospace"])
    result.setStyleHint(QFont.StyleHint.Monospace)
    return result
