"""Room for one strip at the top of a column of widgets."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QVBoxLayout

from penjing_gui.theme import Theme
from penjing_gui.widgets.strip import FailureStrip


class StripPlace(QObject):
    """Holds the last strip in `column` until it is closed or taken away."""

    def __init__(self, column: QVBoxLayout, parent: QObject) -> None:
        super().__init__(parent)
        self.strip: FailureStrip | None = None
        self._column = column

    def put(self, strip: FailureStrip) -> None:
        """Show a strip in place of the one before."""
        self.clear()
        self.strip = strip
        strip.closed.connect(self.clear)
        self._column.insertWidget(0, strip)
        strip.show()

    def clear(self) -> None:
        """Take the strip away."""
        strip, self.strip = self.strip, None
        if strip is not None:
            self._column.removeWidget(strip)
            strip.hide()
            strip.deleteLater()

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        if self.strip is not None:
            self.strip.apply_theme(theme)
