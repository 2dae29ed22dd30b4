"""The neighbours of one layer: what feeds it, what it feeds, what its channels are coupled with."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QGridLayout,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from penjing_gui import theme as themes
from penjing_gui.theme import Theme
from penjing_gui.widgets.ink import label, set_ink


class _RowDelegate(QStyledItemDelegate):
    """Rows of fixed height that never ask for more width than there is."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As narrow as can be: the view makes it as wide as itself."""
        return QSize(1, max(22, option.fontMetrics.height() + 4))


class NameList(QListView):
    """Names of which a click or Enter chooses one (`chosen`)."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.clicked.connect(self._choose)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses; the rest is Qt's."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._choose(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _choose(self, index: QModelIndex) -> None:
        # Not `activated`: the second click of a double click would choose from the list of the layer gone to.
        self.chosen.emit(str(index.data()))


class Neighbours(QWidget):
    """Three lists of layer names. Enter or a click goes to the layer (`picked`)."""

    picked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        semibold = themes.font(0, semibold=True)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        self._models: list[QStringListModel] = []
        self._counts = []
        self.lists: list[NameList] = []
        for column, title in enumerate((self.tr("Fed by"), self.tr("Feeds"), self.tr("Coupled with"))):
            model = QStringListModel(self)
            view = NameList()
            view.setModel(model)
            view.setFrameShape(QFrame.Shape.NoFrame)
            view.setUniformItemSizes(True)
            view.setItemDelegate(_RowDelegate(view))
            view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
            view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
            view.setAccessibleName(title)
            view.chosen.connect(self.picked)
            count = label(colour=theme.text2, right=True)
            grid.addWidget(label(title, font=semibold), 0, 2 * column)
            grid.addWidget(count, 0, 2 * column + 1)
            grid.addWidget(view, 1, 2 * column, 1, 2)
            grid.setColumnStretch(2 * column + 1, 1)
            self._models.append(model)
            self._counts.append(count)
            self.lists.append(view)
        grid.setRowStretch(1, 1)

    def set_names(self, fed_by: list[str], feeds: list[str], coupled: list[str]) -> None:
        """Show these names."""
        for model, count, names in zip(self._models, self._counts, (fed_by, feeds, coupled), strict=True):
            if model.stringList() != names:
                model.setStringList(names)
            count.setText(str(len(names)) if names else "–")

    def set_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        for count in self._counts:
            set_ink(count, theme.text2)
