"""A widget with room over it for a strip that says what went wrong."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from penjing_gui.theme import Theme
from penjing_gui.widgets.strip import FailureStrip
from penjing_gui.widgets.strip_place import StripPlace


class StripColumn(QWidget):
    """Holds `content`, and over it the last failure until it is taken away."""

    def __init__(self, content: QWidget, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(content, 1)
        self._place = StripPlace(column, self)

    @property
    def failure(self) -> FailureStrip | None:
        """The strip, where one is shown."""
        return self._place.strip

    def show_failure(
        self,
        what_why_todo: tuple[str, str, str],
        details: str = "",
        action: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        """Say what went wrong, in place of what was said before."""
        self._place.put(FailureStrip(self, self._theme, what_why_todo, details, action))

    def clear_failure(self) -> None:
        """Take the strip away."""
        self._place.clear()

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._theme = theme
        self._place.apply_theme(theme)
