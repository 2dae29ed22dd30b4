"""The layer table's view: fixed rows, two-line header, columns that share the width, sorting by clicks."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView

from penjing_gui import theme as themes
from penjing_gui.inspect import columns, order
from penjing_gui.inspect.layer_model import NAME_ROLE, LayerModel
from penjing_gui.theme import Theme
from penjing_gui.widgets.heat_delegate import HeatDelegate, HeatTreeView
from penjing_gui.widgets.two_line_header import TwoLineHeader

LEAST_NAME = 84
LEAST_TEXT = 56
INDENTS = (16, 12)  # px a level: of shallow trees, and of trees of more than two levels of modules
MOST_TEXT = 150


class LayerView(HeatTreeView):
    """Shows a `LayerModel`. `picked` names the row that the person moved to."""

    picked = Signal(str)
    opened = Signal(str)

    def __init__(self, model: LayerModel, theme: Theme) -> None:
        super().__init__(theme)
        self._model = model
        self._sorted: tuple[int, Qt.SortOrder] | None = None
        self._folded: set[str] = set()
        self._arranging = False
        self._wants: dict[int, int] = {}
        self._hidden = {columns.KEYS.index(key) for key in columns.HIDDEN_AT_FIRST}
        self._head = TwoLineHeader(theme, self)
        self._delegate = HeatDelegate(theme, parent=self)
        self.setHeader(self._head)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setUniformRowHeights(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setIndentation(INDENTS[0])
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setAllColumnsShowFocus(True)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setExpandsOnDoubleClick(True)
        self.setMouseTracking(True)
        self._head.setSectionsClickable(True)  # setHeader takes it away where Qt does not sort itself
        self._head.setStretchLastSection(False)
        self._head.setSectionsMovable(False)
        self._head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self._head.sectionClicked.connect(self._sort_clicked)
        self.selectionModel().currentRowChanged.connect(self._moved)
        self.collapsed.connect(self._on_collapsed)
        self.expanded.connect(self._on_expanded)
        self.activated.connect(self._activated)

    def set_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._delegate.set_theme(theme)
        self._head.set_theme(theme)
        super().set_theme(theme)

    # Which rows are open

    def open_at_first(self) -> None:
        """Open as many levels as a page can show."""
        tree = self._model.tree
        self._folded.clear()
        if tree is None:
            return
        self.setIndentation(INDENTS[int(tree.depth.max()) > 3])
        depth = order.open_depth(tree, self._model.visible())
        for node in range(len(tree)):
            if not tree.leaf[node] and tree.depth[node] >= depth:
                self._folded.add(tree.names[node])
        self.open_again()

    def open_again(self, everything: bool = False) -> None:
        """After the model was reset: open what was open, or everything (in search results)."""
        tree = self._model.tree
        if tree is None:
            return
        self._arranging = True
        self.expandAll()
        if not everything:
            for name in self._folded:
                index = self._model.index_by_name(name)
                if index.isValid() and self._model.hasChildren(index):
                    self.collapse(index)
        self._arranging = False
        self.fit_columns()

    def _on_collapsed(self, index: QModelIndex) -> None:
        if not self._arranging:
            self._folded.add(str(index.data(NAME_ROLE)))

    def _on_expanded(self, index: QModelIndex) -> None:
        if not self._arranging:
            self._folded.discard(str(index.data(NAME_ROLE)))

    # Selection

    def show_selected(self, name: str) -> None:
        """Select a row by name without telling anybody, opening what is above it."""
        index = self._model.index_by_name(name) if name else self._model.index_of(0)
        selection = self.selectionModel()
        if not index.isValid():
            selection.clear()
            return
        if selection.currentIndex() == index and selection.isRowSelected(index.row(), index.parent()):
            return
        flags = QItemSelectionModel.SelectionFlag
        self._arranging = True
        above = index.parent()
        while above.isValid():
            self.expand(above)
            above = above.parent()
        selection.setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self._arranging = False
        self.scrollTo(index)

    def _moved(self, current: QModelIndex, before: QModelIndex) -> None:
        if current.isValid() and not self._arranging:
            self.picked.emit(str(current.data(NAME_ROLE)))

    def _activated(self, index: QModelIndex) -> None:
        if self._model.hasChildren(index.siblingAtColumn(0)):
            first = index.siblingAtColumn(0)
            self.setExpanded(first, not self.isExpanded(first))
        else:
            self.opened.emit(str(index.data(NAME_ROLE)))

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

    # Column widths

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width among the columns."""
        super().resizeEvent(event)
        self._share_width()

    def fit_columns(self) -> None:
        """Measure what the columns want, after something in them changed, and share the width."""
        self._wants.clear()
        self._share_width()

    def _share_width(self) -> None:
        """Figures get what they need; kind and output what they need while the name has room; the name the rest."""
        if self._model.tree is None:
            return
        shown = [i for i in range(len(columns.KEYS)) if i not in self._hidden]
        self._wants.update({i: self._wanted(i) for i in shown if i not in self._wants})
        widths = {i: self._wants[i] for i in shown}
        texts = [i for i in shown if columns.KEYS[i] in ("kind", "output")]
        room = self.viewport().width() - sum(widths[i] for i in shown if columns.KEYS[i] in columns.NUMERIC)
        kind, output = columns.KEYS.index("kind"), columns.KEYS.index("output")
        room -= min(widths[0], MOST_TEXT)
        if output in widths and widths[output] + (LEAST_TEXT if kind in widths else 0) > room:
            texts.remove(output)  # two cut texts say less than one whole
            del widths[output]
        if kind in widths:
            widths[kind] = min(widths[kind], max(LEAST_TEXT, room - widths.get(output, 0)))
        room += min(widths[0], MOST_TEXT)
        for i in range(len(columns.KEYS)):
            self.setColumnHidden(i, i not in widths)
        widths[0] = max(LEAST_NAME, room - sum(widths[i] for i in texts))
        for i, width in widths.items():
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

    def _wanted(self, column: int) -> int:
        """Width of a column's header and of its widest text (the total for figures)."""
        tree, key = self._model.tree, columns.KEYS[column]
        assert tree is not None
        bold = QFontMetrics(themes.font(0, semibold=True))
        plain = QFontMetrics(themes.font(0))
        name, _, unit = str(self._model.headerData(column, Qt.Orientation.Horizontal)).partition("\n")
        head = max(bold.horizontalAdvance(name), plain.horizontalAdvance(unit)) + 14
        if key in columns.NUMERIC:
            widest = max(bold.horizontalAdvance(self._model.index_of(0, column).data() or ""), head - 14)
            digits = plain.horizontalAdvance("0.000") if not key.endswith("share") else 0
            return max(widest, digits) + 18
        if key == "layer":
            level = self.indentation()
            visible = [
                n
                for n in np.flatnonzero(self._model.visible())
                if tree.names[tree.parent[n]] not in self._folded
            ]
            return max(
                (plain if tree.leaf[n] else bold).horizontalAdvance(tree.labels[n])
                + level * (int(tree.depth[n]) + 1)
                + 16
                for n in visible
            )
        texts = set(tree.kinds) if key == "kind" else {columns.output(tree, n) for n in range(len(tree))}
        return min(MOST_TEXT, max(head, *(plain.horizontalAdvance(text) + 16 for text in texts)))
