"""Needs against budgets as a small table of figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from penjing_gui import numbers
from penjing_gui import theme as themes
from penjing_gui.decide import words
from penjing_gui.theme import Theme
from penjing_gui.widgets.form_rows import ElidedLabel
from penjing_gui.widgets.ink import label, set_ink

if TYPE_CHECKING:
    from penjing.advice.advise import Advice


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class NeedsTable(QWidget):
    """Need, model, budget, and the factor between them."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        self._cells: dict[tuple[int, int], tuple[QLabel, str]] = {}

    def show_needs(self, advice: Advice) -> None:
        """Fill the table."""
        heads = (self.tr("Need"), self.tr("model"), self.tr("budget"), self.tr("need / budget"))
        for column, text in enumerate(heads):
            self._put(0, column, text, "text2", small=True)
        for row, need in enumerate(advice.needs, 1):
            about = "" if need.basis == "exact" else "≈ "
            self._put(row, 0, words.quantity(need), "text")
            self._put(row, 1, f"{about}{words.amount(need, need.value)} {need.unit}", "text")
            budget = words.budget(need)
            self._put(row, 2, f"{budget} {need.unit}" if need.budget is not None else budget, "text2")
            factor = need.factor
            text = numbers.DASH if factor is None else f"{factor:,.1f}×" if factor >= 0.095 else "<0.1×"
            self._put(row, 3, text, "error" if need.exceeded else "text", strong=factor is not None)

        for (row, _), (cell, _) in self._cells.items():
            cell.setVisible(row <= len(advice.needs))

    def _put(
        self, row: int, column: int, text: str, ink: str, small: bool = False, strong: bool = False
    ) -> None:
        """Fill a cell; it is made the first time."""
        if (row, column) in self._cells:
            cell, _ = self._cells[row, column]
        else:
            cell = ElidedLabel("", self, Qt.TextElideMode.ElideRight) if column == 0 else label("", self)
            cell.setAlignment(_RIGHT if column else _LEFT)
            self._grid.addWidget(cell, row, column)
        cell.setText(text)
        cell.setFont(themes.font(-1 if small else 0, semibold=strong))
        set_ink(cell, getattr(self._theme, ink))
        self._cells[row, column] = (cell, ink)

    def apply_theme(self, theme: Theme) -> None:
        """Take over the theme's colours."""
        self._theme = theme
        for cell, ink in self._cells.values():
            set_ink(cell, getattr(theme, ink))
