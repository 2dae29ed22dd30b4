"""A grid of labelled fields with room for an error under each, read and written by key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
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
from penjing_gui.compress.field_group import FieldGroup
from penjing_gui.icons import icon
from penjing_gui.theme import Theme
from penjing_gui.widgets.form_rows import ElidedLabel
from penjing_gui.widgets.ink import label, set_ink

LABEL_WIDTH = 86
ALWAYS = ("pruning", "distillation", "training")


class FieldGrid(QWidget):
    """Titled sections and folding groups of fields. `changed` follows a change by hand or by `set_field`.

    Each field belongs to the techniques it is made with; its owner says in `is_shown` when it is shown.
    """

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.fields: dict[str, QWidget] = {}
        self.labels: dict[str, QLabel] = {}
        self.errors: dict[str, QLabel] = {}
        self.belongs: dict[str, tuple[str, ...]] = {}
        self.groups: dict[str, FieldGroup] = {}
        self._group_of: dict[str, str] = {}
        self._group = ""
        self._icons: list[tuple[Any, str]] = []
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
        """A heading. The fields after it stand in no group."""
        heading = label(title, self)
        row = self._grid.rowCount()
        self._grid.addWidget(heading, row, 0, 1, 2)
        self.belongs[f"section {row}"] = only
        self.labels[f"section {row}"] = heading
        self._group = ""

    def add_group(self, key: str, title: str) -> FieldGroup:
        """A heading that folds the fields after it away; at first it does."""
        group = FieldGroup(self._theme, title, self)
        self._grid.addWidget(group, self._grid.rowCount(), 0, 1, 2)
        group.toggled.connect(self.show_what_belongs)
        self.groups[key] = group
        self._group = key
        return group

    def _add(self, key: str, text: str, field: QWidget, only: tuple[str, ...], help_text: str) -> None:
        row = self._grid.rowCount()
        name = label(text, self)
        name.setBuddy(field)
        field.setAccessibleName(text)
        field.setMinimumWidth(60)
        field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        if help_text:
            for one in (name, field):
                one.setToolTip(help_text)
                one.setWhatsThis(help_text)
        error = label("", self, wrap=True)
        error.hide()
        self._grid.addWidget(name, row, 0)
        self._grid.addWidget(field, row, 1)
        self._grid.addWidget(error, row + 1, 1)
        self.fields[key], self.labels[key], self.errors[key] = field, name, error
        self.belongs[key] = only
        self._group_of[key] = self._group
        if isinstance(field, (QComboBox, QAbstractSpinBox)):
            field.installEventFilter(self)

    def add_value(self, key: str, text: str, only: tuple[str, ...] = ALWAYS) -> None:
        """A field that can only be read."""
        self._add(key, text, ElidedLabel("", self), only, "")

    def add_text(
        self, key: str, text: str, only: tuple[str, ...] = ALWAYS, help_text: str = "", hint: str = ""
    ) -> QLineEdit:
        """A line of text; `hint` stands in it while it is empty."""
        field = QLineEdit(self)
        field.setPlaceholderText(hint)
        field.textEdited.connect(self._touched)
        self._add(key, text, field, only, help_text)
        return field

    def add_button_in(self, key: str, name: str, text: str, slot: Callable[[], object]) -> None:
        """A small button with an icon at the end of a line of text."""
        field = self.fields[key]
        assert isinstance(field, QLineEdit)
        action = field.addAction(icon(name, self._theme), QLineEdit.ActionPosition.TrailingPosition)
        action.setText(text)
        action.setToolTip(text)
        action.triggered.connect(slot)
        self._icons.append((action, name))

    def add_choice(
        self,
        key: str,
        text: str,
        options: tuple[tuple[str, str], ...],
        only: tuple[str, ...] = ALWAYS,
        help_text: str = "",
    ) -> QComboBox:
        """One of several; `options` are (value, text) pairs."""
        field = QComboBox(self)
        for value, shown in options:
            field.addItem(shown, value)
        field.currentIndexChanged.connect(self._touched)
        self._add(key, text, field, only, help_text)
        return field

    def add_whole(
        self,
        key: str,
        text: str,
        low: int,
        high: int,
        only: tuple[str, ...] = ALWAYS,
        help_text: str = "",
        least: str = "",
    ) -> QSpinBox:
        """A whole number; `least` is what the lowest one is called."""
        field = QSpinBox(self)
        field.setRange(low, high)
        field.setGroupSeparatorShown(True)
        field.setSpecialValueText(least)
        field.valueChanged.connect(self._touched)
        self._add(key, text, field, only, help_text)
        return field

    def add_number(
        self,
        key: str,
        text: str,
        low: float,
        high: float,
        decimals: int,
        only: tuple[str, ...] = ALWAYS,
        help_text: str = "",
    ) -> QDoubleSpinBox:
        """A number with decimals."""
        field = QDoubleSpinBox(self)
        field.setDecimals(decimals)
        field.setRange(low, high)
        field.setSingleStep(10.0**-1 if high <= 1 else 1.0)
        field.valueChanged.connect(self._touched)
        self._add(key, text, field, only, help_text)
        return field

    def add_share(self, key: str, text: str, low: float, high: float, only: tuple[str, ...]) -> None:
        """A share, in percent."""
        field = self.add_number(key, text, low, high, 1, only)
        field.setSuffix(" %")
        field.setSingleStep(5.0)

    def add_flag(
        self, key: str, text: str, words: str, only: tuple[str, ...] = ALWAYS, help_text: str = ""
    ) -> QCheckBox:
        """A box to be ticked, with its own words."""
        field = QCheckBox(words, self)
        field.toggled.connect(self._touched)
        self._add(key, text, field, only, help_text)
        field.setAccessibleName(words)
        return field

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._theme = theme
        for key, name in self.labels.items():
            if key.startswith("section"):
                name.setFont(themes.font(semibold=True))
                name.setContentsMargins(0, 8, 0, 2)
            else:
                set_ink(name, theme.text2)
        for group in self.groups.values():
            group.apply_theme(theme)
        for error in self.errors.values():
            set_ink(error, theme.error)
        for action, name_of_icon in self._icons:
            action.setIcon(icon(name_of_icon, theme))

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
        elif isinstance(field, QCheckBox):
            field.setChecked(bool(value))
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
        if isinstance(field, QCheckBox):
            return field.isChecked()
        assert isinstance(field, QLineEdit)
        return field.text().strip()

    def number(self, key: str) -> Any:
        """A number typed into a line of text: None where it is empty, the text where it is no number."""
        text = self.field(key)
        try:
            return float(text) if text else None
        except ValueError:
            return text  # the recipe's own check says what is wrong

    # --- what is shown

    def is_shown(self, key: str) -> bool:
        """Whether a field has a part in what is set now, in a folded group or not."""
        return key in self.belongs

    def _is_open(self, key: str) -> bool:
        group = self.groups.get(self._group_of.get(key, ""))
        return group is None or group.open

    def show_what_belongs(self, *_: object) -> None:
        """Show the fields that have a part in what is set now, and hide the others."""
        for key, name in self.labels.items():
            shown = self.is_shown(key) and self._is_open(key)
            name.setVisible(shown)
            if key in self.fields:
                self.fields[key].setVisible(shown)
                self.errors[key].setVisible(shown and bool(self.errors[key].text()))

    def show_error(self, key: str | None, text: str) -> bool:
        """Say at a field what is wrong with it (None: at none); False where no such field is shown."""
        known = key in self.errors and self.is_shown(str(key))
        group = self.groups.get(self._group_of.get(str(key), ""))
        if known and group is not None:
            group.set_open(True)
        for name, error in self.errors.items():
            shown = known and name == key
            error.setText(text if shown else "")
            error.setVisible(shown)
            self.fields[name].setAccessibleDescription(text if shown else "")
        return known

    # --- events

    def _touched(self, *_: object) -> None:
        self.changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The wheel scrolls the form, unless the field under it has the focus."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)
