"""A grid of labelled fields with room for an error under each, read and written by key."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from penjing_gui import theme as themes
from penjing_gui.theme import Theme
from penjing_gui.widgets.form_rows import ElidedLabel
from penjing_gui.widgets.ink import label, set_ink

LABEL_WIDTH = 86
ALWAYS = ("pruning", "distillation")


class FieldGrid(QWidget):
    """Titled sections of fields. `changed` follows a change by hand or by `set_field`.

    Each field belongs to the techniques it is made with; its owner decides when it is shown.
    """

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.fields: dict[str, QWidget] = {}
        self.labels: dict[str, QLabel] = {}
        self.errors: dict[str, QLabel] = {}
        self.belongs: dict[str, tuple[str, ...]] = {}
        self._grid = QGridLayout()
        self._grid.setContentsMargins(12, 4, 12, 4)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        self._grid.setColumnStretch(1, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(self._grid)
        outer.addStretch(1)

    # --- building

    def add_section(self, title: str, only: tuple[str, ...] = ALWAYS) -> None:
        """A heading."""
        heading = label(title, self)
        row = self._grid.rowCount()
        self._grid.addWidget(heading, row, 0, 1, 2)
        self.belongs[f"section {row}"] = only
        self.labels[f"section {row}"] = heading

    def _add(self, key: str, text: str, field: QWidget, only: tuple[str, ...]) -> None:
        row = self._grid.rowCount()
        name = label(text, self)
        name.setBuddy(field)
        field.setAccessibleName(text)
        field.setMinimumWidth(60)
        field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        error = label("", self, wrap=True)
        error.hide()
        self._grid.addWidget(name, row, 0)
        self._grid.addWidget(field, row, 1)
        self._grid.addWidget(error, row + 1, 1)
        self.fields[key], self.labels[key], self.errors[key] = field, name, error
        self.belongs[key] = only
        if isinstance(field, (QComboBox, QAbstractSpinBox)):
            field.installEventFilter(self)

    def add_value(self, key: str, text: str, only: tuple[str, ...] = ALWAYS) -> None:
        """A field that can only be read."""
        self._add(key, text, ElidedLabel("", self), only)

    def add_text(self, key: str, text: str, only: tuple[str, ...] = ALWAYS) -> None:
        """A line of text."""
        field = QLineEdit(self)
        field.textEdited.connect(self._touched)
        self._add(key, text, field, only)

    def add_choice(
        self, key: str, text: str, options: tuple[tuple[str, str], ...], only: tuple[str, ...] = ALWAYS
    ) -> None:
        """One of several; `options` are (value, text) pairs."""
        field = QComboBox(self)
        for value, shown in options:
            field.addItem(shown, value)
        field.currentIndexChanged.connect(self._touched)
        self._add(key, text, field, only)

    def add_whole(self, key: str, text: str, low: int, high: int, only: tuple[str, ...] = ALWAYS) -> QSpinBox:
        """A whole number."""
        field = QSpinBox(self)
        field.setRange(low, high)
        field.setGroupSeparatorShown(True)
        field.valueChanged.connect(self._touched)
        self._add(key, text, field, only)
        return field

    def add_number(
        self, key: str, text: str, low: float, high: float, decimals: int, only: tuple[str, ...]
    ) -> QDoubleSpinBox:
        """A number with decimals."""
        field = QDoubleSpinBox(self)
        field.setDecimals(decimals)
        field.setRange(low, high)
        field.setSingleStep(10.0**-1 if high <= 1 else 1.0)
        field.valueChanged.connect(self._touched)
        self._add(key, text, field, only)
        return field

    def add_share(self, key: str, text: str, low: float, high: float, only: tuple[str, ...]) -> None:
        """A share, in percent."""
        field = self.add_number(key, text, low, high, 1, only)
        field.setSuffix(" %")
        field.setSingleStep(5.0)

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._theme = theme
        for key, name in self.labels.items():
            if key.startswith("section"):
                name.setFont(themes.font(semibold=True))
                name.setContentsMargins(0, 8, 0, 2)
            else:
                set_ink(name, theme.text2)
        for error in self.errors.values():
            set_ink(error, theme.error)

    # --- values

    def set_field(self, key: str, value: Any) -> None:
        """Show a value. A choice that is not offered is added, so that nothing is lost."""
        field = self.fields[key]
        if isinstance(field, QComboBox):
            index = field.findData(value)
            if index < 0:  # a value from elsewhere that the form does not offer is kept and shown
                field.addItem(str(value), value)
                index = field.count() - 1
            field.setCurrentIndex(index)
        elif isinstance(field, (QSpinBox, QDoubleSpinBox)):
            field.setValue(value)
        elif isinstance(field, (QLineEdit, QLabel)):
            field.setText(str(value))

    def field(self, key: str) -> Any:
        """A field's value."""
        field = self.fields[key]
        if isinstance(field, QComboBox):
            return field.currentData()
        if isinstance(field, QDoubleSpinBox):
            return round(field.value(), 4)
        if isinstance(field, QSpinBox):
            return field.value()
        assert isinstance(field, QLineEdit)
        return field.text().strip()

    # --- events

    def _touched(self, *_: object) -> None:
        self.changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The wheel scrolls the form, unless the field under it has the focus."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)
