"""A widget with room over it for a strip that says what went wrong."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from penjing_gui.theme import Theme
from penjing_gui.widgets.strip import FailureStrip


class StripColumn(QWidget):
    """Holds `content`, and over it the last failure until it is taken away."""

    def __init__(self, content: QWidget, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._strip: FailureStrip | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(content, 1)

    @property
    def failure(self) -> FailureStrip | None:
        """The strip, where one is shown."""
        return self._strip

    def show_failure(
        self,
        what_why_todo: tuple[str, str, str],
        details: str = "",
        action: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        """Say what went wrong, in place of what was said before."""
        self.clear_failure()
        self._strip = FailureStrip(self, self._theme, what_why_todo, details, action)
        self._strip.closed.connect(self.clear_failure)
        self._column.insertWidget(0, self._strip)
        self._strip.show()

    def clear_failure(self) -> None:
        """Take the strip away."""
        strip, self._strip = self._strip, None
        if strip is not None:
            self._column.removeWidget(strip)
            strip.hide()
            strip.deleteLater()

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._theme = theme
        if self._strip is not None:
            self._strip.apply_theme(theme)
