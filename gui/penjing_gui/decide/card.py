"""One fact card: what was found, and the choice to set it by hand."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QVBoxLayout

from penjing.advice.facts import Fact
from penjing_gui import theme as themes
from penjing_gui.theme import Theme
from penjing_gui.widgets.chip import Chip
from penjing_gui.widgets.ink import label, set_ink

LEAST_CHOICE = 92


class FactCard(QFrame):
    """Title, answer, the choice between measured and by hand, and room for the measure."""

    chosen = Signal(str, object)  # the fact's name; True, False, or None for measured

    def __init__(self, name: str, title: str, theme: Theme) -> None:
        super().__init__()
        self.name = name
        self._theme = theme
        self._by_hand = ""
        self.setAccessibleName(title)
        self.title = label(title, font=themes.font(1, semibold=True))
        self.chip = Chip(theme)
        self.choice = QComboBox()
        self.choice.setFixedHeight(24)
        self.choice.setAccessibleName(self.tr("{fact}: measured or by hand").format(fact=title))
        self.choice.addItem(self.tr("Measured"), None)
        self.choice.addItem(self.tr("Yes, by hand"), True)
        self.choice.addItem(self.tr("No, by hand"), False)
        self.choice.activated.connect(self._activated)
        self.choice.view().setMinimumWidth(self.choice.sizeHint().width())
        self.choice.setMinimumWidth(LEAST_CHOICE)  # gives way to a long title in a narrow pane
        self.note = label(wrap=True, font=themes.font(-1))
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self.title)
        head.addWidget(self.chip)
        head.addStretch(1)
        head.addWidget(self.choice)
        self.room = QVBoxLayout()
        self.room.setSpacing(4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 12, 12)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addLayout(self.room)
        layout.addWidget(self.note)
        self.apply_theme(theme)

    def _activated(self) -> None:
        self.chosen.emit(self.name, self.choice.currentData())

    def show_fact(self, fact: Fact) -> None:
        """Show the answer; one set by hand says so."""
        word = self.tr("Yes") if fact.value else self.tr("No")
        self.chip.set_chip(word, "filled" if fact.value else "plain")
        index = self.choice.findData(fact.value if fact.overridden else None)
        self.choice.setCurrentIndex(index)
        self.setAccessibleDescription(word)
        self._by_hand = ""
        if fact.overridden and fact.measured:
            self._by_hand = self.tr("Set by hand; the measure says yes.")
        elif fact.overridden:
            self._by_hand = self.tr("Set by hand; the measure says no.")

    def show_note(self, text: str) -> None:
        """The sentence below the measure; where the fact was set by hand that is said first."""
        text = f"{self._by_hand} {text}".strip().replace("。 ", "。")
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def apply_theme(self, theme: Theme) -> None:
        """Take over the theme's colours."""
        self._theme = theme
        self.chip.apply_theme(theme)
        set_ink(self.note, theme.text2)


def pair(name: str) -> tuple[QHBoxLayout, QLabel]:
    """A line with a name at the left and a figure at the right."""
    value = label(font=themes.font(1, semibold=True), right=True, selectable=True)
    value.setAccessibleName(name)
    row = QHBoxLayout()
    row.addWidget(label(name))
    row.addStretch(1)
    row.addWidget(value)
    return row, value
