"""The weights of one layer: a histogram of all, and the norms of its output channels."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QStackedLayout, QWidget

from penjing_gui import theme as themes
from penjing_gui.theme import Theme
from penjing_gui.widgets.form_rows import ElidedLabel
from penjing_gui.widgets.histogram import HistogramPlot, NormPlot, times_ten
from penjing_gui.widgets.ink import label, set_ink


class WeightsView(QWidget):
    """Two plots side by side, or one sentence where there is nothing to plot."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        semibold = themes.font(0, semibold=True)
        self.sentence = label(colour=theme.text2, wrap=True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._plots = QWidget()
        self.histogram = HistogramPlot(theme)
        self.histogram.setAccessibleName(self.tr("Weight histogram"))
        self.norms = NormPlot(theme)
        self.norms.setAccessibleName(self.tr("Channel L2 norm"))
        self._titles = [
            ElidedLabel(text, mode=Qt.TextElideMode.ElideRight)
            for text in (self.tr("Weight histogram"), self.tr("Channel L2 norm"))
        ]
        for title in self._titles:
            title.setFont(semibold)
            title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.figures = [label(colour=theme.text2, right=True), label(colour=theme.text2, right=True)]
        grid = QGridLayout(self._plots)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(4)
        for side in range(2):
            grid.addWidget(self._titles[side], 0, 3 * side)
            grid.addWidget(self.figures[side], 0, 3 * side + 1)
        grid.addWidget(self.histogram, 1, 0, 1, 2)
        grid.addWidget(self.norms, 1, 3, 1, 2)
        grid.setColumnMinimumWidth(2, 12)
        for column in (1, 4):
            grid.setColumnStretch(column, 1)
        grid.setRowStretch(1, 1)
        self._layout = QStackedLayout(self)
        self._layout.addWidget(self.sentence)
        self._layout.addWidget(self._plots)

    def say(self, sentence: str, _: bool = False) -> None:
        """Show a sentence instead of the plots."""
        self.sentence.setText(sentence)
        self._layout.setCurrentWidget(self.sentence)

    def show_reply(self, reply: dict[str, Any] | None) -> None:
        """Draw the reply of `layer`; without one the last picture stays until it comes."""
        if reply is None:
            if self._layout.currentWidget() is self.sentence:
                self.sentence.setText("")
            return
        histogram, norms = reply.get("histogram"), reply.get("norms")
        if not histogram and not norms:
            self.say(self.tr("This layer has no weights."))
            return
        self._layout.setCurrentWidget(self._plots)
        if histogram:
            counts = np.asarray(histogram["counts"], dtype=np.float64)
            edges = np.asarray(histogram["edges"], dtype=np.float64)
            self.histogram.set_values(
                counts, edges, self.tr("weight"), self.tr("count"), self.tr("count, {unit}")
            )
        sigma = reply.get("sigma")
        spread = f"σ {times_ten(float(sigma))}" if sigma is not None else ""
        self.figures[0].setText(spread)
        self.histogram.setAccessibleDescription(
            self.tr("Standard deviation {sigma}.").format(sigma=times_ten(float(sigma)))
            if sigma is not None
            else ""
        )
        self.norms.setVisible(bool(norms))
        self._titles[1].setVisible(bool(norms))
        self.figures[1].setVisible(bool(norms))
        if norms:
            values = np.asarray(norms, dtype=np.float64)
            channels = int(reply.get("channels") or len(values))
            self.norms.set_values(values, channels, self.tr("output channel, sorted"))
            median = times_ten(float(np.median(values)))
            self.figures[1].setText(self.tr("median {value}").format(value=median))
            self.norms.setAccessibleDescription(
                self.tr("{count} channels, median {median}, least {least}.").format(
                    count=channels, median=median, least=times_ten(float(values.min()))
                )
            )

    def set_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self.histogram.set_theme(theme)
        self.norms.set_theme(theme)
        set_ink(self.sentence, theme.text2)
        for figure in self.figures:
            set_ink(figure, theme.text2)
