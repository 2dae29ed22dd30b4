"""The title bar of a pane."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from penjing_gui import theme as themes
from penjing_gui.icons import icon
from penjing_gui.theme import Theme
from penjing_gui.widgets.form_rows import ElidedLabel
from penjing_gui.widgets.ink import set_ink

TITLE_HEIGHT = 28
PADDING = 12
MOST_TITLE = 150  # px that a title takes in any case


class PaneTitle(QWidget):
    """Title, note, what is under way, tools, float and close, on one line."""

    def __init__(
        self, pane: QDockWidget, title: str, theme: Theme, toggle_floating: Callable[[], object]
    ) -> None:
        super().__init__(pane)
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.title = ElidedLabel(title, self)
        self.title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.title.setFont(themes.font(semibold=True))
        self.keep_title()
        self.note = ElidedLabel("", self, Qt.TextElideMode.ElideRight)
        self.note.setMinimumWidth(0)
        self.busy = QWidget(self)
        self.busy_text = QLabel(self.busy)
        self.bar = QProgressBar(self.busy)
        self.bar.setFixedSize(96, 6)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(title)
        self.cancel = QPushButton(self.tr("Cancel"), self.busy)
        self.cancel.setFixedHeight(20)
        row = QHBoxLayout(self.busy)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self.busy_text, self.bar, self.cancel):
            row.addWidget(widget)
        self.busy.hide()
        self.float_button = self._button(self.tr("Float"), toggle_floating)
        self.close_button = self._button(self.tr("Close"), pane.close)
        self.tools = QHBoxLayout()
        self.tools.setSpacing(8)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(PADDING, 0, 6, 0)
        layout.setSpacing(8)
        layout.addWidget(self.title)
        layout.addWidget(self.note, 1)
        layout.addWidget(self.busy)
        layout.addLayout(self.tools)
        layout.addWidget(self.float_button)
        layout.addSpacing(-6)
        layout.addWidget(self.close_button)
        self.apply_theme(theme)

    def keep_title(self) -> None:
        """The title is whole, or where it is long its two ends are."""
        needed = self.title.fontMetrics().horizontalAdvance(self.title.text()) + 2
        self.title.setMinimumWidth(min(needed, MOST_TITLE))

    def _button(self, text: str, slot: Callable[[], object]) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setFixedSize(20, 20)
        button.setIconSize(QSize(12, 12))
        button.setToolTip(text)
        button.setAccessibleName(f"{text} – {self.title.text()}")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(slot)
        return button

    def sizeHint(self) -> QSize:
        """At least 28 high; as wide as it is."""
        return QSize(160, max(TITLE_HEIGHT, self.fontMetrics().height() + 10))

    def minimumSizeHint(self) -> QSize:
        """Narrow panes are allowed: the note gives way."""
        return QSize(120, self.sizeHint().height())

    def apply_theme(self, theme: Theme) -> None:
        """Take over the theme's colours."""
        self._theme = theme
        set_ink(self.note, theme.text2)
        set_ink(self.busy_text, theme.text2)
        self.float_button.setIcon(icon("float", theme))
        self.close_button.setIcon(icon("close", theme))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The chrome's colour and a line below."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.window)
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), self._theme.line)
