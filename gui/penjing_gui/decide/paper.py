"""The base colour under what scrolls."""

from __future__ import annotations

from PySide6.QtWidgets import QScrollArea, QWidget

from penjing_gui.theme import Theme


def paper(area: QScrollArea, theme: Theme) -> None:
    """Give a scroll area and its content the base colour."""
    content: QWidget | None = area.widget()
    for widget in (area.viewport(), content):
        if widget is not None:
            palette = widget.palette()
            palette.setColor(widget.backgroundRole(), theme.base)
            widget.setPalette(palette)
