"""The pane of the concentration curves: how few layers hold most of a cost."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from penjing_gui import numbers
from penjing_gui.inspect.layer_tree import LayerTree
from penjing_gui.inspect.maps import Unit, cost_name
from penjing_gui.theme import Theme
from penjing_gui.widgets.concentration import ConcentrationPlot, Curve, concentration, series_pen
from penjing_gui.widgets.ink import label, set_ink
from penjing_gui.widgets.pane import Pane

COSTS = ("params", "macs")


class _LineSample(QWidget):
    """A short stroke in the manner of a series."""

    def __init__(self, theme: Theme, place: int) -> None:
        super().__init__()
        self.theme, self._place = theme, place
        self.setFixedSize(QSize(22, 12))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The stroke."""
        painter = QPainter(self)
        painter.setPen(series_pen(self.theme, self._place))
        painter.drawLine(0, self.height() // 2, self.width(), self.height() // 2)


class ConcentrationPane(Pane):
    """The curves at the left, what they say at the right."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(self.tr("Concentration"), "inspect.concentration", theme)
        body = QWidget()
        self.plot = ConcentrationPlot(theme, self.tr("layers, most expensive first"))
        self.plot.setAccessibleName(self.tr("Concentration of costs"))
        self.plot.setMinimumHeight(60)
        self._samples = [_LineSample(theme, place) for place in range(len(COSTS))]
        self._names = [label() for _ in COSTS]
        self.sentences = [label(colour=theme.text2, selectable=True) for _ in COSTS]
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        for place in range(len(COSTS)):
            grid.addWidget(self._samples[place], 2 * place, 0, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(self._names[place], 2 * place, 1)
            grid.addWidget(self.sentences[place], 2 * place + 1, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(2 * len(COSTS), 1)
        layout = QHBoxLayout(body)
        layout.setContentsMargins(4, 8, 12, 4)
        layout.setSpacing(12)
        layout.addWidget(self.plot, 69)
        layout.addLayout(grid, 31)
        self.set_body(body)
        self.set_tree(None, Unit("FLOPs", 2))

    def set_tree(self, tree: LayerTree | None, unit: Unit) -> None:
        """Show a model's curves."""
        curves: list[Curve] = []
        if tree is not None:
            for cost in COSTS:
                found = concentration(tree.own[cost][tree.leaf])
                if not found.layers:
                    sentence = self.tr("no layer has any")
                else:
                    sentence = self.tr("{holders} of {layers} layers hold {share}").format(
                        holders=found.holders, layers=found.layers, share=numbers.percent(found.held)
                    )
                    if found.holders == 1:
                        sentence = self.tr("1 of {layers} layers holds {share}").format(
                            layers=found.layers, share=numbers.percent(found.held)
                        )
                curves.append(Curve(cost_name(cost, unit), sentence, found))
        for place in range(len(COSTS)):
            self._names[place].setText(curves[place].name if curves else "")
            self.sentences[place].setText(curves[place].sentence if curves else "")
            self.sentences[place].setToolTip(
                self.tr("The fewest layers that hold at least half") if curves else ""
            )
            self._samples[place].setVisible(bool(curves))
        self.plot.set_curves(curves)
        self.plot.setAccessibleDescription(" ".join(f"{curve.name}: {curve.sentence}." for curve in curves))

    def apply_theme(self, theme: Theme) -> None:
        """Take over another theme."""
        super().apply_theme(theme)
        self.plot.set_theme(theme)
        for sample in self._samples:
            sample.theme = theme
            sample.update()
        for sentence in self.sentences:
            set_ink(sentence, theme.text2)
