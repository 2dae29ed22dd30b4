"""The table model of "Before and after"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from penjing_gui import theme as themes
from penjing_gui.compare.measures import Measure
from penjing_gui.theme import Theme
from penjing_gui.widgets.delta_bar import DELTA_ROLE

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
NAME, UNIT, BEFORE, AFTER, CHANGE, WORDS, INTERVAL, BAR = range(8)


class MeasureModel(QAbstractTableModel):
    """Rows of `Measure`."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Measure, ...] = ()
        self._theme = theme

    def set_rows(self, rows: Sequence[Measure]) -> None:
        """Replace the rows."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._theme = theme
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, BAR))

    def rowCount(self, parent: Index = _ROOT) -> int:
        """One row a measure."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Name to bar."""
        return 0 if parent.isValid() else BAR + 1

    @property
    def both_sides(self) -> bool:
        """Whether something grew, so that the bars need room for more than 0."""
        return any(row.delta is not None and row.delta > 0.005 for row in self.rows)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Column titles."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        right = section in (BEFORE, AFTER, CHANGE, INTERVAL, BAR)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            self.tr("Measure"),
            self.tr("Unit"),
            self.tr("Before"),
            self.tr("After"),
            self.tr("Change"),
            "",
            self.tr("95 % interval"),
            "± 100 %" if self.both_sides else "−100 … 0 %",
        )[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts, alignment, weight, colour, and the bar's length."""
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            texts = (row.name, row.unit, row.before, row.after, row.change, row.words, row.interval, "")
            return texts[column]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = column in (BEFORE, AFTER, CHANGE, INTERVAL)
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.FontRole:
            return themes.font(semibold=column in (NAME, AFTER, WORDS))
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._ink(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.tip or None
        if role == Qt.ItemDataRole.UserRole:
            return row.key
        if role == DELTA_ROLE and column == BAR:
            return row.delta
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.name}: {row.before} → {row.after} {row.unit}, {row.change}, {row.words}, {row.interval}"
        return None

    def _ink(self, row: Measure, column: int) -> Any:
        if column == WORDS:
            return {"better": self._theme.accent, "worse": self._theme.warn}.get(
                row.verdict, self._theme.text2
            )
        return self._theme.text2 if column in (UNIT, INTERVAL) else None
