"""The curves of a run as it goes on: loss above, accuracy below, a read-out column beside each."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QFontMetrics, QPen
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from penjing_gui import numbers
from penjing_gui.theme import Theme, font
from penjing_gui.widgets.accuracy_marks import AccuracyMarks
from penjing_gui.widgets.curve_axes import (
    linear_text,
    linear_ticks,
    log_text,
    log_ticks,
    nice_step,
    step_ticks,
)
from penjing_gui.widgets.curve_figures import (
    PARTS,
    CurveData,
    Series,
    loss_text,
    percent_text,
    thinned,
    value_at,
    zoom_ticks,
)
from penjing_gui.widgets.curve_plot import CurvePlot, dashed
from penjing_gui.widgets.data_table import TableAction, TableData
from penjing_gui.widgets.read_out import ReadOut, ReadOutRow
from penjing_gui.widgets.smoothing import GrowingCurve, smoothing_window


class LiveCurves(QWidget):
    """Loss and accuracy over the steps of a run. `show_data` takes a whole snapshot and is cheap to call."""

    read_out_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.data = CurveData()
        self.logarithmic = True
        self.smooth = True
        self._cursor: float | None = None
        self._theme = theme
        self._checkpoints_drawn = (0, 0.0)
        self._length = (-1, 0)
        self._grown: dict[str, GrowingCurve] = {}
        self.loss = CurvePlot(theme, self.tr("Loss by step"))
        self.accuracy = CurvePlot(theme, self.tr("Validation accuracy by step"))
        self.marks = AccuracyMarks(self.accuracy, theme)
        self.loss_values = ReadOut(theme, self.tr("Losses at a step"))
        self.accuracy_values = ReadOut(theme, self.tr("Accuracies"))
        self._checkpoints = pg.ScatterPlotItem(symbol="t", size=9, pen=pg.mkPen(None))
        self._checkpoints.setZValue(20)
        self.loss.addItem(self._checkpoints, ignoreBounds=True)
        self.accuracy.setXLink(self.loss)
        self._titles: list[tuple[QLabel, QLabel]] = []
        self._title_rows: list[QHBoxLayout] = []
        self._lay_out()
        for plot in (self.loss, self.accuracy):
            plot.hovered.connect(self._hovered)
            plot.key_moved.connect(self._key_moved)
            TableAction(plot, self.table)
        self.apply_theme(theme)

    def table(self) -> TableData:
        """The curves by step, as a table; a step without a value of some curve has an empty cell."""
        names = [
            key for key in ("loss", *self.parts(), "val_loss", "val_accuracy") if key in self.data.series
        ]
        steps = np.unique(np.concatenate([self.data.series[key][0] for key in names] or [np.empty(0)]))
        columns: list[Any] = [steps]
        for key in names:
            x, y = self.data.series[key]
            column = np.full(len(steps), np.nan)
            column[np.searchsorted(steps, x)] = y
            columns.append(column)
        return TableData(self.tr("Curves by step"), (self.tr("step"), *names), tuple(columns))

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(8, 6, 12, 2)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(0)
        grid.addLayout(self._title(self.tr("Loss"), ""), 0, 0)
        grid.addWidget(self.loss, 1, 0)
        grid.addWidget(self.loss_values, 0, 1, 2, 1)
        grid.addLayout(self._title(self.tr("Accuracy, %"), self.tr("validation")), 2, 0)
        grid.addWidget(self.accuracy, 3, 0)
        grid.addWidget(self.accuracy_values, 2, 1, 2, 1)
        grid.setRowStretch(1, 62)
        grid.setRowStretch(3, 38)
        grid.setColumnStretch(0, 1)
        self.accuracy.bottom.setLabel(self.tr("step"))
        self.accuracy.left.write = linear_text
        self.accuracy.left.set_ticks_at(partial(linear_ticks, most=6))

    def _title(self, title: str, note: str) -> QHBoxLayout:
        row = QHBoxLayout()
        self._title_rows.append(row)
        row.setSpacing(6)
        labels = (QLabel(title), QLabel(note))
        self._titles.append(labels)
        for label in labels:
            row.addWidget(label)
        row.addStretch(1)
        return row

    # --- look

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._theme = theme
        for title, note in self._titles:
            title.setFont(font(1, semibold=True))
            note.setFont(font(-1))
            palette = note.palette()
            palette.setColor(note.foregroundRole(), theme.text2)
            note.setPalette(palette)
        for part in (self.loss, self.accuracy, self.marks, self.loss_values, self.accuracy_values):
            part.apply_theme(theme)
        for row in self._title_rows:  # titles begin where the axes do
            row.setContentsMargins(round(self.loss.left.fixedWidth or 44), 4, 0, 0)
        self._checkpoints.setBrush(pg.mkBrush(theme.ghost))
        self.accuracy.bottom.label.setDefaultTextColor(theme.text2)
        self.accuracy.bottom.label.setFont(font(-1))
        self.accuracy.bottom.setHeight(2 * QFontMetrics(font(-1)).height() + 10)
        self.show_data(self.data)

    def set_logarithmic(self, on: bool) -> None:
        """Loss on a logarithmic or a linear axis."""
        self.logarithmic = on
        self.show_data(self.data)

    def set_smooth(self, on: bool) -> None:
        """Draw running means over the training losses, or the losses themselves."""
        self.smooth = on
        self.show_data(self.data)

    # --- data

    def show_data(self, data: CurveData) -> None:
        """Draw a snapshot."""
        self.data = data
        length = (data.total_steps, data.total_epochs)
        for plot in (self.loss, self.accuracy):
            plot.set_time(data.step, data.total_steps, data.running)
            if length != self._length:
                plot.bottom.set_ticks_at(partial(zoom_ticks, step_ticks(*length) if length[0] else []))
        self._length = length
        self._draw_loss(data)
        self._draw_accuracy(data)
        self._read_out()

    def parts(self) -> list[str]:
        """The parts of the loss, known ones first; none where the loss has only one."""
        names = [key for key in self.data.series if key not in ("loss", "lr") and not key.startswith("val_")]
        names.sort(key=lambda key: (PARTS.index(key) if key in PARTS else len(PARTS), key))
        return names if len(names) > 1 else []

    def _pens(self) -> dict[str, QPen]:
        one, two, three, four = self._theme.series
        pens = {
            "val_loss": dashed(one),
            "loss": dashed(three),
            "ce": dashed(two, (2, 2)),
            "kd": dashed(four, (6, 3)),
        }
        for index, key in enumerate(key for key in self.parts() if key not in pens):
            pens[key] = dashed((two, four, three)[index % 3], (6, 2, 2, 2))
        return pens

    def _draw_loss(self, data: CurveData) -> None:
        pens, drawn = self._pens(), set()
        window = smoothing_window(data.total_steps) if self.smooth else 1
        if "loss" in data.series and self.smooth:
            faint = QColor(self._theme.series[2])
            faint.setAlpha(100)
            drawn.add(self._one("unsmoothed", data.series["loss"], 1, dashed(faint), depth=1))
        for key in ("loss", *self.parts()):
            if key in data.series:
                drawn.add(self._one(key, data.series[key], window, pens[key], depth=3))
        if "val_loss" in data.series:
            dots = self._theme.series[0]
            drawn.add(self._one("val_loss", data.series["val_loss"], 1, pens["val_loss"], dots, depth=5))
        self.loss.hide_curves(drawn)
        self._loss_range([self._grown[key] for key in drawn])
        low, high = self.loss.y_range
        foot = low + 0.022 * (high - low)
        if (len(data.checkpoints), foot) != self._checkpoints_drawn:
            self._checkpoints_drawn = (len(data.checkpoints), foot)
            shown = thinned(data.checkpoints, 0.025 * data.total_steps)
            self._checkpoints.setData(shown, np.full(len(shown), foot))
        if self.loss.left.write is not (log_text if self.logarithmic else linear_text):
            self.loss.left.write = log_text if self.logarithmic else linear_text
            self.loss.left.set_ticks_at(log_ticks if self.logarithmic else linear_ticks)
        self._titles[0][1].setText(self.tr("log scale") if self.logarithmic else "")

    def _one(
        self, key: str, series: Series, window: int, pen: QPen, dots: QColor | None = None, depth: float = 0.0
    ) -> str:
        grown = self._grown.setdefault(key, GrowingCurve())
        x, y = series
        self.loss.set_curve(key, x, grown.update(x, y, window, self.logarithmic), pen, dots, depth)
        return key

    def _loss_range(self, curves: list[GrowingCurve]) -> None:
        lows, highs = [c.low for c in curves if c.low < np.inf], [c.high for c in curves if c.high > -np.inf]
        if not lows:
            self.loss.set_y_range(*((-1.0, 1.0) if self.logarithmic else (0.0, 1.0)))
        elif self.logarithmic:
            # tenths of a decade, so that the axis rests while values wander
            self.loss.set_y_range(np.floor(10 * min(lows) - 0.5) / 10, np.ceil(10 * max(highs) + 0.5) / 10)
        else:
            step = nice_step(max(highs), 10) if max(highs) > 0 else 1.0
            self.loss.set_y_range(min(0.0, min(lows)), float(np.ceil(max(highs) / step) * step))

    def _draw_accuracy(self, data: CurveData) -> None:
        x, y = data.series.get("val_accuracy", (np.empty(0), np.empty(0)))
        low, high = self.marks.show_marks(100 * y, data.stages)
        self.accuracy.set_y_range(low, high)
        self.accuracy.set_curve(
            "val", x, 100 * y, dashed(self._theme.series[0]), self._theme.series[0], depth=5
        )
        room = data.total_steps - data.step
        self.marks.show_ahead(data.step, room > 0.12 * max(data.total_steps, 1))

    # --- read-out

    def _hovered(self, step: float | None) -> None:
        self._move_cursor(step)

    def _key_moved(self, move: int) -> None:
        here = self.data.step if self._cursor is None else self._cursor
        targets = {-2: 0.0, 2: float(self.data.step), -1: here - 1, 1: here + 1}
        self._move_cursor(None if move == 0 else targets[move])

    def _move_cursor(self, step: float | None) -> None:
        if step is not None:
            step = float(round(min(max(step, 0.0), float(self.data.step))))
        if step != self._cursor:
            self._cursor = step
            for plot in (self.loss, self.accuracy):
                plot.set_cursor(step)
            self._read_out()

    @property
    def read_step(self) -> int:
        """The step whose values stand in the columns."""
        return int(self.data.step if self._cursor is None else self._cursor)

    def _read_out(self) -> None:
        data, step, pens = self.data, self.read_step, self._pens()
        names = {
            "val_loss": self.tr("validation"),
            "loss": self.tr("train, total") if self.parts() else self.tr("train"),
            "ce": self.tr("train, CE"),
            "kd": self.tr("train, KD"),
        }
        rows = []
        for key in ("val_loss", "loss", *self.parts()):
            if key not in data.series:
                continue
            x, y = data.series[key]
            index = int(np.searchsorted(x, step, side="right")) - 1
            value = None
            if index >= 0:
                # a gap in the curve is a loss that is not finite: say which
                value = self._grown[key].value(index) if np.isfinite(y[index]) else float(y[index])
            mark = "dot" if key == "val_loss" else ""
            name = names.get(key) or self.tr("train, {part}").format(part=key)
            rows.append(ReadOutRow(name, loss_text(value), pens[key], mark, pens[key].color()))
        if rows and (len(data.checkpoints) or self.smooth):
            rows.append(ReadOutRow(""))
        if len(data.checkpoints):
            last = f"{data.checkpoints[-1]:,.0f}"
            rows.append(
                ReadOutRow(self.tr("checkpoint"), last, None, "down", self._theme.ghost, strong=False)
            )
        if rows and self.smooth and "loss" in data.series:
            faint = QColor(self._theme.series[2])
            faint.setAlpha(130)
            rows.append(ReadOutRow(self.tr("unsmoothed"), "", dashed(faint), strong=False))
        self.loss_values.set_rows(self.tr("at step {step}").format(step=f"{step:,}") if rows else "", rows)
        self.accuracy_values.set_rows(" " if rows else "", self._accuracy_rows(step))
        self.read_out_changed.emit()

    def _accuracy_rows(self, step: int) -> list[ReadOutRow]:
        data, rows = self.data, []
        validation = data.series.get("val_accuracy")
        now, dense = value_at(validation, step), data.stages.get("dense")
        if now is not None:
            green = self._theme.series[0]
            name = self.tr("now") if self._cursor is None else self.tr("validation")
            rows.append(ReadOutRow(name, percent_text(now), dashed(green), "dot", green))
        if dense is not None:
            rows.append(ReadOutRow(self.tr("dense"), percent_text(dense), dashed(self._theme.text2, (2, 3))))
        if validation is not None and data.best_epoch is not None and len(validation[1]):
            best = percent_text(float(np.nanmax(validation[1])))
            rows.append(ReadOutRow(self.tr("best, epoch {epoch}").format(epoch=data.best_epoch), best))
        if now is not None and dense is not None:
            points = numbers.points_value(now - dense)
            value = self.tr("{points} points").format(points=points)
            rows.append(ReadOutRow(self.tr("to dense"), value, strong=False))
        return rows
