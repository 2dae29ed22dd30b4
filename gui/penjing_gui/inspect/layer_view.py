"""The layer table's view: fixed rows, two-line header, columns that share the width, modules opened by key and click.

It is a table view over rows that the model arranges, not a tree view: a tree view asks for every row of an open
module before it shows the first one, which takes seconds at 100,000 rows.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from penjing_gui.inspect import columns
from penjing_gui.inspect.column_widths import ColumnWidths
from penjing_gui.inspect.layer_cells import INDENTS, CellPainter
from penjing_gui.inspect.layer_model import LayerModel
from penjing_gui.inspect.layer_tree import Ints, LayerTree
from penjing_gui.theme import Theme
from penjing_gui.widgets.two_line_header import TwoLineHeader

_FLAGS = QItemSelectionModel.SelectionFlag


class LayerView(QTableView):
    """Shows a `LayerModel`. `picked` names the row that the person moved to; `chosen`: other rows are selected."""

    picked = Signal(str)
    opened = Signal(str)
    chosen = Signal()

    def __init__(self, model: LayerModel, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self._theme = theme
        self._sorted: tuple[int, Qt.SortOrder] | None = None
        self._arranging = False
        self._kept: tuple[LayerTree | None, Ints, int, int] | None = None
        self._hidden = {columns.KEYS.index(key) for key in columns.HIDDEN_AT_FIRST}
        self._head = TwoLineHeader(theme, self)
        self.cells = CellPainter(model, theme, self)
        self._widths = ColumnWidths(model, self.cells)
        self.setHorizontalHeader(self._head)
        self.setModel(model)
        self.setItemDelegate(self.cells)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        side = self.verticalHeader()
        side.hide()
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._fit_rows()
        self._head.setSectionsClickable(True)
        self._head.setStretchLastSection(False)
        self._head.setSectionsMovable(False)
        self._head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self._head.sectionClicked.connect(self._sort_clicked)
        self.selectionModel().currentRowChanged.connect(self._moved)
        self.selectionModel().selectionChanged.connect(self._selection_changed)
        model.modelAboutToBeReset.connect(self._keep)
        model.modelReset.connect(self._restore)

    def header(self) -> TwoLineHeader:
        """The columns' header."""
        return self._head

    def set_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._theme = theme
        self.cells.set_theme(theme)
        self._head.set_theme(theme)
        self._fit_rows()
        self.viewport().update()

    def _fit_rows(self) -> None:
        height = max(22, self.cells.metrics[0].height() + 4)
        self.verticalHeader().setMinimumSectionSize(height)
        self.verticalHeader().setDefaultSectionSize(height)
        self.verticalScrollBar().setSingleStep(height)

    # Modules and folds

    def set_open(self, node: int, shown: bool) -> None:
        """Open or close a module. A selection in a module that closes goes to the module."""
        tree, current = self._model.tree, self._model.node(self.currentIndex())
        if tree is None:
            return
        if not shown and node < current < tree.end[node]:
            self.setCurrentIndex(self._model.index_of(node))
        self._model.set_open(node, shown)
        self._share_width()

    def toggle_fold(self, node: int) -> None:
        """Show all identical blocks, or one for all."""
        self._model.set_folded(node, not self._model.rows.is_folded(node))
        self.viewport().update()

    def set_all_open(self, shown: bool) -> None:
        """Open or close all modules."""
        self._model.set_all_open(shown)
        self._share_width()

    # Selection

    def show_selected(self, name: str) -> None:
        """Select a row by name without telling anybody, opening what is above it."""
        tree = self._model.tree
        node = tree.find(name) if tree is not None else -1
        self._arranging = True
        if node >= 0:
            self._model.reveal(node)
        index = self._model.index_of(node)
        selection = self.selectionModel()
        if not index.isValid():
            selection.clear()
        elif selection.currentIndex().row() != index.row() or not selection.hasSelection():
            selection.setCurrentIndex(index, _FLAGS.ClearAndSelect | _FLAGS.Rows)
            self.scrollTo(index)
        self._arranging = False
        self._note_current()

    def selected_nodes(self) -> Ints:
        """The nodes of the selected rows, from top to bottom."""
        ranges: list[QItemSelectionRange] = self.selectionModel().selection().toList()
        rows = [np.arange(one.top(), one.bottom() + 1) for one in ranges if one.isValid()]
        if not rows:
            return np.zeros(0, dtype=np.int64)
        found = np.unique(np.concatenate(rows))
        nodes: Ints = self._model.rows.nodes[found[found < len(self._model.rows.nodes)]]
        return nodes

    def _keep(self) -> None:
        """The model is about to arrange its rows anew: what is selected, and how far it is scrolled."""
        self._kept = (
            self._model.tree,
            self.selected_nodes(),
            self._model.node(self.currentIndex()),
            self.verticalScrollBar().value(),
        )

    def _restore(self) -> None:
        """Select again what was selected, where it is the same model."""
        kept, self._kept = self._kept, None
        tree = self._model.tree
        self._note_current()
        if tree is None or kept is None or kept[0] is None or kept[0].names != tree.names:
            return
        _, nodes, current, scrolled = kept
        place = self._model.rows.place
        rows = np.sort(place[nodes][place[nodes] >= 0])
        starts = np.flatnonzero(np.diff(rows, prepend=-2) != 1)
        ends = np.append(starts[1:], len(rows)) - 1
        selection = QItemSelection()
        for first, last in zip(rows[starts].tolist(), rows[ends].tolist(), strict=True) if len(rows) else ():
            bottom = self._model.index(last, self._model.columnCount() - 1)
            selection.append(QItemSelectionRange(self._model.index(first, 0), bottom))
        self._arranging = True
        index = self._model.index_of(current)
        if index.isValid():
            self.selectionModel().setCurrentIndex(index, _FLAGS.NoUpdate)
        self.selectionModel().select(selection, _FLAGS.ClearAndSelect)
        self._arranging = False
        self.verticalScrollBar().setValue(scrolled)
        self._note_current()

    def _moved(self, current: QModelIndex, before: QModelIndex) -> None:
        self._note_current()
        if current.isValid() and not self._arranging and self._model.tree is not None:
            self.picked.emit(self._model.tree.names[self._model.node(current)])

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows in sight, a column at a time. (Qt asks the model some ten questions for each cell.)"""
        ranges: list[QItemSelectionRange] = self.selectionModel().selection().toList()
        self.cells.selected = [(one.top(), one.bottom()) for one in ranges]
        side, dirty = self.verticalHeader(), event.rect()
        height, offset = side.defaultSectionSize(), side.offset()
        first = max(0, (offset + dirty.top()) // height)
        last = min(self._model.rowCount() - 1, (offset + dirty.bottom()) // height)
        if last < first:
            return
        rows = list(range(first, last + 1))
        selected = self.cells.selected_rows(rows)
        painter = QPainter(self.viewport())
        for column in range(self._model.columnCount()):
            left, width = self.columnViewportPosition(column), self.columnWidth(column)
            if width and left <= dirty.right() and left + width > dirty.left():
                top = QRect(left, first * height - offset, width, height)
                self.cells.paint_column(painter, column, rows, selected, top)
        painter.end()

    def _note_current(self) -> None:
        """The accent bar is where the focus is, on a selected row."""
        self.cells.current = self.currentIndex().row()
        self.viewport().update()

    def _selection_changed(self, *_: object) -> None:
        self.chosen.emit()

    # Mouse and keyboard

    def _row_rect(self, index: QModelIndex) -> QRect:
        return self.visualRect(index.siblingAtColumn(0))

    def hit(self, point: QPoint) -> tuple[int, str]:
        """The node at a point, and what of it: `chevron`, `chip` or `row`; (−1, "") for none."""
        index = self.indexAt(point)
        node = self._model.node(index)
        if node < 0:
            return -1, ""
        rect = self._row_rect(index)
        rows = self._model.rows
        if (
            index.column() == 0
            and rows.has_below(node)
            and self.cells.chevron_rect(rect, node).contains(point)
        ):
            return node, "chevron"
        if index.column() == 0 and rows.fold(node) and self.cells.chip_rect(rect, node).contains(point):
            return node, "chip"
        return node, "row"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A chevron opens, a count unfolds, everything else selects."""
        node, part = self.hit(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and part in ("chevron", "chip"):
            if part == "chevron":
                self.set_open(node, not self._model.rows.is_open(node))
            else:
                self.toggle_fold(node)
            event.accept()
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A module opens or closes; a layer is shown in its pane."""
        node, part = self.hit(event.position().toPoint())
        if part == "row" and event.button() == Qt.MouseButton.LeftButton:
            self._activate(node)
            event.accept()
        else:
            self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Note the row under the pointer."""
        super().mouseMoveEvent(event)
        self._hover(self.indexAt(event.position().toPoint()).row())

    def leaveEvent(self, event: QEvent) -> None:
        """No row is under the pointer."""
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, row: int) -> None:
        if row == self.cells.hovered:
            return
        for one in (self.cells.hovered, row):
            if one >= 0:
                top = self.rowViewportPosition(one)
                self.viewport().update(0, top, self.viewport().width(), self.rowHeight(one))
        self.cells.hovered = row

    def _activate(self, node: int) -> None:
        tree = self._model.tree
        if tree is None or node < 0:
            return
        if self._model.rows.has_below(node):
            self.set_open(node, not self._model.rows.is_open(node))
        elif tree.leaf[node]:
            self.opened.emit(tree.names[node])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As in a tree: right opens, left closes or goes to the module above; Space unfolds identical blocks."""
        rows, node = self._model.rows, self._model.node(self.currentIndex())
        key, plain = Qt.Key(event.key()), not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if node < 0 or not plain:
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Right, Qt.Key.Key_Plus):
            if rows.has_below(node) and not rows.is_open(node):
                self.set_open(node, True)
            elif key == Qt.Key.Key_Right and rows.has_below(node):
                self._go(int(self.currentIndex().row()) + 1)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Minus):
            if rows.is_open(node) and not rows.filter.narrows:
                self.set_open(node, False)
            elif key == Qt.Key.Key_Left and rows.tree is not None and node > 0:
                self._go(int(rows.place[rows.tree.parent[node]]))
        elif key == Qt.Key.Key_Asterisk:
            self.set_all_open(True)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._activate(node)
        elif key == Qt.Key.Key_Space and rows.fold(node) is not None:
            self.toggle_fold(node)
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def _go(self, row: int) -> None:
        if 0 <= row < self._model.rowCount():
            self.setCurrentIndex(self._model.index(row, 0))

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Home and End are the first and the last row."""
        if action == QAbstractItemView.CursorAction.MoveHome:
            return self._model.index(0, 0)
        if action == QAbstractItemView.CursorAction.MoveEnd:
            return self._model.index(self._model.rowCount() - 1, 0)
        return super().moveCursor(action, modifiers)

    def keyboardSearch(self, search: str) -> None:
        """The next row whose name begins with what was typed. (Qt's own way asks the model for every row.)"""
        tree, nodes = self._model.tree, self._model.rows.nodes
        if tree is None or not search.strip():
            return
        start, wanted = self.currentIndex().row() + 1, search.casefold()
        for row in [*range(start, len(nodes)), *range(start)]:
            if tree.labels[nodes[row]].casefold().startswith(wanted):
                self._go(row)
                return

    # Sorting

    def _sort_clicked(self, section: int) -> None:
        """First click: figures largest first, text A to Z. Second: reversed. Third: as the layers are called."""
        up, down = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
        first = down if columns.KEYS[section] in columns.NUMERIC else up
        if self._sorted is None or self._sorted[0] != section:
            self._sorted = (section, first)
        elif self._sorted[1] == first:
            self._sorted = (section, up if first == down else down)
        else:
            self._sorted = None
        self._head.setSortIndicatorShown(self._sorted is not None)
        if self._sorted is None:
            self._model.sort(-1)
        else:
            self._head.setSortIndicator(*self._sorted)
            self._model.sort(*self._sorted)
        self._head.viewport().update()
        self._note_current()

    # Column widths

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width among the columns."""
        super().resizeEvent(event)
        self._share_width()

    def fit_columns(self) -> None:
        """Measure what the columns want, after something in them changed, and share the width."""
        tree = self._model.tree
        self.cells.indent = INDENTS[int(tree is not None and tree.depth.max() > 3)]
        self._widths.forget()
        self._share_width()

    def _share_width(self) -> None:
        if self._model.tree is None:
            return
        wanted = [i for i in range(len(columns.KEYS)) if i not in self._hidden]
        widths = self._widths.share(self.viewport().width(), wanted)
        for i in range(len(columns.KEYS)):
            if self.isColumnHidden(i) != (i not in widths):
                self.setColumnHidden(i, i not in widths)
        for i, width in widths.items():
            if self.columnWidth(i) != width:
                self.setColumnWidth(i, width)

    def shows(self, column: int) -> bool:
        """Whether a column is wanted (it may give way for want of room)."""
        return column not in self._hidden

    def show_column(self, column: int, shown: bool) -> None:
        """Want a column, or not."""
        if shown:
            self._hidden.discard(column)
        else:
            self._hidden.add(column)
        self.fit_columns()
