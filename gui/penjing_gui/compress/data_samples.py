"""Samples to look at: pictures with their labels, rows of a table, or texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from penjing_gui import theme as themes
from penjing_gui.compress.data_summary import DataSummary, Sample
from penjing_gui.theme import Theme
from penjing_gui.widgets.form_rows import ElidedLabel
from penjing_gui.widgets.ink import set_ink
from penjing_gui.widgets.plain_table import PlainTable

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
SIDE, MARGIN = 72, 6


class PictureModel(QAbstractListModel):
    """Pictures with their labels, scaled to the tile as they are asked for."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.samples: tuple[Sample, ...] = ()
        self._pixmaps: dict[int, QPixmap] = {}

    def set_samples(self, samples: Sequence[Sample]) -> None:
        """Show these."""
        self.beginResetModel()
        self.samples, self._pixmaps = tuple(samples), {}
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        """How many there are."""
        return 0 if parent.isValid() else len(self.samples)

    def pixmap(self, row: int, pixels: int) -> QPixmap:
        """A picture that fits into a square; small ones are enlarged in whole pixels."""
        if row not in self._pixmaps:
            found = QPixmap(self.samples[row].picture or "")
            if not found.isNull():
                small = max(found.width(), found.height()) * 2 <= pixels
                how = Qt.TransformationMode
                found = found.scaled(
                    pixels,
                    pixels,
                    Qt.AspectRatioMode.KeepAspectRatio,
                    how.FastTransformation if small else how.SmoothTransformation,
                )
            self._pixmaps[row] = found
        return self._pixmaps[row]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The label; the number of the sample in the tooltip."""
        sample = self.samples[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return sample.label
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            text = (
                self.tr("{label}, training sample {number}") if sample.label else self.tr("sample {number}")
            )
            return text.format(label=sample.label, number=f"{sample.index:,}")
        return None


class PictureDelegate(QStyledItemDelegate):
    """A tile: the picture, its label under it, an accent frame where it is selected."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self.theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """The same for all."""
        return tile()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one tile."""
        box = QRect(option.rect)
        model = index.model()
        assert isinstance(model, PictureModel)
        painter.save()
        painter.setFont(themes.font(-1))
        metrics = painter.fontMetrics()
        square = QRect(box.left() + (box.width() - SIDE) // 2, box.top() + MARGIN, SIDE, SIDE)
        ratio = painter.device().devicePixelRatio()
        found = model.pixmap(index.row(), round(SIDE * ratio))
        if found.isNull():
            painter.setPen(self.theme.line2)
            painter.drawRect(square.adjusted(0, 0, -1, -1))
        else:
            where = QRect(0, 0, round(found.width() / ratio), round(found.height() / ratio))
            where.moveCenter(square.center())
            painter.drawPixmap(where, found)
            painter.setPen(self.theme.line)
            painter.drawRect(where.adjusted(0, 0, -1, -1))
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.setPen(QPen(self.theme.accent, 2))
            painter.drawRect(square.adjusted(-2, -2, 2, 2))
        painter.setPen(self.theme.text if chosen else self.theme.text2)
        room = QRect(box.left() + 2, square.bottom() + 3, box.width() - 4, metrics.height())
        label = metrics.elidedText(str(index.data() or ""), Qt.TextElideMode.ElideMiddle, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, label)
        painter.restore()


def tile() -> QSize:
    """The size of a tile."""
    return QSize(SIDE + 2 * MARGIN + 2, SIDE + 2 * MARGIN + QFontMetrics(themes.font(-1)).height() + 2)


class SamplesView(QWidget):
    """Shows the samples of a data set in the way that suits them."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.words = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self.model = PictureModel(self)
        self._delegate = PictureDelegate(theme, self)
        self.pictures = QListView()
        self.pictures.setAccessibleName(self.tr("Training samples"))
        self.pictures.setFrameShape(QFrame.Shape.NoFrame)
        self.pictures.setViewMode(QListView.ViewMode.IconMode)
        self.pictures.setMovement(QListView.Movement.Static)
        self.pictures.setResizeMode(QListView.ResizeMode.Adjust)
        self.pictures.setUniformItemSizes(True)
        self.pictures.setItemDelegate(self._delegate)
        self.pictures.setModel(self.model)
        self.rows = PlainTable(theme, self.tr("Training samples"))
        self.stack = QStackedWidget()
        self.stack.addWidget(self.pictures)
        self.stack.addWidget(self.rows)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.stack, 1)
        layout.addWidget(self.words)
        self.setMinimumHeight(110)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._delegate.theme = theme
        self.rows.apply_theme(theme)
        self.words.setFont(themes.font(-1))
        set_ink(self.words, theme.text2)
        self.pictures.viewport().update()

    def show_summary(self, summary: DataSummary) -> None:
        """Show the samples of a summary."""
        samples = summary.samples
        pictures = any(one.picture for one in samples)
        self.model.set_samples(samples if pictures else ())
        if not pictures:
            self._fill_rows(summary)
        self.stack.setCurrentWidget(self.pictures if pictures else self.rows)
        text = self.tr("{shown} of {all} training samples")
        self.words.setText(
            text.format(shown=f"{len(samples):,}", all=f"{summary.sizes.get('train', 0):,}")
            if samples
            else self.tr("These samples are neither pictures nor rows: there is nothing to look at.")
        )

    def _fill_rows(self, summary: DataSummary) -> None:
        samples = summary.samples
        target = summary.target_column()
        label = target or (self.tr("target") if summary.task == "regression" else self.tr("class"))
        if any(one.text is not None for one in samples):
            headers = (label, self.tr("text"))
            self.rows.set_rows(headers, [(one.label, one.text or "") for one in samples])
            return
        names = list(dict.fromkeys(name for one in samples for name in one.row or {} if name != target))
        rows = [(one.label, *((one.row or {}).get(name) for name in names)) for one in samples]
        self.rows.set_rows((label, *names), rows if names else [])
