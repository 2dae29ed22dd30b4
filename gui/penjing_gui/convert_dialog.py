"""Takes the weights out of a file that may run code: into which folder, what it would run, progress, the result."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import (
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from penjing.spec.messages import NEEDS_TRUST, Failure
from penjing_gui import numbers
from penjing_gui import theme as themes
from penjing_gui.session_dialog import SessionDialog
from penjing_gui.state import Workbench
from penjing_gui.style import make_primary
from penjing_gui.trust_evidence import evidence
from penjing_gui.widgets.ink import label
from penjing_gui.widgets.named_buttons import name_buttons


class ConvertDialog(SessionDialog):
    """`weights` is the file that came out, once it is to be opened.

    `sha256` is of the bytes that were agreed to already; else it is asked here where code would run.
    """

    def __init__(self, bench: Workbench, path: str, parent: QWidget, sha256: str | None = None) -> None:
        super().__init__(bench, parent)
        self._path, self._sha256 = path, sha256
        self._made = ""
        self.weights: str | None = None
        self.setWindowTitle(self.tr("Take the weights out"))
        self.setMinimumWidth(620)
        self.head = label(path, self, font=themes.mono(), wrap=True, selectable=True)
        self.why = label(
            self.tr(
                "The file is opened once, in a process without network that starts no programs and changes no "
                "files but its own. What comes out is model.safetensors, which runs nothing, and manifest.json, "
                "which says where it is from."
            ),
            self,
            wrap=True,
        )
        self.found = QPlainTextEdit(self)
        self.found.setReadOnly(True)
        self.found.setFont(themes.mono())
        self.found.setFixedHeight(120)
        self.found.setAccessibleName(self.tr("What the file refers to"))
        self.found.setTabChangesFocus(True)
        self.found.hide()
        self.folder = QLineEdit(str(free_folder(Path(path))), self)
        self.folder.setAccessibleName(self.tr("Into the folder"))
        name = label(self.tr("Into the folder"), self)
        name.setBuddy(self.folder)
        self.browse = QPushButton(self.tr("Choose…"), self)
        self.browse.setAccessibleName(self.tr("Choose the folder"))
        self.browse.setAutoDefault(False)
        self.browse.clicked.connect(self._choose)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(name)
        row.addWidget(self.folder, 1)
        row.addWidget(self.browse)
        for widget in (self.head, self.why, self.found):
            self.column.addWidget(widget)
        self.column.addLayout(row)
        self.column.addWidget(self.bar)
        self.column.addWidget(self.said)
        role = QDialogButtonBox.ButtonRole
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.start = self.buttons.addButton(self.tr("Take the weights out"), role.ActionRole)
        self.open_button = self.buttons.addButton(self.tr("Open the weights"), role.AcceptRole)
        self.open_button.hide()
        make_primary(self.start, bench.theme)
        self.start.setDefault(True)
        self.start.clicked.connect(self._start)
        self.buttons.accepted.connect(self._open)
        self.buttons.rejected.connect(self.reject)
        name_buttons(self.buttons)
        self.column.addWidget(self.buttons)

    def _choose(self) -> None:
        parent = str(Path(self.folder.text()).parent)
        path = QFileDialog.getExistingDirectory(self, self.tr("Choose the folder"), parent)
        if path:
            chosen = Path(path)
            empty = not any(chosen.iterdir())
            self.folder.setText(str(chosen if empty else free_folder(chosen / Path(self._path).name)))

    def _start(self) -> None:
        for widget in (self.start, self.browse, self.folder):
            widget.setEnabled(False)
        out = str(Path(self.folder.text()).expanduser().absolute())
        self.ask("convert", {"path": self._path, "out": out, "sha256": self._sha256})

    def answered(self, value: Mapping[str, Any]) -> None:
        """It is done: say what there is, and offer to open it."""
        self._made = str(value["path"])
        weights = value["weights"]
        said = self.tr("{count} tensors, {size}, in {path}")
        self.tell(
            said.format(
                count=f"{weights['tensors']:,}", size=numbers.size(int(weights["bytes"])), path=self._made
            )
        )
        self.start.hide()
        self.open_button.show()
        make_primary(self.open_button, self.bench.theme)
        self.open_button.setDefault(True)
        self.open_button.setFocus()

    def refused(self, failure: Failure) -> None:
        """Where code would run, show which and ask; else say what went wrong."""
        for widget in (self.start, self.browse, self.folder):
            widget.setEnabled(True)
        sha256 = failure.message.params.get("sha256")
        denied = failure.message.code == "models.pickle_denied"
        if failure.exit_code == NEEDS_TRUST and sha256 and not denied:
            self._sha256 = str(sha256)
            self.found.setPlainText(evidence(failure))
            self.found.show()
            self.adjustSize()
            self.start.setText(self.tr("Open it once and take them out"))
            name_buttons(self.buttons)
            self.tell(self.tr("Code in the file runs for that, in the limited process alone."))
            return
        super().refused(failure)

    def _open(self) -> None:
        self.weights = self._made
        self.accept()


def free_folder(path: Path) -> Path:
    """A folder beside a file that is not there yet."""
    for number in range(1, 1000):
        folder = path.with_name(f"{path.stem}-weights" + (f"-{number}" if number > 1 else ""))
        if not folder.exists():
            return folder
    return path.with_name(f"{path.stem}-weights")
