"""The four fact cards, one below the other: what was found, how, and how near the threshold is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from penjing_gui import numbers
from penjing_gui.decide import words
from penjing_gui.decide.card import FactCard, pair
from penjing_gui.decide.needs_table import NeedsTable
from penjing_gui.decide.paper import paper
from penjing_gui.decide.scale import hours_scale
from penjing_gui.decide.type_card import TypeCard
from penjing_gui.theme import Theme
from penjing_gui.widgets.scale import Scale, ScaleWidget

if TYPE_CHECKING:
    from penjing.advice.advise import Advice


Say = Callable[..., str]


class FactsView(QScrollArea):
    """The four cards, one below the other."""

    chosen = Signal(str, object)
    thresholds_moved = Signal(object)
    estimate_wanted = Signal()

    def __init__(self, theme: Theme, language: str) -> None:
        super().__init__()
        self._language = language
        self._theme = theme
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Facts"))
        self.type_card = TypeCard(theme)
        self.resources = FactCard("resource_limited", self.tr("Resource-limited"), theme)
        self.performance = FactCard("performance_required", self.tr("Performance required"), theme)
        self.training = FactCard("training_limited", self.tr("Training limited"), theme)
        self.cards = (self.type_card, self.resources, self.performance, self.training)
        self.needs = NeedsTable(theme)
        self.resources.room.addWidget(self.needs)
        row, self.hours = pair(self.tr("Training time of the plan"))
        self.hours_scale = ScaleWidget(theme, Scale(0.0, 1.0))
        self.estimate = QPushButton(self.tr("Estimate training time"))
        self.estimate.setFixedHeight(24)
        self.estimate.setAccessibleName(self.tr("Estimate training time"))
        self.estimate.setToolTip(self.tr("Times ten training steps of the plan on this machine"))
        self.estimate.clicked.connect(self.estimate_wanted)
        button_row = QHBoxLayout()
        button_row.addWidget(self.estimate)
        button_row.addStretch(1)
        self.training.room.addLayout(row)
        self.training.room.addWidget(self.hours_scale)
        self.training.room.addLayout(button_row)
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self._lines: list[QFrame] = []
        for card in self.cards:
            card.chosen.connect(self.chosen)
            layout.addWidget(card)
            line = QFrame()
            line.setFixedHeight(1)
            line.setAutoFillBackground(True)
            self._lines.append(line)
            layout.addWidget(line)
        layout.addStretch(1)
        self.type_card.thresholds_moved.connect(self.thresholds_moved)
        self.setWidget(body)
        self.apply_theme(theme)

    def show_advice(self, advice: Advice, title: str, say: Say) -> None:
        """Show the facts of an advice."""
        for card in self.cards:
            card.show_fact(advice.facts[card.name])
        self.type_card.show_type(advice.kind, title)
        self.needs.show_needs(advice)
        exceeded = any(need.exceeded for need in advice.needs)
        by_hand = advice.facts["resource_limited"].overridden
        self.resources.show_note(
            "" if exceeded and not by_hand else self._reason(advice, "resource_limited", say)
        )
        self.performance.show_note(self._reason(advice, "performance_required", say))
        self._show_training(advice, say)

    def _reason(self, advice: Advice, name: str, say: Say) -> str:
        because, by_hand = advice.facts[name].because, advice.facts[name].overridden
        text = "" if by_hand else words.sentence(say(because.code, because.params), self._language)
        if advice.leaf.when.get(name) is None and name == "performance_required":
            text += " " + self.tr("Leaf {leaf} does not ask this fact.").format(leaf=advice.leaf.id)
        return text

    def _show_training(self, advice: Advice, say: Say) -> None:
        training, given = advice.training, advice.limits.training_hours
        hours = numbers.DASH if training is None else numbers.duration(training.seconds, self._words())
        self.hours.setText(hours)
        self.hours_scale.setVisible(given is not None)
        if given is not None:
            title = self.tr("plan") if training is not None else ""
            described = self.tr("Training time: {time} of {given} h").format(time=hours, given=f"{given:g}")
            self.hours_scale.set_scale(hours_scale(training, given, title, described))
        text = self._reason(advice, "training_limited", say)
        if training is not None:
            spread = numbers.span(training.low, training.high, self._words())
            text += " " + self.tr("From {count} steps on this machine, 95 % interval {spread}.").format(
                count=training.steps_timed, spread=spread
            )
        self.training.show_note(text)

    def _words(self) -> numbers.Words:
        return numbers.CHINESE if self._language == "zh_CN" else numbers.ENGLISH

    def apply_theme(self, theme: Theme) -> None:
        """Take over the theme's colours."""
        self._theme = theme
        for card in self.cards:
            card.apply_theme(theme)
        self.needs.apply_theme(theme)
        self.hours_scale.apply_theme(theme)
        for line in self._lines:
            palette = line.palette()
            palette.setColor(line.backgroundRole(), theme.line)
            line.setPalette(palette)
        paper(self, theme)
