"""What the main window remembers of itself: where it stood, and how a person arranged each page."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QMainWindow

from penjing_gui.page import Page
from penjing_gui.settings import Settings


def take_over(window: QMainWindow, pages: Sequence[Page], settings: Settings) -> None:
    """Place the window and hand each page its arrangements; at first 1440 × 900."""
    if settings.geometry is None or not window.restoreGeometry(_bytes(settings.geometry)):
        window.resize(1440, 900)
    for page in pages:
        for narrow in (False, True):
            if text := settings.pages.get(_key(page, narrow)):
                page.remember_layout(narrow, text)


def remember(window: QMainWindow, pages: Sequence[Page], settings: Settings) -> None:
    """Write place and arrangements into the settings."""
    settings.geometry = base64.b64encode(bytes(window.saveGeometry().data())).decode()
    for page in pages:
        layouts = page.layouts()
        for narrow in (False, True):
            settings.pages.pop(_key(page, narrow), None)
            if narrow in layouts:
                settings.pages[_key(page, narrow)] = layouts[narrow]


def _key(page: Page, narrow: bool) -> str:
    """Under which name an arrangement of a page is remembered."""
    return f"{page.objectName()}.narrow" if narrow else page.objectName()


def _bytes(text: str) -> QByteArray:
    """Qt's bytes from the settings; nothing for what is not base64."""
    try:
        return QByteArray(base64.b64decode(text, validate=True))
    except ValueError:
        return QByteArray()
