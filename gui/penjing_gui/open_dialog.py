"""The Open dialog: a model reference with examples, weights, input shape. What does not fit is said at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
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
REST_MS = 250  # a reference has to rest so long before its file is read
LOOK_SILENCE = 20.0  # seconds that reading a Python file's functions may take


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
        self._language, self._session = language, session
        self._looked_at = ""
        self._recent = list(recent)
        self.asked: Asked | None = None
        self.setWindowTitle(self.tr("Open a model"))
        self.setMinimumWidth(680)
        self.setAcceptDrops(True)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._look)
        self._build_fields(theme)
        self._build_choices(theme)
        self._lay_out()
        self.completer = NameCompleter(self.reference, EXAMPLES[:1])
        self.reference.textChanged.connect(self._changed)
        if start is not None:
            self.reference.setText(start.reference)
            self.weights.setText(start.weights or "")
            self.shape.setText("; ".join(start.inputs))
        self._changed()
        self.reference.setFocus()
        self.reference.selectAll()

    # What it is made of

    def _build_fields(self, theme: Theme) -> None:
        grid = self._grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        self.reference = self._row(0, self.tr("Model"), self.tr("A file, a folder, or a name as below"))
        self.factory = QComboBox(self)
        self.factory.setAccessibleName(self.tr("Function"))
        self.factory.setToolTip(
            self.tr("Functions and classes in the file that can be called without arguments")
        )
        self.factory.activated.connect(self._take_factory)
        self._factory_name = label(self.tr("Function"), self)
        self._factory_name.setBuddy(self.factory)
        grid.addWidget(self._factory_name, 1, 0)
        grid.addWidget(self.factory, 1, 1)
        self.weights = self._row(
            2, self.tr("Weights"), self.tr("A file of weights for a named architecture, if wanted")
        )
        self.shape = self._row(3, self.tr("Input"), self.tr("Shape of one sample, as 3,224,224 or 128:int64"))
        self.shape.setToolTip(
            self.tr(
                "Without the batch axis. Left out, it is taken from the model. Divide several inputs by ;"
            )
        )
        self.browse = self._button(self.tr("File…"), self.tr("Choose a model file"), self._choose_model)
        self.browse_folder = self._button(
            self.tr("Folder…"), self.tr("Choose a folder of Hugging Face"), self._choose_folder
        )
        self.browse_weights = self._button(
            self.tr("File…"), self.tr("Choose a weights file"), self._choose_weights
        )
        grid.addWidget(self.browse, 0, 2)
        grid.addWidget(self.browse_folder, 0, 3)
        grid.addWidget(self.browse_weights, 2, 2)
        self._show_factories([])

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
        layout.addLayout(self._grid)
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

    def _row(self, row: int, text: str, hint: str) -> QLineEdit:
        field = QLineEdit(self)
        field.setPlaceholderText(hint)
        field.setAccessibleName(text)
        name: QLabel = label(text, self)
        name.setBuddy(field)
        self._grid.addWidget(name, row, 0)
        self._grid.addWidget(field, row, 1)
        return field

    def _button(self, text: str, name: str, slot: object) -> QPushButton:
        button = QPushButton(text, self)
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    def showEvent(self, event: QShowEvent) -> None:
        """The names are wanted from now on."""
        super().showEvent(event)
        self.completer.read()

    # A Python file's functions

    def _changed(self) -> None:
        self.open_button.setEnabled(bool(self.reference.text().strip()))
        self.note.setText("")
        found = open_kinds.python_file(self.reference.text())
        if found is None or found[0] != self._looked_at:
            self._looked_at = ""
            self._show_factories([])
        if found is not None and self._looked_at != found[0]:
            self._rest.start()

    def _look(self) -> None:
        found = open_kinds.python_file(self.reference.text())
        if found is None or self._session is None or found[0] == self._looked_at:
            return
        self._looked_at = found[0]
        self._session.request(
            "look", {"path": found[0]}, self._looked, self._not_looked, silence=LOOK_SILENCE
        )

    def _looked(self, value: Mapping[str, Any]) -> None:
        found = open_kinds.python_file(self.reference.text())
        if found is None or found[0] != self._looked_at:
            return  # another file was named meanwhile
        names = [str(one["name"]) for one in value.get("factories", ())]
        self._show_factories(names)
        if not found[1] and names:
            self.reference.setText(f"py:{found[0]}:{open_kinds.likely(names)}")
        self.factory.setCurrentIndex(
            self.factory.findText((open_kinds.python_file(self.reference.text()) or found)[1])
        )

    def _not_looked(self, failure: Failure) -> None:
        if self._looked_at:
            self._say(failure)

    def _show_factories(self, names: list[str]) -> None:
        self.factory.clear()
        self.factory.addItems(names)
        self.factory.setVisible(bool(names))
        self._factory_name.setVisible(bool(names))

    def _take_factory(self) -> None:
        found = open_kinds.python_file(self.reference.text())
        if found is not None:
            self.reference.setText(f"py:{found[0]}:{self.factory.currentText()}")

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
            self.reference.setText(str(entry["reference"]))
            self.weights.setText(str(entry.get("weights") or ""))
            self.shape.setText("; ".join(map(str, entry.get("input", ()))))

    def _take_recent(self) -> None:
        self._use_recent()
        self._accept()

    def take(self, path: Path) -> None:
        """Take a file or folder: as the weights where an architecture is named already, else as the model."""
        named = self.reference.text().startswith(("torchvision:", "timm:"))
        if named and path.is_file() and path.suffix != ".py":
            self.weights.setText(str(path))
            return
        self.reference.setText(open_kinds.reference_of(path))
        self.reference.setFocus(Qt.FocusReason.OtherFocusReason)

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

    def _file(self, title: str, kinds: str, field: QLineEdit) -> str:
        start = str(Path(field.text()).parent) if field.text() and "/" in field.text() else ""
        path, _ = QFileDialog.getOpenFileName(self, title, start, kinds)
        return path

    def _choose_model(self) -> None:
        kinds = self.tr(
            "Models (*.pt *.pth *.bin *.ckpt *.pt2 *.ts *.safetensors *.onnx *.py);;All files (*)"
        )
        path = self._file(self.tr("Choose a model file"), kinds, self.reference)
        if path:
            self.reference.setText(open_kinds.reference_of(Path(path)))
            self.reference.setFocus()

    def _choose_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self, self.tr("Choose a folder of Hugging Face"))
        if path:
            self.reference.setText(f"hf:{path}")
            self.reference.setFocus()

    def _choose_weights(self) -> None:
        kinds = self.tr("Weights (*.safetensors *.pt *.pth *.bin *.ckpt *.pt2 *.ts);;All files (*)")
        path = self._file(self.tr("Choose a weights file"), kinds, self.weights)
        if path:
            self.weights.setText(path)

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
        self._rest.stop()
        self.completer.drop()
        super().done(result)

    def _say(self, failure: Failure) -> None:
        what, why, todo = parts(failure.message.code, failure.message.params, self._language)
        stop = "。" if self._language == "zh_CN" else ". "
        self.note.setText(stop.join(filter(None, (what, why, todo))) + stop.strip())
        self.note.setAccessibleName(self.note.text())
