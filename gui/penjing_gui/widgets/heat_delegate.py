"""Cells whose background carries a share of a cost, for any item view."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeView

from penjing_gui import theme as themes
from penjing_gui.theme import Theme

HEAT_ROLE = (
    Qt.ItemDataRole.UserRole + 1
)  # share 0 to 1 (or what `colour` takes), None for a cell without heat
QUIET_ROLE = Qt.ItemDataRole.UserRole + 2  # True for text in the second colour
PADDING = 8
BAR = 3


class HeatDelegate(QStyledItemDelegate):
    """Paints heat cells with black or white ink. `colour` makes a colour of a share."""

    def __init__(
        self,
        theme: Theme,
        row_height: int = 22,
        colour: Callable[[Theme, float], QColor] = themes.cost_colour,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._row_height = row_height
        self._colour = colour

    def set_theme(self, theme: Theme) -> None:
        """Use another theme's colours from the next paint on."""
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Fixed height, but never less than the font needs; width of the text."""
        hint = super().sizeHint(option, index)
        return QSize(hint.width() + PADDING, max(self._row_height, option.fontMetrics.height() + 4))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one cell."""
        self.initStyleOption(option, index)
        rect: QRect = option.rect
        text: str = option.text
        state: QStyle.StateFlag = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        share = index.data(HEAT_ROLE)
        painter.save()
        ink = self._theme.text2 if index.data(QUIET_ROLE) else self._theme.text
        if share:
            fill = self._colour(self._theme, float(share))
            painter.fillRect(rect, fill)
            ink = themes.ink_on(fill.red(), fill.green(), fill.blue())
        elif selected:
            painter.fillRect(rect, self._theme.accent_soft)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, self._theme.hover)
        if share == 0 or text == "–":
            ink = self._theme.text2
        painter.setPen(ink)
        painter.setFont(option.font)
        inner = rect.adjusted(PADDING // 2, 0, -PADDING, 0)
        metrics: QFontMetrics = option.fontMetrics
        alignment = option.displayAlignment
        # names differ at both ends, figures never do
        cut = Qt.TextElideMode.ElideMiddle if index.column() == 0 else Qt.TextElideMode.ElideRight
        painter.drawText(inner, int(alignment), metrics.elidedText(text, cut, inner.width()))
        painter.restore()


class HeatTreeView(QTreeView):
    """A tree view whose selected row has the accent bar and whose focus is always visible."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def set_theme(self, theme: Theme) -> None:
        """Use another theme's colours from the next paint on."""
        self._theme = theme
        self.viewport().update()

    def drawRow(
        self, painter: QPainter, options: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The row, then the bar at the left of a selected one, and a focus frame."""
        super().drawRow(painter, options, index)
        rect: QRect = options.rect
        if index.row() == self.currentIndex().row() and self.selectionModel().isRowSelected(
            index.row(), index.parent()
        ):
            painter.fillRect(
                QRect(self.viewport().rect().left(), rect.top(), BAR, rect.height()), self._theme.accent
            )

    def drawBranches(
        self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """A thin chevron before a module, in the second text colour; the row's ground goes on under it."""
        selected = self.selectionModel().isRowSelected(index.row(), index.parent())
        if selected:
            painter.fillRect(rect, self._theme.accent_soft)
        if not self.model().hasChildren(index):
            return
        size = 4
        x, y = rect.right() - 5, rect.center().y()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = painter.pen()
        pen.setColor(self._theme.text2)
        pen.setWidthF(1.4)
        painter.setPen(pen)
        if self.isExpanded(index):
            painter.drawPolyline([QPointF(x - size, y - 2), QPointF(x, y + 2), QPointF(x + size, y - 2)])
        else:
            painter.drawPolyline([QPointF(x - 2, y - size), QPointF(x + 2, y), QPointF(x - 2, y + size)])
        painter.restore()
