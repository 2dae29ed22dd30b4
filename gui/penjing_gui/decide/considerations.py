"""The rules that speak here, where they disagree, and what the literature says beside them."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QGridLayout,
    QHeaderView,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from penjing_gui import theme as themes
from penjing_gui.decide import words
from penjing_gui.decide.paper import paper
from penjing_gui.icons import icon
from penjing_gui.theme import Theme
from penjing_gui.widgets.chip import chip_size, paint_chip
from penjing_gui.widgets.ink import label, set_ink

if TYPE_CHECKING:
    from penjing.advice.advise import Advice, Evaluated

ROW_HEIGHT = 28
Say = Callable[..., str]
Index = QModelIndex | QPersistentModelIndex
_SAYS = Qt.ItemDataRole.UserRole


class RuleModel(QAbstractTableModel):
    """The leaf taken and the considerations: id, what it asks and what was found, what it says."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self._rows: tuple[Evaluated, ...] = ()
        self._say: Say | None = None

    def show_advice(self, advice: Advice, say: Say) -> None:
        """Show the rules of an advice."""
        self.beginResetModel()
        self._rows = tuple(
            one for one in advice.rules if one.rule.source == "prose" or one.rule.id == advice.leaf.id
        )
        self._say = say
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """One a rule."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Id, text, says."""
        return 0 if parent.isValid() else 3

    def row(self, index: Index) -> Evaluated:
        """The rule of a row."""
        return self._rows[index.row()]

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Names of the columns, for screen readers."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return (self.tr("Rule"), self.tr("What it asks"), self.tr("What it says"))[section]
        return None

    def says(self, one: Evaluated) -> str:
        """The last column in words."""
        if not one.applies:
            return self.tr("silent")
        if one.rule.sets == "accuracy-floor":
            return self.tr("accuracy floor")
        if one.rule.sets == "budgets":
            return self.tr("budgets")
        return words.speaks_for(one.rule.says)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts; the whole rule and its reasons as the tooltip; silent rules in grey."""
        if not index.isValid() or self._say is None:
            return None
        one, column, say = self.row(index), index.column(), self._say
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return (one.rule.id, say(one.rule.short.code), self.says(one))[column]
            case Qt.ItemDataRole.ToolTipRole:
                reasons = [say(reason.code, reason.params) for reason in one.because]
                return "\n".join([say(one.rule.text.code), *reasons])
            case Qt.ItemDataRole.ForegroundRole:
                return self.theme.text if one.applies else self.theme.text2
            case Qt.ItemDataRole.FontRole:
                return themes.font(semibold=column == 0 and one.applies)
            case Qt.ItemDataRole.AccessibleDescriptionRole:
                return self.data(index, Qt.ItemDataRole.ToolTipRole)
            case _ if role == _SAYS:
                return one.rule.says if one.applies and column == 2 else None
        return None


class _ChipDelegate(QStyledItemDelegate):
    """Draws a technique as a chip, everything else as text; the line below each row."""

    def __init__(self, model: RuleModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The cell."""
        theme = self._model.theme
        says = index.data(_SAYS)
        if says in ("pruning", "distillation"):
            text = str(index.data())
            size = chip_size(text)
            box = QRectF(option.rect.left() + 4, 0, size.width(), size.height())
            box.moveTop(option.rect.center().y() - size.height() / 2 + 1)
            leaf = self._model.index(0, 2).data(_SAYS)
            paint_chip(painter, box, theme, text, "accent" if says == leaf else "warn")
        else:
            if index.column() == 0:
                option.rect.adjust(8, 0, 0, 0)
            super().paint(painter, option, index)
            if index.column() == 0:
                option.rect.adjust(-8, 0, 0, 0)
        painter.setPen(QPen(theme.grid, 1))
        rect = option.rect
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())


