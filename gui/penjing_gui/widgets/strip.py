"""The error strip: what, why, what to do; never a dialog."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from penjing_gui import theme as themes
from penjing_gui.icons import icon
from penjing_gui.theme import Theme
from penjing_gui.widgets.ink import label, set_ink

WIDE = 80  # characters from which on buttons stand beside the text
FRAME = 72  # width taken by margins, icon and the closing cross


class FailureStrip(QWidget):
    """A soft red strip with an icon, the three parts of a message, an action, and details on demand."""

    closed = Signal()

    def __init__(
        self,
        parent: QWidget,
        theme: Theme,
        what_why_todo: tuple[str, str, str],
        details: str = "",
        action: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        super().__init__(parent)
        what, why, todo = what_why_todo
        self._theme = theme
        self._icon = QLabel(self)
        self._icon.setFixedSize(16, 16)
        self.what = label(_sentence(what), self, font=themes.font(semibold=True), wrap=True, selectable=True)
        self.rest = label(
            " ".join(filter(None, (_sentence(why), _sentence(todo)))), self, wrap=True, selectable=True
        )
        self.rest.setVisible(bool(why or todo))
        self.setAccessibleName(" ".join(filter(None, (self.what.text(), self.rest.text()))))
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.what)
        texts.addWidget(self.rest)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        # Narrow until there is a width: then the strip asks for no more room than its pane has.
        self._body = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._body.setSpacing(8)
        self._body.addLayout(texts, 1)
        row.addLayout(self._body, 1)
        self._buttons = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._buttons.setSpacing(8)
        corner = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        self.action: QPushButton | None = None
        if action is not None:
            self.action = self._push(action[0])
            self.action.clicked.connect(action[1])
            self._buttons.addWidget(self.action, 0, corner)
        self.more: QPushButton | None = None
        self._details: QPlainTextEdit | None = None
        if details:
            self.more = self._push(self.tr("Details"))
            self.more.setCheckable(True)
            self.more.toggled.connect(self._toggle_details)
            self._buttons.addWidget(self.more, 0, corner)
            self._details = QPlainTextEdit(details, self)
            self._details.setReadOnly(True)
            self._details.setFont(themes.mono(-1))
            self._details.setFixedHeight(120)
            self._details.setAccessibleName(self.tr("Details"))
            self._details.hide()
        if action is not None or details:
            self._buttons.addStretch(1)
            self._body.addLayout(self._buttons)
        self.dismiss = QToolButton(self)
        self.dismiss.setAutoRaise(True)
        self.dismiss.setFixedSize(20, 20)
        self.dismiss.setIconSize(QSize(12, 12))
        self.dismiss.setToolTip(self.tr("Close this message"))
        self.dismiss.setAccessibleName(self.tr("Close this message"))
        self.dismiss.clicked.connect(self.closed)
        row.addWidget(self.dismiss, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.addLayout(row)
        if self._details is not None:
            layout.addWidget(self._details)
        self.apply_theme(theme)

    def _push(self, text: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setFixedHeight(24)
        button.setAccessibleName(text)
        return button

    def _toggle_details(self, shown: bool) -> None:
        if self._details is not None:
            self._details.setVisible(shown)

    def apply_theme(self, theme: Theme) -> None:
        """Take over the theme's colours."""
        self._theme = theme
        name, ink, _ = self._look()
        self._icon.setPixmap(icon(name, theme, ink).pixmap(QSize(16, 16), self.devicePixelRatioF()))
        self.dismiss.setIcon(icon("close", theme))
        set_ink(self.what, ink)
        set_ink(self.rest, theme.text)
        self.update()

    def _look(self) -> tuple[str, QColor, QColor]:
        """Icon, ink and ground."""
        return "error", self._theme.error, self._theme.error_soft

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Buttons stand beside the text in a wide pane, else below it, and below each other where they must."""
        super().resizeEvent(event)
        wide = self.width() >= self.fontMetrics().averageCharWidth() * WIDE
        needed = sum(one.sizeHint().width() + 8 for one in (self.action, self.more) if one is not None)
        _turn(self._body, wide)
        _turn(self._buttons, wide or needed <= self.width() - FRAME)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The soft ground, and a line below."""
        _, ink, ground = self._look()
        painter = QPainter(self)
        painter.fillRect(self.rect(), ground)
        painter.setPen(ink)
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)


class NoticeStrip(FailureStrip):
    """The same for what is worth knowing where nothing has failed."""

    def _look(self) -> tuple[str, QColor, QColor]:
        """Icon, ink and ground."""
        return "warn", self._theme.warn, self._theme.warn_soft


def _turn(layout: QBoxLayout, across: bool) -> None:
    direction = QBoxLayout.Direction.LeftToRight if across else QBoxLayout.Direction.TopToBottom
    if layout.direction() != direction:
        layout.setDirection(direction)


def _sentence(text: str) -> str:
    """With a capital and a full stop, where it has none."""
    text = text.strip()
    if not text:
        return ""
    if text.partition(" ")[0].isalpha():  # a word, not a file's name
        text = text[0].upper() + text[1:]
    if text[-1] in ".!?。！？":
        return text
    return text + ("。" if any("\u4e00" <= one <= "\u9fff" for one in text) else ".")
