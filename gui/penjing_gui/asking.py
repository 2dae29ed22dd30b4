"""What is asked of the person in dialogs: what to open, whether to trust, preferences, commands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMessageBox

from penjing.spec.messages import Failure
from penjing_gui.state import Asked

if TYPE_CHECKING:
    from penjing_gui.main_window import MainWindow


class Asking(QObject):
    """Shows the window's dialogs and does what was answered. Each is imported when it is first shown."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def ask_open(self, start: Asked | None = None) -> None:
        """Ask what to open."""
        from penjing_gui.open_dialog import OpenDialog

        window = self._window
        given = start if isinstance(start, Asked) else None  # a button's `clicked` gives a bool
        dialog = OpenDialog(window.bench.theme, window.bench.language, window, given)
        if dialog.exec() and dialog.asked is not None:
            window.open(dialog.asked)
        dialog.deleteLater()

    def ask_open_again(self) -> None:
        """Ask once more, with what was asked for last."""
        self.ask_open(self._window.bench.asked)

    def ask_open_run(self) -> None:
        """Ask for a run's folder and watch it."""
        from penjing.spec.folders import runs_folder

        path = QFileDialog.getExistingDirectory(self._window, self.tr("Open a run"), str(runs_folder()))
        if path:
            self._window.open_run(Path(path))

    def ask_trust(self, failure: Failure, asked: Asked) -> None:
        """Show what a file would run and ask whether to run it."""
        from penjing_gui.trust_dialog import TrustDialog

        window = self._window
        dialog = TrustDialog(failure, asked, window.bench.theme, window.bench.language, window)
        if dialog.exec():
            window.bench.open(asked.reference, asked.weights, asked.inputs, trust=True)
        dialog.deleteLater()

    def ask_preferences(self) -> None:
        """Show the preferences."""
        from penjing_gui.preferences import PreferencesDialog

        window = self._window
        dialog = PreferencesDialog(window.settings, window.bench.theme, window)
        if dialog.exec():
            language, theme, unit = dialog.chosen()
            window.set_language(language)
            window.set_theme(theme)
            window.bench.set_unit("macs" if unit == "macs" else "flops")
        dialog.deleteLater()

    def show_palette(self) -> None:
        """Show the command palette and carry out what was chosen."""
        from penjing_gui.palette import CommandPalette

        window = self._window
        dialog = CommandPalette(window.commands.all(), window.bench.theme, window)
        if dialog.exec() and dialog.chosen is not None:
            dialog.chosen.action.trigger()
        dialog.deleteLater()

    def show_shortcuts(self) -> None:
        """List all commands with their shortcuts."""
        from penjing_gui.palette import ShortcutList

        dialog = ShortcutList(self._window.commands.all(), self._window)
        dialog.exec()
        dialog.deleteLater()

    def show_about(self) -> None:
        """Say what this is."""
        from penjing import __version__

        text = self.tr(
            "Penjing {version}\n\nMakes trained PyTorch networks smaller, offline, by pruning or knowledge "
            "distillation. Apache-2.0."
        )
        QMessageBox.about(self._window, self.tr("About Penjing"), text.format(version=__version__))
