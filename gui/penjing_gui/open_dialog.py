"""The Open dialog: a model reference with examples, weights, input shape. What does not fit is said at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from penjing.spec.messages import Failure
from penjing.spec.references import parse_input, parse_model
from penjing_gui import open_kinds
from penjing_gui import theme as themes
from penjing_gui.name_completer import NameCompleter
from penjing_gui.open_fields import OpenFields
from penjing_gui.settings import written
from penjing_gui.state import Asked
from penjing_gui.style import make_primary
from penjing_gui.theme import Theme
from penjing_gui.widgets.ink import label
from penjing_gui.widgets.named_buttons import name_buttons
from penjing_resources.messages import parts

if TYPE_CHECKING:
    from penjing_gui.session_client import SessionClient

EXAMPLES = ("sample:digits-cnn", "torchvision:resnet18", "timm:mobilenetv3_small_100")


def parse_inputs(text: str) -> tuple[str, ...]:
    """Input shapes as typed, several divided by `;`. Raises `Failure` for one that is not a shape."""
    shapes = tuple(one.strip() for one in text.split(";") if one.strip())
    return tuple(str(parse_input(one)) for one in shapes)


class OpenDialog(QDialog):
    """Asks what to open. `asked` is the answer once it was accepted.

    With a `session` the functions of a Python file are listed (it is read, not run); `recent` are entries of the
    settings.
    """

    def __init__(
        self,
        theme: Theme,
        language: str,
        parent: QWidget,
        start: Asked | None = None,
        session: SessionClient | None = None,
        recent: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__(parent)
        self._language = language
        self._recent = list(recent)
        self.asked: Asked | None = None
        self.setWindowTitle(self.tr("Open a model"))
        self.setMinimumWidth(680)
        self.setAcceptDrops(True)
        self.fields = OpenFields(self, session)
        self.reference, self.factory = self.fields.reference, self.fields.factory
        self.weights, self.shape = self.fields.weights, self.fields.shape
        self._build_choices(theme)
        self._lay_out()
        self.completer = NameCompleter(self.reference, EXAMPLES[:1])
        self.fields.changed.connect(self._changed)
        self.fields.failed.connect(self._say)
        if start is not None:
            self.fields.set_values(start.reference, start.weights, list(start.inputs))
        self._changed()
        self.reference.setFocus()
        self.reference.selectAll()

    # What it is made of

    def _build_choices(self, theme: Theme) -> None:
        self._examples = QHBoxLayout()
        self._examples.setSpacing(4)
        self._examples.addWidget(label(self.tr("Examples"), self, colour=theme.text2, font=themes.font(-1)))
        for text in EXAMPLES:
            button = QPushButton(text, self)
            button.setFlat(True)
            button.setAutoDefault(False)
            button.setFont(themes.mono(-1))
            button.setAccessibleName(self.tr("Use {example}").format(example=text))
            button.setProperty("example", text)
            button.clicked.connect(self._use_example)
            self._examples.addWidget(button)
        self._examples.addStretch(1)
        self.kinds = label(self._kinds(), self, colour=theme.text2, wrap=True)
        self._heading = label(self.tr("Opened lately"), self, font=themes.font(semibold=True))
        self.recent = QListWidget(self)
        self.recent.setAccessibleName(self.tr("Opened lately"))
        self.recent.addItems([written(one) for one in self._recent])
        rows = min(6, max(1, len(self._recent)))
        self.recent.setFixedHeight(rows * (self.fontMetrics().height() + 6) + 4)
        self.recent.itemClicked.connect(self._use_recent)
        self.recent.itemActivated.connect(self._take_recent)
        self._heading.setVisible(bool(self._recent))
        self.recent.setVisible(bool(self._recent))
        self.note = label("", self, colour=theme.error, wrap=True)
        self.note.setMinimumHeight(2 * self.fontMetrics().height())
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.open_button = self.buttons.addButton(self.tr("Open"), QDialogButtonBox.ButtonRole.AcceptRole)
        make_primary(self.open_button, theme)
        self.open_button.setDefault(True)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        name_buttons(self.buttons)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(self.fields)
        layout.addLayout(self._examples)
        layout.addWidget(self.kinds)
        layout.addWidget(self._heading)
        layout.addWidget(self.recent)
        layout.addWidget(self.note)
        layout.addWidget(self.buttons)

    def _kinds(self) -> str:
        return "\n".join(
            (
                self.tr("Names: torchvision: and timm: complete as you type."),
                self.tr("Folders: hf: and a model that transformers saved, with its config.json."),
                self.tr("Files: .safetensors, .pt, .pth, TorchScript, .pt2, ONNX; what is in them decides."),
                self.tr(
                    "Your own code: py:FILE.py:FUNCTION, with the input's shape. It asks before it runs."
                ),
            )
        )

    def showEvent(self, event: QShowEvent) -> None:
        """The names are wanted from now on."""
        super().showEvent(event)
        self.completer.read()

    def _changed(self) -> None:
        self.open_button.setEnabled(bool(self.reference.text().strip()))
        self.note.setText("")

    # What the person does

    def _use_example(self) -> None:
        button = self.sender()
        if button is not None:
            self.reference.setText(str(button.property("example")))
            self.reference.setFocus(Qt.FocusReason.OtherFocusReason)

    def _use_recent(self) -> None:
        row = self.recent.currentRow()
        if 0 <= row < len(self._recent):
            entry = self._recent[row]
            inputs = list(map(str, entry.get("input", ())))
            self.fields.set_values(str(entry["reference"]), entry.get("weights"), inputs)

    def _take_recent(self) -> None:
        self._use_recent()
        self._accept()

    def take(self, path: Path) -> None:
        """Take a file or folder: as the weights where an architecture is named already, else as the model."""
        self.fields.take(path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and folders may be dropped."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the first of what was dropped."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.take(paths[0])

    def _accept(self) -> None:
        try:
            reference = str(parse_model(open_kinds.completed(self.reference.text())))
            inputs = parse_inputs(self.shape.text())
        except Failure as failure:
            self._say(failure)
            return
        self.asked = Asked(reference, self.weights.text().strip() or None, inputs, False)
        self.accept()

    def done(self, result: int) -> None:
        """Close, and want no names any more."""
        self.fields.rest()
        self.completer.drop()
        super().done(result)

    def _say(self, failure: Failure) -> None:
        what, why, todo = parts(failure.message.code, failure.message.params, self._language)
        stop = "。" if self._language == "zh_CN" else ". "
        self.note.setText(stop.join(filter(None, (what, why, todo))) + stop.strip())
        self.note.setAccessibleName(self.note.text())
