"""A convolution's kernels as small pictures in a grid: blue below zero, ochre above, one scale for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from penjing_gui import numbers
from penjing_gui.theme import Theme

Floats32 = npt.NDArray[np.float32]
LEAST, MOST = 3, 12  # px a weight
EDGE = 2  # px around the grid, for the frame of a kernel at its border
GAP, BLOCK_GAP = 2, 6  # px between kernels, and between the kernels of two output channels


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each kernel stands: `columns` a row, `scale` px a weight, `together` kernels without a wider gap."""

    columns: int
    scale: int
    together: int
    height: int
    width: int
    gap: int

    def place(self, index: int) -> tuple[int, int]:
        """Left and top of a kernel in px."""
        row, column = divmod(index, self.columns)
        blocks = column // self.together if self.together else 0
        x = column * (self.width * self.scale + self.gap) + blocks * (BLOCK_GAP - self.gap)
        return x, row * (self.height * self.scale + max(1, self.gap))

    def total(self, count: int) -> int:
        """Height of all kernels in px."""
        rows = -(-count // self.columns)
        return rows * (self.height * self.scale + max(1, self.gap))


def lay_out(count: int, inputs: int, height: int, width: int, room: int, tall: int) -> Layout:
    """The largest scale at which all kernels fit into `room` × `tall` px, else the least one (and it scrolls).

    The kernels of one output channel stand together where a row has room for all of them.
    """
    gap = 0 if height == width == 1 else GAP
    found: Layout | None = None
    for scale in range(MOST, LEAST - 1, -1):
        tile = width * scale + gap
        block = inputs * tile + BLOCK_GAP - gap
        together = inputs if inputs > 1 and block <= room else 0
        columns = max(1, (room + BLOCK_GAP) // block) * inputs if together else max(1, room // tile)
        found = Layout(columns, scale, together, height, width, gap)
        if found.total(count) <= tall:
            break
    assert found is not None
    return found


class KernelGrid(QAbstractScrollArea):
    """The grid. `moved` tells the index of the kernel that was clicked or reached by an arrow key (−1: none)."""

    moved = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.kernels: Floats32 = np.zeros((0, 1, 1), dtype=np.float32)
        self.inputs = 1
        self.limit = 1.0
        self.current = -1
        self._layout: Layout | None = None
        self._colours = np.zeros((0, 1, 1, 3), dtype=np.uint8)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Kernels"))
        self.viewport().setMouseTracking(False)

    # What is shown

    def set_kernels(self, kernels: Floats32) -> None:
        """Show kernels of shape (outputs, inputs, height, width); the scale reaches to the largest weight."""
        outputs, inputs, height, width = kernels.shape
        self.inputs = max(1, inputs)
        self.kernels = np.ascontiguousarray(kernels.reshape(outputs * inputs, height, width))
        self.limit = float(np.abs(self.kernels).max(initial=0.0)) or 1.0
        self.current = -1
        self._recolour()
        self._fit()
        self.verticalScrollBar().setValue(0)
        self.moved.emit(-1)

    def set_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._theme = theme
        self._recolour()
        self.viewport().update()

    def _recolour(self) -> None:
        position = np.clip(self.kernels / self.limit, -1.0, 1.0) * 127.5 + 127.5
        self._colours = self._theme.change_lut[np.rint(position).astype(np.uint8)]

    def _fit(self) -> None:
        room, tall = self.viewport().width() - 2 * EDGE, self.viewport().height() - 2 * EDGE
        count, height, width = self.kernels.shape
        if not count or room < 8:
            self._layout = None
            return
        self._layout = lay_out(count, self.inputs, height, width, room, tall)
        whole = self._layout.total(count)
        bar = self.verticalScrollBar()
        bar.setPageStep(tall)
        bar.setSingleStep(height * self._layout.scale + GAP)
        bar.setRange(0, max(0, whole - tall))
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the kernels out for the new size."""
        super().resizeEvent(event)
        self._fit()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Paint what has come into sight."""
        self.viewport().update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """One texture of what can be seen, and the frame of the current kernel."""
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), self._theme.base)
        layout = self._layout
        if layout is None:
            return
        top = self.verticalScrollBar().value()
        picture, first_y = self._picture(layout, top)
        if picture is not None:
            painter.drawImage(QPoint(EDGE, EDGE + first_y - top), picture)
        if self.current >= 0:
            frame = self.rect_of(self.current)
            painter.setPen(QPen(self._theme.accent, 2))
            painter.drawRect(QRectF(frame).adjusted(-1, -1, 1, 1))
        elif self.hasFocus():
            painter.setPen(QPen(self._theme.accent, 2))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))

    def _picture(self, layout: Layout, top: int) -> tuple[QImage | None, int]:
        """The rows in sight as an image, and at which height of the whole it begins."""
        count, height, width = self.kernels.shape
        pitch = height * layout.scale + max(1, layout.gap)
        first = max(0, top // pitch) * layout.columns
        rows = self.viewport().height() // pitch + 2
        last = min(count, first + rows * layout.columns)
        if last <= first:
            return None, 0
        ground = self._theme.base
        shape = (rows * pitch, max(1, self.viewport().width()), 3)
        canvas = np.empty(shape, dtype=np.uint8)
        canvas[:] = (ground.red(), ground.green(), ground.blue())
        first_y = layout.place(first)[1]
        scale = layout.scale
        for index in range(first, last):
            x, y = layout.place(index)
            tile = self._colours[index].repeat(scale, axis=0).repeat(scale, axis=1)
            view = canvas[y - first_y : y - first_y + height * scale, x : x + width * scale]
            view[:] = tile[: view.shape[0], : view.shape[1]]
        data = np.ascontiguousarray(canvas)
        image = QImage(data.tobytes(), shape[1], shape[0], 3 * shape[1], QImage.Format.Format_RGB888)
        return image.copy(), first_y

    def rect_of(self, index: int) -> QRect:
        """Where a kernel stands in the viewport."""
        assert self._layout is not None
        x, y = self._layout.place(index)
        _, height, width = self.kernels.shape
        scale = self._layout.scale
        return QRect(EDGE + x, EDGE + y - self.verticalScrollBar().value(), width * scale, height * scale)

    # Mouse and keyboard

    def kernel_at(self, point: QPoint) -> int:
        """The kernel at a point of the viewport, −1 where there is none."""
        layout = self._layout
        if layout is None:
            return -1
        _, height, width = self.kernels.shape
        row = (point.y() - EDGE + self.verticalScrollBar().value()) // (
            height * layout.scale + max(1, layout.gap)
        )
        tile = width * layout.scale + layout.gap
        if layout.together:
            block, inside = divmod(point.x() - EDGE, layout.together * tile + BLOCK_GAP - layout.gap)
            column = block * layout.together + min(inside // tile, layout.together - 1)
        else:
            column = (point.x() - EDGE) // tile
        index = row * layout.columns + column
        inside_grid = 0 <= column < layout.columns and 0 <= index < len(self.kernels)
        return index if inside_grid and self.rect_of(index).adjusted(-1, -1, 1, 1).contains(point) else -1

    def describe(self, index: int) -> str:
        """A kernel in words: its output and input channel, its norm, its ends."""
        kernel = self.kernels[index]
        output, at = divmod(index, self.inputs)
        head = self.tr("output {output}, input {input}").format(output=output, input=at)
        low, high = numbers.figure(float(kernel.min()), 2), numbers.figure(float(kernel.max()), 2)
        if kernel.size == 1:
            return f"{head} · {numbers.figure(float(kernel[0, 0]), 3)}"
        norm = numbers.figure(float(np.linalg.norm(kernel)), 3)
        return self.tr("{kernel} · {low} to {high} · L2 norm {norm}").format(
            kernel=head, low=low, high=high, norm=norm
        )

    def select(self, index: int) -> None:
        """Frame a kernel and bring it into sight."""
        self.current = index
        if index >= 0 and self._layout is not None:
            rect = self.rect_of(index)
            bar = self.verticalScrollBar()
            if rect.top() < EDGE:
                bar.setValue(bar.value() + rect.top() - EDGE)
            elif rect.bottom() > self.viewport().height() - EDGE:
                bar.setValue(bar.value() + rect.bottom() - self.viewport().height() + EDGE + 1)
            self.setAccessibleDescription(self.describe(index))
        self.viewport().update()
        self.moved.emit(index)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Frame the kernel under the mouse."""
        self.select(self.kernel_at(event.position().toPoint()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move between kernels, Home and End go to the ends, Esc lets go."""
        layout, count = self._layout, len(self.kernels)
        key = Qt.Key(event.key())
        if layout is None or not count:
            super().keyPressEvent(event)
            return
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -layout.columns,
            Qt.Key.Key_Down: layout.columns,
        }
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: count - 1}
        if key in ends:
            self.select(ends[key])
        elif key in steps:
            target = self.current + steps[key] if self.current >= 0 else 0
            self.select(target if 0 <= target < count else max(0, self.current))
        elif key == Qt.Key.Key_Escape and self.current >= 0:
            self.select(-1)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: Any) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: Any) -> None:
        """Hide the focus."""
        super().focusOutEvent(event)
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        """A tooltip that describes the kernel under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.kernel_at(event.pos())
            if index >= 0:
                QToolTip.showText(event.globalPos(), self.describe(index), self)
            else:
                QToolTip.hideText()
            return True
        return bool(super().viewportEvent(event))