class ConflictBox(QFrame):
    """Where the document disagrees with itself: who says what, and what the recommendation follows."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._icon = QLabel()
        self._icon.setFixedSize(16, 16)
        self.title = label(
            self.tr("The document disagrees with itself here"), font=themes.font(semibold=True)
        )
        self.text = QLabel()
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 8, 12, 10)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._icon, 0, 0)
        grid.addWidget(self.title, 0, 1)
        grid.addWidget(self.text, 1, 0, 1, 2)
        self.apply_theme(theme)

    def show_advice(self, advice: Advice, say: Say) -> None:
        """Show the conflicts; without one the box goes away."""
        texts = [say(conflict.text.code) for conflict in advice.conflicts]
        self.setVisible(bool(texts))
        self.setAccessibleName(self.title.text())
        self.setAccessibleDescription(" ".join(texts))
        rich = [re.sub(r"\b([CP]\d[ab]?)\b", r"<b>\1</b>", escape(text), flags=re.ASCII) for text in texts]
        self.text.setText("<br><br>".join(rich))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The soft warning colour in a frame."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(self._theme.warn_soft)
        painter.setPen(QPen(self._theme.warn, 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)

    def apply_theme(self, theme: Theme) -> None:
        """Take over the theme's colours."""
        self._theme = theme
        self._icon.setPixmap(icon("warn", theme, theme.warn).pixmap(QSize(16, 16), self.devicePixelRatioF()))
        set_ink(self.title, theme.warn)
        self.update()


class ConsiderationsView(QScrollArea):
    """Table, conflict box, literature."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Considerations"))
        self.model = RuleModel(theme)
        self.model.setParent(self)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setItemDelegate(_ChipDelegate(self.model, self.table))
        self.table.setAccessibleName(self.tr("Rules that apply here"))
        self.table.setFrameShape(QFrame.Shape.NoFrame)
        self.table.setShowGrid(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.verticalHeader().setMinimumSectionSize(ROW_HEIGHT)
        header = self.table.horizontalHeader()
        header.hide()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Fixed)
        self.conflict = ConflictBox(theme)
        self.heading = label(self.tr("Literature beside it"), font=themes.font(semibold=True))
        self.literature = QVBoxLayout()
        self.literature.setSpacing(6)
        self._entries: list[QLabel] = []
        inner = QVBoxLayout()
        inner.setContentsMargins(12, 10, 12, 12)
        inner.setSpacing(8)
        inner.addWidget(self.conflict)
        inner.addWidget(self.heading)
        inner.addLayout(self.literature)
        inner.addStretch(1)
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.table)
        layout.addLayout(inner, 1)
        self.setWidget(body)
        self.apply_theme(theme)

    def show_advice(self, advice: Advice, say: Say) -> None:
        """Show the rules, conflicts and literature of an advice."""
        self._say, self._advice = say, advice
        self.model.show_advice(advice, say)
        height = max(ROW_HEIGHT, self.fontMetrics().height() + 10)
        self.table.verticalHeader().setDefaultSectionSize(height)
        self.table.setFixedHeight(height * self.model.rowCount())
        metrics = self.table.fontMetrics()
        self.table.setColumnWidth(0, metrics.horizontalAdvance("P4b") + 32)
        says = [str(self.model.index(row, 2).data()) for row in range(self.model.rowCount())]
        widest = max((chip_size(text).width() for text in says), default=60)
        self.table.setColumnWidth(2, widest + 16)
        self.conflict.show_advice(advice, say)
        self._show_literature()

    def _show_literature(self) -> None:
        grey, found = self._theme.text2.name(), self._advice.literature
        while len(self._entries) < len(found):
            entry = QLabel()
            entry.setTextFormat(Qt.TextFormat.RichText)
            entry.setWordWrap(True)
            entry.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.literature.addWidget(entry)
            self._entries.append(entry)
        for entry, one in zip(self._entries, found, strict=False):
            text = escape(self._say(one.text.code))
            entry.setText(f'{text} <span style="color:{grey}">({escape(one.citation)})</span>')
            entry.setToolTip(one.link)
        for index, entry in enumerate(self._entries):
            entry.setVisible(index < len(found))

    def apply_theme(self, theme: Theme) -> None:
        """Take over the theme's colours."""
        self._theme = theme
        self.model.theme = theme
        self.conflict.apply_theme(theme)
        set_ink(self.heading, theme.text2)
        paper(self, theme)
        if self._entries:
            self._show_literature()
        self.table.viewport().update()
