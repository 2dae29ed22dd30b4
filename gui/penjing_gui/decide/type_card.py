"""The card of the model's type: parameter-dense or not, on two scales whose thresholds can be moved."""

from __future__ import annotations

from PySide6.QtCore import Signal

from penjing.advice.facts import ModelType
from penjing.advice.rules import Mark, Thresholds, rule_set
from penjing_gui import numbers
from penjing_gui.decide.card import FactCard, pair
from penjing_gui.decide.scale import ThresholdScale, ratio_scale, size_scale
from penjing_gui.theme import Theme
from penjing_gui.widgets.scale import Scale

_EMPTY = Scale(1.0, 10.0, threshold=2.0, logarithmic=True)


def _ratio(mark: Mark) -> float:
    return mark.ratio


class TypeCard(FactCard):
    """Parameter-dense: two scales whose thresholds can be moved."""

    thresholds_moved = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__("parameter_dense", "", theme)
        title = self.tr("Parameter-dense")
        self.title.setText(title)
        self.setAccessibleName(title)
        self.choice.setAccessibleName(self.tr("{fact}: measured or by hand").format(fact=title))
        self._thresholds = Thresholds(0.0, 0.0)
        ratio_row, self.ratio = pair(self.tr("MACs per parameter"))
        size_row, self.size_figure = pair(self.tr("Parameters, M"))
        self.ratio_scale = ThresholdScale(theme, _EMPTY)
        self.size_scale = ThresholdScale(theme, _EMPTY)
        for row, scale in ((ratio_row, self.ratio_scale), (size_row, self.size_scale)):
            self.room.addLayout(row)
            self.room.addWidget(scale)
        self.ratio_scale.threshold_moved.connect(self._ratio_moved)
        self.ratio_scale.threshold_reset.connect(self._ratio_reset)
        self.size_scale.threshold_moved.connect(self._size_moved)
        self.size_scale.threshold_reset.connect(self._size_reset)

    def show_type(self, kind: ModelType, title: str) -> None:
        """Show where the model stands."""
        self._thresholds = kind.thresholds
        tip = self.tr("Drag the threshold or use the arrow keys; Home puts it back.")
        known = sorted(rule_set().marks, key=_ratio)
        ratios = " · ".join(f"{mark.name} {mark.ratio:,.0f}" for mark in known)
        sizes = " · ".join(f"{mark.name} {mark.params / 1e6:,.1f}" for mark in known)
        self.ratio_scale.setToolTip(f"{tip}\n{ratios}")
        self.size_scale.setToolTip(f"{tip}\n{sizes}")
        marks = [mark for mark in rule_set().marks if mark.params != kind.params]
        ratio = numbers.DASH if kind.ratio is None else f"{kind.ratio:,.1f}"
        size = numbers.figure(kind.params / 1e6, 5 if kind.params >= 1e8 else 4)
        if not kind.complete:
            ratio = f"≥ {ratio}"
        self.ratio.setText(ratio)
        self.size_figure.setText(size)
        self.ratio_scale.set_scale(
            ratio_scale(kind, title, marks, self.tr("MACs per parameter: {value}").format(value=ratio))
        )
        self.size_scale.set_scale(
            size_scale(kind, title, marks, self.tr("Parameters: {value} M").format(value=size))
        )
        self.show_note(" ".join(self._sentences(kind)))

    def _sentences(self, kind: ModelType) -> list[str]:
        gate, limit = f"{kind.thresholds.min_params / 1e6:,g}", f"{kind.thresholds.max_macs_per_param:,g}"
        if kind.parameter_dense:
            text = self.tr("Both hold: at least {gate} M parameters, fewer than {limit} MACs per parameter.")
        elif kind.compute_dense:
            text = self.tr("Compute-dense: {limit} or more MACs per parameter.")
        else:
            text = self.tr(
                "Of neither type: fewer than {gate} M parameters, and fewer than {limit} MACs per parameter."
            )
        said = [text.format(gate=gate, limit=limit)]
        if kind.distance is not None:
            share = numbers.percent(abs(kind.distance), 0)
            if kind.distance < 0:
                said.append(self.tr("{share} below the threshold.").format(share=share))
            else:
                said.append(self.tr("{share} above the threshold.").format(share=share))
        if kind.flips_at is not None:
            said.append(
                self.tr("The verdict flips at an input of about {side} px.").format(side=kind.flips_at)
            )
        if kind.tokens is not None:
            said.append(self.tr("Measured at one token; counted at {tokens}.").format(tokens=kind.tokens))
        if not kind.complete:
            said.append(self.tr("Not every layer could be counted."))
        if kind.thresholds != rule_set().thresholds:
            said.append(self.tr("A threshold was moved."))
        return said

    def _move(self, params: float, ratio: float) -> None:
        self.thresholds_moved.emit(Thresholds(params, ratio))

    def _ratio_moved(self, value: float) -> None:
        self._move(self._thresholds.min_params, value)

    def _ratio_reset(self) -> None:
        self._move(self._thresholds.min_params, rule_set().thresholds.max_macs_per_param)

    def _size_moved(self, value: float) -> None:
        self._move(value * 1e6, self._thresholds.max_macs_per_param)

    def _size_reset(self) -> None:
        self._move(rule_set().thresholds.min_params, self._thresholds.max_macs_per_param)

    def apply_theme(self, theme: Theme) -> None:
        """Take over the theme's colours."""
        super().apply_theme(theme)
        if hasattr(self, "size_scale"):
            self.ratio_scale.apply_theme(theme)
            self.size_scale.apply_theme(theme)
