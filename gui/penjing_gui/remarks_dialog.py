"""What there is to know about how the open model was opened and counted, as a list that can be copied."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QListWidget,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from penjing_gui import theme as themes
from penjing_gui.menus import copy_text
from penjing_gui.theme import Theme
from penjing_gui.widgets.ink import label
from penjing_gui.widgets.named_buttons import name_buttons


class _Roomy(QStyledItemDelegate):
    """Room above and below the text, for the frame of the focus."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """A little taller than the text."""
        return super().sizeHint(option, index) + QSize(0, 8)


class RemarksDialog(QDialog):
    """One remark a line. Copy takes the selected ones, or all where none is selected."""

    def __init__(self, model: str, remarks: Sequence[str], theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Remarks"))
        self.resize(620, 320)
        title = self.tr("How {model} was opened and counted").format(model=model)
        heading = label(title, self, font=themes.font(semibold=True), wrap=True, selectable=True)
        self.list = QListWidget(self)
        self.list.setAccessibleName(title)
        self.list.setWordWrap(True)
        self.list.setItemDelegate(_Roomy(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.addItems([_sentence(one) for one in remarks])
        self.list.setCurrentRow(0)
        self.list.clearSelection()
        QShortcut(QKeySequence.StandardKey.Copy, self.list, self.copy_remarks)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.copy = QPushButton(self.tr("Copy"), self)
        self.copy.setToolTip(self.tr("The selected remarks, or all of them"))
        self.copy.setAutoDefault(False)
        self.buttons.addButton(self.copy, QDialogButtonBox.ButtonRole.ActionRole)
        self.copy.clicked.connect(self.copy_remarks)
        self.buttons.rejected.connect(self.reject)
        name_buttons(self.buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(heading)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.buttons)

    def copy_remarks(self) -> None:
        """Put them on the clipboard, a line each."""
        rows = sorted(index.row() for index in self.list.selectedIndexes()) or range(self.list.count())
        copy_text("\n".join(self.list.item(row).text() for row in rows))


def _sentence(text: str) -> str:
    """With a capital, as messages stand by themselves here. Names in quotation keep their case."""
    head = text.split(" ", 1)[0]
    return text[:1].upper() + text[1:] if head.isalpha() and head.islower() else text
