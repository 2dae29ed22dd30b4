"""A plot's data as a table: behind "Show as table" in the plot's context menu, for reading, copying and assistance."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTableView,
    QVBoxLayout,
    QWidget,
)

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


@dataclass(frozen=True)
class TableData:
    """Columns of equal length under their titles. None and NaN are empty cells."""

    title: str
    headers: tuple[str, ...]
    columns: tuple[Sequence[Any], ...]

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    def text(self, row: int, column: int) -> str:
        """A cell: whole numbers exactly, others with six significant digits."""
        value = self.columns[column][row]
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return ""
        if isinstance(value, str):
            return value
        number = float(value)
        return f"{number:.0f}" if number.is_integer() and abs(number) < 1e15 else f"{number:.6g}"

    def csv(self) -> str:
        """All of it as comma-separated values."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.headers)
        columns = range(len(self.columns))
        writer.writerows([self.text(row, column) for column in columns] for row in range(len(self)))
        return out.getvalue()


class _Model(QAbstractTableModel):
    def __init__(self, data: TableData, parent: QObject) -> None:
        super().__init__(parent)
        self.table = data

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.table)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.table.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self.table.headers[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return self.table.text(index.row(), index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            text = isinstance(self.table.columns[index.column()][index.row()], str)
            side = Qt.AlignmentFlag.AlignLeft if text else Qt.AlignmentFlag.AlignRight
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None


class TableWindow(QDialog):
    """The table in a window of its own; it deletes itself when it is closed."""

    def __init__(self, data: TableData, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(data.title)
        self.data = data
        self.table = QTableView(self)
        self.table.setAccessibleName(data.title)
        self.table.setModel(_Model(data, self))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.verticalHeader().setDefaultSectionSize(22)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText(self.tr("Close"))
        self.copy = buttons.addButton(self.tr("Copy as CSV"), QDialogButtonBox.ButtonRole.ActionRole)
        self.copy.clicked.connect(self._copy)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.table)
        layout.addWidget(buttons)
        self.resize(620, 480)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.data.csv())


class TableAction(QAction):
    """The command in a widget's context menu (right click, or the menu key)."""

    def __init__(self, widget: QWidget, make: Callable[[], TableData]) -> None:
        super().__init__(widget)
        self.setText(self.tr("Show as table"))
        self._widget, self._make = widget, make
        self.triggered.connect(self._open)
        widget.addAction(self)
        widget.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _open(self) -> None:
        TableWindow(self._make(), self._widget.window()).show()
