"""A calm table for reading: fixed row heights, thin lines between rows, no grid, a row at a time selected."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from penjing_gui import theme as themes
from penjing_gui.theme import Theme
from penjing_gui.widgets.delta_bar import DeltaBarDelegate

ROW_HEIGHT = 27


class LinedDelegate(QStyledItemDelegate):
    """A cell with a thin line under it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the cell, then its line; the focus frame of a single cell is left out, rows are selected."""
        plain = QStyleOptionViewItem(option)
        plain.state &= ~QStyle.StateFlag.State_HasFocus
        super().paint(painter, plain, index)
        painter.setPen(self.theme.grid)
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())


class ReadingTable(QTableView):
    """The table. Give it a model, then `set_columns`."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(24)
        self._lined = LinedDelegate(theme, self)
        self._bars: DeltaBarDelegate | None = None
        self.setItemDelegate(self._lined)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours and measure the font again."""
        self._lined.theme = theme
        if self._bars is not None:
            self._bars.apply_theme(theme)
        height = max(ROW_HEIGHT, self.fontMetrics().height() + 12)
        self.verticalHeader().setDefaultSectionSize(height)
        header = self.horizontalHeader()
        header.setFont(themes.font(-1))
        header.setFixedHeight(max(26, header.fontMetrics().height() + 10))
        self.viewport().update()

    def set_columns(self, stretched: int, bars: int | None = None) -> None:
        """One column takes what is left over; another one, where named, draws bars."""
        header = self.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)
        if bars is not None:
            self._bars = DeltaBarDelegate(self._lined.theme, self)
            self.setItemDelegateForColumn(bars, self._bars)
            header.setSectionResizeMode(bars, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(bars, 88)

    @property
    def bars(self) -> DeltaBarDelegate | None:
        """The delegate of the column with bars."""
        return self._bars

    def select_key(self, key: str) -> bool:
        """Select and show the row whose first cell has `key` as its user data."""
        model = self.model()
        for row in range(model.rowCount()):
            if model.index(row, 0).data(Qt.ItemDataRole.UserRole) == key:
                self.selectRow(row)
                self.scrollTo(model.index(row, 0))
                return True
        return False
