"""Small helpers for labels: text colour through the palette, selectable values."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QLabel, QWidget


def set_ink(widget: QWidget, colour: QColor) -> None:
    """Write the widget's text in a colour."""
    palette = widget.palette()
    # Which of these a label uses changes with where it stands: in a toolbar it is ButtonText.
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText, QPalette.ColorRole.Text):
        palette.setColor(role, colour)
    widget.setPalette(palette)


def label(
    text: str = "",
    parent: QWidget | None = None,
    *,
    font: QFont | None = None,
    colour: QColor | None = None,
    right: bool = False,
    wrap: bool = False,
    selectable: bool = False,
) -> QLabel:
    """A label of plain text."""
    result = QLabel(text, parent)
    result.setTextFormat(Qt.TextFormat.PlainText)
    if font is not None:
        result.setFont(font)
    if colour is not None:
        set_ink(result, colour)
    if right:
        result.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    result.setWordWrap(wrap)
    if selectable:
        result.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
    return result
