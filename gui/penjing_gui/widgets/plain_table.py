"""A table of texts and numbers for reading: fixed row heights, columns as wide as what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from penjing_gui import theme as themes
from penjing_gui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
WIDEST = 420  # px of a column that is not the last one


def cell_text(value: Any) -> str:
    """A value as it is written in a cell: six significant digits, nothing for what is missing."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}".replace("-", "−") if value == value else ""
    return f"{value}"


class PlainModel(QAbstractTableModel):
    """Rows under their titles. Numbers stand at the right."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.headers: tuple[str, ...] = ()
        self.rows: list[tuple[Any, ...]] = []
        self._right: set[int] = set()

    def set_rows(self, headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Show these."""
        self.beginResetModel()
        self.headers, self.rows = tuple(headers), [tuple(row) for row in rows]
        self._right = {
            column for column in range(len(self.headers)) if _numbers([row[column] for row in self.rows])
        }
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Columns."""
        return 0 if parent.isValid() else len(self.headers)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Titles, over numbers at the right too."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.headers[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell's text; the whole of it in its tooltip."""
        value = self.rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cell_text(value).replace("\n", " ")
        if role == Qt.ItemDataRole.ToolTipRole:
            return cell_text(value)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(index.column())
        return None

    def _side(self, column: int) -> int:
        side = Qt.AlignmentFlag.AlignRight if column in self._right else Qt.AlignmentFlag.AlignLeft
        return int(side | Qt.AlignmentFlag.AlignVCenter)


def _numbers(values: Sequence[Any]) -> bool:
    """Whether a column holds numbers (labels and other texts may be written as numbers, too)."""
    found = [one for one in values if one not in (None, "")]
    try:
        return bool(found) and all(isinstance(float(one), float) for one in found)
    except (TypeError, ValueError):
        return False


class PlainTable(QTableView):
    """The table. The last column takes the room that is left."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.own = PlainModel(self)
        self.setModel(self.own)
        calm(self)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Take the font of this moment; the colours are the palette's."""
        del theme
        set_heights(self)

    def set_rows(self, headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Show rows under their titles."""
        self.own.set_rows(headers, rows)
        fit_columns(self)


def calm(table: QTableView) -> None:
    """No grid, no frame, nothing to be edited, a row at a time selected."""
    table.setFrameShape(QFrame.Shape.NoFrame)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setAlternatingRowColors(True)
    table.setTabKeyNavigation(False)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.verticalHeader().hide()
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    table.horizontalHeader().setHighlightSections(False)
    table.horizontalHeader().setStretchLastSection(True)
    set_heights(table)


def set_heights(table: QTableView) -> None:
    """Rows and titles as high as the font wants them."""
    table.verticalHeader().setDefaultSectionSize(max(22, table.fontMetrics().height() + 6))
    table.horizontalHeader().setFont(themes.font(-1))


def fit_columns(table: QTableView) -> None:
    """Make columns as wide as what they hold, within bounds."""
    table.resizeColumnsToContents()
    for column in range(table.model().columnCount() - 1):
        table.setColumnWidth(column, min(WIDEST, table.columnWidth(column) + 10))
