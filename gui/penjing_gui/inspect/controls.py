"""The small controls that the panes of this page share: icon buttons, quiet combo boxes, text buttons."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QComboBox, QSizePolicy, QToolButton, QWidget

from penjing_gui.icons import icon
from penjing_gui.theme import Theme

TITLE_CONTROL = 20
FIELD = 24


def unwritten(path: Path, why: str) -> tuple[str, str, str]:
    """A file could not be written: what, why, what to do."""
    translate = QCoreApplication.translate
    return (
        translate("Controls", "{file} could not be written").format(file=path.name),
        why,
        translate("Controls", "Choose another folder"),
    )


def icon_button(name: str, text: str, theme: Theme, parent: QWidget | None = None) -> QToolButton:
    """A flat button with an icon alone: its text is tooltip and accessible name."""
    button = QToolButton(parent)
    button.setAutoRaise(True)
    button.setIcon(icon(name, theme))
    button.setIconSize(QSize(16, 16))
    button.setFixedSize(FIELD, FIELD)
    button.setToolTip(text)
    button.setAccessibleName(text)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def text_button(text: str, theme: Theme, parent: QWidget | None = None) -> QToolButton:
    """A flat button whose text has the accent's colour."""
    button = QToolButton(parent)
    button.setAutoRaise(True)
    button.setText(text)
    button.setAccessibleName(text)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    ink(button, theme)
    return button


def ink(button: QToolButton, theme: Theme) -> None:
    """Give a text button the theme's accent."""
    palette = button.palette()
    palette.setColor(QPalette.ColorRole.ButtonText, theme.accent)
    button.setPalette(palette)
    font = button.font()
    font.setWeight(font.Weight.DemiBold)
    button.setFont(font)


def title_combo(name: str, parent: QWidget | None = None) -> QComboBox:
    """A combo box that fits into a pane's title."""
    combo = QComboBox(parent)
    combo.setAccessibleName(name)
    combo.setToolTip(name)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    combo.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    combo.setFixedHeight(max(TITLE_CONTROL, combo.fontMetrics().height() + 4))
    return combo
