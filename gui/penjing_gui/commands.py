"""The one registry of commands: menus, palette and shortcut list are all made from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget


@dataclass(frozen=True, slots=True)
class Command:
    """One command: a name that never changes, the title of the menu it stands in, and its action."""

    name: str
    menu: str
    action: QAction

    @property
    def text(self) -> str:
        """What it says, without the mnemonic and the dots."""
        return plain(self.action.text())

    @property
    def shortcut(self) -> str:
        """Its shortcut as people read it, or nothing."""
        return self.action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)


def plain(text: str) -> str:
    """A menu text without its mnemonic: `&Open…` and `打开(&O)…` become `Open…` and `打开…`."""
    start = text.find("(&")
    if start >= 0 and text[start + 3 : start + 4] == ")":
        return text[:start] + text[start + 4 :]
    return text.replace("&", "")


class Commands(QObject):
    """Holds all commands in the order of the menus."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._commands: dict[str, Command] = {}

    def add(
        self,
        name: str,
        menu: QMenu,
        text: str,
        slot: Callable[..., object] | None = None,
        shortcut: str = "",
        *,
        checkable: bool = False,
    ) -> QAction:
        """Add a command at the end of a menu. The shortcut works in the whole window."""
        action = QAction(text, self._window)
        action.setObjectName(name)
        action.setCheckable(checkable)
        if shortcut:
            action.setShortcut(QKeySequence(shortcut))
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        if slot is not None:
            action.triggered.connect(slot)
        menu.addAction(action)
        self.register(name, menu, action)
        return action

    def register(self, name: str, menu: QMenu, action: QAction) -> None:
        """Take over an action that stands in a menu already (a page's, a pane's)."""
        self._window.addAction(action)
        self._commands[name] = Command(name, plain(menu.title()), action)

    def all(self) -> list[Command]:
        """All commands, in order."""
        return list(self._commands.values())

    def action(self, name: str) -> QAction:
        """The action of a command."""
        return self._commands[name].action
