"""A table's columns: what each is taken for, which can be changed, and what is in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from penjing_gui import numbers
from penjing_gui.compress.data_summary import Column
from penjing_gui.theme import Theme
from penjing_gui.widgets.plain_table import calm, fit_columns, set_heights

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
KINDS = ("number", "category", "ignore", "target")
NAME, KIND, VALUES, MISSING, DISTINCT = range(5)
LEAST_NAME = 100  # px


class ColumnModel(QAbstractTableModel):
    """One row a column of the table. `kind_chosen` tells (name, kind) of a change by hand."""

    kind_chosen = Signal(str, str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.columns: tuple[Column, ...] = ()

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show these."""
        self.beginResetModel()
        self.columns = tuple(columns)
        self.endResetModel()

    def kind_text(self, kind: str) -> str:
        """A kind as it is called."""
        return {
            "number": self.tr("number"),
            "category": self.tr("category"),
            "ignore": self.tr("ignore"),
            "target": self.tr("target"),
        }.get(kind, kind)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """The table's columns."""
        return 0 if parent.isValid() else len(self.columns)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Name, kind, missing, distinct, values."""
        return 0 if parent.isValid() else 5

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Titles."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (
                self.tr("Column"), self.tr("Taken for"), self.tr("In training rows"), self.tr("Missing"),
                self.tr("Distinct"),
            )[section]  # fmt: skip
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(section)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """What a column is taken for can be changed; the target moves when another column becomes it."""
        flags = super().flags(index)
        if index.column() == KIND and self.columns[index.row()].kind != "target":
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell."""
        column, at = self.columns[index.row()], index.column()
        if role == Qt.ItemDataRole.EditRole:
            return column.kind
        if role == Qt.ItemDataRole.DisplayRole:
            missing = f"{column.missing:,}" if column.missing else numbers.DASH
            texts = (
                column.name,
                self.kind_text(column.kind),
                values(column),
                missing,
                f"{column.distinct:,}",
            )
            return texts[at]
        if role == Qt.ItemDataRole.ToolTipRole:
            if at == KIND and column.kind == "target":
                return self.tr("To predict another column, make that one the target.")
            return values(column) if at == VALUES else column.name
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(at)
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tell what a column is to be taken for; the table is asked for anew."""
        column = self.columns[index.row()]
        if role != Qt.ItemDataRole.EditRole or value not in KINDS or value == column.kind:
            return False
        self.kind_chosen.emit(column.name, str(value))
        return True


def _side(column: int) -> int:
    right = column in (MISSING, DISTINCT)
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)


def values(column: Column) -> str:
    """What is in a column: `5.84 ± 0.83, 4.3 to 7.9`, or its categories."""
    if column.categories:
        return ", ".join(column.categories)
    if column.mean is None:
        return ""
    text = f"{column.mean:.4g} ± {column.std or 0:.3g}"
    if column.low is not None and column.high is not None:
        text += f"  [{column.low:.4g}, {column.high:.4g}]"
    return text.replace("-", "−")


class KindDelegate(QStyledItemDelegate):
    """Draws a combo box, and is one while it is edited."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """A combo box where the kind can be changed, plain text where not."""
        if not index.flags() & Qt.ItemFlag.ItemIsEditable:
            super().paint(painter, option, index)
            return
        box = QStyleOptionComboBox()
        box.rect = option.rect.adjusted(1, 1, -1, -1)
        box.state = QStyle.StateFlag.State_Enabled | (option.state & QStyle.StateFlag.State_MouseOver)
        box.direction = option.direction
        box.palette = option.palette
        box.fontMetrics = option.fontMetrics
        box.currentText = str(index.data())
        box.frame = True
        style = QApplication.style()
        style.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, box, painter)
        painter.setFont(option.font)
        style.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, box, painter)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> Any:
        """Room for the longest kind and the arrow."""
        size = super().sizeHint(option, index)
        model = index.model()
        assert isinstance(model, ColumnModel)
        widest = max(option.fontMetrics.horizontalAdvance(model.kind_text(kind)) for kind in KINDS)
        size.setWidth(widest + 36)
        return size

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """The list of kinds, opened at once."""
        model = index.model()
        assert isinstance(model, ColumnModel)
        box = QComboBox(parent)
        name = model.index(index.row(), NAME).data()
        box.setAccessibleName(self.tr("What {column} is taken for").format(column=name))
        for kind in KINDS:
            box.addItem(model.kind_text(kind), kind)
        box.activated.connect(self._chosen)
        QTimer.singleShot(0, box, box.showPopup)
        return box

    def _chosen(self) -> None:
        box = self.sender()
        if isinstance(box, QWidget):
            self.commitData.emit(box)
            self.closeEditor.emit(box, QStyledItemDelegate.EndEditHint.NoHint)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Show the present kind."""
        assert isinstance(editor, QComboBox)
        editor.setCurrentIndex(max(0, editor.findData(index.data(Qt.ItemDataRole.EditRole))))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Tell the kind that was chosen."""
        assert isinstance(editor, QComboBox)
        model.setData(index, editor.currentData(), Qt.ItemDataRole.EditRole)


class ColumnsView(QTableView):
    """The table of columns."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Columns of the table"))
        self.own = ColumnModel(self)
        self.setModel(self.own)
        self._kinds = KindDelegate(self)
        self.setItemDelegateForColumn(KIND, self._kinds)
        calm(self)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.horizontalHeader().setStretchLastSection(False)
        self.horizontalHeader().setSectionResizeMode(VALUES, QHeaderView.ResizeMode.Stretch)
        self.clicked.connect(self._open)
        self.activated.connect(self._open)
        self.apply_theme(theme)

    def _open(self, index: QModelIndex) -> None:
        """Open the list of kinds, by a click or Enter."""
        editing = self.state() == QAbstractItemView.State.EditingState
        if index.column() == KIND and index.flags() & Qt.ItemFlag.ItemIsEditable and not editing:
            self.edit(index)

    def apply_theme(self, theme: Theme) -> None:
        """Take the font of this moment; the colours are the palette's."""
        del theme
        set_heights(self)
        height = max(26, self.fontMetrics().height() + 10)
        self.verticalHeader().setDefaultSectionSize(height)

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show these."""
        # the target first: it is what most often has to be changed
        ordered = tuple(sorted(columns, key=lambda one: one.kind != "target"))
        if ordered != self.own.columns:
            self.own.set_columns(ordered)
            fit_columns(self)
            self._share()

    def _share(self) -> None:
        """Names give way to the values, down to a width that still tells them apart."""
        if not self.own.columns:
            return
        others = sum(self.columnWidth(column) for column in (KIND, MISSING, DISTINCT))
        room = self.viewport().width() - others - self.sizeHintForColumn(VALUES) - 8
        self.setColumnWidth(NAME, min(self.sizeHintForColumn(NAME) + 10, max(LEAST_NAME, room)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width is shared anew."""
        super().resizeEvent(event)
        self._share()
