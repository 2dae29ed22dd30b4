"""The curves of a run as it goes on: losses above, a chosen quantity below, a read-out column beside each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QWidget,
)

from penjing_gui.theme import Theme, font
from penjing_gui.widgets.curve_axes import step_ticks
from penjing_gui.widgets.curve_cache import CurveCache
from penjing_gui.widgets.curve_figures import CurveData, DrawnRun, zoom_ticks
from penjing_gui.widgets.curve_plot import CurvePlot
from penjing_gui.widgets.curve_quantities import offered, quantity, usual
from penjing_gui.widgets.curve_table import curve_table
from penjing_gui.widgets.curve_zoom import Span, held
from penjing_gui.widgets.data_table import TableAction, TableData
from penjing_gui.widgets.ink import set_ink
from penjing_gui.widgets.loss_curves import LossCurves
from penjing_gui.widgets.quantity_curves import QuantityCurves
from penjing_gui.widgets.read_out import ReadOut
from penjing_gui.widgets.smoothing import Strength

_MARGIN = 18  # room for a scroll bar beside the columns


class LiveCurves(QWidget):
    """Losses and a quantity over the steps of a run. `show_data` takes a whole snapshot and is cheap to call.

    `span` are the steps that are shown, None for the whole run.
    """

    read_out_changed = Signal()
    span_changed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.data = CurveData()
        self.name = ""
        self.overlays: tuple[DrawnRun, ...] = ()
        self.span: Span | None = None
        self.hidden: set[str] = set()
        self._cursor: float | None = None
        self._theme = theme
        self._ticks: object = None
        cache = self._cache = CurveCache()
        self.loss = CurvePlot(theme, self.tr("Loss by step"))
        self.below = CurvePlot(theme, self.tr("Quantity by step"))
        self.losses = LossCurves(self.loss, theme, cache, self.hidden)
        self.quantities = QuantityCurves(self.below, theme, cache, self.hidden)
        self.loss_values = ReadOut(theme, self.tr("Losses at a step"))
        self.below_values = ReadOut(theme, self.tr("Values at a step"))
        self.loss_title, self.loss_note = QLabel(self.tr("Loss")), QLabel()
        self.choice, self.below_note = QComboBox(), QLabel()
        self.choice.setAccessibleName(self.tr("Quantity of the lower plot"))
        self.whole_run = QPushButton(self.tr("Whole run"))
        self.whole_run.setAccessibleName(self.tr("Show the whole run"))
        self.whole_run.setToolTip(self.tr("Show all steps again (double click, Esc)"))
        self._title_rows: list[QHBoxLayout] = []
        self._lay_out()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.draw)
        for plot in (self.loss, self.below):
            plot.hovered.connect(self._move_cursor)
            plot.key_moved.connect(self._key_moved)
            plot.span_asked.connect(self.set_span)
            plot.resized.connect(self._soon.start)
            TableAction(plot, self.table)
        for values in (self.loss_values, self.below_values):
            values.switched.connect(self.switch)
        self.whole_run.clicked.connect(self._show_whole)
        self.choice.activated.connect(self._chosen)
        self.apply_theme(theme)

    def table(self) -> TableData:
        """What is shown, by step, as a table."""
        return curve_table(self.runs, self.losses.terms, self.shown_key, self.hidden)

    @property
    def runs(self) -> list[DrawnRun]:
        """All runs that are drawn, the watched one first."""
        return [DrawnRun("", self.name, self.data), *self.overlays]

    @property
    def shown_key(self) -> str:
        """The series that the lower plot shows."""
        return self.quantities.quantity(self.runs[0]).key

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(8, 6, 0, 2)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(0)
        self.whole_run.setFixedHeight(max(20, self.fontMetrics().height() + 4))
        room = self.whole_run.sizePolicy()
        room.setRetainSizeWhenHidden(True)
        self.whole_run.setSizePolicy(room)
        self.whole_run.hide()
        self.choice.setFixedHeight(max(22, self.fontMetrics().height() + 6))
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        grid.addLayout(self._title(self.loss_title, self.loss_note, self.whole_run), 0, 0)
        grid.addWidget(self.loss, 1, 0)
        grid.addWidget(self._scrolled(self.loss_values), 0, 1, 2, 1)
        grid.addLayout(self._title(self.choice, self.below_note), 2, 0)
        grid.addWidget(self.below, 3, 0)
        grid.addWidget(self._scrolled(self.below_values), 2, 1, 2, 1)
        grid.setRowStretch(1, 62)
        grid.setRowStretch(3, 38)
        grid.setColumnStretch(0, 1)
        self.below.bottom.setLabel(self.tr("step"))

    def _title(self, title: QWidget, note: QLabel, *more: QWidget) -> QHBoxLayout:
        row = QHBoxLayout()
        self._title_rows.append(row)
        row.setSpacing(6)
        row.addWidget(title)
        row.addWidget(note)
        row.addStretch(1)
        for widget in more:
            row.addWidget(widget)
        return row

    def _scrolled(self, values: ReadOut) -> QScrollArea:
        """A read-out in an area that scrolls where its rows do not fit."""
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        width = values.sizeHint().width()
        values.setFixedWidth(width)
        area.setFixedWidth(width + _MARGIN)
        area.setWidget(values)
        area.setWidgetResizable(True)
        area.viewport().setAutoFillBackground(False)
        values.setAutoFillBackground(False)
        return area

    # --- look

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._theme = theme
        self.loss_title.setFont(font(1, semibold=True))
        self.choice.setFont(font(0, semibold=True))
        for note in (self.loss_note, self.below_note):
            note.setFont(font(-1))
            set_ink(note, theme.text2)
        for plot in (self.loss, self.below):
            plot.apply_theme(theme)
        self.losses.apply_theme(theme)
        self.quantities.apply_theme(theme)
        for values in (self.loss_values, self.below_values):
            values.apply_theme(theme)
        self.below.bottom.label.setDefaultTextColor(theme.text2)
        self.below.bottom.label.setFont(font(-1))
        self.below.bottom.setHeight(2 * QFontMetrics(font(-1)).height() + 10)
        self.draw()

    def set_logarithmic(self, on: bool) -> None:
        """Loss on a logarithmic or a linear axis."""
        self.losses.logarithmic = on
        self.draw()

    def set_strength(self, strength: Strength) -> None:
        """How strongly training losses are smoothed."""
        self.losses.strength = strength
        self.draw()

    def set_quantity(self, key: str) -> None:
        """What the lower plot shows, by the name of its series; "" for what the run is judged by."""
        self.quantities.chosen = key
        self.draw()

    def switch(self, key: str) -> None:
        """Show or hide a curve by its key in the legend."""
        self.hidden.symmetric_difference_update({key})
        self.draw()

    # --- data

    def show_data(self, data: CurveData, name: str = "") -> None:
        """Draw a snapshot of the watched run."""
        if name != self.name:
            self.name = name
            self.set_span(None)
        self.data = data
        self.draw()

    def set_overlays(self, runs: Sequence[DrawnRun]) -> None:
        """Lay other runs over the watched one; they are drawn at the next turn of the event loop."""
        self.overlays = tuple(runs)
        self._soon.start()

    def _whole(self) -> Span:
        end = float(max([1, *(max(run.data.total_steps, run.data.step) for run in self.runs)]))
        return -0.012 * end, end  # a little room for the marks at step 0

    def set_span(self, span: Span | None) -> None:
        """Show some steps, or all (None)."""
        found = None if span is None else held(span, self._whole())
        if found != self.span:
            self.span = found
            self.whole_run.setVisible(found is not None)
            self.span_changed.emit(found)
            self.draw()

    def _show_whole(self) -> None:
        self.set_span(None)
        self.loss.setFocus(Qt.FocusReason.OtherFocusReason)

    def draw(self) -> None:
        """Draw everything as it is now."""
        runs, data = self.runs, self.data
        self._cache.keep({run.key for run in runs})
        whole = self._whole()
        span = self.span or whole
        total = round(whole[1])
        same = all(run.data.total_steps == data.total_steps for run in runs)
        ticks = (total, data.total_epochs if same else 0)
        for plot in (self.loss, self.below):
            plot.set_span(span)
            plot.set_time(data.step, data.total_steps, data.running)
            if ticks != self._ticks:
                plot.bottom.set_ticks_at(partial(zoom_ticks, step_ticks(*ticks) if total > 1 else []))
        self._ticks = ticks
        self._offer()
        self.losses.draw(runs, span, self.span is None)
        self.quantities.draw(runs, span, self.span is None)
        self._fit_axes()
        self.loss_note.setText(self.tr("log scale") if self.losses.logarithmic else "")
        self._read_out()

    def _fit_axes(self) -> None:
        """Both left axes as wide as the longest text on them, and titles that begin where they do."""
        texts = ["0.0005"]
        for plot in (self.loss, self.below):
            for _, values in plot.left.tickValues(*plot.y_range, 0):
                texts += [plot.left.write(value) for value in values]
        longest = max(texts, key=len)
        for plot in (self.loss, self.below):
            plot.left.fit_width(longest)
        for row in self._title_rows:
            row.setContentsMargins(round(self.loss.left.fixedWidth or 44), 4, 18, 0)

    def _offer(self) -> None:
        """The quantities that the runs have, in the box."""
        names = [name for run in self.runs for name in run.data.series]
        keys = offered(names) or [usual({})]
        chosen = self.shown_key
        if chosen not in keys:
            keys.append(chosen)
        if keys != [self.choice.itemData(index) for index in range(self.choice.count())]:
            with QSignalBlocker(self.choice):
                self.choice.clear()
                for key in keys:
                    self.choice.addItem(quantity(key).title, key)
        if self.choice.currentData() != chosen:
            with QSignalBlocker(self.choice):
                self.choice.setCurrentIndex(keys.index(chosen))
        shown = quantity(chosen)
        self.below_note.setText(self.tr("validation") if shown.validated else "")
        self.below.setAccessibleName(self.tr("{quantity} by step").format(quantity=shown.title))

    def _chosen(self, index: int) -> None:
        self.set_quantity(str(self.choice.itemData(index)))

    # --- read-out

    @property
    def last_step(self) -> int:
        """The last step of all runs that are drawn."""
        return max(run.data.step for run in self.runs)

    def _key_moved(self, move: int) -> None:
        here = self.data.step if self._cursor is None else self._cursor
        targets = {-2: 0.0, 2: float(self.data.step), -1: here - 1, 1: here + 1}
        self._move_cursor(None if move == 0 else targets[move])

    def _move_cursor(self, step: float | None) -> None:
        if step is not None:
            step = float(round(min(max(step, 0.0), float(self.last_step))))
        if step != self._cursor:
            self._cursor = step
            for plot in (self.loss, self.below):
                plot.set_cursor(step)
            self._read_out()

    @property
    def read_step(self) -> int:
        """The step whose values stand in the columns."""
        return int(self.data.step if self._cursor is None else self._cursor)

    def _read_out(self) -> None:
        runs, step, at_cursor = self.runs, self.read_step, self._cursor is not None
        rows = self.losses.rows(runs, step, at_cursor)
        title = self.tr("at step {step}").format(step=f"{step:,}") if rows else ""
        self.loss_values.set_rows(title, rows)
        self.below_values.set_rows(" " if rows else "", self.quantities.rows(runs, step, at_cursor))
        for values in (self.loss_values, self.below_values):
            if (port := values.parentWidget()) is not None:
                values.set_room(port.height())
            if values.minimumHeight() != values.content_height():
                values.setMinimumHeight(values.content_height())
        self.read_out_changed.emit()
