"""The trust question: what would run, and a default of not running it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
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
from penjing_gui.widgets.ink import label
from penjing_resources.messages import parts


def evidence(failure: Failure) -> str:
    """What the file would run, one thing a line, as it was found without running it."""
    lines: list[str] = []
    words = {
        "path": QCoreApplication.translate("TrustDialog", "File"),
        "names": QCoreApplication.translate("TrustDialog", "Refers to"),
        "factory": QCoreApplication.translate("TrustDialog", "Calls"),
        "sha256": "SHA-256",
    }
    for name, value in failure.message.params.items():
        key = words.get(name, name)
        if isinstance(value, (list, tuple)):
            lines += [f"{key}:", *(f"    {one}" for one in value)]
        elif name == "names" and isinstance(value, str):
            lines += [f"{key}:", *(f"    {one.strip()}" for one in value.split(","))]
        else:
            lines.append(f"{key}: {value}")
    return "\n".join(lines)


class TrustDialog(QDialog):
    """Shows exactly what a file references and asks whether to run it. Cancel is the default."""

    def __init__(self, failure: Failure, asked: Asked, theme: Theme, language: str, parent: QWidget) -> None:
        super().__init__(parent)
        what, why, _ = parts(failure.message.code, failure.message.params, language)
        self.setWindowTitle(self.tr("This file can run code"))
        self.setMinimumWidth(560)
        sign = QLabel(self)
        sign.setPixmap(icon("warn", theme, theme.warn).pixmap(QSize(24, 24), self.devicePixelRatioF()))
        sign.setFixedSize(24, 24)
        head = label(what, self, font=themes.font(1, semibold=True), wrap=True, selectable=True)
        reason = label(why, self, wrap=True, selectable=True)
        self.found = QPlainTextEdit(evidence(failure), self)
        self.found.setReadOnly(True)
        self.found.setFont(themes.mono())
        self.found.setFixedHeight(140)
        self.found.setAccessibleName(self.tr("What the file refers to"))
        self.found.setTabChangesFocus(True)
        note = label(
            self.tr(
                "Open it only if you know where it comes from. It runs with your rights, in a process of its own, "
                "which ends when another model is opened."
            ),
            self,
            colour=theme.text2,
            wrap=True,
        )
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.trust = self.buttons.addButton(
            self.tr("Run it and open"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        self.trust.setAutoDefault(False)
        self.cancel = self.buttons.button(QDialogButtonBox.StandardButton.Cancel)
        self.cancel.setDefault(True)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        texts = QVBoxLayout()
        texts.addWidget(head)
        texts.addWidget(reason)
        top.addLayout(texts, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addLayout(top)
        layout.addWidget(label(asked.reference, self, font=themes.mono(), wrap=True, selectable=True))
        layout.addWidget(self.found)
        layout.addWidget(note)
        layout.addWidget(self.buttons)
        self.cancel.setFocus()
