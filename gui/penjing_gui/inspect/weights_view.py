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


class WeightPlots(QWidget):
    """Two plots side by side, each under its title and its one figure."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        names = (self.tr("Histogram"), self.tr("L2 norms"))
        self.histogram = HistogramPlot(theme)
        self.norms = NormPlot(theme)
        self._titles = [ElidedLabel(name, mode=Qt.TextElideMode.ElideRight) for name in names]
        self.figures = [label(colour=theme.text2, right=True) for _ in names]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(4)
        for side, plot in enumerate((self.histogram, self.norms)):
            plot.setAccessibleName(names[side])
            self._titles[side].setFont(themes.font(0, semibold=True))
            self._titles[side].setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
            grid.addWidget(self._titles[side], 0, 3 * side)
            grid.addWidget(self.figures[side], 0, 3 * side + 1)
            grid.addWidget(plot, 1, 3 * side, 1, 2)
            grid.setColumnStretch(3 * side + 1, 1)
        grid.setColumnMinimumWidth(2, 12)
        grid.setRowStretch(1, 1)

    def show_reply(self, reply: dict[str, Any]) -> None:
        """Draw the reply of the session's `layer`; it holds a histogram or norms."""
        histogram, norms, sigma = reply.get("histogram"), reply.get("norms"), reply.get("sigma")
        if histogram:
            counts = np.asarray(histogram["counts"], dtype=np.float64)
            edges = np.asarray(histogram["edges"], dtype=np.float64)
            texts = self.tr("weight"), self.tr("count"), self.tr("count, {unit}")
            self.histogram.set_values(counts, edges, *texts)
        spread = times_ten(float(sigma)) if sigma is not None else ""
        self.figures[0].setText(f"σ {spread}" if spread else "")
        said = self.tr("Standard deviation {sigma}.").format(sigma=spread) if spread else ""
        self.histogram.setAccessibleDescription(said)
        for widget in (self.norms, self._titles[1], self.figures[1]):
            widget.setVisible(bool(norms))
        if norms:
            values = np.asarray(norms, dtype=np.float64)
            channels = int(reply.get("channels") or len(values))
            self.norms.set_values(values, channels, self.tr("output channel, sorted"))
            median, least = times_ten(float(np.median(values))), times_ten(float(values.min()))
            self.figures[1].setText(self.tr("median {value}").format(value=median))
            self.norms.setAccessibleDescription(
                self.tr("{count} channels, median {median}, least {least}.").format(
                    count=channels, median=median, least=least
                )
            )

    def set_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self.histogram.set_theme(theme)
        self.norms.set_theme(theme)
        for figure in self.figures:
            set_ink(figure, theme.text2)


class WeightsView(QWidget):
    """The plots, or one sentence where there is nothing to plot. They are made when they are first needed."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.plots: WeightPlots | None = None
        self.sentence = label(colour=theme.text2, wrap=True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._layout = QStackedLayout(self)
        self._layout.addWidget(self.sentence)

    def say(self, sentence: str) -> None:
        """Show a sentence instead of the plots."""
        self.sentence.setText(sentence)
        self._layout.setCurrentWidget(self.sentence)

    def show_reply(self, reply: dict[str, Any] | None) -> None:
        """Draw the reply of `layer`; without one the last picture stays until it comes."""
        if reply is None:
            if self._layout.currentWidget() is self.sentence:
                self.sentence.setText("")
            return
        if not reply.get("histogram") and not reply.get("norms"):
            self.say(self.tr("This layer has no weights that can be drawn."))
            return
        if self.plots is None:
            self.plots = WeightPlots(self._theme)
            self._layout.addWidget(self.plots)
        self._layout.setCurrentWidget(self.plots)
        self.plots.show_reply(reply)

    def set_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._theme = theme
        set_ink(self.sentence, theme.text2)
        if self.plots is not None:
            self.plots.set_theme(theme)
