"""The head of the window of two models: what they are and cost, and the tools of their table."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QWidget

from penjing.spec.costs import CostTable
from penjing.spec.pair_timing import PairTiming, Timing
from penjing_gui import numbers
from penjing_gui import theme as themes
from penjing_gui.icons import icon
from penjing_gui.inspect import controls
from penjing_gui.inspect.pair_columns import Pairs
from penjing_gui.inspect.pair_measure import PairMeasure
from penjing_gui.theme import Theme
from penjing_gui.widgets.color_strip import ColorStrip
from penjing_gui.widgets.form_rows import ElidedLabel
from penjing_gui.widgets.ink import label, set_ink
from penjing_gui.widgets.segmented import Segmented


class PairHead(QWidget):
    """What A and B are: reference and totals, a line each, and the change of the totals."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 8, 12, 6)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(2, 1)
        self.models: list[ElidedLabel] = []
        self.totals: list[ElidedLabel] = []
        for row, letter in enumerate("AB"):
            name = ElidedLabel()
            name.setFont(themes.font(0, semibold=True))
            figures = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
            grid.addWidget(label(letter, font=themes.font(0, semibold=True)), row, 0)
            grid.addWidget(name, row, 1)
            grid.addWidget(figures, row, 2)
            self.models.append(name)
            self.totals.append(figures)
        self.change = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        grid.addWidget(self.change, 2, 2)
        grid.setColumnMinimumWidth(1, 260)

    def show_models(self, pairs: Pairs, factor: int, unit: str) -> None:
        """Name both and say their totals."""
        found = pairs.difference
        timing = pairs.timing
        sides = (timing.first, timing.second) if timing is not None else (None, None)
        tables = (found.first, found.second)
        for name, figures, table, side in zip(self.models, self.totals, tables, sides, strict=True):
            name.setText(table.model)
            figures.setText(self._totals(table, factor, unit, side))
        self.change.setText(self._change(found.first, found.second, factor, unit, timing))

    def _change(
        self, first: CostTable, second: CostTable, factor: int, unit: str, timing: PairTiming | None
    ) -> str:
        """What B has more or less than A, and how much faster it is."""
        one, other = first.totals, second.totals
        parts = []
        for text, before, after in (
            (self.tr("{change} params"), one.params, other.params),
            (f"{{change}} {unit}", factor * one.macs, factor * other.macs),
            (self.tr("{change} weights"), one.weight_bytes, other.weight_bytes),
        ):
            if before:
                parts.append(text.format(change=numbers.signed_percent(after / before - 1)))
        if timing is not None and timing.differs:
            fast = self.tr("{factor} as fast, 95 % {interval}")
            parts.append(
                fast.format(factor=numbers.factor(timing.ratio), interval=numbers.interval(*timing.ci95))
            )
        elif timing is not None:
            parts.append(self.tr("as fast within noise, 95 % {interval}").format(
                interval=numbers.interval(*timing.ci95)
            ))  # fmt: skip
        return self.tr("B against A: {changes}").format(changes=" · ".join(parts))

    def _totals(self, table: CostTable, factor: int, unit: str, side: Timing | None) -> str:
        totals = table.totals
        operations = numbers.headline(totals.macs * factor)
        if not totals.complete:
            operations = self.tr("at least {figure}").format(figure=operations)
        shape = "; ".join(numbers.dims((1, *spec.shape)) for spec in table.input)
        parts = [
            self.tr("{figure} params").format(figure=numbers.headline(totals.params)),
            f"{operations} {unit}",
            self.tr("{size} weights").format(size=numbers.size(totals.weight_bytes)),
        ]
        if side is not None:
            decimals = numbers.ms_decimals(side.ci95[1])
            parts.append(
                self.tr("{time}, 95 % {interval}").format(
                    time=f"{side.ms:.{decimals}f} ms", interval=numbers.interval(*side.ci95, decimals)
                )
            )
        return " · ".join((*parts, self.tr("input {shape}").format(shape=shape)))

    def apply_theme(self, theme: Theme) -> None:
        """Take over another theme."""
        self._theme = theme
        for figures in (*self.totals, self.change):
            set_ink(figures, theme.text2)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The chrome's colour."""
        QPainter(self).fillRect(self.rect(), self._theme.window)


class PairTools(QWidget):
    """Search, which layers, how changes are written, the colours' scale, copy and save."""

    filtered = Signal(str, str)
    percent = Signal(bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Name or kind"))
        self.search.setAccessibleName(self.tr("Search layers by name or kind"))
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(240)
        self._glass = QAction(self)
        self.search.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        self.show_box = QComboBox()
        self.show_box.setAccessibleName(self.tr("Which layers"))
        for text, key in (
            (self.tr("All layers"), "all"),
            (self.tr("Different ones"), "different"),
            (self.tr("Only in A"), "first"),
            (self.tr("Only in B"), "second"),
        ):
            self.show_box.addItem(text, key)
        height = max(controls.FIELD, self.search.fontMetrics().height() + 8)
        self.search.setFixedHeight(height)
        self.show_box.setFixedHeight(height)
        self.written = Segmented(
            theme,
            [("figures", self.tr("Figures")), ("percent", self.tr("Percent"))],
            self.tr("How changes are written"),
        )
        self.strip = ColorStrip(theme, "", "", "", kind="change", width=90)
        self._scale(False)
        self.copy = controls.icon_button("copy", self.tr("Copy as CSV"), theme)
        self.save = controls.icon_button("save", self.tr("Save as CSV…"), theme)
        self.measure = PairMeasure(theme)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        row.setSpacing(8)
        row.addWidget(self.search, 1)
        row.addWidget(self.show_box)
        row.addWidget(self.measure)
        row.addStretch(1)
        row.addWidget(self.strip)
        row.addSpacing(8)
        for widget in (self.written, self.copy, self.save):
            row.addWidget(widget)
        self.search.textChanged.connect(self._filter)
        self.show_box.currentIndexChanged.connect(self._filter)
        self.written.chosen.connect(self._write)

    def _filter(self, *_: object) -> None:
        self.filtered.emit(self.search.text(), str(self.show_box.currentData()))

    def _write(self, key: str) -> None:
        self._scale(key == "percent")
        self.percent.emit(key == "percent")

    def _scale(self, percent: bool) -> None:
        """Changes in percent have their scale; figures are coloured by the largest change of their column."""
        if percent:
            self.strip.set_scale(self.tr("change, %"), f"{numbers.MINUS}100", "+100")
        else:
            most = self.tr("largest")
            self.strip.set_scale(self.tr("change of a layer"), f"{numbers.MINUS}{most}", f"+{most}")

    def focus_search(self) -> None:
        """Put the focus on the search."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def apply_theme(self, theme: Theme) -> None:
        """Take over another theme."""
        self._glass.setIcon(icon("find", theme))
        self.copy.setIcon(icon("copy", theme))
        self.save.setIcon(icon("save", theme))
        self.written.apply_theme(theme)
        self.measure.apply_theme(theme)
        self.strip.apply_theme(theme)
