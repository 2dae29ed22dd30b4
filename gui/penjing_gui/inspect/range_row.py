"""The row that narrows the table to a range of one column: which, from, to, in the column's unit."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QWidget

from penjing_gui.inspect import columns, controls
from penjing_gui.inspect.layer_model import LayerModel
from penjing_gui.inspect.ranges import figure
from penjing_gui.theme import Theme
from penjing_gui.widgets.ink import label, set_ink


class RangeRow(QWidget):
    """Column, from and to. `changed` says that one of them is another."""

    changed = Signal()

    def __init__(self, model: LayerModel, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self._theme = theme
        self.cost = QComboBox()
        self.cost.setAccessibleName(self.tr("Column of the range"))
        self.cost.setFixedHeight(max(controls.FIELD, self.cost.fontMetrics().height() + 8))
        self.low, self.high = self._field(self.tr("From")), self._field(self.tr("To"))
        self._words = [label(self.tr("from")), label(self.tr("to")), label()]
        self._words[0].setBuddy(self.low)
        self._words[1].setBuddy(self.high)
        self.unit: QLabel = self._words[2]
        self.clear_button = controls.text_button(self.tr("Clear"), theme)
        self.clear_button.clicked.connect(self.clear)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 0, 6, 4)
        layout.setSpacing(8)
        for widget in (self.cost, self._words[0], self.low, self._words[1], self.high, self.unit):
            layout.addWidget(widget)
        layout.addWidget(self.clear_button)
        layout.addStretch(1)
        self.fill()
        self.cost.currentIndexChanged.connect(self._chosen)
        self.apply_theme(theme)

    def _field(self, name: str) -> QLineEdit:
        field = QLineEdit()
        field.setAccessibleName(name)
        field.setFixedHeight(self.cost.height())
        field.setMaximumWidth(92)
        field.setMinimumWidth(48)
        field.textChanged.connect(self._typed)
        return field

    # What is asked for

    @property
    def key(self) -> columns.Key:
        """The column of the range."""
        key: columns.Key = columns.KEYS[int(self.cost.currentData())]
        return key

    def bounds(self) -> tuple[float | None, float | None]:
        """From and to, in the column's own figures; None where there is none, or no number."""
        return self._bound(self.low), self._bound(self.high)

    def _bound(self, field: QLineEdit) -> float | None:
        try:
            return figure(field.text(), self._scale())
        except ValueError:
            return None

    def _scale(self) -> float:
        return self._model.column(int(self.cost.currentData())).prefix.scale if self._model.tree else 1.0

    def clear(self) -> None:
        """No range."""
        for field in (self.low, self.high):
            field.blockSignals(True)
            field.clear()
            field.blockSignals(False)
        self._typed()

    def fill(self) -> None:
        """Offer the columns, and say the chosen one's unit."""
        chosen = self.cost.currentData()
        self.cost.blockSignals(True)
        self.cost.clear()
        for place, key in enumerate(columns.KEYS):
            if key in columns.NUMERIC and columns.offered(self._model.tree, key):
                self.cost.addItem(self._model.title(place), place)
        wanted = columns.KEYS.index("params") if chosen is None else chosen
        self.cost.setCurrentIndex(max(0, self.cost.findData(wanted)))
        self.cost.blockSignals(False)
        self._say_unit()

    def _say_unit(self) -> None:
        self.unit.setText(self._model.unit(int(self.cost.currentData())))

    def _chosen(self, *_: object) -> None:
        self._say_unit()
        self._typed()

    def _typed(self, *_: object) -> None:
        """Mark what is no number; the range goes without it."""
        for field in (self.low, self.high):
            try:
                figure(field.text())
                bad = False
            except ValueError:
                bad = True
            palette = field.palette()
            colour = self._theme.error if bad else self._theme.text
            palette.setColor(QPalette.ColorRole.Text, colour)
            field.setPalette(palette)
            field.setToolTip(
                self.tr("This is not a number. Write 2000, 1.5 M or 40 %.")
                if bad
                else self.tr("A number in the unit at the right, or with its own: 1.5 M, 40 kB, 3 %")
            )
        self.changed.emit()

    def focus(self) -> None:
        """To the first field."""
        self.low.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def apply_theme(self, theme: Theme) -> None:
        """Take over another theme."""
        self._theme = theme
        for word in self._words:
            set_ink(word, theme.text2)
        controls.ink(self.clear_button, theme)
