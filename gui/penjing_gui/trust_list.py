"""The remembered decisions of trust, in the preferences: which files may run, and how to take that back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from penjing.spec import trust
from penjing_gui import theme as themes
from penjing_gui.theme import Theme
from penjing_gui.widgets.ink import label
from penjing_gui.widgets.plain_table import Index, PlainModel, PlainTable

SHORT = 12  # digits of a SHA-256 that are shown
ROWS = 5  # of the table at its least


class _Decisions(PlainModel):
    """Decisions a row each; tooltips hold what is shortened."""

    decisions: list[trust.Decision]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The whole path and SHA-256 in the tooltip."""
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            one = self.decisions[index.row()]
            return (one.path, one.sha256, None, one.what)[index.column()] or super().data(index)
        return super().data(index, role)


class TrustList(QWidget):
    """The table and Revoke, which holds at once."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = PlainTable(theme, self.tr("Files that may run"), self)
        self.model = _Decisions(self.table)
        self.table.own = self.model
        self.table.setModel(self.model)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setMinimumHeight((ROWS + 1) * max(22, self.fontMetrics().height() + 6))
        self.revoke = QPushButton(self.tr("Revoke"), self)
        self.revoke.setAccessibleName(self.tr("Revoke the selected decisions"))
        self.revoke.setAutoDefault(False)
        self.revoke.clicked.connect(self._revoke)
        self.note = label("", self, font=themes.font(-1), colour=theme.text2, wrap=True)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.note, 1)
        row.addWidget(self.revoke, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.table)
        layout.addLayout(row)
        self.table.selectionModel().selectionChanged.connect(self._selected)
        self.fill()

    def fill(self) -> None:
        """Read the decisions, the latest first."""
        found = self.model.decisions = list(reversed(trust.decisions()))
        heads = (self.tr("File"), "SHA-256", self.tr("Agreed"), self.tr("It named"))
        rows = [
            (_name(one.path), one.sha256[:SHORT] + "…", _date(one.when), one.what or "–") for one in found
        ]
        self.table.set_rows(heads, rows)
        self.table.setVisible(bool(found))
        self.revoke.setVisible(bool(found))
        self.note.setText(
            self.tr("They open without a question while they have this SHA-256. Revoking holds at once.")
            if found
            else self.tr("None. What a file would run is asked each time it is opened.")
        )
        self._selected()

    def _selected(self, *_: object) -> None:
        self.revoke.setEnabled(self.table.selectionModel().hasSelection())

    def _revoke(self) -> None:
        rows = {index.row() for index in self.table.selectionModel().selectedRows()}
        for row in rows:
            trust.revoke(self.model.decisions[row].sha256)
        self.fill()


def _name(path: str) -> str:
    """A file's name; of a run's result, which run it is."""
    place = Path(path)
    return f"{place.parent.name}/{place.name}" if place.name == "result" else place.name


def _date(when: float) -> str:
    return datetime.fromtimestamp(when).strftime("%Y-%m-%d %H:%M")
