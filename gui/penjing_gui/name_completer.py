"""Completes the names of architectures as they are typed. The names are read beside the window."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtWidgets import QCompleter, QLineEdit

from penjing_gui import zoo_names
from penjing_gui.background import Work


class NameCompleter(QCompleter):
    """The completer of one field. `read` starts reading the names, `drop` wants them no more."""

    def __init__(self, field: QLineEdit, first: Sequence[str] = ()) -> None:
        super().__init__(field)
        self._first = list(first)
        self._names = QStringListModel(self._first, self)
        self._work: Work | None = None
        self.setModel(self._names)
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setMaxVisibleItems(10)
        field.setCompleter(self)
        if (popup := self.popup()) is not None:
            popup.setAccessibleName(self.tr("Names of architectures"))

    def read(self) -> None:
        """Read the names; until they are there, nothing is completed."""
        if self._work is None:
            self._work = Work(zoo_names.references, self)
            self._work.done.connect(self._read)
            self._work.start()

    def _read(self, names: Sequence[str]) -> None:
        self._names.setStringList([*self._first, *names])

    def drop(self) -> None:
        """Wait for the reading to end."""
        if self._work is not None:
            self._work.drop()
