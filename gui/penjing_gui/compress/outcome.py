"""The predicted outcome of a plan, marked as a prediction, and the button that starts the run."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from penjing_gui import numbers
from penjing_gui import theme as themes
from penjing_gui.compress.prediction import Prediction
from penjing_gui.compress.recipe_view import Line
from penjing_gui.style import make_primary
from penjing_gui.theme import Theme
from penjing_gui.widgets.chip import Chip
from penjing_gui.widgets.form_rows import FormRows
from penjing_gui.widgets.ink import label, set_ink


def change_text(before: float, after: float, as_bytes: bool = False) -> str:
    """`33.85 k, −69.8 %`."""
    write = numbers.size if as_bytes else numbers.headline
    delta = numbers.signed_percent(after / before - 1) if before else numbers.DASH
    return f"{write(after)}, {delta}"


class Outcome(QWidget):
    """Stands at the foot of the form. `start` is asked for by the button."""

    start = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.title = label(self.tr("Outcome"), self, font=themes.font(semibold=True))
        self.chip = Chip(theme, self.tr("predicted"), "plain", self)
        self.rows = FormRows(theme, label_width=60, row_height=21, parent=self)
        for key in ("params", "macs", "weights"):
            self.rows.add_row(key, "", "")
        self.rows.set_label("params", self.tr("Params"))
        self.rows.set_label("weights", self.tr("Weights"))
        self.note = label("", self, wrap=True)
        self.button = QPushButton(self.tr("Start"), self)
        self.button.setMinimumHeight(28)
        self.button.setAccessibleName(self.tr("Start the run"))
        self.button.clicked.connect(self.start)
        self.says = label(
            self.tr("Makes a run folder and starts it. It goes on if this window closes."), self, wrap=True
        )
        self._line = Line(theme, self)
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.chip)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 0, 12, 10)
        layout.setSpacing(3)
        layout.addWidget(self._line)
        layout.addLayout(head)
        layout.addWidget(self.rows)
        layout.addWidget(self.note)
        layout.addSpacing(4)
        layout.addWidget(self.button)
        layout.addWidget(self.says)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._theme = self._line.theme = theme
        self.rows.apply_theme(theme)
        self.chip.apply_theme(theme)
        make_primary(self.button, theme)
        self._small(self.note, theme)
        self._small(self.says, theme)

    @staticmethod
    def _small(text: QLabel, theme: Theme) -> None:
        text.setFont(themes.font(-1))
        set_ink(text, theme.text2)

    def show_prediction(
        self, prediction: Prediction | None, factor: int, unit: str, waiting: bool = True
    ) -> None:
        """Show what is predicted, or that it is not; `waiting` where it will be as soon as the groups are known."""
        self.rows.set_label("macs", unit)
        after = prediction.after if prediction else None
        self.rows.setVisible(after is not None)
        self.chip.setVisible(after is not None)
        if prediction is None or after is None:
            known = prediction is not None and prediction.failure is None
            text = self.tr("Not predicted for this student.") if known else ""
            if prediction is not None and prediction.unchanged:
                text = self.tr("Training leaves params and costs as they are.")
            if prediction is None and waiting:
                text = self.tr("Predicted as soon as the coupled groups are known.")
            self.note.setText(text)
            self.note.setVisible(bool(text))
            return
        self.note.setVisible(not prediction.exact)
        self.note.setText(
            "" if prediction.exact else self.tr("An estimate: the student is built when the run starts.")
        )
        before, later = prediction.before.totals, after.totals
        for key, was, becomes in (
            ("params", before.params, later.params),
            ("macs", before.macs * factor, later.macs * factor),
            ("weights", before.weight_bytes, later.weight_bytes),
        ):
            text = change_text(was, becomes, as_bytes=key == "weights")
            self.rows.set_value(key, text, f"{was:,} → {becomes:,}")
