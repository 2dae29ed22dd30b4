"""A pane: a dock with a title bar of our own, and room for an error strip, progress and an empty state."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QStackedWidget, QVBoxLayout, QWidget

from penjing_gui.theme import Theme
from penjing_gui.widgets.empty_state import EmptyState
from penjing_gui.widgets.pane_title import PaneTitle
from penjing_gui.widgets.strip import FailureStrip, NoticeStrip
from penjing_gui.widgets.strip_place import StripPlace

BUSY_DELAY_MS = 200


class _Body(QWidget):
    """What is under the title: drawn on the base colour inside the pane's border."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self.theme = theme

    def paintEvent(self, event: QPaintEvent) -> None:
        """Base colour and the pane's border."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.theme.base)
        painter.setPen(self.theme.line)
        painter.drawLine(0, 0, 0, self.height())
        painter.drawLine(self.width() - 1, 0, self.width() - 1, self.height())
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)


class _Veil(QWidget):
    """Dims the old picture while a new one is made. Takes no clicks."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self.theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Half of the page's colour over everything."""
        colour = QColor(self.theme.base)
        colour.setAlpha(140)
        QPainter(self).fillRect(self.rect(), colour)


class Pane(QDockWidget):
    """One pane of a page. It can float, close and come back; `set_body` gives it its content.

    Its own attributes start with `_pane_`, so that those of subclasses cannot meet them.
    """

    def __init__(self, title: str, object_name: str, theme: Theme) -> None:
        super().__init__(title)
        self.setObjectName(object_name)
        self.setAccessibleName(title)
        self.theme = theme
        self.head = PaneTitle(self, title, theme, self.toggle_floating)
        self.setTitleBarWidget(self.head)
        self._pane_base = _Body(self, theme)
        self._pane_stack = QStackedWidget(self._pane_base)
        self._pane_empty: EmptyState | None = None
        self._pane_body: QWidget | None = None
        column = QVBoxLayout(self._pane_base)
        column.setContentsMargins(1, 0, 1, 1)
        column.setSpacing(0)
        column.addWidget(self._pane_stack, 1)
        self._pane_strip = StripPlace(column, self)
        self._pane_veil = _Veil(self._pane_base, theme)
        self._pane_cancel: Callable[[], object] | None = None
        self.head.cancel.clicked.connect(self._pane_cancelled)
        self._pane_delay = QTimer(self)
        self._pane_delay.setSingleShot(True)
        self._pane_delay.setInterval(BUSY_DELAY_MS)
        self._pane_delay.timeout.connect(self._pane_reveal)
        self.setWidget(self._pane_base)
        self.topLevelChanged.connect(self._pane_floats)

    # content

    def set_title(self, title: str) -> None:
        """Change the title, in the View menu too."""
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.head.title.setText(title)
        self.head.keep_title()

    def set_note(self, text: str, accessible: str = "") -> None:
        """The grey words beside the title."""
        self.head.note.setText(text)
        self.head.note.setToolTip(text)
        self.head.note.setAccessibleName(accessible or text)

    def align_note_right(self) -> None:
        """Put the note at the title bar's right end instead of beside the title."""
        self.head.note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def add_tool(self, widget: QWidget) -> None:
        """Put a small widget at the right of the title, before float and close."""
        self.head.tools.addWidget(widget)

    def set_body(self, widget: QWidget) -> None:
        """Give the pane its content."""
        if self._pane_body is not None:
            self._pane_stack.removeWidget(self._pane_body)
            self._pane_body.deleteLater()
        self._pane_body = widget
        self._pane_stack.insertWidget(0, widget)
        if self._pane_empty is None:
            self._pane_stack.setCurrentWidget(widget)

    def body(self) -> QWidget | None:
        """The content."""
        return self._pane_body

    # failure, progress, empty

    def show_failure(
        self,
        what_why_todo: tuple[str, str, str],
        details: str = "",
        action: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        """A strip at the top: what, why, what to do, the last log lines behind "Details", and one action."""
        self.clear_busy()
        self._pane_strip.put(FailureStrip(self._pane_base, self.theme, what_why_todo, details, action))

    def show_notice(self, what_why_todo: tuple[str, str, str], details: str = "") -> None:
        """A strip at the top that says something worth knowing, where nothing has failed."""
        self._pane_strip.put(NoticeStrip(self._pane_base, self.theme, what_why_todo, details))

    def clear_failure(self) -> None:
        """Take the strip away."""
        self._pane_strip.clear()

    @property
    def failure(self) -> FailureStrip | None:
        """The strip, where one is shown."""
        return self._pane_strip.strip

    def show_busy(
        self,
        text: str,
        fraction: float | None = None,
        eta_text: str = "",
        cancel: Callable[[], object] | None = None,
    ) -> None:
        """Say in the title what is under way. Nothing is seen before 200 ms; the old picture is dimmed.

        A strip about an earlier failure goes.
        """
        self.clear_failure()
        self._pane_cancel = cancel
        self.head.busy_text.setText(f"{text} · {eta_text}" if eta_text else text)
        if fraction is None:
            self.head.bar.setRange(0, 0)
        else:
            self.head.bar.setRange(0, 1000)
            self.head.bar.setValue(round(1000 * min(1.0, max(0.0, fraction))))
        self.head.cancel.setVisible(cancel is not None)
        if self.head.busy.isHidden() and not self._pane_delay.isActive():
            self._pane_delay.start()

    def clear_busy(self) -> None:
        """Nothing is under way any more."""
        self._pane_delay.stop()
        self._pane_cancel = None
        self.head.busy.hide()
        self.head.note.show()
        self.head.bar.setRange(0, 1)
        self._pane_veil.hide()

    def _pane_reveal(self) -> None:
        self.head.busy.show()
        self.head.note.hide()
        if self._pane_empty is None:
            self._pane_veil.setGeometry(self._pane_stack.geometry())
            self._pane_veil.raise_()
            self._pane_veil.show()

    def _pane_cancelled(self) -> None:
        if self._pane_cancel is not None:
            self._pane_cancel()

    def set_empty(self, sentence: str, actions: Sequence[tuple[str, Callable[[], object]]] = ()) -> None:
        """Show one sentence and its buttons instead of the content."""
        self.clear_empty()
        self._pane_empty = EmptyState(self._pane_stack, self.theme, sentence, actions)
        self._pane_stack.addWidget(self._pane_empty)
        self._pane_stack.setCurrentWidget(self._pane_empty)
        self._pane_veil.hide()

    def clear_empty(self) -> None:
        """Show the content again."""
        if self._pane_empty is not None:
            self._pane_stack.removeWidget(self._pane_empty)
            self._pane_empty.deleteLater()
            self._pane_empty = None
        if self._pane_body is not None:
            self._pane_stack.setCurrentWidget(self._pane_body)

    @property
    def is_empty(self) -> bool:
        """Whether the empty state is shown."""
        return self._pane_empty is not None

    # the rest

    def apply_theme(self, theme: Theme) -> None:
        """Take over the theme's colours."""
        self.theme = theme
        self._pane_base.theme = theme
        self._pane_veil.theme = theme
        self.head.apply_theme(theme)
        self._pane_strip.apply_theme(theme)
        if self._pane_empty is not None:
            self._pane_empty.apply_theme(theme)
        self._pane_base.update()

    def toggle_floating(self) -> None:
        """Float, or come back."""
        self.setFloating(not self.isFloating())

    def holds_focus(self) -> bool:
        """Whether the focus is somewhere in here."""
        widget = QApplication.focusWidget()
        return widget is not None and (widget is self or self.isAncestorOf(widget))

    def take_focus(self) -> None:
        """Put the focus on the first thing in here that takes it."""
        widget: QWidget | None = self._pane_base
        seen: set[int] = set()
        while widget is not None and id(widget) not in seen:
            seen.add(id(widget))
            takes = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
            if takes and widget.isVisible() and widget.isEnabled() and self._pane_base.isAncestorOf(widget):
                widget.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return
            widget = widget.nextInFocusChain()
        self.head.float_button.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the veil over the content."""
        super().resizeEvent(event)
        self._pane_veil.setGeometry(self._pane_stack.geometry())

    def _pane_floats(self, floating: bool) -> None:
        text = self.tr("Dock") if floating else self.tr("Float")
        self.head.float_button.setToolTip(text)
        self.head.float_button.setAccessibleName(f"{text} – {self.windowTitle()}")
