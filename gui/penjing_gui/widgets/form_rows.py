"""Rows of label and value, as in the recipe or a layer's facts. Values can be selected."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from penjing_gui import theme as themes
from penjing_gui.theme import Theme
from penjing_gui.widgets.ink import label, set_ink


class ElidedLabel(QLabel):
    """A label that cuts its text in the middle where there is no room, and then has it as its tooltip."""

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
    ) -> None:
        super().__init__(text, parent)
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(24)

    def minimumSizeHint(self) -> QSize:
        """Almost nothing: the text gives way."""
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The whole text, or its two ends."""
        room = self.contentsRect()
        text = self.fontMetrics().elidedText(self.text(), self._mode, room.width())
        if text == self.text():
            super().paintEvent(event)
            return
        if self.toolTip() != self.text():
            self.setToolTip(self.text())
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(room, int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), text)


class FormRows(QWidget):
    """A grid of label and value. `lines` puts a thin line under each row."""

    def __init__(
        self,
        theme: Theme,
        label_width: int = 0,
        lines: bool = False,
        row_height: int = 22,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._lines, self._row_height = theme, lines, row_height
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(1, 1)
        if label_width:
            self._grid.setColumnMinimumWidth(0, label_width)
        self._labels: dict[str, QLabel] = {}
        self._values: dict[str, QLabel] = {}
        self._notes: list[QLabel] = []

    def add_row(
        self, key: str, text: str, value: str = "", right: bool = False, strong: bool = False
    ) -> QLabel:
        """Add a row; returns the value's label."""
        row = self._grid.rowCount()
        name = label(text, self, colour=self._theme.text2)
        shown = ElidedLabel(value, self)
        shown.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        shown.setAccessibleName(f"{text}: {value}")
        if strong:
            shown.setFont(themes.font(semibold=True))
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        shown.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(name, row, 0)
        self._grid.addWidget(shown, row, 1)
        self._grid.setRowMinimumHeight(row, self._row_height)
        self._labels[key], self._values[key] = name, shown
        return shown

    def set_value(self, key: str, value: str, tip: str = "") -> None:
        """Change a row's value; nothing is painted again where it is the same."""
        shown = self._values[key]
        if shown.text() != value:
            shown.setText(value)
            shown.setAccessibleName(f"{self._labels[key].text()}: {value}")
        if tip != shown.toolTip():
            shown.setToolTip(tip)

    def set_label(self, key: str, text: str) -> None:
        """Change a row's label (when the unit is switched, for instance)."""
        if self._labels[key].text() != text:
            self._labels[key].setText(text)

    def set_row_visible(self, key: str, visible: bool) -> None:
        """Show or hide a row."""
        self._labels[key].setVisible(visible)
        self._values[key].setVisible(visible)
        index = self._grid.indexOf(self._values[key])
        row = self._grid.getItemPosition(index)[0]  # type: ignore[index]
        self._grid.setRowMinimumHeight(row, self._row_height if visible else 0)

    def set_row_height(self, height: int) -> None:
        """Make the rows that are shown as high as this."""
        if height == self._row_height:
            return
        self._row_height = height
        for key, one in self._values.items():
            self.set_row_visible(key, not one.isHidden())

    def value(self, key: str) -> QLabel:
        """The label of a row's value."""
        return self._values[key]

    def keys(self) -> list[str]:
        """The rows' keys in order."""
        return list(self._values)

    def clear(self) -> None:
        """Take all rows away."""
        for one in (*self._labels.values(), *self._values.values()):
            self._grid.removeWidget(one)
            one.hide()
            one.deleteLater()
        for row in range(self._grid.rowCount()):
            self._grid.setRowMinimumHeight(row, 0)
        self._labels.clear()
        self._values.clear()

    def apply_theme(self, theme: Theme) -> None:
        """Take over the theme's colours."""
        self._theme = theme
        for one in self._labels.values():
            set_ink(one, theme.text2)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A thin line under each row, where wanted."""
        if not self._lines:
            return
        painter = QPainter(self)
        painter.setPen(self._theme.line)
        for one in list(self._values.values())[:-1]:
            if one.isVisible():
                y = one.geometry().center().y() + self._row_height // 2
                painter.drawLine(0, y, self.width(), y)
