"""The plan: what it does, what it is predicted to give, and the button that takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from penjing_gui import numbers
from penjing_gui import theme as themes
from penjing_gui.decide import words
from penjing_gui.decide.paper import paper
from penjing_gui.icons import icon
from penjing_gui.style import make_primary
from penjing_gui.theme import Theme
from penjing_gui.widgets.form_rows import FormRows
from penjing_gui.widgets.ink import label, set_ink

if TYPE_CHECKING:
    from penjing.advice.advise import Advice
    from penjing.advice.plan import Plan

_KEYS = ("remove", "keep", "train", "takes", "gives", "needs")


class PlanCard(QScrollArea):
    """Shows an advice's plan, or which budget is out of reach."""

    taken = Signal(object)  # the recipe

    def __init__(self, theme: Theme, language: str) -> None:
        super().__init__()
        self._theme, self._language = theme, language
        self._recipe: dict[str, Any] | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Plan"))
        self.headline = label(font=themes.font(8, semibold=True))
        self.sub = label(wrap=True)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.headline)
        head.addWidget(self.sub, 1, Qt.AlignmentFlag.AlignBottom)
        self.rows = FormRows(theme, label_width=60, lines=True, row_height=22)
        for key in _KEYS:
            self.rows.add_row(key, "")
        self.warning = label(wrap=True, selectable=True)
        self.warning.hide()
        self.use = QPushButton(self.tr("Use this plan"))
        self.use.setFixedHeight(28)
        self.use.setMinimumWidth(self.use.sizeHint().width() + 16)
        self.use.setAccessibleName(self.tr("Use this plan"))
        self.use.setAccessibleDescription(self.tr("Opens step 3 with these settings."))
        self.use.clicked.connect(self._take)
        self.copy = QPushButton(self.tr("Copy as command"))
        self.copy.setFixedHeight(28)
        self.copy.setFlat(True)
        self.copy.setAccessibleName(self.tr("Copy as command"))
        self.copy.clicked.connect(self._copy)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.use)
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        self.note = label(wrap=True, font=themes.font(-1))
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(16, 6, 16, 8)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self.rows)
        layout.addWidget(self.warning)
        layout.addLayout(buttons)
        layout.addWidget(self.note)
        layout.addStretch(1)
        self.setWidget(body)
        self.apply_theme(theme)

    def show_advice(self, advice: Advice, say: Any, unit: tuple[int, str]) -> None:
        """Show the plan of an advice; `unit` is what MACs are multiplied with, and the unit's name."""
        self.headline.setText(words.technique(advice.technique))
        plan = advice.plan
        self._recipe = plan.recipe if plan else None
        self.use.setEnabled(plan is not None)
        self.copy.setEnabled(plan is not None)
        self.rows.setVisible(plan is not None)
        if plan is None:
            self.sub.setText(self.tr("out of reach"))
            said = [say(one.text.code, one.text.params) for one in advice.out_of_reach]
            hint = self.tr("Raise a budget, or choose another device.")
            self.note.setText(hint)
            self.use.setToolTip(hint)
        else:
            self.sub.setText(self._certainty(plan))
            said = [say(note.code, note.params) for note in plan.notes]
            self.note.setText(self.tr("Opens step 3 with these settings. Nothing runs until you start it."))
            self.use.setToolTip("")
            self._fill(advice, plan, unit)
        self.warning.setText("\n".join(said))
        self.warning.setVisible(bool(said))

    def _certainty(self, plan: Plan) -> str:
        if plan.exact:
            return self.tr("every budget is met, as predicted")
        if plan.technique == "pruning":
            return self.tr("approximate until the coupled groups are known")
        return self.tr("every budget is met, estimated")

    def _fill(self, advice: Advice, plan: Plan, unit: tuple[int, str]) -> None:
        recipe = plan.recipe
        epochs = recipe["training"]["epochs"]
        if plan.technique == "pruning":
            values = self._pruning(advice, plan, unit[1])
            names = (self.tr("Remove"), self.tr("Keep"))
        else:
            values = self._distillation(plan, unit[1])
            names = (self.tr("Student"), self.tr("Learns"))
        for key, name, value in zip(("remove", "keep"), names, values, strict=True):
            self.rows.set_label(key, name)
            self.rows.set_value(key, value)
        self.rows.set_label("train", self.tr("Train"))
        train = self.tr("%n epoch(s)", "", epochs) if epochs else self.tr("not at all")
        if plan.technique == "pruning" and recipe["pruning"]["teacher"] == "self" and epochs:
            train = self.tr("{epochs} after pruning, the model as its own teacher").format(epochs=train)
        self.rows.set_value("train", train)
        self.rows.set_label("takes", self.tr("Takes"))
        self.rows.set_value("takes", self._time(advice))
        self.rows.set_label("gives", self.tr("Gives"))
        self.rows.set_value("gives", self._gives(plan, unit))
        self.rows.set_label("needs", self.tr("Needs"))
        self.rows.set_value("needs", self._needs(advice))

    def _pruning(self, advice: Advice, plan: Plan, unit: str) -> tuple[str, str]:
        section = plan.recipe["pruning"]
        text = self.tr("channels, L2 norm")
        if section["round_to"] > 1:
            text = self.tr("channels, L2 norm, rounded to {multiple}").format(multiple=section["round_to"])
        macs = plan.needs.macs / self._macs(advice)
        params = plan.costs.totals.params / max(1, advice.kind.params)
        keep = self.tr("{macs} of {unit}, {params} of parameters").format(
            macs=numbers.percent(macs, 0), unit=unit, params=numbers.percent(params, 0)
        )
        return text, keep

    @staticmethod
    def _macs(advice: Advice) -> float:
        tokens = advice.kind.tokens or 1
        return max(1.0, advice.kind.macs * tokens)

    def _distillation(self, plan: Plan, unit: str) -> tuple[str, str]:
        share = numbers.percent(plan.share, 0)
        if plan.target == "macs":
            student = self.tr("the same net, narrower: {share} of {unit}").format(share=share, unit=unit)
        else:
            student = self.tr("the same net, narrower: {share} of parameters").format(share=share)
        section = plan.recipe["distillation"]
        learns = self.tr("from the model's outputs, T {temperature}, α {alpha}").format(
            temperature=f"{section['temperature']:g}", alpha=f"{section['alpha']:g}"
        )
        return student, learns

    def _time(self, advice: Advice) -> str:
        training = advice.training
        if training is None:
            return self.tr("not estimated yet")
        speech = numbers.CHINESE if self._language == "zh_CN" else numbers.ENGLISH
        return self.tr("{time} on this machine, {low} to {high}").format(
            time=numbers.duration(training.seconds, speech),
            low=numbers.duration(training.low, speech),
            high=numbers.duration(training.high, speech),
        )

    def _gives(self, plan: Plan, unit: tuple[int, str]) -> str:
        return self.tr("{macs} {unit}, {params} params").format(
            macs=numbers.headline(plan.needs.macs * unit[0]),
            unit=unit[1],
            params=numbers.headline(plan.costs.totals.params),
        )

    def _needs(self, advice: Advice) -> str:
        """What the plan needs on the device: weights, latency, energy."""
        texts = []
        for need in advice.needs:
            if need.planned is None or need.quantity in ("activations", "macs"):
                continue
            text = words.amount(need, need.planned)
            low, high = need.bounds(need.planned)
            if high > low:
                text += f" ± {(high - low) / 2:.2g}"
            texts.append(f"{text} {need.unit}")
        return ("，" if self._language == "zh_CN" else ", ").join(texts)

    def _take(self) -> None:
        if self._recipe is not None:
            self.taken.emit(self._recipe)

    def _copy(self) -> None:
        from penjing.advice.command import command_line

        if self._recipe is not None:
            line = command_line(self._recipe)
            QApplication.clipboard().setText(line)
            self.note.setText(self.tr("Copied: {command}").format(command=line))

    def apply_theme(self, theme: Theme) -> None:
        """Take over the theme's colours."""
        self._theme = theme
        self.rows.apply_theme(theme)
        make_primary(self.use, theme)
        self.copy.setIcon(icon("copy", theme))
        for one in (self.sub, self.note):
            set_ink(one, theme.text2)
        set_ink(self.warning, theme.warn)
        paper(self, theme)
