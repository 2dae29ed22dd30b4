"""The heading of fields that can be folded away: a triangle, the title, and what is set in there."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from penjing_gui import theme as themes
from penjing_gui.icons import icon
from penjing_gui.theme import Theme
from penjing_gui.widgets.form_rows import ElidedLabel
from penjing_gui.widgets.ink import set_ink


class FieldGroup(QWidget):
    """The heading. `toggled` follows opening and folding."""

    toggled = Signal(bool)

    def __init__(self, theme: Theme, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.button = QToolButton(self)
        self.button.setText(title)
        self.button.setCheckable(False)
        self.button.setAutoRaise(True)
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setIconSize(QSize(12, 12))
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.summary = ElidedLabel("", self, Qt.TextElideMode.ElideRight)
        self.open = False
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.button)
        row.addWidget(self.summary, 1)
        row.addStretch()
        self.button.clicked.connect(self._clicked)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._theme = theme
        self.button.setFont(themes.font(semibold=True))
        self.summary.setFont(themes.font(-1))
        set_ink(self.summary, theme.text2)
        self._show()

    def set_summary(self, text: str) -> None:
        """What is set in there, for when it is folded."""
        self.summary.setText(text)
        self.button.setAccessibleDescription(text)

    def set_open(self, on: bool) -> None:
        """Open or fold."""
        if on != self.open:
            self.open = on
            self._show()
            self.toggled.emit(on)

    def _clicked(self) -> None:
        self.set_open(not self.open)

    def _show(self) -> None:
        self.button.setIcon(icon("down" if self.open else "right", self._theme))
        self.summary.setVisible(not self.open)
        title = self.button.text()
        text = self.tr("{group}, shown") if self.open else self.tr("{group}, folded")
        self.button.setAccessibleName(text.format(group=title))
