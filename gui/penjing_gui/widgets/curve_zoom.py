"""Zooming along the steps: by wheel, by a rectangle that is drawn, by dragging the axis, and by keys."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal

Span = tuple[float, float]
LEAST = 10.0  # steps that are shown at least
_WHEEL = 1.0015  # for an eighth of a degree; a notch is 120 of them


def zoomed(span: Span, factor: float, at: float) -> Span:
    """The span `factor` times as wide, with the step `at` where it is."""
    low, high = span
    return at - factor * (at - low), at + factor * (high - at)


def moved(span: Span, share: float) -> Span:
    """The span moved by a share of its width."""
    low, high = span
    return low + share * (high - low), high + share * (high - low)


def held(span: Span, whole: Span) -> Span | None:
    """The span kept inside the whole and not too narrow; None where it is the whole."""
    low, high = min(span), max(span)
    width = min(max(high - low, min(LEAST, whole[1] - whole[0])), whole[1] - whole[0])
    low = (low + high - width) / 2
    low = min(max(low, whole[0]), whole[1] - width)
    if width >= 0.999 * (whole[1] - whole[0]):
        return None
    return low, low + width


class StepBox(pg.ViewBox):
    """A view whose range is the owner's: wheel and mouse only ask for another span of steps."""

    asked = Signal(object)  # Span

    def wheelEvent(self, event: Any, axis: int | None = None) -> None:
        """Zoom around the step under the mouse; the left axis does not zoom."""
        if axis == 1:
            event.ignore()
            return
        at = self.mapSceneToView(event.scenePos()).x()
        self.asked.emit(zoomed(self._span(), _WHEEL ** -event.delta(), at))
        event.accept()

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:
        """Draw a rectangle to zoom into; drag the axis, or with another button or Shift, to move."""
        if axis == 1:
            event.ignore()
            return
        event.accept()
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if axis == 0 or shift or event.button() != Qt.MouseButton.LeftButton:
            way = event.lastPos().x() - event.pos().x()
            self.asked.emit(moved(self._span(), way / max(1.0, self.width())))
            return
        start, end = event.buttonDownPos().x(), min(max(event.pos().x(), 0.0), self.width())
        if not event.isFinish():
            self.updateScaleBox(QPointF(start, 0), QPointF(end, self.height()))
            return
        self.rbScaleBox.hide()
        if abs(end - start) > 3:  # less is a click with an unsteady hand
            steps = [self.mapToView(QPointF(x, 0)).x() for x in (start, end)]
            self.asked.emit((min(steps), max(steps)))

    def _span(self) -> Span:
        low, high = self.viewRange()[0]
        return float(low), float(high)
