"""The live curves as a picture: both plots, their titles, and the columns beside them in full."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pyqtgraph as pg
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from penjing_gui.theme import Theme
from penjing_gui.widgets.curve_plot import CurvePlot
from penjing_gui.widgets.live_curves import LiveCurves
from penjing_gui.widgets.picture import Picture, of_widget


def picture(curves: LiveCurves, title: str, theme: Theme) -> Picture:
    """What is shown, without the controls. A column that scrolls on the screen is whole here."""
    upper, lower = curves.loss_values, curves.below_values
    top = _place(curves.loss_title, curves).y()
    second = max(_place(curves.choice, curves).y(), top + upper.content_height())
    height = max(curves.height(), round(second) + lower.content_height() + 8)
    column = _place(curves.loss, curves).x() + curves.loss.width() + 12

    def draw(painter: QPainter) -> None:
        for title_widget, note in ((curves.loss_title, curves.loss_note), (curves.choice, curves.below_note)):
            _write_title(painter, title_widget, note, curves, theme)
        for plot in (curves.loss, curves.below):
            painter.save()
            painter.translate(_place(plot.viewport(), curves))
            with _as_lines(plot):
                of_widget(plot, title, theme).draw(painter)
            painter.restore()
        for values, y in ((upper, top), (lower, second)):
            painter.save()
            painter.translate(column, y)
            values.paint(painter)
            painter.restore()

    return Picture(title, QSize(curves.width(), height), theme.base, draw)


def _place(widget: QWidget, curves: LiveCurves) -> QPointF:
    return QPointF(widget.mapTo(curves, QPoint(0, 0)))


@contextlib.contextmanager
def _as_lines(plot: CurvePlot) -> Iterator[None]:
    """Let marks be drawn as shapes for as long: on the screen they are stamped from pixels."""
    items = [item for item in plot.scene().items() if isinstance(item, pg.ScatterPlotItem)]
    for item in items:
        item.setExportMode(True, {"resolutionScale": 1.0, "antialias": True})
    try:
        yield
    finally:
        for item in items:
            item.setExportMode(False)


def _write_title(
    painter: QPainter, title: QLabel | QComboBox, note: QLabel, curves: LiveCurves, theme: Theme
) -> None:
    text = title.currentText() if isinstance(title, QComboBox) else title.text()
    place, height = _place(title, curves), title.height()
    for widget, words, colour in ((title, text, theme.text), (note, note.text(), theme.text2)):
        painter.setFont(widget.font())
        painter.setPen(colour)
        width = painter.fontMetrics().horizontalAdvance(words)
        box = QRectF(place.x(), place.y(), width + 1, height)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
        place += QPointF(width + 8, 0)
