"""The question of trust from beginning to end: what would run is found out, asked, remembered, and carried out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog

from penjing.spec import trust
from penjing.spec.messages import Failure
from penjing_gui.state import Asked, Busy
from penjing_gui.trust_evidence import RUN_NEVER, one_line
from penjing_gui.trust_programs import keep

if TYPE_CHECKING:
    from penjing_gui.main_window import MainWindow

LOOK_SILENCE = 60.0  # seconds that reading a file without running it may take


class TrustAsking(QObject):
    """Answers `trust_needed`: a file that is remembered opens at once, any other one after a yes."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._question: tuple[Failure, Asked] | None = None
        self._looking: int | None = None
        window.menus.cancel.triggered.connect(self.cancel)

    def ask(self, failure: Failure, asked: Asked) -> None:
        """Open what was asked for if its bytes are remembered; else look at the file and ask."""
        params = failure.message.params
        sha256 = str(params.get("sha256") or "")
        path = str(params.get("path") or asked.reference)
        if failure.message.code not in RUN_NEVER and sha256 and trust.remembered(sha256, path):
            self._open(asked, sha256)
            return
        bench = self._window.bench
        self._drop()  # what is said of another file is no answer to this
        self._question = failure, asked
        bench.busy_changed.emit(Busy("session.looking", {"path": path}))
        self._looking = bench.session.request(
            "look", {"path": path}, self._looked, self._not_looked, silence=LOOK_SILENCE
        )

    def cancel(self) -> None:
        """Give up looking at a file: nothing is opened, and what was open stays."""
        if self._question is not None:
            self._drop()
            self._window.bench.busy_changed.emit(None)
            self._window.bench.come_back()

    def _drop(self) -> None:
        if self._looking is not None:
            self._window.bench.session.drop(self._looking)
        self._looking = self._question = None

    def _looked(self, found: Mapping[str, Any]) -> None:
        bench = self._window.bench
        question, self._question, self._looking = self._question, None, None
        if question is None or bench.asked is not question[1]:
            return  # something else has been opened meanwhile
        bench.busy_changed.emit(None)
        failure, asked = question
        sha256 = str(found.get("sha256") or "")
        if failure.message.code not in RUN_NEVER and sha256 and trust.remembered(sha256, str(found["path"])):
            self._open(asked, sha256)
            return
        self._ask(failure, asked, found)

    def _ask(self, failure: Failure, asked: Asked, found: Mapping[str, Any]) -> None:
        from penjing_gui.trust_dialog import TAKE_OUT, TrustDialog

        window = self._window
        bench = window.bench
        dialog = TrustDialog(failure, asked, bench.theme, bench.language, window, found)
        answer = dialog.exec()
        sha256, path, kept = dialog.sha256, dialog.path, dialog.remember.isChecked()
        dialog.deleteLater()
        if answer == QDialog.DialogCode.Accepted:
            if kept:
                keep(bench, sha256, path, one_line(failure, found))
            self._open(asked, sha256)
            return
        window.bench.come_back()
        if answer == TAKE_OUT:
            window.asking.take_out(path, sha256, asked)

    def _open(self, asked: Asked, sha256: str) -> None:
        self._window.open(Asked(asked.reference, asked.weights, asked.inputs, True, sha256 or None))

    def _not_looked(self, failure: Failure) -> None:
        bench = self._window.bench
        question, self._question, self._looking = self._question, None, None
        if question is None or bench.asked is not question[1]:
            return  # something else has been opened meanwhile
        bench.busy_changed.emit(None)
        bench.come_back()
        if failure.message.code != "session.cancelled":
            bench.failed.emit(failure)
