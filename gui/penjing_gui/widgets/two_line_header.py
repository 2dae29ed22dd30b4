"""A table header with the column's name above its unit."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from penjing_gui import theme as themes
from penjing_gui.theme import Theme

PADDING = 8
ARROW = 10
LEAST_SECTION = 40  # px


class TwoLineHeader(QHeaderView):
    """Paints two lines ("name\\nunit"): the name semibold, the unit smaller in the second text colour."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(LEAST_SECTION)

    def set_theme(self, theme: Theme) -> None:
        """Use another theme's colours from the next paint on."""
        self._theme = theme
        self.viewport().update()

    def sizeHint(self) -> QSize:
        """Room for two lines."""
        lines = QFontMetrics(themes.font(0, True)).height() + QFontMetrics(themes.font(-1)).height()
        return QSize(super().sizeHint().width(), lines + 8)

    def paintSection(self, painter: QPainter, rect: QRect, logical_index: int) -> None:
        """Paint one section."""
        painter.save()
        painter.fillRect(rect, self._theme.window)
        painter.setPen(self._theme.line)
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        model = self.model()
        role = Qt.ItemDataRole
        text = str(model.headerData(logical_index, Qt.Orientation.Horizontal, role.DisplayRole) or "")
        alignment = int(
            model.headerData(logical_index, Qt.Orientation.Horizontal, role.TextAlignmentRole) or 0
        )
        right = bool(alignment & int(Qt.AlignmentFlag.AlignRight.value))
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        name, _, unit = text.partition("\n")
        inner = rect.adjusted(PADDING // 2, 3, -PADDING, -4)
        if self.visualIndex(logical_index) == 0:
            inner.setLeft(inner.left() + PADDING)
        sorted_here = self.isSortIndicatorShown() and self.sortIndicatorSection() == logical_index
        bold = themes.font(0, semibold=True)
        metrics = QFontMetrics(bold)
        top = QRect(inner.left(), inner.top(), inner.width(), metrics.height())
        if sorted_here:
            width = min(metrics.horizontalAdvance(name), top.width() - ARROW)
            x = top.right() - width - ARROW if right else top.left() + width + ARROW // 2
            self._arrow(painter, x + ARROW / 4, top.center().y())
        painter.setPen(self._theme.text)
        painter.setFont(bold)
        elided = metrics.elidedText(name, Qt.TextElideMode.ElideRight, top.width())
        painter.drawText(top, int(side | Qt.AlignmentFlag.AlignVCenter), elided)
        small = themes.font(-1)
        painter.setPen(self._theme.text2)
        painter.setFont(small)
        below = QRect(inner.left(), top.bottom() + 1, inner.width(), QFontMetrics(small).height())
        painter.drawText(below, int(side | Qt.AlignmentFlag.AlignVCenter), unit)
        painter.restore()

    def _arrow(self, painter: QPainter, x: float, y: float) -> None:
        """A small chevron: up for ascending, down for descending."""
        rise = -2.0 if self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder else 2.0
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = painter.pen()
        pen.setColor(self._theme.accent)
        pen.setWidthF(1.4)
        painter.setPen(pen)
        painter.drawPolyline([QPointF(x - 3, y - rise), QPointF(x, y + rise), QPointF(x + 3, y - rise)])
        painter.restore()
