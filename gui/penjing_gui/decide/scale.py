"""The scales of the fact cards: their data, and a threshold that can be moved."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen

from penjing.advice.facts import ModelType
from penjing.advice.limits import TrainingTime
from penjing.advice.rules import Mark
from penjing_gui.theme import Theme
from penjing_gui.widgets.scale import Scale, ScaleWidget

NAMED = ("MobileNet-v2", "VGG-16", "ResNet-50", "ResNet-152", "ViT-B/16", "DenseNet-121", "SqueezeNet")
STEP = 1.05  # an arrow key moves the threshold by 5 %
_MARGIN = 2  # of the track in a ScaleWidget
_ROOM = 1.15  # a value stands at least this factor from the ends
_APART = 0.09  # ticks nearer to the threshold than this share of the width are left out


class ThresholdScale(ScaleWidget):
    """A scale whose threshold moves by dragging and by the arrow keys; Home puts it back."""

    threshold_moved = Signal(object)
    threshold_reset = Signal()

    def __init__(self, theme: Theme, scale: Scale) -> None:
        super().__init__(theme, scale)
        self._dragging = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    def _threshold(self) -> float:
        threshold = self.scale_data().threshold
        assert threshold is not None
        return threshold

    def move_to(self, value: float) -> None:
        """Move the threshold, inside the scale, to three digits."""
        scale = self.scale_data()
        threshold = float(f"{min(max(value, scale.low), scale.high):.3g}")
        if threshold != scale.threshold:
            self.set_scale(_with_threshold(scale, threshold))
            self.threshold_moved.emit(threshold)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right move it, Home puts it back."""
        match Qt.Key(event.key()):
            case Qt.Key.Key_Left:
                self.move_to(self._threshold() / STEP)
            case Qt.Key.Key_Right:
                self.move_to(self._threshold() * STEP)
            case Qt.Key.Key_Home:
                self.threshold_reset.emit()
            case _:
                super().keyPressEvent(event)

    def _near(self, event: QMouseEvent) -> bool:
        scale = self.scale_data()
        x = _MARGIN + (self.width() - 2 * _MARGIN) * scale.position(self._threshold())
        return abs(event.position().x() - x) <= 8

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take it."""
        self._dragging = event.button() == Qt.MouseButton.LeftButton and self._near(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag it."""
        if self._dragging:
            scale = self.scale_data()
            share = (event.position().x() - _MARGIN) / max(1, self.width() - 2 * _MARGIN)
            self.move_to(scale.low * (scale.high / scale.low) ** min(1.0, max(0.0, share)))
        elif self._near(event):
            self.setCursor(Qt.CursorShape.SplitHCursor)
        else:
            self.unsetCursor()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._dragging = False

    def paintEvent(self, event: QPaintEvent) -> None:
        """The scale, and the frame of the focus."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setPen(QPen(self._theme.accent, 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the frame."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take it away."""
        super().focusOutEvent(event)
        self.update()


def ratio_scale(kind: ModelType, title: str, marks: Sequence[Mark], description: str) -> Scale:
    """MACs per parameter: yes below the threshold."""
    low, high = _stretched(50, 1000, kind.ratio, kind.thresholds.max_macs_per_param)
    scale = Scale(
        low=low,
        high=high,
        ticks=_ticks(low, high),
        yes_below=True,
        value=kind.ratio,
        value_text=title,
        marks=_marks(low, high, [(mark.ratio, mark.name) for mark in marks]),
        logarithmic=True,
        description=description,
    )
    return _with_threshold(scale, kind.thresholds.max_macs_per_param)


def size_scale(kind: ModelType, title: str, marks: Sequence[Mark], description: str) -> Scale:
    """Parameters in millions: yes above the threshold."""
    millions, gate = kind.params / 1e6, kind.thresholds.min_params / 1e6
    low, high = _stretched(1, 1000, millions or None, gate)
    scale = Scale(
        low=low,
        high=high,
        ticks=_ticks(low, high),
        yes_below=False,
        value=millions,
        value_text=title,
        marks=_marks(low, high, [(mark.params / 1e6, mark.name) for mark in marks]),
        logarithmic=True,
        description=description,
    )
    return _with_threshold(scale, gate)


def hours_scale(training: TrainingTime | None, given: float, title: str, description: str) -> Scale:
    """Hours of training from 0 to twice what is given: yes above it."""
    hours = None if training is None else training.seconds / 3600
    high = max(2 * given, 1.2 * (hours or 0.0))
    scale = Scale(
        low=0.0,
        high=high,
        ticks=((0.0, "0"), (high, f"{high:,.3g}")),
        yes_below=False,
        value=hours,
        value_text=title,
        band=None if training is None else (training.low / 3600, training.high / 3600),
        description=description,
    )
    return _with_threshold(scale, given)


def _marks(low: float, high: float, marks: Sequence[tuple[float, str]]) -> tuple[tuple[float, str], ...]:
    """Those on the scale; the best known are named, the others are ticks."""
    return tuple((value, name if name in NAMED else "") for value, name in marks if low <= value <= high)


def _with_threshold(scale: Scale, threshold: float) -> Scale:
    """The scale with its threshold as a tick of its own; ticks that it would cover are left out."""
    place = scale.position(threshold)
    others = tuple(
        tick
        for tick in scale.ticks
        if tick[0] != scale.threshold and abs(scale.position(tick[0]) - place) > _APART
    )
    if scale.logarithmic:
        others = tuple(
            tick for tick in _ticks(scale.low, scale.high) if abs(scale.position(tick[0]) - place) > _APART
        )
    return replace(scale, threshold=threshold, ticks=(*others, (threshold, f"{threshold:,g}")))


def _ticks(low: float, high: float) -> tuple[tuple[float, str], ...]:
    """The ends, and 1-2-5 steps between as long as there are few."""
    steps = [low]
    while steps[-1] < high * 0.999:
        steps.append(_above(steps[-1]))
    if len(steps) > 6:
        steps = [low, *(one for one in steps[1:-1] if math.isclose(10 ** round(math.log10(one)), one)), high]
    span = math.log(high / low)
    middle = [one for one in steps[1:-1] if min(math.log(one / low), math.log(high / one)) > _APART * span]
    return tuple((one, f"{one:,g}") for one in (low, *middle, high))


def _stretched(low: float, high: float, *values: float | None) -> tuple[float, float]:
    """A range made longer by 1-2-5 steps until it holds the values."""
    known = [value for value in values if value is not None and 0 < value < math.inf]
    known = [near for value in known for near in (value / _ROOM, value * _ROOM)]
    while any(value < low for value in known):
        low = 1 / _above(1 / low * 1.000001)
    while any(value > high for value in known):
        high = _above(high)
    return low, high


def _above(value: float) -> float:
    """The next 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value) + 1e-9)
    lead = next(one for one in (2, 5, 10) if one * power > value * 1.001)
    return float(f"{lead * power:.6g}")
