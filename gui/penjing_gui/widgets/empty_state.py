"""What stands in a pane that has nothing to show yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from penjing_gui.theme import Theme
from penjing_gui.widgets.ink import set_ink

PADDING = 12


class EmptyState(QWidget):
    """One sentence in the middle, and what can be done about it."""

    def __init__(
        self,
        parent: QWidget,
        theme: Theme,
        sentence: str,
        actions: Sequence[tuple[str, Callable[[], object]]],
    ) -> None:
        super().__init__(parent)
        self._label = QLabel(sentence, self)
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._label.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        self.buttons: list[QPushButton] = []
        for text, slot in actions:
            button = QPushButton(text, self)
            button.setFixedHeight(28)
            button.setAccessibleName(text)
            button.clicked.connect(slot)
            row.addWidget(button)
            self.buttons.append(button)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(PADDING, PADDING, PADDING, PADDING)
        layout.setSpacing(PADDING)
        layout.addStretch(1)
        layout.addWidget(self._label)
        layout.addLayout(row)
        layout.addStretch(1)
        self.setAccessibleName(sentence)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Take over the theme's colours."""
        set_ink(self._label, theme.text2)
