"""What is asked of the person in dialogs: what to open, whether to trust, preferences, commands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox

from penjing.spec.messages import NEEDS_TRUST, Failure
from penjing_gui.state import Asked

if TYPE_CHECKING:
    from penjing_gui.main_window import MainWindow
    from penjing_gui.trust_asking import TrustAsking


class Asking(QObject):
    """Shows the window's dialogs and does what was answered. Each is imported when it is first shown."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._trust: TrustAsking | None = None

    def ask_open(self, start: Asked | None = None) -> None:
        """Ask what to open."""
        from penjing_gui.open_dialog import OpenDialog

        window = self._window
        bench = window.bench
        given = start if isinstance(start, Asked) else None  # a button's `clicked` gives a bool
        recent = window.settings.recent
        dialog = OpenDialog(bench.theme, bench.language, window, given, bench.session, recent)
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

    def show_remarks(self) -> None:
        """List what opening and counting had to say about the open model."""
        from penjing_gui.remarks_dialog import RemarksDialog

        bench = self._window.bench
        if bench.model is None or not bench.remarks:
            return
        remarks = [bench.say(one.code, one.params) for one in bench.remarks]
        dialog = RemarksDialog(bench.model.reference, remarks, bench.theme, self._window)
        dialog.exec()
        dialog.deleteLater()

    def ask_trust(self, failure: Failure, asked: Asked) -> None:
        """Show what a file would run and ask whether to run it; one that is remembered opens at once."""
        if self._trust is None:
            from penjing_gui.trust_asking import TrustAsking

            self._trust = TrustAsking(self._window)
        self._trust.ask(failure, asked)

    # Files that can only be looked at

    def ask_identify(self) -> None:
        """Find out which architecture the open file's weights are of."""
        from penjing_gui.identify_dialog import CHOOSE, IdentifyDialog

        window = self._window
        path = window.bench.weights_only
        if path is None:
            return
        dialog = IdentifyDialog(window.bench, path, window)
        answer = dialog.exec()
        asked = dialog.asked
        dialog.deleteLater()
        if answer == CHOOSE:
            self.ask_architecture()
        elif asked is not None:
            window.open(asked)

    def ask_architecture(self) -> None:
        """Ask for the architecture that the open file's weights go into."""
        path = self._window.bench.weights_only
        if path is not None:
            self.ask_open(Asked("", path, (), False))

    def ask_graph(self) -> None:
        """Ask whether to load the program in the open file, so that its own graph can be shown."""
        from penjing_gui.open_dialog import parse_inputs

        bench = self._window.bench
        model = bench.model
        if model is None or not model.program:
            return
        inputs = tuple(map(str, model.input))
        if not inputs:
            text, yes = QInputDialog.getText(
                self._window, self.tr("Open its graph"), self.tr("Shape of one sample, as 3,224,224")
            )
            if not yes:
                return
            try:
                inputs = parse_inputs(text)
            except Failure as failure:
                bench.failed.emit(failure)
                return
        asked = Asked(model.reference, None, inputs, False)
        bench.ask_about(asked)
        self.ask_trust(Failure("window.program_needs_trust", NEEDS_TRUST, path=model.reference), asked)

    def ask_take_out(self) -> None:
        """Ask for a file and take its weights out."""
        kinds = self.tr("Files with weights (*.pt *.pth *.bin *.ckpt *.pt2 *.ts *.pkl);;All files (*)")
        path, _ = QFileDialog.getOpenFileName(
            self._window, self.tr("Take the weights out of a file"), "", kinds
        )
        if path:
            self.take_out(path)

    def take_out(self, path: str, sha256: str | None = None, asked: Asked | None = None) -> None:
        """Take the weights out of a file, and open them: in the architecture that `asked` names, else by themselves."""
        from penjing_gui.convert_dialog import ConvertDialog

        window = self._window
        dialog = ConvertDialog(window.bench, path, window, sha256)
        dialog.exec()
        weights = dialog.weights
        dialog.deleteLater()
        if weights is None:
            return
        if asked is not None and asked.weights is not None:
            window.open(Asked(asked.reference, weights, asked.inputs, False))
        else:
            window.open(Asked(weights, None, (), False))

    def ask_preferences(self) -> None:
        """Show the preferences."""
        from penjing_gui.preferences import PreferencesDialog

        window = self._window
        dialog = PreferencesDialog(window.settings, window.bench.theme, window)
        if dialog.exec():
            language, theme, unit = dialog.chosen()
            window.choices.set_language(language)
            window.choices.set_theme(theme)
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
