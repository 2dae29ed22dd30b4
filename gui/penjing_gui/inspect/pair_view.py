"""The table of two models' layers, and what is seen while the other one is counted."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QProgressBar,
    QPushButton,
    QStyle,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from penjing_gui import theme as themes
from penjing_gui.inspect.pair_columns import Pairs
from penjing_gui.inspect.pair_model import FIRST_COST, KIND, NAME, NAME_ROLE, PairModel
from penjing_gui.theme import Theme
from penjing_gui.widgets.heat_delegate import BAR, HeatDelegate
from penjing_gui.widgets.ink import label, set_ink
from penjing_gui.widgets.two_line_header import TwoLineHeader

LEAST_NAME, LEAST_KIND, MOST_KIND = 150, 64, 150
MOST_APART = 32  # px that a column of figures is wider where there is room
EDGE = 8  # px before the first column's text


class PairDelegate(HeatDelegate):
    """Cells coloured by change; the first column begins where its title does."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(theme, colour=themes.change_colour, parent=parent)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one cell; a selected row has the accent bar at its left."""
        if index.column() != NAME:
            super().paint(painter, option, index)
            return
        rect, moved = QRect(option.rect), QStyleOptionViewItem(option)
        moved.rect = rect.adjusted(EDGE, 0, 0, 0)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(QRect(rect.left(), rect.top(), EDGE, rect.height()), self._theme.accent_soft)
            painter.fillRect(QRect(rect.left(), rect.top(), BAR, rect.height()), self._theme.accent)
        super().paint(painter, moved, index)


class PairView(QTableView):
    """The table. `picked` names a layer of the first model that the person went to."""

    picked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.pairs = PairModel(self)
        self._sorted: tuple[int, Qt.SortOrder] | None = None
        self._head = TwoLineHeader(theme, self)
        self._delegate = PairDelegate(theme, self)
        self.setAccessibleName(self.tr("Layers of both models"))
        self.setHorizontalHeader(self._head)
        self.setModel(self.pairs)
        self.setItemDelegate(self._delegate)
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
        self.verticalHeader().setDefaultSectionSize(max(22, self.fontMetrics().height() + 4))
        self._head.setSectionsClickable(True)
        self._head.setHighlightSections(False)
        self._head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self._head.sectionClicked.connect(self._sort_clicked)
        self.selectionModel().currentRowChanged.connect(self._moved)
        self._by_person = True

    def set_pairs(self, pairs: Pairs) -> None:
        """Show a comparison."""
        self.pairs.set_pairs(pairs)
        self._fit()

    def set_unit(self, factor: int, name: str) -> None:
        """Show FLOPs or MACs."""
        self.pairs.set_unit(factor, name)
        self._fit()

    def show_selected(self, name: str) -> None:
        """Go to a layer of the first model, without a word to anybody."""
        row = self.pairs.row_of(name)
        if row >= 0 and row != self.currentIndex().row():
            self._by_person = False
            self.selectRow(row)
            self._by_person = True

    def _moved(self, current: QModelIndex) -> None:
        name = str(current.data(NAME_ROLE) or "") if current.isValid() else ""
        if name and self._by_person:
            self.picked.emit(name)

    def _sort_clicked(self, section: int) -> None:
        """Figures: largest first, smallest first, as they were. Texts the other way round."""
        down, up = Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder
        first, second = (up, down) if section < FIRST_COST else (down, up)
        if self._sorted is None or self._sorted[0] != section:
            self._sorted = (section, first)
        else:
            self._sorted = (section, second) if self._sorted[1] == first else None
        name = str(self.currentIndex().data(NAME_ROLE) or "")
        self._head.setSortIndicatorShown(self._sorted is not None)
        if self._sorted is None:
            self.pairs.sort(-1)
        else:
            self._head.setSortIndicator(*self._sorted)
            self.pairs.sort(*self._sorted)
        self.show_selected(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc is the window's."""
        if event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _fit(self) -> None:
        """Figures get what they need, the kind what there is, the name the rest."""
        if self.pairs.pairs is None:
            return
        bold, plain = QFontMetrics(themes.font(0, semibold=True)), QFontMetrics(themes.font(-1))
        widths: dict[int, int] = {}
        for column in range(FIRST_COST, self.pairs.columnCount()):
            name, unit = self.pairs.title(column, brief=True)
            texts = [str(self.pairs.index(0, column).data() or ""), name, "+0.000"]
            least = f">−0.{texts[0].rpartition('.')[2]}"  # of the same decimals, in a row that is not bold
            width = max(
                *(bold.horizontalAdvance(text) for text in texts),
                plain.horizontalAdvance(unit),
                self.fontMetrics().horizontalAdvance(least) if (column - FIRST_COST) % 3 == 2 else 0,
            )
            width += 14
            widths[column] = width
        kinds = set(self.pairs.pairs.kinds)
        wanted = max(self.fontMetrics().horizontalAdvance(kind) for kind in kinds) + 20
        room = self.viewport().width() - sum(widths.values())
        kind = max(LEAST_KIND, min(wanted, MOST_KIND, room - LEAST_NAME))
        apart = min(
            MOST_APART, max(0, room - kind - 2 * LEAST_NAME) // len(widths)
        )  # figures stay near names
        for column, width in widths.items():
            self.setColumnWidth(column, width + apart)
        room -= apart * len(widths)
        self.setColumnWidth(KIND, kind)
        self.setColumnWidth(NAME, max(LEAST_NAME, room - kind))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width."""
        super().resizeEvent(event)
        self._fit()

    def apply_theme(self, theme: Theme) -> None:
        """Take over another theme."""
        self._delegate.set_theme(theme)
        self._head.set_theme(theme)
        self.pairs.retheme()
        self.viewport().update()


class Waiting(QWidget):
    """What is being done, a bar that moves, and Cancel; or one sentence where it came to nothing."""

    cancelled = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.words = label(wrap=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(220, 6)
        self.bar.setAccessibleName(self.tr("Counting the other model"))
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.setAccessibleName(self.tr("Cancel"))
        self.cancel.clicked.connect(self.cancelled)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addStretch(1)
        layout.addWidget(self.words)
        layout.addWidget(self.bar, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self.cancel, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)

    def say(self, text: str) -> None:
        """Wait, and say for what."""
        self.words.setText(text)
        self.bar.show()
        self.cancel.setText(self.tr("Cancel"))

    def stop(self, text: str) -> None:
        """Say how it ended."""
        self.words.setText(text)
        self.bar.hide()
        self.cancel.setText(self.tr("Close"))

    def apply_theme(self, theme: Theme) -> None:
        """Take over another theme."""
        set_ink(self.words, theme.text2)
