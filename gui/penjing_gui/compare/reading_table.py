"""A calm table for reading: fixed row heights, thin lines between rows, no grid, a row at a time selected."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QResizeEvent
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

LEAST_ROW, ROW_HEIGHT = 21, 28
PADDING = 5
EDGE = 12  # left of the first column, as wide as a pane's padding


MARGIN = 3  # what the style keeps free at both sides of a cell's text


def _inner(rect: QRect, column: int, margin: int = 0) -> QRect:
    return rect.adjusted((EDGE if column == 0 else PADDING) - margin, 0, margin - PADDING, 0)


class LinedDelegate(QStyledItemDelegate):
    """A padded cell with a thin line under it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """The cell's own size and its padding."""
        size = super().sizeHint(option, index)
        padding = PADDING + (EDGE if index.column() == 0 else PADDING) - 2 * MARGIN
        return QSize(size.width() + padding, size.height())

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the ground, the cell's content, the line; a selected row has an accent bar at its left."""
        rect = QRect(option.rect)
        plain = QStyleOptionViewItem(option)
        if plain.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, self.theme.accent_soft)
            if index.column() == 0:
                painter.fillRect(rect.left(), rect.top(), 3, rect.height(), self.theme.accent)
        # rows are selected, not cells: no frame and no second ground under the text
        plain.state &= ~(QStyle.StateFlag.State_HasFocus | QStyle.StateFlag.State_Selected)
        plain.rect = _inner(rect, index.column(), MARGIN)
        super().paint(painter, plain, index)
        painter.setPen(self.theme.grid)
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())


class ReadingHeader(QHeaderView):
    """Column titles with the same padding as the cells, on the chrome's colour."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.theme = theme

    def sectionSizeFromContents(self, logicalIndex: int) -> QSize:
        """Room for the title and its padding."""
        text = str(self.model().headerData(logicalIndex, Qt.Orientation.Horizontal) or "")
        width = QFontMetrics(themes.font(-1)).horizontalAdvance(text)
        return QSize(width + PADDING + (EDGE if logicalIndex == 0 else PADDING) + 2, self.height())

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """Paint one title."""
        model = self.model()
        painter.fillRect(rect, self.theme.window)
        painter.setPen(self.theme.line)
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        text = str(model.headerData(logicalIndex, Qt.Orientation.Horizontal) or "")
        alignment = model.headerData(
            logicalIndex, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole
        )
        painter.setFont(themes.font(-1))
        painter.setPen(self.theme.text2)
        flags = int(alignment or Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextDontClip)
        painter.drawText(_inner(rect, logicalIndex), flags, text)


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
        self._header = ReadingHeader(theme, self)
        self.setHorizontalHeader(self._header)
        header = self._header
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(24)
        self._lined = LinedDelegate(theme, self)
        self._bars: DeltaBarDelegate | None = None
        self._fitting = False
        self._bar_column = -1
        self._optional: tuple[int, ...] = ()
        self.setItemDelegate(self._lined)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours and measure the font again."""
        self._lined.theme = theme
        if self._bars is not None:
            self._bars.apply_theme(theme)
        self._header.theme = theme
        height = max(26, QFontMetrics(themes.font(-1)).height() + 10)
        self._header.setFixedHeight(height)
        self._set_rows()
        self.viewport().update()

    def set_columns(self, bars: int | None = None, optional: Sequence[int] = ()) -> None:
        """One column, where named, draws bars; `optional` ones are left out, in this order, where room is short."""
        header = self.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._optional = tuple(optional)
        if bars is not None:
            self._bars = DeltaBarDelegate(self._lined.theme, self)
            self._bar_column = bars
            self.setItemDelegateForColumn(bars, self._bars)

    def _spread(self) -> None:
        """Give each column what its texts need, and share out what is left."""
        model = self.model()
        if model is None:
            return
        header = self.horizontalHeader()
        needs = {}
        for column in range(model.columnCount()):
            needs[column] = max(
                self.sizeHintForColumn(column), header.sectionSizeFromContents(column).width()
            )
            if self._bars is not None and column == self._bar_column:
                needs[column] = max(80, needs[column])
        room = self.viewport().width()
        hidden: list[int] = []
        for column in self._optional:
            if sum(needs.values()) - sum(needs[one] for one in hidden) > room:
                hidden.append(column)
        shown = [column for column in needs if column not in hidden]
        slack = max(0, room - sum(needs[column] for column in shown))
        share = slack // (len(shown) + 1)  # the first column takes two shares and what does not divide
        for column in needs:
            self.setColumnHidden(column, column in hidden)
            if column in shown and column != shown[0]:
                self.setColumnWidth(column, needs[column] + share)
        if shown:
            self.setColumnWidth(shown[0], needs[shown[0]] + slack - share * (len(shown) - 1))

    def fit_rows(self) -> None:
        """Let the rows share the height that there is, within what can be read and is calm."""
        self._fitting = True

    def setModel(self, model: QAbstractItemModel | None) -> None:
        """Take a model; rows are as high as before."""
        super().setModel(model)
        if model is not None:
            model.modelReset.connect(self._set_rows)
            model.modelReset.connect(self._spread)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the rows their height."""
        super().resizeEvent(event)
        self._set_rows()
        self._spread()

    def _set_rows(self) -> None:
        least = max(LEAST_ROW, self.fontMetrics().height() + 5)
        height = max(ROW_HEIGHT - 1, self.fontMetrics().height() + 8)
        count = self.model().rowCount() if self.model() is not None else 0
        if self._fitting and count:
            height = max(least, min(height + 1, self.viewport().height() // count))
        if height != self.verticalHeader().defaultSectionSize():
            self.verticalHeader().setDefaultSectionSize(height)

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
