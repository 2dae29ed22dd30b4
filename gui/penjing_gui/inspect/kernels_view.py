"""The kernels of a layer, or one sentence where there are none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedLayout, QWidget

from penjing_gui.theme import Theme
from penjing_gui.widgets.ink import label, set_ink

if TYPE_CHECKING:
    from penjing_gui.inspect.kernel_pictures import KernelPictures


class KernelsView(QWidget):
    """The pictures, or one sentence where there are none. They are made when they are first needed."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._path = ""
        self.pictures: KernelPictures | None = None
        self.sentence = label(colour=theme.text2, wrap=True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._layout = QStackedLayout(self)
        self._layout.addWidget(self.sentence)

    def say(self, sentence: str) -> None:
        """Show a sentence instead of the pictures."""
        self._path = ""
        self.sentence.setText(sentence)
        self._layout.setCurrentWidget(self.sentence)

    def show_file(self, path: str, total: int) -> None:
        """Draw the kernels that the session worker has put into a file; the same file is not read twice."""
        if path == self._path:
            return
        try:
            kernels = np.load(Path(path), allow_pickle=False)
        except (OSError, ValueError):
            self.say(self.tr("The kernels could not be read. Select the layer again."))
            return
        if self.pictures is None:
            from penjing_gui.inspect.kernel_pictures import KernelPictures

            self.pictures = KernelPictures(self._theme)
            self._layout.addWidget(self.pictures)
        self._path = path
        self._layout.setCurrentWidget(self.pictures)
        self.pictures.show_kernels(np.asarray(kernels, dtype=np.float32), total)

    def set_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._theme = theme
        set_ink(self.sentence, theme.text2)
        if self.pictures is not None:
            self.pictures.set_theme(theme)
