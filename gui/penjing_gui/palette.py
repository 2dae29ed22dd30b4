"""The command palette: type a few letters, Enter. And the list of shortcuts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from penjing_gui import theme as themes
from penjing_gui.commands import Command
from penjing_gui.theme import Theme

_Index = QModelIndex | QPersistentModelIndex
_ROW = 28


def matches(words: str, command: Command) -> bool:
    """Whether every word that was typed stands in the command's text or its menu's."""
    where = f"{command.menu} {command.text}".casefold()
    return all(word in where for word in words.casefold().split())


class CommandModel(QAbstractListModel):
    """The commands that match what was typed; the enabled ones first."""

    def __init__(self, commands: Sequence[Command], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all = [one for one in commands if one.action.isVisible()]
        self._shown: list[Command] = []
        self.set_words("")

    def set_words(self, words: str) -> None:
        """Filter."""
        self.beginResetModel()
        found = [one for one in self._all if matches(words, one)]
        self._shown = sorted(found, key=lambda one: not one.action.isEnabled())
        self.endResetModel()

    def command(self, row: int) -> Command | None:
        """The command of a row."""
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """How many match."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, and all of it for assistive tools."""
        command = self.command(index.row())
        if command is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return command.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(filter(None, (command.text, command.menu, command.shortcut)))
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Disabled commands can be seen, not chosen."""
        command = self.command(index.row())
        if command is None or not command.action.isEnabled():
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class _Delegate(QStyledItemDelegate):
    """A row: text, its menu, at the right its shortcut."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Rows of one height."""
        return QSize(100, max(_ROW, option.fontMetrics.height() + 8))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint one row."""
        model = index.model()
        assert isinstance(model, CommandModel)
        command = model.command(index.row())
        if command is None:
            return
        theme, rect = self._theme, QRect(option.rect)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if selected:
            painter.fillRect(rect, theme.accent_soft)
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), theme.accent)
        room = rect.adjusted(12, 0, -12, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(themes.font(-1))
        painter.setPen(theme.text2 if command.action.isEnabled() else theme.text3)
        right = command.shortcut
        painter.drawText(room, int(middle | Qt.AlignmentFlag.AlignRight), right)
        taken = painter.fontMetrics().horizontalAdvance(right) + 16
        painter.setFont(themes.font())
        painter.setPen(theme.text if command.action.isEnabled() else theme.text3)
        text = painter.fontMetrics().elidedText(
            command.text, Qt.TextElideMode.ElideRight, room.width() - taken
        )
        painter.drawText(room, int(middle), text)
        left = painter.fontMetrics().horizontalAdvance(text) + 10
        painter.setFont(themes.font(-1))
        painter.setPen(theme.text2 if command.action.isEnabled() else theme.text3)
        painter.drawText(room.adjusted(left, 0, -taken, 0), int(middle), command.menu)
        painter.restore()


class CommandPalette(QDialog):
    """Frameless, over the window's upper middle. Esc closes it, Enter carries the chosen command out."""

    def __init__(self, commands: Sequence[Command], theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self._theme = theme
        self.setWindowTitle(self.tr("Commands"))
        self.setAccessibleName(self.tr("Commands"))
        self.setModal(True)
        self.chosen: Command | None = None
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(self.tr("Type a command"))
        self.field.setAccessibleName(self.tr("Type a command"))
        self.field.setMinimumHeight(28)
        self.model = CommandModel(commands, self)
        self.list = QListView(self)
        self.list.setModel(self.model)
        self.list.setItemDelegate(_Delegate(theme, self.list))
        self.list.setUniformItemSizes(True)
        self.list.setFrameShape(QListView.Shape.NoFrame)
        self.list.setAccessibleName(self.tr("Commands"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(9, 9, 9, 9)
        layout.setSpacing(8)
        layout.addWidget(self.field)
        layout.addWidget(self.list)
        self.resize(520, 420)
        middle = parent.mapToGlobal(parent.rect().center())
        top = parent.mapToGlobal(parent.rect().topLeft()).y()
        self.move(middle.x() - self.width() // 2, top + 72)
        self.field.textChanged.connect(self._filter)
        self.list.clicked.connect(self._run)
        self.field.installEventFilter(self)
        self._choose(0)

    def _filter(self, text: str) -> None:
        self.model.set_words(text)
        self._choose(0)

    def _choose(self, row: int) -> None:
        row = max(0, min(row, self.model.rowCount() - 1))
        index = self.model.index(row, 0)
        if index.isValid():
            self.list.setCurrentIndex(index)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows and Enter work while one types."""
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            row = self.list.currentIndex().row()
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 10, Qt.Key.Key_PageUp: -10}
            key = Qt.Key(event.key())
            if key in steps:
                self._choose(row + steps[key])
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self.list.currentIndex())
                return True
        return super().eventFilter(watched, event)

    def _run(self, index: QModelIndex) -> None:
        command = self.model.command(index.row())
        if command is not None and command.action.isEnabled():
            self.chosen = command
            self.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A border, as there is no frame."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.base)
        painter.setPen(QPen(self._theme.control, 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


class ShortcutList(QDialog):
    """All commands with their shortcuts, by menu."""

    def __init__(self, commands: Sequence[Command], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.table = QTreeWidget(self)
        self.table.setHeaderLabels([self.tr("Command"), self.tr("Shortcut")])
        self.table.setAccessibleName(self.tr("Keyboard shortcuts"))
        self.table.setRootIsDecorated(False)
        self.table.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.header().setStretchLastSection(False)
        menus: dict[str, QTreeWidgetItem] = {}
        for command in commands:
            if not command.action.isVisible():
                continue
            if command.menu not in menus:
                menus[command.menu] = QTreeWidgetItem(self.table, [command.menu, ""])
                menus[command.menu].setFont(0, themes.font(semibold=True))
            QTreeWidgetItem(menus[command.menu], [command.text, command.shortcut])
        self.table.expandAll()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.table)
        layout.addWidget(buttons)
        self.resize(520, 560)
