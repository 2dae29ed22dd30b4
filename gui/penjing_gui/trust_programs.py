"""Consent to the programs in a folder that Penjing did not write here: remembered, or asked for."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QWidget

from penjing.spec import trust
from penjing.spec.messages import NEEDS_TRUST, Failure
from penjing_gui.trust_evidence import PROGRAMS, one_line

if TYPE_CHECKING:
    from penjing_gui.state import Workbench


def asks(failure: Failure) -> bool:
    """Whether a failure asks for consent to a folder's programs."""
    return failure.exit_code == NEEDS_TRUST and failure.message.code == PROGRAMS


def agreed(failure: Failure, bench: Workbench, parent: QWidget) -> str | None:
    """The SHA-256 that a person agrees to, now or before; None where the answer is no."""
    from penjing_gui.state import Asked
    from penjing_gui.trust_dialog import TrustDialog

    params = failure.message.params
    sha256, folder = str(params["sha256"]), str(params["folder"])
    if trust.remembered(sha256, folder):
        return sha256
    asked = Asked(folder, None, (), False)
    dialog = TrustDialog(failure, asked, bench.theme, bench.language, parent, {"path": folder})
    yes = dialog.exec() == QDialog.DialogCode.Accepted
    kept = dialog.remember.isChecked()
    dialog.deleteLater()
    if not yes:
        return None
    if kept:
        keep(bench, sha256, folder, one_line(failure))
    return sha256


def keep(bench: Workbench, sha256: str, path: str, what: str) -> None:
    """Remember a yes; where that is not possible, say so."""
    try:
        with contextlib.suppress(ValueError):
            trust.remember(sha256, path, what)
    except OSError as error:
        bench.failed.emit(Failure("window.settings_not_saved", problem=error.strerror or str(error)))
