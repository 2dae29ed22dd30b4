"""Cells whose background carries a share of a cost, for any item view."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

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
