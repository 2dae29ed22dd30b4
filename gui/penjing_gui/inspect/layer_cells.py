"""How a cell of the layer table is painted: heat, figures, and for a name its chevron, indent and count of blocks."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from penjing_gui import theme as themes
from penjing_gui.inspect.layer_model import Cell, LayerModel
from penjing_gui.theme import Theme

PADDING = 8
BAR = 3
CHEVRON = 14  # px from where a row's level begins to its name
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
INDENTS = (16, 12)  # px a level: of shallow trees, and of trees of more than two levels of modules


class CellPainter(QStyledItemDelegate):
    """Paints the cells of a `LayerModel`. It asks the model once a cell, not once a role."""

    def __init__(self, model: LayerModel, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._least = themes.LEAST_SHARE
        self.indent = INDENTS[0]
        self.hovered = -1
        self.current = -1
        self.selected: list[tuple[int, int]] = []  # first and last of each run of selected rows
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Use another theme's colours and the application's present font."""
        self._theme = theme
        self.fonts: tuple[QFont, QFont] = themes.font(0), themes.font(0, semibold=True)
        self.metrics = QFontMetrics(self.fonts[0]), QFontMetrics(self.fonts[1])
        self._small = themes.font(-1)
        self._small_metrics = QFontMetrics(self._small)
        self._fills: dict[int, tuple[QColor, QColor]] = {}

    def set_least(self, least: float) -> None:
        """Which share the scale of the heat begins at."""
        self._least = least
        self._fills = {}

    def fill(self, share: float) -> tuple[QColor, QColor]:
        """The colour of a share of a cost, and the ink on it."""
        place = round(255 * themes.share_position(share, self._least))
        if place not in self._fills:
            colour = themes.cost_colour(self._theme, share, self._least)
            self._fills[place] = colour, themes.ink_on(colour.red(), colour.green(), colour.blue())
        return self._fills[place]

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """The row's height; widths are the view's affair."""
        return QSize(40, max(22, self.metrics[0].height() + 4))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one cell."""
        row = index.row()
        rows = self.selected_rows([row])
        self.paint_column(painter, index.column(), [row], rows, option.rect)

    def selected_rows(self, rows: list[int]) -> list[bool]:
        """Which of these rows are selected."""
        return [any(first <= row <= last for first, last in self.selected) for row in rows]

    def paint_column(
        self, painter: QPainter, column: int, rows: list[int], selected: list[bool], top: QRect
    ) -> None:
        """Paint rows of a column below each other; `top` is the first of them."""
        nodes: list[int] = self._model.rows.nodes[rows].tolist()
        rect = QRect(top)
        theme, height, names = self._theme, top.height(), column == 0
        for row, node, cell, chosen in zip(
            rows, nodes, self._model.cells(nodes, column), selected, strict=True
        ):
            ink = theme.text2 if cell.quiet or cell.text == "–" else theme.text
            if cell.share:
                colour, ink = self.fill(cell.share)
                painter.fillRect(rect, colour)
            elif chosen:
                painter.fillRect(rect, theme.accent_soft)
            elif row == self.hovered:
                painter.fillRect(rect, theme.hover)
            if names:
                self._name(painter, rect, row, node, cell, ink)
            elif cell.text:
                self._text(painter, rect.adjusted(PADDING // 2, 0, -PADDING, 0), cell, ink)
            rect.translate(0, height)

    def _text(self, painter: QPainter, inner: QRect, cell: Cell, ink: QColor) -> None:
        metrics = self.metrics[cell.bold]
        painter.setPen(ink)
        painter.setFont(self.fonts[cell.bold])
        text = cell.text
        if (
            not cell.right and metrics.horizontalAdvance(text) > inner.width()
        ):  # figures have the room they need
            text = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, inner.width())
        painter.drawText(inner, _RIGHT if cell.right else _LEFT, text)

    # Names

    def _name(self, painter: QPainter, rect: QRect, row: int, node: int, cell: Cell, ink: QColor) -> None:
        if row == self.current:
            painter.fillRect(QRect(rect.left(), rect.top(), BAR, rect.height()), self._theme.accent)
        rows = self._model.rows
        left = self.name_left(rect, node)
        if rows.has_below(node):
            self._chevron(painter, left - 6, rect.center().y(), rows.is_open(node))
        inner = QRect(left, rect.top(), rect.right() - left - 3, rect.height())
        if rows.fold(node) is not None:
            chip = self.chip_rect(rect, node)
            inner.setRight(chip.left() - 5)
            self._chip(painter, chip, node)
        self._text(painter, inner, cell, ink)

    def name_left(self, rect: QRect, node: int) -> int:
        """Where a row's name begins."""
        return rect.left() + 4 + CHEVRON + self.indent * self._model.rows.level(node)

    def chevron_rect(self, rect: QRect, node: int) -> QRect:
        """Where a click opens and closes a module."""
        left = self.name_left(rect, node)
        return QRect(left - CHEVRON - 3, rect.top(), CHEVRON + 3, rect.height())

    def chip_text(self, node: int) -> str:
        """`× 12` of a block that stands for others, "" otherwise."""
        fold = self._model.rows.fold(node)
        return f"× {fold.count}" if fold is not None else ""

    def chip_rect(self, rect: QRect, node: int) -> QRect:
        """Where the count stands: after the name, or at the column's end where the name is cut."""
        width = self._small_metrics.horizontalAdvance(self.chip_text(node)) + 10
        bold = not bool(self._model.tree is not None and self._model.tree.leaf[node])
        text = self._model.cell(node, 0).text
        after = self.name_left(rect, node) + self.metrics[bold].horizontalAdvance(text) + 6
        height = min(rect.height() - 4, self._small_metrics.height() + 2)
        return QRect(min(after, rect.right() - width - 3), rect.center().y() - height // 2 + 1, width, height)

    def _chip(self, painter: QPainter, rect: QRect, node: int) -> None:
        """Filled while it stands for the others; an outline while they are all there."""
        folded = self._model.rows.is_folded(node)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.accent, 1))
        painter.setBrush(self._theme.accent_soft if folded else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect.adjusted(0, 0, -1, -1), 3, 3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setFont(self._small)
        painter.setPen(self._theme.text if folded else self._theme.accent)
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), self.chip_text(node))

    def _chevron(self, painter: QPainter, x: int, y: int, is_open: bool) -> None:
        """A thin chevron before a module, in the second text colour."""
        size = 4
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.text2, 1.4))
        if is_open:
            painter.drawPolyline([QPointF(x - size, y - 2), QPointF(x, y + 2), QPointF(x + size, y - 2)])
        else:
            painter.drawPolyline([QPointF(x - 2, y - size), QPointF(x + 2, y), QPointF(x - 2, y + size)])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
