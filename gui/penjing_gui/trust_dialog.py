"""The trust question: what would run, and a default of not running it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from penjing.spec.messages import Failure
from penjing_gui import theme as themes
from penjing_gui.icons import icon
from penjing_gui.state import Asked
from penjing_gui.theme import Theme
from penjing_gui.trust_evidence import PICKLES, PROGRAMS, RUN_NEVER, evidence
from penjing_gui.widgets.ink import label
from penjing_gui.widgets.named_buttons import name_buttons
from penjing_resources.messages import parts

TAKE_OUT = 2  # the dialog's result where the weights are wanted alone; 1 is to run it, 0 to leave it


class TrustDialog(QDialog):
    """Shows exactly what a file, or a folder's programs, would run and asks whether to. Cancel is the default.

    `found` is the reply of the session's `look`; without it nothing is offered but yes and no. `sha256` is of the bytes
    that a yes is about.
    """

    def __init__(
        self,
        failure: Failure,
        asked: Asked,
        theme: Theme,
        language: str,
        parent: QWidget,
        found: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(parent)
        params = failure.message.params
        self._more = found is not None
        found = found or {}
        self.sha256 = str(found.get("sha256") or params.get("sha256") or "")
        self.path = str(found.get("path") or params.get("path") or asked.reference)
        what, why, _ = parts(failure.message.code, _brief(params), language)
        self._folder = failure.message.code == PROGRAMS
        self.setWindowTitle(
            self.tr("This folder holds programs") if self._folder else self.tr("This file can run code")
        )
        self.setMinimumWidth(620)
        self.found = QPlainTextEdit(evidence(failure, found), self)
        self.found.setReadOnly(True)
        self.found.setFont(themes.mono())
        self.found.setFixedHeight(168)
        self.found.setAccessibleName(self.tr("What the file refers to"))
        self.found.setTabChangesFocus(True)
        self.found.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.found.setVisible(bool(self.found.toPlainText()))
        self.remember = QCheckBox(
            self.tr("Remember this for the programs as they are now")
            if self._folder
            else self.tr("Remember this for the file as it is now"),
            self,
        )
        self.remember.setToolTip(
            self.tr("By its SHA-256: a changed file is asked about again. Preferences list and revoke it.")
        )
        self._add_buttons(failure.message.code)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addLayout(self._head(what, why, theme))
        layout.addLayout(self._facts(theme))
        layout.addWidget(self.found)
        for text in self._notes(failure.message.code):
            layout.addWidget(label(text, self, colour=theme.text2, wrap=True))
        layout.addWidget(self.remember)
        layout.addWidget(self.buttons)
        self.cancel.setFocus()

    def _head(self, what: str, why: str, theme: Theme) -> QHBoxLayout:
        sign = QLabel(self)
        sign.setPixmap(icon("warn", theme, theme.warn).pixmap(QSize(24, 24), self.devicePixelRatioF()))
        sign.setFixedSize(24, 24)
        texts = QVBoxLayout()
        texts.addWidget(label(what, self, font=themes.font(1, semibold=True), wrap=True, selectable=True))
        texts.addWidget(label(_sentence(why), self, wrap=True, selectable=True))
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(texts, 1)
        return top

    def _facts(self, theme: Theme) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(4)
        place = self.tr("Folder") if self._folder else self.tr("File")
        for name, value in ((place, self.path), ("SHA-256", self.sha256)):
            shown = label(value or "–", self, font=themes.mono(-1), selectable=True, wrap=name != "SHA-256")
            shown.setAccessibleName(f"{name}: {value}")
            form.addRow(label(name, self, colour=theme.text2), shown)
        return form

    def _notes(self, code: str) -> list[str]:
        notes = []
        if self._folder:
            return [
                self.tr("The SHA-256 stands for all of them. A program that is not as listed does not run."),
                self.tr(
                    "Go on only if you know where the folder comes from. They run with your rights, in a process of "
                    "their own, which ends when this is done."
                ),
            ]
        if code not in RUN_NEVER:
            notes.append(
                self.tr(
                    "Open it only if you know where it comes from. It runs with your rights, in a process of its "
                    "own, which ends when another model is opened."
                )
            )
        if code == "models.py_needs_trust":
            notes.append(self.tr("Files that it imports run too. They are not part of the SHA-256."))
        if code in PICKLES and self._more:
            notes.append(
                self.tr(
                    "Taking the weights out opens it once, in a process without network that starts no programs and "
                    "changes no files, and keeps nothing but numbers."
                )
            )
        return notes

    def _add_buttons(self, code: str) -> None:
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        role = QDialogButtonBox.ButtonRole
        self.cancel = self.buttons.button(QDialogButtonBox.StandardButton.Cancel)
        self.cancel.setDefault(True)
        yes = self.tr("Run them and go on") if self._folder else self.tr("Run it and open")
        self.trust = self.buttons.addButton(yes, role.AcceptRole)
        self.trust.setAutoDefault(False)
        self.take_out = self.buttons.addButton(self.tr("Take the weights out…"), role.ActionRole)
        self.take_out.setAutoDefault(False)
        self.take_out.setVisible(code in PICKLES and self._more)
        runs = code not in RUN_NEVER
        self.trust.setVisible(runs)
        self.remember.setVisible(runs and self._more)
        self.remember.setEnabled(bool(self.sha256))
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.take_out.clicked.connect(self._take_out)
        name_buttons(self.buttons)

    def _take_out(self) -> None:
        self.done(TAKE_OUT)


def _brief(params: Mapping[str, Any]) -> dict[str, Any]:
    """The message's parameters with no more than its first names: all of them are in the list below it."""
    brief = dict(params)
    names = [one.strip() for one in str(params.get("names", "")).split(",") if one.strip()]
    if len(names) > 3:
        brief["names"] = ", ".join(names[:3]) + ", …"
    if params.get("sha256"):
        brief["sha256"] = str(params["sha256"])[:12] + "…"
    if "folder" in params:
        brief["folder"] = "/".join(Path(str(params["folder"])).parts[-2:])
    if "path" in params:
        brief["path"] = Path(str(params["path"])).name
    return brief


def _sentence(text: str) -> str:
    """With a capital and a full stop."""
    stop = (
        ""
        if text.endswith(("…", ".", "。"))
        else "。"
        if any("\u4e00" <= one <= "\u9fff" for one in text)
        else "."
    )
    return text[:1].upper() + text[1:] + stop
