"""The base of the four pages: panes as docks, their proportions, the step's state, and the items of the status bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QMouseEvent, QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QSizePolicy, QTabBar, QTabWidget, QToolBar, QWidget

from penjing_gui import arrangement
from penjing_gui.arrangement import Arrangement
from penjing_gui.proportions import Node
from penjing_gui.state import Workbench
from penjing_gui.theme import Theme
from penjing_gui.widgets.empty_state import EmptyState
from penjing_gui.widgets.pane import Pane

StepKind = Literal["locked", "ready", "running", "done", "failed"]
StepName = Literal["inspect", "decide", "compress", "compare"]


@dataclass(frozen=True, slots=True)
class StepState:
    """What the four-step switch shows for a page; `tip` says what is missing or what was found."""

    kind: StepKind
    percent: int | None = None
    tip: str = ""


@dataclass(frozen=True, slots=True)
class PageCommand:
    """A command of one page, for menu, palette and shortcut list. It works while the page is shown.

    `menu` is `file`, `edit`, `view`, `model`, `run` or `help`; `action` is shared, so that the page can
    enable it.
    """

    name: str
    menu: str
    action: QAction


class Page(QMainWindow):
    """One step. Subclasses add panes in their constructor, set `state`, and name what stands in the status bar.

    `add_pane` puts the first pane; `split` puts another one beside or below one that is there, with the
    proportion of the two. The proportions are those that "Reset layout" restores, at any size of the window.
    """

    step_state_changed = Signal(object)
    status_changed = Signal()
    go_to = Signal(str)

    def __init__(self, bench: Workbench, object_name: str) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setDockNestingEnabled(True)
        self.setAnimated(False)
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.bench = bench
        self.panes: list[Pane] = []
        self.commands_made: list[PageCommand] = []
        self._page_tabs: list[tuple[Pane, Pane]] = []
        self.state = StepState("locked")
        self._page_tree = Node(Qt.Orientation.Horizontal)
        self._page_untouched = True
        self._page_changed = False
        self._page_narrow = False
        self._page_grip: dict[str, QRect] | None = None
        self._page_wanted: Arrangement | None = None
        self._page_remembered: dict[bool, Arrangement] = {}
        self._page_pending = self._page_soon(self._page_apply_shares)
        self._page_noting = self._page_soon(self._page_note)
        self._page_drawing = self._page_soon(self._page_draw)
        self._page_theme = bench.theme
        self._page_empty: EmptyState | None = None
        bench.theme_changed.connect(self._page_theme_changed)

    def _page_soon(self, slot: Callable[[], None]) -> QTimer:
        """A timer that calls once, when the present events are done."""
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(0)
        timer.timeout.connect(slot)
        return timer

    # panes

    def add_pane(
        self,
        pane: Pane,
        area: Qt.DockWidgetArea = Qt.DockWidgetArea.LeftDockWidgetArea,
        share: float = 1.0,
    ) -> Pane:
        """Put a pane into an area of the page; `share` is its part of the width beside other panes added so."""
        self.addDockWidget(area, pane, Qt.Orientation.Horizontal)
        self._page_take(pane)
        self._page_tree.children.append((Node(None, pane), share))
        return pane

    def split(self, a: Pane, b: Pane, orientation: Qt.Orientation, sizes: tuple[float, float]) -> Pane:
        """Put `b` beside (horizontal) or below (vertical) `a`, sharing the room of `a` as `sizes`."""
        self.splitDockWidget(a, b, orientation)
        self._page_take(b)
        self._page_tree.insert(a, b, orientation, sizes)
        return b

    def add_tab(self, front: Pane, pane: Pane) -> Pane:
        """Put a pane behind another one as a tab. It is hidden until it is asked for, and after "Reset layout"."""
        self.tabifyDockWidget(front, pane)
        self._page_take(pane)
        self._page_tabs.append((front, pane))
        pane.toggleViewAction().triggered.connect(self._page_raise_tabs)
        pane.hide()
        return pane

    def show_pane(self, pane: Pane) -> None:
        """Show a pane, before the others that share its place."""
        pane.show()
        pane.raise_()
        self._page_name_tabs()

    def _page_raise_tabs(self, shown: bool) -> None:
        """A tab that was asked for in the View menu comes to the front."""
        action = self.sender()
        for _, pane in self._page_tabs:
            if shown and pane.toggleViewAction() is action:
                self.show_pane(pane)

    def _page_name_tabs(self) -> None:
        for bar in self.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
            bar.setAccessibleName(self.tr("Panes"))
            bar.setDrawBase(False)

    def _page_take(self, pane: Pane) -> None:
        if pane in self.panes:
            return
        self.panes.append(pane)
        pane.head.close_button.clicked.connect(self._page_arranged)
        pane.toggleViewAction().triggered.connect(self._page_arranged)
        pane.topLevelChanged.connect(self._page_floats)

    def set_strip(self, widget: QWidget, title: str) -> QToolBar:
        """Put a widget over the whole width above the panes."""
        strip = QToolBar(title, self)
        strip.setObjectName(f"{self.objectName()}.strip")
        strip.setAccessibleName(title)
        strip.setMovable(False)
        strip.setFloatable(False)
        widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        strip.addWidget(widget)
        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, strip)
        return strip

    def set_empty(self, sentence: str, actions: Sequence[tuple[str, Callable[[], object]]] = ()) -> None:
        """Show one sentence and its buttons over all panes: there is nothing to show in any of them."""
        self.clear_empty()
        self._page_empty = EmptyState(self, self.bench.theme, sentence, actions)
        self._page_empty.setBackgroundRole(QPalette.ColorRole.Base)
        self._page_empty.setAutoFillBackground(True)
        self._page_empty.setGeometry(self.rect())
        self._page_empty.show()
        self._page_docked(False)

    def clear_empty(self) -> None:
        """Show the panes again."""
        if self._page_empty is not None:
            self._page_empty.hide()
            self._page_empty.deleteLater()
            self._page_empty = None
            self._page_docked(True)

    def _page_docked(self, on: bool) -> None:
        """What is covered takes no keys."""
        for pane in self.panes:
            pane.setEnabled(on)

    @property
    def empty(self) -> EmptyState | None:
        """What covers the panes, where there is nothing to show."""
        return self._page_empty

    def reset_layout(self) -> None:
        """Bring every pane back to its place and proportion."""
        for _, pane in self._page_tabs:
            pane.hide()
        self._page_place_all()
        self._page_untouched, self._page_wanted = True, None
        self._page_noting.stop()
        narrow, self._page_narrow = self._page_narrow, False
        self._page_tree.unfold()
        self._page_apply_shares()
        self.set_narrow(narrow)
        self._page_changed = False

    def set_narrow(self, narrow: bool) -> None:
        """In a narrow window the right-hand column becomes tabs, unless the person has arranged the page."""
        if narrow == self._page_narrow or not self._page_untouched or self._page_changed:
            return
        self._page_narrow = narrow
        column = self._page_tree.right_column()
        if column is None:
            return
        panes = column.panes()
        column.folded = narrow
        if narrow:
            for pane in panes[1:]:
                self.tabifyDockWidget(panes[0], pane)
            panes[0].raise_()
            self._page_name_tabs()
        else:
            # A pane split from one that stands in tabs would become another tab: all are put back anew.
            self._page_place_all()
        self._page_apply_shares()

    def remember_layout(self, narrow: bool, text: str) -> None:
        """Take over a remembered arrangement of a narrow or a wide window as soon as there is a size for it."""
        wanted = Arrangement.from_text(text)
        if wanted is not None:
            self._page_remembered[narrow] = wanted

    def is_arranged(self) -> bool:
        """Whether the person has changed the arrangement, so that it is worth remembering."""
        return self._page_changed or not self._page_untouched

    def layouts(self) -> dict[bool, str]:
        """The arrangements to be remembered, of a wide (False) and of a narrow window (True)."""
        found = {narrow: wanted.to_text() for narrow, wanted in self._page_remembered.items()}
        if self._page_noting.isActive():
            self._page_noting.stop()
            self._page_note()
        if self.is_arranged():
            # The places are known only of a page that has been seen; it may be behind another one now.
            found[self._page_narrow] = (self._page_wanted or self._page_present()).to_text()
        return found

    def pane_actions(self) -> list[QAction]:
        """One action a pane that shows and hides it, for the View menu."""
        return [pane.toggleViewAction() for pane in self.panes]

    def next_pane(self, step: int = 1) -> None:
        """Move the focus to the next (or the one before) visible pane."""
        shown = [pane for pane in self.panes if pane.isVisible()]
        if not shown:
            return
        here = next((i for i, pane in enumerate(shown) if pane.holds_focus()), -1)
        shown[(here + step) % len(shown)].take_focus()

    # what the shell asks

    def status_items(self) -> list[tuple[str, str]]:
        """(bold figure, plain rest) pairs for the status bar."""
        return []

    def focus_search(self) -> None:
        """Ctrl+F: put the focus where this page can be searched. A page without a search does nothing."""

    def start(self) -> None:
        """Start what the page prepares; where a page has nothing of its own, the plan as it is."""
        self.bench.start_run()

    def choose_data(self, path: str = "") -> None:
        """Ask for data, or take those at `path`; a page that has nothing to do with data does nothing."""
        del path

    def commands(self) -> list[PageCommand]:
        """The page's own commands. Called once, after the page was made."""
        return []

    def search_hint(self) -> str:
        """What Ctrl+F finds on this page, as a placeholder; empty where there is nothing to find."""
        return ""

    def set_step_state(self, state: StepState) -> None:
        """Change the step's state and tell the shell."""
        if state != self.state:
            self.state = state
            self.step_state_changed.emit(state)

    def apply_theme(self, theme: Theme) -> None:
        """Take over another theme. Subclasses extend it."""
        if self._page_empty is not None:
            self._page_empty.apply_theme(theme)
        for pane in self.panes:
            pane.apply_theme(theme)

    def _page_theme_changed(self, theme: Theme) -> None:
        """A page behind another one takes it over when it is shown."""
        if self.isVisible() and theme is not self._page_theme:
            self._page_theme = theme
            self.apply_theme(theme)

    # proportions

    def showEvent(self, event: QShowEvent) -> None:
        """Set the proportions as soon as there is a size."""
        super().showEvent(event)
        self._page_theme_changed(self.bench.theme)
        if self._page_untouched:
            self._page_apply_shares()
        self._page_recall()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the proportions: those that the page was made with, or those that the person has set."""
        super().resizeEvent(event)
        if self._page_empty is not None:
            self._page_empty.setGeometry(self.rect())
        if not self.isVisible():
            return
        self.hold_painting()
        if self._page_untouched:
            self._page_apply_shares()
        elif self._page_wanted is not None:
            arrangement.scale(self, self.panes, self._page_wanted)

    def event(self, event: QEvent) -> bool:
        """A splitter that was dragged stays where it was put. (Qt has no signal for it.)"""
        taken = super().event(event)
        if isinstance(event, QMouseEvent):
            if event.type() == QEvent.Type.MouseButtonPress:
                # Only between the panes: a click that a pane passes on comes here too.
                between = self.childAt(event.position().toPoint()) is None
                self._page_grip = arrangement.places(self, self.panes) if between else None
            elif event.type() == QEvent.Type.MouseButtonRelease and self._page_grip is not None:
                if arrangement.places(self, self.panes) != self._page_grip:
                    self._page_untouched = False
                    self._page_note()
                self._page_grip = None
        return taken

    def changeEvent(self, event: QEvent) -> None:
        """Panes measure their text: give them their shares again when the font changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self._page_untouched and self.isVisible():
            self._page_pending.start()

    def hold_painting(self) -> None:
        """Paint when what was posted is done: plots arrange themselves in steps and would be painted after each.

        Other events also come between the arranging and the painting, so that neither holds the window up for long.
        """
        self.setUpdatesEnabled(False)
        self._page_drawing.start()

    def _page_draw(self) -> None:
        self.setUpdatesEnabled(True)

    def _page_apply_shares(self) -> None:
        if self._page_tree.children:
            self._page_tree.apply(self, self.size())

    def _page_place_all(self) -> None:
        """Put all panes where `add_pane` and `split` had put them, and show them."""
        areas = {pane: self._page_area(pane) for pane in self.panes}
        wanted = {pane: not pane.isHidden() for _, pane in self._page_tabs}
        layout = self.layout()
        if layout is not None:
            layout.setEnabled(False)  # one arrangement at the end, not one after each pane
        for pane in self.panes:
            if pane.isFloating():
                pane.setFloating(False)
            self.removeDockWidget(pane)
        self._page_tree.rebuild(self, areas)
        for front, pane in self._page_tabs:
            self.tabifyDockWidget(front, pane)
        for pane in self.panes:
            pane.setVisible(wanted.get(pane, True))
        if layout is not None:
            layout.setEnabled(True)
            layout.activate()

    def _page_area(self, pane: Pane) -> Qt.DockWidgetArea:
        area = self.dockWidgetArea(pane)
        return Qt.DockWidgetArea.LeftDockWidgetArea if area == Qt.DockWidgetArea.NoDockWidgetArea else area

    # what the person arranged

    def _page_arranged(self) -> None:
        """The person closed, floated or showed a pane: worth remembering."""
        self._page_changed = True
        if not self._page_untouched:
            self._page_noting.start()

    def _page_floats(self, floating: bool) -> None:
        """A pane that comes back may be put anywhere: the places are then the person's."""
        if not floating:
            self._page_untouched = False
        self._page_arranged()

    def _page_note(self) -> None:
        """Keep the present places as those that the person wants."""
        self._page_wanted = self._page_present()

    def _page_present(self) -> Arrangement:
        state = bytes(self.saveState().data())
        return Arrangement(state, self.size(), arrangement.places(self, self.panes), not self._page_untouched)

    def _page_recall(self) -> None:
        """Take over what is remembered for a window as wide as this; drop what does not fit.

        What was arranged in a wide window also holds in a narrow one, as it does when the window is made narrow.
        """
        narrow = self._page_narrow
        kept = narrow if narrow in self._page_remembered else False
        wanted = self._page_remembered.pop(kept, None)
        if wanted is None:
            return
        if kept != narrow:
            self._page_narrow = kept
            self._page_tree.unfold()
        if not arrangement.take_over(self, self.panes, wanted):
            self._page_narrow = narrow
            self.reset_layout()
            return
        self._page_untouched, self._page_changed = not wanted.sized, True
        self._page_wanted = wanted if wanted.sized else None
        if self._page_untouched:
            self._page_apply_shares()
