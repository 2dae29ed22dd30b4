"""The way from the whole to what is shown: a row of names, each of which leads back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from penjing_gui.theme import Theme
from penjing_gui.widgets.ink import set_ink


class Breadcrumb(QWidget):
    """Names from left to right; the last one is where one is. `chosen` has the place of the name clicked."""

    chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._parts: list[QWidget] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addStretch(1)

    def set_path(self, names: Sequence[str]) -> None:
        """Show a way; one of a single name is not worth a row."""
        for part in self._parts:
            self._row.removeWidget(part)
            part.hide()
            part.deleteLater()
        self._parts = []
        for place, name in enumerate(names):
            last = place == len(names) - 1
            if place:
                self._add(QLabel(" › ", self))
            if last:
                self._add(QLabel(name, self))
                continue
            button = QToolButton(self)
            button.setAutoRaise(True)
            button.setText(name)
            button.setAccessibleName(self.tr("Back to {name}").format(name=name))
            button.setToolTip(button.accessibleName())
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setProperty("place", place)
            button.clicked.connect(self._clicked)
            self._add(button)
        self.apply_theme(self._theme)
        self.setVisible(len(names) > 1)

    def _add(self, part: QWidget) -> None:
        self._row.insertWidget(len(self._parts), part)
        self._parts.append(part)

    def buttons(self) -> list[QToolButton]:
        """What leads back, from the whole on."""
        return [part for part in self._parts if isinstance(part, QToolButton)]

    def _clicked(self) -> None:
        self.chosen.emit(int(self.sender().property("place")))

    def apply_theme(self, theme: Theme) -> None:
        """Take over another theme."""
        self._theme = theme
        for part in self._parts:
            last = part is self._parts[-1]
            colour = theme.text if last else theme.accent if isinstance(part, QToolButton) else theme.text2
            set_ink(part, colour)
