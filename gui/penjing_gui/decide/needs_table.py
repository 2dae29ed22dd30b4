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
        self._cells: list[tuple[QLabel, str]] = []
        self._advice: Advice | None = None

    def show_needs(self, advice: Advice) -> None:
        """Fill the table."""
        self._advice = advice
        for cell, _ in self._cells:
            self._grid.removeWidget(cell)
            cell.hide()
            cell.deleteLater()
        self._cells = []
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

    def _put(
        self, row: int, column: int, text: str, ink: str, small: bool = False, strong: bool = False
    ) -> None:
        font = themes.font(-1 if small else 0, semibold=strong)
        if column == 0 and not small:
            cell: QLabel = ElidedLabel(text, self, Qt.TextElideMode.ElideRight)
            set_ink(cell, getattr(self._theme, ink))
        else:
            cell = label(text, self, font=font, colour=getattr(self._theme, ink), right=column > 0)
        self._grid.addWidget(cell, row, column)
        self._cells.append((cell, ink))

    def apply_theme(self, theme: Theme) -> None:
        """Take over the theme's colours."""
        self._theme = theme
        for cell, ink in self._cells:
            set_ink(cell, getattr(theme, ink))
