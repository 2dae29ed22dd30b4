"""The document's decision as a tree: three questions, four leaves, the way taken lit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QToolTip, QWidget

from penjing_gui import theme as themes
from penjing_gui.theme import Theme

_PARENT = {
    "limits": "dense",
    "required": "dense",
    "C1": "limits",
    "C2": "limits",
    "C3": "required",
    "C4": "required",
}
_YES = {"limits": True, "required": False, "C1": True, "C2": False, "C3": True, "C4": False}


_COLUMNS = (("dense",), ("limits", "required"), ("C1", "C2", "C3", "C4"))
BRANCH, SHORT_BRANCH = 34.0, 26.0  # px between two columns, at least


def share_columns(wanted: Sequence[float], titles: Sequence[float], room: float) -> list[float]:
    """Widths of the columns within `room`: second lines are cut before titles, questions before the leaves."""
    if sum(wanted) <= room:
        return list(wanted)
    if (spare := room - sum(titles)) >= 0:
        part = spare / (sum(wanted) - sum(titles))
        return [title + part * (whole - title) for title, whole in zip(titles, wanted, strict=True)]
    shrink = max(0.0, room - titles[-1]) / sum(titles[:-1])
    return [*(title * shrink for title in titles[:-1]), titles[-1]]


@dataclass(frozen=True, slots=True)
class Node:
    """One question or leaf: two lines, whether the way goes through it, and the sentence behind it."""

    key: str
    title: str
    line: str
    on_way: bool
    why: str

    @property
    def leaf(self) -> bool:
        """Whether it is an outcome."""
        return self.key[0] == "C"


class DecisionTree(QWidget):
    """Draws seven nodes on a fixed layout. Arrow keys go from node to node; the tooltip and description follow."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._nodes: dict[str, Node] = {}
        self._words = ("yes", "no")
        self._current: str | None = None
        self._compact = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(320, 190)

    def set_nodes(self, nodes: tuple[Node, ...], yes: str, no: str) -> None:
        """Show another decision; `yes` and `no` are written on the branches."""
        self._nodes = {node.key: node for node in nodes}
        self._words = (yes, no)
        way = [f"{node.title} {node.line}" for node in nodes if node.on_way]
        self.setAccessibleDescription(". ".join(way))
        self.update()

    @property
    def nodes(self) -> tuple[Node, ...]:
        """What is shown."""
        return tuple(self._nodes.values())

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """The look's proportions."""
        return QSize(540, 300)

    # layout

    def box(self, key: str) -> QRectF:
        """Where a node is drawn."""
        margin, width, height = 10.0, float(self.width()), float(self.height())
        line = QFontMetricsF(themes.font()).height()
        tall = min(2 * line + 18, (height - 2 * margin) / 4 - 6)
        room = width - 2 * margin - 2 * BRANCH
        self._compact = False
        columns = [self._wanted(keys) for keys in _COLUMNS]
        if sum(columns) > room:  # titles one size smaller and closer before anything is cut
            self._compact = True
            room = width - 2 * margin - 2 * SHORT_BRANCH
            columns = share_columns(
                [self._wanted(keys) for keys in _COLUMNS],
                [self._wanted(keys, lines=False) for keys in _COLUMNS],
                room,
            )
        gap = (width - 2 * margin - sum(columns)) / 2
        place = next(index for index, keys in enumerate(_COLUMNS) if key in keys)
        x, column = margin + sum(columns[:place]) + place * gap, columns[place]
        step = (height - 2 * margin - tall) / 3
        centres = {
            key: margin + tall / 2 + index * step for index, key in enumerate(("C1", "C2", "C3", "C4"))
        }
        centres["limits"] = (centres["C1"] + centres["C2"]) / 2
        centres["required"] = (centres["C3"] + centres["C4"]) / 2
        centres["dense"] = (centres["limits"] + centres["required"]) / 2
        return QRectF(x, centres[key] - tall / 2, column, tall)

    def _wanted(self, keys: tuple[str, ...], lines: bool = True) -> float:
        """The width at which no text of a column is cut, or without `lines` no title."""
        nodes = [self._nodes[key] for key in keys if key in self._nodes]
        smaller = 1 if self._compact else 0
        small = QFontMetricsF(themes.font(-1))
        widths = [small.horizontalAdvance(node.line) for node in nodes if lines]
        for node in nodes:
            title = QFontMetricsF(themes.font((1 if node.leaf else 0) - smaller, semibold=True))
            widths.append(title.horizontalAdvance(node.title))
        return max([66.0 if self._compact else 80.0, *widths]) + (11 if self._compact else 14)

    # drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Branches first, those of the way last, then the nodes."""
        if not self._nodes:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for lit in (False, True):
            for key, parent in _PARENT.items():
                on_way = self._nodes[key].on_way and self._nodes[parent].on_way
                if on_way is lit:
                    self._paint_branch(painter, parent, key, lit)
        for node in self._nodes.values():
            self._paint_node(painter, node)

    def _paint_branch(self, painter: QPainter, parent: str, key: str, lit: bool) -> None:
        theme = self._theme
        start, end = self.box(parent), self.box(key)
        bend = start.right() + (end.left() - start.right()) * 0.25
        y = end.center().y()
        path = QPainterPath(QPointF(start.right(), start.center().y()))
        path.lineTo(bend, start.center().y())
        path.lineTo(bend, y)
        path.lineTo(end.left(), y)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.accent if lit else theme.line2, 2.5 if lit else 1))
        painter.drawPath(path)
        word = self._words[0] if _YES[key] else self._words[1]
        font = themes.font(-1, semibold=lit)
        metrics = QFontMetricsF(font)
        middle = (bend + end.left()) / 2
        room = QRectF(0, 0, metrics.horizontalAdvance(word) + 8, metrics.height())
        room.moveCenter(QPointF(middle, y))
        painter.fillRect(room, theme.base)
        painter.setFont(font)
        painter.setPen(theme.accent if lit else theme.text2)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, word)

    def _paint_node(self, painter: QPainter, node: Node) -> None:
        theme, box = self._theme, self.box(node.key)
        fill, border, ink, ink2 = theme.base, theme.line2, theme.text, theme.text2
        if node.on_way:
            border = theme.accent
            fill = theme.accent if node.leaf else theme.accent_soft
            ink = theme.on_accent if node.leaf else theme.text
            ink2 = theme.on_accent if node.leaf else theme.text
        painter.setPen(QPen(border, 1))
        painter.setBrush(fill)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        inner = box.adjusted(6, 4, -4, -4) if self._compact else box.adjusted(8, 4, -5, -4)
        half = inner.height() / 2
        title = QRectF(inner.left(), inner.top(), inner.width(), half)
        below = QRectF(inner.left(), inner.top() + half, inner.width(), half)
        strong = node.on_way or node.leaf
        delta = (1 if node.leaf else 0) - (1 if self._compact else 0)
        self._text(painter, title, node.title, ink, semibold=strong, delta=delta)
        self._text(painter, below, node.line, ink2, delta=-1)
        if self.hasFocus() and node.key == self._at():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.accent, 2))
            painter.drawRoundedRect(box.adjusted(-3, -3, 3, 3), 5, 5)

    def _text(
        self, painter: QPainter, room: QRectF, text: str, ink: QColor, semibold: bool = False, delta: int = 0
    ) -> None:
        font = themes.font(delta, semibold=semibold)
        painter.setFont(font)
        painter.setPen(ink)
        shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)

    # keyboard, tooltips

    def _at(self) -> str:
        """The node under the keyboard; at first the leaf reached."""
        if self._current is None:
            return next((key for key, node in self._nodes.items() if node.leaf and node.on_way), "dense")
        return self._current

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left to the question before, right to the answer taken (or yes), up and down within a column."""
        here = self._at()
        column = next(keys for keys in _COLUMNS if here in keys)
        index = column.index(here)
        children = [key for key, parent in _PARENT.items() if parent == here]
        target: str | None = None
        match Qt.Key(event.key()):
            case Qt.Key.Key_Left:
                target = _PARENT.get(here)
            case Qt.Key.Key_Right if children:
                target = next((key for key in children if self._nodes[key].on_way), children[0])
            case Qt.Key.Key_Up:
                target = column[max(0, index - 1)]
            case Qt.Key.Key_Down:
                target = column[min(len(column) - 1, index + 1)]
            case _:
                super().keyPressEvent(event)
                return
        if target is not None and target in self._nodes:
            self._current = target
            node = self._nodes[target]
            self.setAccessibleDescription(f"{node.title} {node.line}. {node.why}")
            self.update()

    def event(self, event: object) -> bool:
        """The whole of a node's text as its tooltip."""
        if isinstance(event, QHelpEvent):
            point = QPointF(event.pos())
            for node in self._nodes.values():
                if self.box(node.key).contains(point):
                    QToolTip.showText(event.globalPos(), f"{node.title}\n{node.line}\n{node.why}", self)
                    return True
            QToolTip.hideText()
            return True
        return bool(super().event(event))  # type: ignore[arg-type]

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Do not show it."""
        super().focusOutEvent(event)
        self.update()
