"""A person's choices that hold for the whole window: theme, language, and the unit of operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from penjing_gui import theme as themes

if TYPE_CHECKING:
    from penjing_gui.main_window import MainWindow


class Choices(QObject):
    """Takes choices from menus and preferences, keeps them, and marks them in the menus."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def choose_theme(self, action: QAction) -> None:
        """Take the theme that an action names."""
        self.set_theme(str(action.data()))

    def set_theme(self, choice: str) -> None:
        """`light`, `dark` or `system`."""
        window = self._window
        window.settings.theme = choice
        window.bench.set_theme(themes.theme_of(choice).name)
        self.mark()
        window.save_settings()

    def choose_language(self, action: QAction) -> None:
        """Take the language that an action names, from the next start on."""
        self.set_language(str(action.data()))

    def set_language(self, choice: str) -> None:
        """`en`, `zh_CN` or `system`; shows when Penjing is started again."""
        window = self._window
        if choice != window.settings.language:
            window.settings.language = choice
            window.save_settings()
            window.status.showMessage(self.tr("Another language shows when Penjing is started again."), 8000)
        self.mark()

    def choose_unit(self, action: QAction) -> None:
        """Take the unit that an action names."""
        self._window.bench.set_unit("macs" if action.data() == "macs" else "flops")

    def unit_changed(self, unit: str) -> None:
        """Keep the unit that is shown."""
        self._window.status.unit.set_key(unit)
        self._window.settings.unit = unit
        self.mark()

    def mark(self) -> None:
        """Mark what holds in the menus."""
        window = self._window
        window.menus.theme[window.settings.theme].setChecked(True)
        window.menus.language[window.settings.language].setChecked(True)
        window.menus.unit[window.bench.unit].setChecked(True)
