"""The note over the page for a file that can only be looked at: what it is, what is unknown, what can be done."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from penjing_gui import theme as themes
from penjing_gui.icons import icon
from penjing_gui.state import OpenModel, Workbench
from penjing_gui.style import make_primary
from penjing_gui.theme import Theme
from penjing_gui.widgets.ink import label, set_ink

WIDE = 110  # characters from which on the buttons stand beside the text
IN_WORDS = ("models.graph_needs_trust", "models.graph_needs_input")  # said by the button here


class ViewBar(QWidget):
    """`wanted` names the window's command that a button stands for."""

    wanted = Signal(str)

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self._bench = bench
        self._icon = QLabel(self)
        self._icon.setFixedSize(16, 16)
        self.what = label("", self, font=themes.font(semibold=True), wrap=True, selectable=True)
        self.rest = label("", self, wrap=True, selectable=True)
        self.identify = self._push(self.tr("Which architecture is it?"), "model.identify")
        self.choose = self._push(self.tr("Choose an architecture…"), "model.architecture")
        self.graph = self._push(self.tr("Open its own graph…"), "model.graph")
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.what)
        texts.addWidget(self.rest)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.identify, self.choose, self.graph):
            buttons.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        buttons.addStretch(1)
        self._body = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._body.setSpacing(8)
        self._body.addLayout(texts, 1)
        self._body.addLayout(buttons)
        self._parts = (texts, buttons, self._body)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(self._body, 1)
        self.apply_theme(bench.theme)

    def _push(self, text: str, command: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setAccessibleName(text)
        button.setFixedHeight(max(28, button.fontMetrics().height() + 10))
        button.setProperty("command", command)
        button.clicked.connect(self._clicked)
        return button

    def _clicked(self) -> None:
        button = self.sender()
        if button is not None:
            self.wanted.emit(str(button.property("command")))

    def show_model(self, model: OpenModel) -> None:
        """Say what the open file is."""
        say, chinese = self._bench.say, self._bench.language == "zh_CN"
        kind = say(model.view[0].code, model.view[0].params) if model.view else model.format
        if chinese and kind[:1].isascii():  # between Han and Latin
            kind = f" {kind}"
        self.what.setText(self.tr("{file} is {kind}.").format(file=Path(model.reference).name, kind=kind))
        notes = [say(one.code, one.params) for one in model.warnings if one.code not in IN_WORDS]
        stop = "。" if chinese else ". "
        said = [self._known(model), *(f"{one}{stop.strip()}" for one in map(_capital, notes))]
        self.rest.setText(("" if chinese else " ").join(said))
        self.setAccessibleName(f"{self.what.text()} {self.rest.text()}")
        weights = self._bench.weights_only is not None
        self.identify.setVisible(weights)
        self.choose.setVisible(weights)
        self.graph.setVisible(model.program)
        self._fit()

    def _known(self, model: OpenModel) -> str:
        if model.format == "onnx" and any(one.code == "models.onnx_stays_a_graph" for one in model.warnings):
            return self.tr("Its graph is counted and can be looked at.")  # the reason says what to do
        if model.format == "onnx":
            return self.tr(
                "Its graph is counted and can be looked at. To prune or train, open the PyTorch model that it "
                "was exported from."
            )
        if model.trusted:
            return self.tr(
                "Its own graph is counted and can be looked at. To prune or train, put its weights into an "
                "architecture."
            )
        return self.tr(
            "Its tensors are shown with parameters and bytes; FLOPs, activations and latency are unknown without "
            "an architecture. With one it can be counted, pruned and trained."
        )

    def apply_theme(self, theme: Theme) -> None:
        """Take over the theme's colours."""
        self._theme = theme
        pixels = icon("info", theme, theme.warn).pixmap(QSize(16, 16), self.devicePixelRatioF())
        self._icon.setPixmap(pixels)
        set_ink(self.what, theme.warn)
        set_ink(self.rest, theme.text)
        make_primary(self.identify, theme)
        self.update()

    def _fit(self) -> None:
        """As high as the texts want at this width: a toolbar does not ask."""
        wide = self.width() >= self.fontMetrics().averageCharWidth() * WIDE
        direction = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        if self._body.direction() != direction:
            self._body.setDirection(direction)
        for part in self._parts:  # what they wanted of other texts
            part.invalidate()
        layout = self.layout()
        needed = layout.totalHeightForWidth(self.width()) if layout is not None else 0
        if needed > 0:
            self.setFixedHeight(needed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width wants another height."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The soft ground, and a line below."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.warn_soft)
        painter.setPen(self._theme.warn)
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
