"""The base of the four pages: panes as docks, their proportions, the step's state, and the items of the status bar."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QSizePolicy, QTabBar, QTabWidget, QToolBar, QWidget

from penjing_gui.state import Workbench
from penjing_gui.theme import Theme
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


class _Node:
    """A splitter of panes, as asked for: its orientation and its children with their shares."""

    def __init__(self, orientation: Qt.Orientation | None, pane: Pane | None = None) -> None:
        self.orientation = orientation
        self.pane = pane
        self.children: list[tuple[_Node, float]] = []
        self.folded = False

    def find(self, pane: Pane) -> tuple[_Node, int] | None:
        """The node and index under which the pane stands."""
        for index, (child, _) in enumerate(self.children):
            if child.pane is pane:
                return self, index
            if (found := child.find(pane)) is not None:
                return found
        return None

    def unfold(self) -> None:
        """Nothing in here stands in tabs any more."""
        self.folded = False
        for child, _ in self.children:
            child.unfold()

    def leaf(self) -> Pane | None:
        """The first visible pane in here."""
        if self.pane is not None:
            return self.pane if not self.pane.isHidden() and not self.pane.isFloating() else None
        return next((leaf for child, _ in self.children if (leaf := child.leaf()) is not None), None)


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
        self.state = StepState("locked")
        self._page_tree = _Node(Qt.Orientation.Horizontal)
        self._page_untouched = True
        self._page_changed = False
        self._page_narrow = False
        self._page_pending = QTimer(self)
        self._page_pending.setSingleShot(True)
        self._page_pending.setInterval(0)
        self._page_pending.timeout.connect(self._page_apply_shares)
        bench.theme_changed.connect(self.apply_theme)

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
        self._page_tree.children.append((_Node(None, pane), share))
        return pane

    def split(self, a: Pane, b: Pane, orientation: Qt.Orientation, sizes: tuple[float, float]) -> Pane:
        """Put `b` beside (horizontal) or below (vertical) `a`, sharing the room of `a` as `sizes`."""
        self.splitDockWidget(a, b, orientation)
        self._page_take(b)
        found = self._page_tree.find(a)
        assert found is not None, "split a pane that was added"
        parent, index = found
        node, share = parent.children[index]
        first, second = sizes[0] / sum(sizes), sizes[1] / sum(sizes)
        if parent.orientation == orientation:
            parent.children[index] = (node, share * first)
            parent.children.insert(index + 1, (_Node(None, b), share * second))
        else:
            inner = _Node(orientation)
            inner.children = [(node, first), (_Node(None, b), second)]
            parent.children[index] = (inner, share)
        return b

    def _page_take(self, pane: Pane) -> None:
        if pane in self.panes:
            return
        self.panes.append(pane)
        pane.head.close_button.clicked.connect(self._page_arranged)
        pane.toggleViewAction().triggered.connect(self._page_arranged)
        pane.topLevelChanged.connect(self._page_arranged)

    def _page_arranged(self) -> None:
        """The person closed, floated or showed a pane: worth remembering."""
        self._page_changed = True

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

    def reset_layout(self) -> None:
        """Bring every pane back to its place and proportion."""
        self._page_place_all()
        self._page_untouched = True
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
        column = self._page_tree.children[-1][0] if self._page_tree.children else None
        while column is not None and column.orientation == Qt.Orientation.Horizontal:
            column = column.children[-1][0]
        panes = [child.pane for child, _ in column.children if child.pane is not None] if column else []
        if column is None or len(panes) < 2 or len(panes) != len(column.children):
            return
        column.folded = narrow
        if narrow:
            for pane in panes[1:]:
                self.tabifyDockWidget(panes[0], pane)
            panes[0].raise_()
            for bar in self.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
                bar.setAccessibleName(self.tr("Panes"))
                bar.setDrawBase(False)
        else:
            # A pane split from one that stands in tabs would become another tab: all are put back anew.
            self._page_place_all()
        self._page_apply_shares()

    def restore_layout(self, state: bytes) -> bool:
        """Take over a remembered arrangement; False where it does not fit these panes."""
        if not self.restoreState(state):
            return False
        self._page_untouched, self._page_changed = False, True
        return True

    def is_arranged(self) -> bool:
        """Whether the person has changed the arrangement, so that it is worth remembering."""
        return self._page_changed or not self._page_untouched

    def layout_state(self) -> bytes:
        """The present arrangement, for `restore_layout`."""
        return bytes(self.saveState().data())

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
        for pane in self.panes:
            pane.apply_theme(theme)

    # proportions

    def showEvent(self, event: QShowEvent) -> None:
        """Set the proportions as soon as there is a size."""
        super().showEvent(event)
        if self._page_untouched:
            self._page_apply_shares()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the proportions until the person changes one."""
        super().resizeEvent(event)
        if self._page_untouched and self.isVisible():
            self._page_apply_shares()

    def event(self, event: QEvent) -> bool:
        """A splitter that was dragged stays where it was put. (Qt has no signal for it.)"""
        if event.type() == QEvent.Type.MouseButtonRelease:
            self._page_untouched = False
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        """Panes measure their text: give them their shares again when the font changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self._page_untouched and self.isVisible():
            self._page_pending.start()

    def _page_apply_shares(self) -> None:
        room = self.size()
        if self._page_tree.children:
            self._page_apply(self._page_tree, room)

    def _page_apply(self, node: _Node, room: QSize) -> None:
        shown = [(child, share, leaf) for child, share in node.children if (leaf := child.leaf()) is not None]
        if not shown or node.orientation is None or node.folded:
            return
        horizontal = node.orientation == Qt.Orientation.Horizontal
        extent = room.width() if horizontal else room.height()
        whole = sum(share for _, share, _ in shown)
        sizes = [max(1, round(extent * share / whole)) for _, share, _ in shown]
        docks: list[QDockWidget] = [leaf for _, _, leaf in shown]
        self.resizeDocks(docks, sizes, node.orientation)
        for (child, _, _), size in zip(shown, sizes, strict=True):
            inner = QSize(size, room.height()) if horizontal else QSize(room.width(), size)
            self._page_apply(child, inner)

    def _page_place_all(self) -> None:
        """Put all panes where `add_pane` and `split` had put them, and show them."""
        areas = {pane: self._page_area(pane) for pane in self.panes}
        for pane in self.panes:
            pane.setFloating(False)
            self.removeDockWidget(pane)
        self._page_rebuild(self._page_tree, areas)
        for pane in self.panes:
            pane.show()

    def _page_rebuild(self, node: _Node, areas: dict[Pane, Qt.DockWidgetArea]) -> None:
        """Put the panes of the tree back where `add_pane` and `split` had put them."""
        leaves = [pane for child, _ in node.children if (pane := _first(child)) is not None]
        if node is self._page_tree:
            for pane in leaves:
                self.addDockWidget(areas[pane], pane, Qt.Orientation.Horizontal)
        for before, after in pairwise(leaves):
            if node is not self._page_tree and node.orientation is not None:
                self.splitDockWidget(before, after, node.orientation)
        for child, _ in node.children:
            self._page_rebuild(child, areas)

    def _page_area(self, pane: Pane) -> Qt.DockWidgetArea:
        area = self.dockWidgetArea(pane)
        return Qt.DockWidgetArea.LeftDockWidgetArea if area == Qt.DockWidgetArea.NoDockWidgetArea else area


def _first(node: _Node) -> Pane | None:
    """The first pane under a node, shown or not."""
    if node.pane is not None:
        return node.pane
    return next((pane for child, _ in node.children if (pane := _first(child)) is not None), None)
