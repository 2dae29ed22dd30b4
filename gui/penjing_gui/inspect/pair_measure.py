"""Measuring both models' latency: a button, and while it is measured how far it is and Cancel."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from penjing_gui.icons import icon
from penjing_gui.inspect import controls
from penjing_gui.theme import Theme


class PairMeasure(QWidget):
    """`wanted` and `cancelled` are what the person does; `begin`, `set_fraction` and `end` say how far it is."""

    wanted = Signal()
    cancelled = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.button = QPushButton(self.tr("Measure both"))
        self.button.setIconSize(QSize(14, 14))
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(110, 6)
        self.bar.setAccessibleName(self.tr("Measuring both models"))
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.setAccessibleName(self.tr("Cancel measuring"))
        height = max(controls.FIELD, self.button.fontMetrics().height() + 8)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self.button, self.bar, self.cancel):
            row.addWidget(widget)
        for button in (self.button, self.cancel):
            button.setFixedHeight(height)
            button.setAutoDefault(False)
        self.button.clicked.connect(self.wanted)
        self.cancel.clicked.connect(self.cancelled)
        self.set_possible("")
        self.end()
        self.apply_theme(theme)

    def set_possible(self, why_not: str) -> None:
        """Whether it can be measured: `run`, `gone`, `network` or `trust` says why it cannot."""
        tips = {
            "run": self.tr("A run measures for itself, when it is done."),
            "gone": self.tr("Another model has been opened since."),
            "network": self.tr("One of the two has costs, but no network that could run here."),
            "trust": self.tr(
                "Both run code of their own, each in a process of its own: they cannot be timed in turns."
            ),
        }
        self.button.setEnabled(not why_not)
        tip = tips.get(why_not) or self.tr(
            "Runs both models in turns for about 6 s: batch of 1, 1 thread, medians with 95 % intervals."
        )
        self.button.setToolTip(tip)
        self.button.setAccessibleName(self.tr("Measure both models' latency"))
        self.button.setAccessibleDescription(tip)

    def begin(self) -> None:
        """It is being measured; how far it is is not known yet."""
        self.button.hide()
        self.bar.setRange(0, 0)
        self.bar.show()
        self.cancel.show()

    def set_fraction(self, fraction: float) -> None:
        """How far it is, 0 to 1."""
        if fraction > 0:
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(1000 * fraction))

    def end(self) -> None:
        """It is over."""
        self.bar.hide()
        self.cancel.hide()
        self.button.show()

    def apply_theme(self, theme: Theme) -> None:
        """Take over another theme."""
        self.button.setIcon(icon("gauge", theme))
