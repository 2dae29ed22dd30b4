"""Accessible names for the buttons of a dialog: what is written on them."""

from __future__ import annotations

from PySide6.QtWidgets import QDialogButtonBox


def name_buttons(box: QDialogButtonBox) -> None:
    """Name every button after its text, without the mark of its key."""
    for button in box.buttons():
        button.setAccessibleName(button.text().replace("&", ""))
