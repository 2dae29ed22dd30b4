"""The status bar: figures in bold with what they are; at the right what is under way, and the unit switch."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QStatusBar, QWidget

from penjing_gui import theme as themes
from penjing_gui.state import Busy
from penjing_gui.theme import Theme
from penjing_gui.widgets.ink import set_ink
from penjing_gui.widgets.segmented import Segmented

_PAD = 12
BUSY_DELAY_MS = 200


class StatusItems(QWidget):
    """Paints (bold, plain) pairs in one go, so that a running figure costs no layout."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._items: tuple[tuple[str, str], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_items(self, items: Sequence[tuple[str, str]]) -> None:
        """Show these; nothing is painted where they are the same."""
        fresh = tuple(items)
        if fresh != self._items:
            self._items = fresh
            text = "; ".join(" ".join(filter(None, pair)) for pair in fresh)
            self.setAccessibleName(text)
            self.setToolTip(text)
            self.update()

    def items(self) -> tuple[tuple[str, str], ...]:
        """What is shown."""
        return self._items

    def apply_theme(self, theme: Theme) -> None:
        """Take over the theme's colours."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(200, self.fontMetrics().height() + 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        """All pairs that there is room for."""
        painter = QPainter(self)
        bold, plain = themes.font(semibold=True), themes.font()
        heavy, light = QFontMetrics(bold), QFontMetrics(plain)
        x, high = float(_PAD), self.height()
        middle = Qt.AlignmentFlag.AlignVCenter
        for index, (figure, rest) in enumerate(self._items):
            gap = light.horizontalAdvance(" ") + 1 if figure and rest else 0
            first, second = heavy.horizontalAdvance(figure), light.horizontalAdvance(rest)
            room = self.width() - x
            if index and room < first + gap + second:
                break
            if index:
                painter.setPen(self._theme.line2)
                painter.drawLine(round(x), 5, round(x), high - 5)
                x += _PAD
            painter.setPen(self._theme.text)
            painter.setFont(bold)
            painter.drawText(QRectF(x, 0, first + 2, high), middle, figure)
            x += first + gap
            painter.setPen(self._theme.text2)
            painter.setFont(plain)
            painter.drawText(QRectF(x, 0, second + 2, high), middle, rest)
            x += second + _PAD


class StatusLine(QStatusBar):
    """Items at the left; at the right progress (not before 200 ms) and the unit switch."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.items = StatusItems(theme, self)
        self.addWidget(self.items, 1)
        self.busy = QWidget(self)
        self.busy_text = QLabel(self.busy)
        self.busy_bar = QProgressBar(self.busy)
        self.busy_bar.setFixedSize(96, 8)
        self.busy_bar.setTextVisible(False)
        self.busy_bar.setAccessibleName(self.tr("Progress"))
        line = QHBoxLayout(self.busy)
        line.setContentsMargins(0, 0, _PAD, 0)
        line.setSpacing(8)
        line.addWidget(self.busy_text)
        line.addWidget(self.busy_bar)
        self.addPermanentWidget(self.busy)
        self.busy.hide()
        self.unit_label = QLabel(self.tr("Unit"), self)
        self.addPermanentWidget(self.unit_label)
        self.unit = Segmented(theme, [("flops", "FLOPs"), ("macs", "MACs")], self.tr("Unit"), self)
        self.addPermanentWidget(self.unit)
        margin = QWidget(self)
        margin.setFixedWidth(2)
        self.addPermanentWidget(margin)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(BUSY_DELAY_MS)
        self._delay.timeout.connect(self.busy.show)
        self.apply_theme(theme)

    def set_busy(self, text: str, busy: Busy | None) -> None:
        """Say what is under way; None: nothing is."""
        if busy is None:
            self._delay.stop()
            self.busy.hide()
            self.busy_bar.setRange(0, 1)
            return
        self.busy_text.setText(text)
        if busy.fraction is None:
            self.busy_bar.setRange(0, 0)
        else:
            self.busy_bar.setRange(0, 1000)
            self.busy_bar.setValue(round(1000 * busy.fraction))
        if self.busy.isHidden() and not self._delay.isActive():
            self._delay.start()

    def apply_theme(self, theme: Theme) -> None:
        """Take over the theme's colours."""
        self.items.apply_theme(theme)
        self.unit.apply_theme(theme)
        set_ink(self.unit_label, theme.text2)
        set_ink(self.busy_text, theme.text2)
