"""The proportions that a page was made with: a tree of splitters with shares, as `Page.split` was called."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

from penjing_gui.widgets.pane import Pane


class Node:
    """A splitter of panes, as asked for: its orientation and its children with their shares; or one pane."""

    def __init__(self, orientation: Qt.Orientation | None, pane: Pane | None = None) -> None:
        self.orientation = orientation
        self.pane = pane
        self.children: list[tuple[Node, float]] = []
        self.folded = False

    def insert(self, a: Pane, b: Pane, orientation: Qt.Orientation, sizes: tuple[float, float]) -> None:
        """Put `b` beside or below `a`, sharing the room of `a` as `sizes`."""
        found = self.find(a)
        assert found is not None, "split a pane that was added"
        parent, index = found
        node, share = parent.children[index]
        first, second = sizes[0] / sum(sizes), sizes[1] / sum(sizes)
        if parent.orientation == orientation:
            parent.children[index] = (node, share * first)
            parent.children.insert(index + 1, (Node(None, b), share * second))
        else:
            inner = Node(orientation)
            inner.children = [(node, first), (Node(None, b), second)]
            parent.children[index] = (inner, share)

    def find(self, pane: Pane) -> tuple[Node, int] | None:
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

    def right_column(self) -> Node | None:
        """The column at the right, where it is one of two panes or more."""
        column = self.children[-1][0] if self.children else None
        while column is not None and column.orientation == Qt.Orientation.Horizontal:
            column = column.children[-1][0]
        return column if column is not None and len(column.panes()) >= 2 else None

    def panes(self) -> list[Pane]:
        """The panes right under this node; none where a splitter is among them."""
        panes = [child.pane for child, _ in self.children if child.pane is not None]
        return panes if len(panes) == len(self.children) else []

    def leaf(self) -> Pane | None:
        """The first visible pane in here."""
        if self.pane is not None:
            return self.pane if not self.pane.isHidden() and not self.pane.isFloating() else None
        return next((leaf for child, _ in self.children if (leaf := child.leaf()) is not None), None)

    def first(self) -> Pane | None:
        """The first pane in here, shown or not."""
        if self.pane is not None:
            return self.pane
        return next((pane for child, _ in self.children if (pane := child.first()) is not None), None)

    def apply(self, page: QMainWindow, room: QSize) -> None:
        """Give every pane its share of the room."""
        shown = [(child, share, leaf) for child, share in self.children if (leaf := child.leaf()) is not None]
        if not shown or self.orientation is None or self.folded:
            return
        horizontal = self.orientation == Qt.Orientation.Horizontal
        extent = room.width() if horizontal else room.height()
        whole = sum(share for _, share, _ in shown)
        sizes = [max(1, round(extent * share / whole)) for _, share, _ in shown]
        docks: list[QDockWidget] = [leaf for _, _, leaf in shown]
        page.resizeDocks(docks, sizes, self.orientation)
        for (child, _, _), size in zip(shown, sizes, strict=True):
            child.apply(page, QSize(size, room.height()) if horizontal else QSize(room.width(), size))

    def rebuild(self, page: QMainWindow, areas: dict[Pane, Qt.DockWidgetArea] | None = None) -> None:
        """Put the panes back where they were split; with `areas`, those at the top first go into their areas."""
        leaves = [pane for child, _ in self.children if (pane := child.first()) is not None]
        if areas is not None:
            for pane in leaves:
                page.addDockWidget(areas[pane], pane, Qt.Orientation.Horizontal)
        elif self.orientation is not None:
            for before, after in pairwise(leaves):
                page.splitDockWidget(before, after, self.orientation)
        for child, _ in self.children:
            child.rebuild(page)
