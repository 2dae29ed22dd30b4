"""How a person has arranged a page's panes: Qt's own state, the panes' places, and the size of the page with them.

Qt's state alone does not hold: taken over at another size of the window, it gives the room to whichever pane comes
first. So the places are kept too, and scaled to the size that there is.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QRect, QSize, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar

Places = Mapping[str, QRect]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """An arrangement to be remembered. `sized` tells whether the person changed proportions, too."""

    state: bytes
    size: QSize
    places: Places
    sized: bool

    def to_text(self) -> str:
        """As it stands in the settings."""
        places = {name: [r.x(), r.y(), r.width(), r.height()] for name, r in self.places.items()}
        return json.dumps(
            {
                "state": base64.b64encode(self.state).decode(),
                "size": [self.size.width(), self.size.height()],
                "places": places,
                "sized": self.sized,
            }
        )

    @staticmethod
    def from_text(text: str) -> Arrangement | None:
        """From the settings; None for what is not an arrangement (that of an older version, for instance)."""
        try:
            value = json.loads(text)
            places = {str(name): QRect(*map(int, rect)) for name, rect in value["places"].items()}
            width, height = map(int, value["size"])
            state = base64.b64decode(value["state"], validate=True)
        except (ValueError, TypeError, KeyError, AttributeError):
            return None
        if width < 1 or height < 1:
            return None
        return Arrangement(state, QSize(width, height), places, bool(value.get("sized")))


def places(page: QMainWindow, docks: Sequence[QDockWidget]) -> dict[str, QRect]:
    """Where the docked panes are that can be seen; of those in tabs, the one in front."""
    bars = page.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
    front = {bar.tabText(bar.currentIndex()) for bar in bars if not bar.isHidden()}
    return {
        dock.objectName(): dock.geometry()
        for dock in docks
        if not dock.isHidden()
        and not dock.isFloating()
        and (dock.windowTitle() in front or not page.tabifiedDockWidgets(dock))
    }


def take_over(page: QMainWindow, docks: Sequence[QDockWidget], wanted: Arrangement) -> bool:
    """Arrange the page so; False where Qt cannot, or where a pane would get less room than it needs."""
    if not page.restoreState(QByteArray(wanted.state)):
        return False
    if wanted.sized:
        scale(page, docks, wanted)
    return fits(page, docks)


def scale(page: QMainWindow, docks: Sequence[QDockWidget], wanted: Arrangement) -> None:
    """Give the panes the shares that they have in an arrangement, at the present size of the page."""
    seen = places(page, docks).keys() & wanted.places.keys()
    shown = [dock for dock in docks if dock.objectName() in seen]
    if not shown:
        return
    for orientation in (Qt.Orientation.Horizontal, Qt.Orientation.Vertical):
        if orientation == Qt.Orientation.Horizontal:
            factor = page.width() / wanted.size.width()
            sizes = [max(1, round(factor * wanted.places[dock.objectName()].width())) for dock in shown]
        else:
            factor = page.height() / wanted.size.height()
            sizes = [max(1, round(factor * wanted.places[dock.objectName()].height())) for dock in shown]
        page.resizeDocks(shown, sizes, orientation)


def fits(page: QMainWindow, docks: Sequence[QDockWidget]) -> bool:
    """Whether every docked pane that can be seen has the room that it needs."""
    seen = places(page, docks)
    for dock in docks:
        if dock.objectName() in seen:
            least = dock.minimumSizeHint().expandedTo(dock.minimumSize())
            if dock.width() < least.width() or dock.height() < least.height():
                return False
    return True
