"""What a person should know of the data before training on them, a plain sentence each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from penjing_gui import theme as themes
from penjing_gui.icons import icon
from penjing_gui.theme import Theme
from penjing_gui.widgets.ink import label, set_ink

SHOWN = 2


class DataWarnings(QWidget):
    """Sentences on the warning's ground, the first few at once. `list_wanted` asks for what was skipped."""

    list_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.sentences: tuple[str, ...] = ()
        self._all = False
        self._icon = QLabel()
        self._icon.setFixedSize(16, 16)
        self.text = label(wrap=True, selectable=True)
        self.more = QPushButton()
        self.skipped = QPushButton(self.tr("Show the list"))
        self.skipped.setAccessibleName(self.tr("Show what was skipped"))
        for button in (self.more, self.skipped):
            button.setFlat(True)
            button.setFixedHeight(22)
            button.setFont(themes.font(semibold=True))
        self.more.clicked.connect(self._toggle)
        self.skipped.clicked.connect(self.list_wanted)
        buttons = QVBoxLayout()
        buttons.setSpacing(0)
        buttons.addWidget(self.skipped)
        buttons.addWidget(self.more)
        buttons.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 7, 8, 7)
        row.setSpacing(9)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.text, 1)
        row.addLayout(buttons)
        self.apply_theme(theme)
        self.hide()

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._theme = theme
        drawn = icon("warn", theme, theme.warn)
        self._icon.setPixmap(drawn.pixmap(QSize(16, 16), self.devicePixelRatioF()))
        set_ink(self.text, theme.text)
        for button in (self.more, self.skipped):
            palette = button.palette()
            palette.setColor(button.foregroundRole(), theme.accent)
            button.setPalette(palette)
        self.update()

    def show_sentences(self, sentences: Sequence[str], skipped: int) -> None:
        """Show these; `skipped` says how long the list of what was skipped is."""
        if tuple(sentences) != self.sentences:
            self._all = False
        self.sentences = tuple(sentences)
        self.skipped.setVisible(skipped > 0)
        self._fill()
        self.setVisible(bool(self.sentences))

    def _toggle(self) -> None:
        self._all = not self._all
        self._fill()

    def _fill(self) -> None:
        few = self.sentences if self._all else self.sentences[:SHOWN]
        text = "\n".join(few)
        self.text.setText(text)
        self.setAccessibleName(text)
        hidden = len(self.sentences) - SHOWN
        self.more.setVisible(hidden > 0)
        self.more.setText(self.tr("Less") if self._all else self.tr("%n more", "", max(0, hidden)))
        self.more.setAccessibleName(self.more.text())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The soft ground, and a line below."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.warn_soft)
        painter.setPen(self._theme.warn)
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
