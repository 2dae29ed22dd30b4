"""How a data set is divided: one bar, and under it each split with its samples and its share."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from penjing_gui import numbers
from penjing_gui import theme as themes
from penjing_gui.theme import Theme
from penjing_gui.widgets.split_fill import SPLITS, fill_split

BAR, GAP = 12, 6


class SplitBar(QWidget):
    """Painted; its accessible description says the same in words. It is the legend of `ClassBars`, too."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.sizes: dict[str, int] = {}
        self.setAccessibleName(self.tr("Splits"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def names(self) -> dict[str, str]:
        """The splits by name, as people call them."""
        return {"train": self.tr("train"), "validation": self.tr("validation"), "test": self.tr("test")}

    def set_sizes(self, sizes: Mapping[str, int]) -> None:
        """Samples in each split."""
        self.sizes = {name: sizes[name] for name in SPLITS if name in sizes}
        names = self.names()
        told = [f"{names[name]} {count:,}" for name, count in self.sizes.items()]
        self.setAccessibleDescription("; ".join(told))
        self.updateGeometry()
        self.update()

    def _row(self) -> int:
        return max(18, QFontMetrics(themes.font()).height() + 4)

    def sizeHint(self) -> QSize:
        """The bar and a row for each split."""
        return QSize(180, BAR + GAP + self._row() * max(1, len(self.sizes)))

    def minimumSizeHint(self) -> QSize:
        """Nothing is cut in height."""
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The bar and its rows."""
        painter = QPainter(self)
        total = sum(self.sizes.values())
        x, row = 0.0, self._row()
        names = self.names()
        for index, (name, count) in enumerate(self.sizes.items()):
            width = self.width() * count / total if total else 0.0
            fill_split(painter, QRectF(x, 0, max(0.0, width - 1), BAR), self._theme, name)
            x += width
            top = BAR + GAP + index * row
            fill_split(painter, QRectF(0, top + (row - 10) / 2, 10, 10), self._theme, name)
            painter.setFont(themes.font())
            painter.setPen(self._theme.text2)
            middle = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(18, top, self.width() - 18, row), middle, names[name])
            right = Qt.AlignmentFlag.AlignRight | middle
            share = numbers.percent(count / total) if total else ""
            painter.drawText(QRectF(0, top, self.width(), row), right, share)
            painter.setPen(self._theme.text)
            painter.drawText(QRectF(0, top, self.width() - 58, row), right, f"{count:,}")
