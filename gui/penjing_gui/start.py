"""What happens once the window has been painted: the worker is started, the last model and run come back."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication

from penjing.spec.files import read_json
from penjing_gui.state import Asked

if TYPE_CHECKING:
    from penjing_gui.main_window import MainWindow


class Start(QObject):
    """Begins the work after the first paint."""

    def __init__(self, window: MainWindow, model: str | None, exit_when_shown: bool) -> None:
        super().__init__(window)
        self._window, self._model, self._exit = window, model, exit_when_shown
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._scheme_changed)

    def begin(self) -> None:
        """Open the model that was named, or the last one, or the sample; look for a run that goes on."""
        window = self._window
        if self._exit:
            window.close()
            return
        # What the window is made of stays to the end: a full collection need not look at it again and again.
        gc.freeze()
        asked = self._asked()
        run = self._last_run(asked.reference)
        if run is not None:
            window.bench.watch(run)
        window.open(asked)

    def _asked(self) -> Asked:
        recent = self._window.settings.recent
        if self._model is None and recent:
            last = recent[0]
            return Asked(last["reference"], last.get("weights"), tuple(last.get("input", ())), False)
        from penjing_gui.main_window import SAMPLE

        return Asked(self._model or SAMPLE, None, (), False)

    def _last_run(self, reference: str) -> Path | None:
        """The run that was watched last, where it is of the same model."""
        last = self._window.settings.last_run
        if last is None:
            return None
        path = Path(last)
        try:
            recipe = read_json(path / "recipe.json")
            same = recipe["model"]["reference"] == reference
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return path if same else None

    def _scheme_changed(self, _scheme: Qt.ColorScheme) -> None:
        if self._window.settings.theme == "system":
            self._window.choices.set_theme("system")
