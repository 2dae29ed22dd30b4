"""A table cell that shows a relative change as a bar from zero."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from penjing_gui.theme import Theme, change_colour

DELTA_ROLE = Qt.ItemDataRole.UserRole + 40  # float, −1 to 1, or None where there is no bar


class DeltaBarDelegate(QStyledItemDelegate):
    """Bars on a scale from −100 % to 0, or to +100 % where `both_sides` is set."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.both_sides = False

    def apply_theme(self, theme: Theme) -> None:
        """Paint in another theme's colours."""
        self._theme = theme

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the ground, the line under the row, the bar, and the line at zero."""
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, self._theme.accent_soft)
        painter.setPen(self._theme.grid)
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        delta = index.data(DELTA_ROLE)
        if not isinstance(delta, float):
            return
        area = QRectF(option.rect).adjusted(4, 0, -8, 0)
        zero = area.center().x() if self.both_sides else area.right()
        reach = area.width() / (2 if self.both_sides else 1)
        length = reach * min(1.0, abs(delta))
        left = zero - length if delta < 0 else zero
        painter.fillRect(QRectF(left, area.center().y() - 5, length, 10), change_colour(self._theme, delta))
        painter.fillRect(QRectF(zero, area.center().y() - 7, 1, 15), self._theme.text2)
