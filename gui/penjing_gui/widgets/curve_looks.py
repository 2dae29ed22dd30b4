"""Which colour and which dashes each curve has: terms of the watched run, and runs laid over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QColor, QPen

from penjing_gui.theme import Theme
from penjing_gui.widgets.curve_plot import dashed

MOST_OVERLAYS = 4
_DASHES: tuple[tuple[float, ...], ...] = ((10, 4), (10, 3, 2, 3), (4, 4), (8, 3, 2, 3, 2, 3))
_COLOURS = (1, 3, 2, 0)
FAINT_BESIDE_OTHERS = 40  # opacity of what lies beneath, of 255, where several runs are drawn


@dataclass(frozen=True)
class Look:
    """A line's pen, and the colour of its dots where it has some."""

    pen: QPen
    dots: QColor | None = None

    @property
    def colour(self) -> QColor:
        """The line's colour."""
        return self.pen.color()

    def solid(self) -> QPen:
        """The same line without dashes: for noise that is thinned, in which dashes cannot be seen."""
        return dashed(self.colour)

    def faint(self, alpha: int = 70) -> QPen:
        """A pale line of the colour, for what lies beneath."""
        colour = QColor(self.colour)
        colour.setAlpha(alpha)
        return dashed(colour)


def term_looks(theme: Theme, parts: Sequence[str]) -> dict[str, Look]:
    """The looks of the watched run's losses."""
    one, two, three, four = theme.series
    looks = {
        "val_loss": Look(dashed(one), one),
        "loss": Look(dashed(three)),
        "ce": Look(dashed(two, (2, 2))),
        "kd": Look(dashed(four, (6, 3))),
    }
    patterns = ((6, 2, 2, 2), (2, 4), (9, 3, 3, 3), (4, 2))
    for index, key in enumerate(key for key in parts if key not in looks):
        looks[key] = Look(dashed((two, four, three)[index % 3], patterns[index % len(patterns)]))
    return looks


def run_look(theme: Theme, slot: int) -> Look:
    """The look of a run that is laid over, by its slot (from 1): its colour, and dashes that no other has."""
    index = (slot - 1) % MOST_OVERLAYS
    colour = theme.series[_COLOURS[index]]
    return Look(dashed(colour, _DASHES[index]), colour)
