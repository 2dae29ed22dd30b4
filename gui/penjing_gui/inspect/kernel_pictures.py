"""What is shown of a layer that has kernels: the grid, its scale, how many there are, and the one that is looked at."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from penjing_gui import numbers
from penjing_gui.theme import Theme
from penjing_gui.widgets.color_strip import ColorStrip
from penjing_gui.widgets.form_rows import ElidedLabel
from penjing_gui.widgets.ink import set_ink
from penjing_gui.widgets.kernel_grid import KernelGrid


class KernelPictures(QWidget):
    """The grid between a line about all kernels and one about the kernel that is looked at."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.count = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self.strip = ColorStrip(theme, self.tr("weight"), "", "", kind="change")
        self.grid = KernelGrid(theme)
        self.words = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self.grid.moved.connect(self._say)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.count, 1)
        top.addWidget(self.strip)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.grid, 1)
        layout.addWidget(self.words)
        self.set_theme(theme)

    def show_kernels(self, kernels: np.ndarray[Any, np.dtype[np.float32]], total: int) -> None:
        """Draw kernels of shape (outputs, inputs, height, width), the first of `total`."""
        self.grid.set_kernels(kernels)
        shown = len(self.grid.kernels)
        size = numbers.dims(kernels.shape[2:])
        if shown < total:
            text = self.tr("first {shown} of {total} kernels, {size}")
        else:
            text = self.tr("{total} kernels, {size}")
        self.count.setText(text.format(shown=numbers.integer(shown), total=numbers.integer(total), size=size))
        end = numbers.figure(self.grid.limit, 2)
        self.strip.set_scale(self.tr("weight"), f"−{end}", end)
        self.grid.setAccessibleDescription(self.count.text())

    def _say(self, index: int) -> None:
        self.words.setText(
            self.grid.describe(index) if index >= 0 else self.tr("Click a kernel, or use the arrows.")
        )

    def set_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self.grid.set_theme(theme)
        self.strip.apply_theme(theme)
        set_ink(self.count, theme.text2)
        set_ink(self.words, theme.text2)
