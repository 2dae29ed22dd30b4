"""Asks for another learning rate while the run goes on."""

from __future__ import annotations

import math

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from penjing_gui import numbers
from penjing_gui import theme as themes
from penjing_gui.theme import Theme
from penjing_gui.widgets.ink import label


class RateDialog(QDialog):
    """The present rate, and a field for the new one. `rate` is what was typed, None where it is not a rate."""

    def __init__(self, theme: Theme, present: float | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Change the learning rate"))
        self.setMinimumWidth(380)
        now = numbers.DASH if present is None else f"{present:.4g}"
        self.present = label(now, self, selectable=True)
        self.present.setAccessibleName(self.tr("Present learning rate: {rate}").format(rate=now))
        self.field = QLineEdit("" if present is None else now, self)
        self.field.setAccessibleName(self.tr("New learning rate"))
        self.field.selectAll()
        self.error = label("", self, font=themes.font(-1), colour=theme.error, wrap=True)
        note = label(
            self.tr("It holds from the next step on. The journal keeps it, and a resumed run repeats it."),
            self,
            font=themes.font(-1),
            colour=theme.text2,
            wrap=True,
        )
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        form.addRow(self.tr("Present"), self.present)
        form.addRow(self.tr("New"), self.field)
        form.addRow("", self.error)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(self.tr("Cancel"))
        self.apply = self.buttons.addButton(self.tr("Apply"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.apply.setDefault(True)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.field.textChanged.connect(self._check)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addLayout(form)
        layout.addWidget(note)
        layout.addWidget(self.buttons)
        self._check()
        self.field.setFocus()

    @property
    def rate(self) -> float | None:
        """What was typed, as a positive number."""
        try:
            value = float(self.field.text().strip())
        except ValueError:
            return None
        return value if math.isfinite(value) and value > 0 else None

    def _check(self) -> None:
        wrong = self.rate is None
        self.apply.setEnabled(not wrong)
        empty = not self.field.text().strip()
        self.error.setText(
            self.tr("Give a number above zero, as 0.001 or 1e-3.") if wrong and not empty else ""
        )
