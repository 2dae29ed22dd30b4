"""The style: Fusion, drawn flat where Fusion would shade.

Buttons, fields, check boxes and progress bars get a plain fill and a one-pixel border whose contrast is at least
3 : 1, and a two-pixel accent frame when they have the focus. Sizes, behaviour and everything else are Fusion's.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QProxyStyle,
    QPushButton,
    QStyle,
    QStyleOption,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QStyleOptionComplex,
    QStyleOptionProgressBar,
    QStyleOptionSpinBox,
    QWidget,
)

if TYPE_CHECKING:
    from penjing_gui.theme import Theme

RADIUS = 3.0
_SWEEPS_PER_SECOND = 0.6
_PRIMARY = "penjingPrimary"
_Primitive, _Control, _Complex = QStyle.PrimitiveElement, QStyle.ControlElement, QStyle.ComplexControl
_State = QStyle.StateFlag


def make_primary(button: QPushButton, theme: Theme, primary: bool = True) -> None:
    """Fill a button with the accent: the one thing to do next on a page. Call it again after a change of theme."""
    button.setProperty(_PRIMARY, primary)
    palette = button.palette()
    for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
        palette.setColor(group, QPalette.ColorRole.ButtonText, theme.on_accent if primary else theme.text)
    palette.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText, theme.text3)
    button.setPalette(palette)
    button.update()


class CalmStyle(QProxyStyle):
    """Fusion with flat controls in the colours of a theme."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("Fusion")
        self._theme = theme
        self._primitives = {
            _Primitive.PE_PanelButtonCommand: self._button,
            _Primitive.PE_PanelButtonTool: self._tool,
            _Primitive.PE_PanelLineEdit: self._field,
            _Primitive.PE_FrameLineEdit: self._field_frame,
            _Primitive.PE_IndicatorCheckBox: self._check_box,
            _Primitive.PE_IndicatorItemViewItemCheck: self._check_box,
            _Primitive.PE_IndicatorRadioButton: self._radio,
            _Primitive.PE_FrameFocusRect: self._focus,
            _Primitive.PE_IndicatorDockWidgetResizeHandle: self._nothing,
        }

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme` from now on."""
        self._theme = theme

    def drawPrimitive(
        self,
        element: QStyle.PrimitiveElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        """Draw what is flat here; leave the rest to Fusion."""
        own = self._primitives.get(element)
        if own is None:
            super().drawPrimitive(element, option, painter, widget)
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        own(option, painter, widget)
        painter.restore()

    def drawControl(
        self,
        element: QStyle.ControlElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        """Flat progress bars and table headers; the rest is Fusion's."""
        if element == _Control.CE_ProgressBar and isinstance(option, QStyleOptionProgressBar):
            if option.maximum <= option.minimum:
                # Fusion's own drawing starts the timer that repaints; ours then covers it.
                super().drawControl(_Control.CE_ProgressBarContents, option, painter, widget)
                painter.fillRect(option.rect, option.palette.brush(QPalette.ColorRole.Window))
            self._progress(option, painter)
        elif element == _Control.CE_Splitter:
            pass
        elif element == _Control.CE_HeaderSection:
            painter.fillRect(option.rect, self._theme.window)
            painter.fillRect(option.rect.adjusted(0, option.rect.height() - 1, 0, 0), self._theme.line)
        else:
            super().drawControl(element, option, painter, widget)

    def drawComplexControl(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        """Flat combo and spin boxes; the rest is Fusion's."""
        if (
            control == _Complex.CC_ComboBox
            and isinstance(option, QStyleOptionComboBox)
            and not option.editable
        ):
            self._combo(option, painter)
            return
        if control == _Complex.CC_SpinBox and isinstance(option, QStyleOptionSpinBox):
            self._spin_box(option, painter, widget)
            return
        super().drawComplexControl(control, option, painter, widget)

    # What is drawn

    def _frame(self, option: QStyleOption) -> QColor:
        return self._theme.control if option.state & _State.State_Enabled else self._theme.line2

    def _box(self, option: QStyleOption, painter: QPainter, fill: QColor, frame: QColor) -> None:
        """The fill and border of a control, and the accent frame of the focus."""
        box = QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setBrush(fill)
        painter.setPen(QPen(frame, 1))
        painter.drawRoundedRect(box, RADIUS, RADIUS)

    def _focus_ring(self, option: QStyleOption, painter: QPainter) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._theme.accent, 2))
        painter.drawRoundedRect(QRectF(option.rect).adjusted(1, 1, -1, -1), RADIUS, RADIUS)

    def _fill(self, option: QStyleOption) -> QColor:
        theme, state = self._theme, option.state
        if not state & _State.State_Enabled:
            return theme.window
        if state & _State.State_Sunken:
            return theme.line
        if state & _State.State_On:
            return theme.accent_soft
        return theme.hover if state & _State.State_MouseOver else theme.button

    def _button(self, option: QStyleOption, painter: QPainter, widget: QWidget | None) -> None:
        theme, state = self._theme, option.state
        enabled = bool(state & _State.State_Enabled)
        if isinstance(option, QStyleOptionButton):
            flat = bool(option.features & QStyleOptionButton.ButtonFeature.Flat)
            if flat and not state & (_State.State_Sunken | _State.State_MouseOver | _State.State_HasFocus):
                return
        if enabled and widget is not None and widget.property(_PRIMARY):
            pressed = bool(state & (_State.State_Sunken | _State.State_MouseOver))
            fill = theme.accent.darker(108) if pressed else theme.accent
            self._box(option, painter, fill, fill)
            if state & _State.State_HasFocus:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(theme.on_accent, 1))
                painter.drawRoundedRect(QRectF(option.rect).adjusted(2.5, 2.5, -2.5, -2.5), 2, 2)
            return
        self._box(option, painter, self._fill(option), self._frame(option))
        if state & _State.State_HasFocus:
            self._focus_ring(option, painter)

    def _tool(self, option: QStyleOption, painter: QPainter, widget: QWidget | None) -> None:
        state = option.state
        raised = not state & _State.State_AutoRaise
        if raised or state & (_State.State_Sunken | _State.State_On | _State.State_MouseOver):
            frame = self._frame(option) if raised else self._fill(option)
            self._box(option, painter, self._fill(option), frame)
        if state & _State.State_HasFocus and state & _State.State_KeyboardFocusChange:
            self._focus_ring(option, painter)

    def _field(self, option: QStyleOption, painter: QPainter, widget: QWidget | None) -> None:
        line_width = getattr(option, "lineWidth", 1)
        if line_width <= 0:
            painter.fillRect(option.rect, option.palette.brush(QPalette.ColorRole.Base))
            return
        enabled = bool(option.state & _State.State_Enabled)
        self._box(option, painter, self._theme.base if enabled else self._theme.window, self._frame(option))
        if option.state & _State.State_HasFocus:
            self._focus_ring(option, painter)

    def _field_frame(self, option: QStyleOption, painter: QPainter, widget: QWidget | None) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._frame(option), 1))
        painter.drawRoundedRect(QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        if option.state & _State.State_HasFocus:
            self._focus_ring(option, painter)

    def _focus(self, option: QStyleOption, painter: QPainter, widget: QWidget | None) -> None:
        if option.state & _State.State_KeyboardFocusChange and not isinstance(widget, QPushButton):
            self._focus_ring(option, painter)

    def _nothing(self, option: QStyleOption, painter: QPainter, widget: QWidget | None) -> None:
        """A splitter is a gap; the cursor says that it can be moved."""

    def _check_box(self, option: QStyleOption, painter: QPainter, widget: QWidget | None) -> None:
        theme, state = self._theme, option.state
        enabled = bool(state & _State.State_Enabled)
        side = min(option.rect.width(), option.rect.height())
        box = QRectF(option.rect.x(), option.rect.y(), side, side).adjusted(0.5, 0.5, -0.5, -0.5)
        on = bool(state & (_State.State_On | _State.State_NoChange))
        fill = theme.accent if on and enabled else theme.base if enabled else theme.window
        painter.setBrush(fill)
        painter.setPen(QPen(theme.accent if on and enabled else self._frame(option), 1))
        painter.drawRoundedRect(box, 2.5, 2.5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        pen = QPen(theme.on_accent if enabled else theme.text3, 1.6)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        x, y, w = box.x(), box.y(), box.width()
        if state & _State.State_On:
            marks = [QPointF(x + 0.24 * w, y + 0.52 * w), QPointF(x + 0.43 * w, y + 0.71 * w)]
            painter.drawPolyline(QPolygonF([*marks, QPointF(x + 0.77 * w, y + 0.3 * w)]))
        elif state & _State.State_NoChange:
            painter.drawLine(QPointF(x + 0.27 * w, y + 0.5 * w), QPointF(x + 0.73 * w, y + 0.5 * w))

    def _radio(self, option: QStyleOption, painter: QPainter, widget: QWidget | None) -> None:
        theme, state = self._theme, option.state
        enabled = bool(state & _State.State_Enabled)
        side = min(option.rect.width(), option.rect.height())
        box = QRectF(option.rect.x(), option.rect.y(), side, side).adjusted(0.5, 0.5, -0.5, -0.5)
        on = bool(state & _State.State_On)
        painter.setBrush(theme.base if enabled else theme.window)
        painter.setPen(QPen(theme.accent if on and enabled else self._frame(option), 1))
        painter.drawEllipse(box)
        if on:
            painter.setBrush(theme.accent if enabled else theme.text3)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawEllipse(box.adjusted(3, 3, -3, -3))

    def _spin_box(self, option: QStyleOptionSpinBox, painter: QPainter, widget: QWidget | None) -> None:
        if not option.frame or widget is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        enabled = bool(option.state & _State.State_Enabled)
        self._box(option, painter, self._theme.base if enabled else self._theme.window, self._frame(option))
        for part, up in ((QStyle.SubControl.SC_SpinBoxUp, True), (QStyle.SubControl.SC_SpinBoxDown, False)):
            if option.subControls & part:
                room = QRectF(self.subControlRect(_Complex.CC_SpinBox, option, part, widget))
                step = QAbstractSpinBox.StepEnabledFlag
                can = bool(option.stepEnabled & (step.StepUpEnabled if up else step.StepDownEnabled))
                self._chevron(painter, room.center(), self._theme.text2 if can else self._theme.line2, up)
        if option.state & _State.State_HasFocus:
            self._focus_ring(option, painter)
        painter.restore()

    @staticmethod
    def _chevron(painter: QPainter, centre: QPointF, colour: QColor, up: bool = False) -> None:
        pen = QPen(colour, 1.4)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        x, y, d = centre.x(), centre.y(), -1.5 if up else 1.5
        painter.drawPolyline(QPolygonF([QPointF(x - 3, y - d), QPointF(x, y + d), QPointF(x + 3, y - d)]))

    def _progress(self, option: QStyleOptionProgressBar, painter: QPainter) -> None:
        theme = self._theme
        painter.save()
        room = QRectF(option.rect)
        height = min(8.0, room.height())
        bar = QRectF(room.x(), room.center().y() - height / 2, room.width(), height)
        painter.fillRect(bar, theme.grid)
        if option.maximum > option.minimum:
            share = (option.progress - option.minimum) / (option.maximum - option.minimum)
            done = QRectF(bar.x(), bar.y(), bar.width() * min(1.0, max(0.0, share)), height)
        else:
            start = (time.monotonic() * _SWEEPS_PER_SECOND) % 1.0 * 1.3 - 0.3
            done = QRectF(bar.x() + bar.width() * start, bar.y(), bar.width() * 0.3, height) & bar
        painter.fillRect(done, theme.accent if option.state & _State.State_Enabled else theme.ghost)
        painter.setPen(QPen(theme.line2, 1))
        painter.drawRect(bar.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.restore()

    def _combo(self, option: QStyleOptionComboBox, painter: QPainter) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._box(option, painter, self._fill(option), self._frame(option))
        if option.state & _State.State_HasFocus:
            self._focus_ring(option, painter)
        right = option.direction == Qt.LayoutDirection.LeftToRight
        x = option.rect.right() - 11 if right else option.rect.left() + 11
        enabled = bool(option.state & _State.State_Enabled)
        colour = self._theme.text2 if enabled else self._theme.text3
        self._chevron(painter, QPointF(x, QRectF(option.rect).center().y()), colour)
        painter.restore()
