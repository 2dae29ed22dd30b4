"""The Open dialog: a model reference with examples, weights, input shape. What does not fit is said at once."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from penjing.spec.messages import Failure
from penjing.spec.references import parse_input, parse_model
from penjing_gui import theme as themes
from penjing_gui.state import Asked
from penjing_gui.style import make_primary
from penjing_gui.theme import Theme
from penjing_gui.widgets.ink import label
from penjing_resources.messages import parts

EXAMPLES = ("sample:digits-cnn", "torchvision:resnet18", "py:model.py:build")


def parse_inputs(text: str) -> tuple[str, ...]:
    """Input shapes as typed, several divided by `;`. Raises `Failure` for one that is not a shape."""
    shapes = tuple(one.strip() for one in text.split(";") if one.strip())
    return tuple(str(parse_input(one)) for one in shapes)


class OpenDialog(QDialog):
    """Asks what to open. `asked` is the answer once it was accepted."""

    def __init__(self, theme: Theme, language: str, parent: QWidget, start: Asked | None = None) -> None:
        super().__init__(parent)
        self._language = language
        self.asked: Asked | None = None
        self.setWindowTitle(self.tr("Open a model"))
        self.setMinimumWidth(560)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        self.reference = self._row(grid, 0, self.tr("Model"), self.tr("A file, or a name as below"))
        self.weights = self._row(
            grid, 2, self.tr("Weights"), self.tr("A .safetensors, .pt or .pth file, if wanted")
        )
        self.shape = self._row(grid, 3, self.tr("Input"), self.tr("Shape of one sample, as 3,224,224"))
        self.shape.setToolTip(
            self.tr(
                "Without the batch axis. Left out, it is taken from the model. Divide several inputs by ;"
            )
        )
        self.browse = self._browse(grid, 0, self.tr("Choose a model file"))
        self.browse_weights = self._browse(grid, 2, self.tr("Choose a weights file"))
        self.browse.clicked.connect(self._choose_model)
        self.browse_weights.clicked.connect(self._choose_weights)
        examples = QHBoxLayout()
        examples.setSpacing(4)
        examples.addWidget(label(self.tr("Examples"), self, colour=theme.text2, font=themes.font(-1)))
        for text in EXAMPLES:
            button = QPushButton(text, self)
            button.setFlat(True)
            button.setFont(themes.mono(-1))
            button.setAccessibleName(self.tr("Use {example}").format(example=text))
            button.setProperty("example", text)
            button.clicked.connect(self._use_example)
            examples.addWidget(button)
        examples.addStretch(1)
        grid.addLayout(examples, 1, 1, 1, 2)
        self.note = label("", self, colour=theme.error, wrap=True)
        self.note.setMinimumHeight(2 * self.fontMetrics().height())
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.open_button = self.buttons.addButton(self.tr("Open"), QDialogButtonBox.ButtonRole.AcceptRole)
        make_primary(self.open_button, theme)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addLayout(grid)
        layout.addWidget(self.note)
        layout.addWidget(self.buttons)
        self.open_button.setDefault(True)
        self.reference.textChanged.connect(self._changed)
        if start is not None:
            self.reference.setText(start.reference)
            self.weights.setText(start.weights or "")
            self.shape.setText("; ".join(start.inputs))
        self._changed()
        self.reference.setFocus()
        self.reference.selectAll()

    def _row(self, grid: QGridLayout, row: int, text: str, hint: str) -> QLineEdit:
        field = QLineEdit(self)
        field.setPlaceholderText(hint)
        field.setAccessibleName(text)
        name = label(text, self)
        name.setBuddy(field)
        grid.addWidget(name, row, 0)
        grid.addWidget(field, row, 1)
        return field

    def _browse(self, grid: QGridLayout, row: int, name: str) -> QPushButton:
        button = QPushButton(self.tr("Browse…"), self)
        button.setAccessibleName(name)
        button.setAutoDefault(False)
        grid.addWidget(button, row, 2)
        return button

    def _changed(self) -> None:
        self.open_button.setEnabled(bool(self.reference.text().strip()))
        self.note.setText("")

    def _use_example(self) -> None:
        button = self.sender()
        if button is not None:
            self.reference.setText(str(button.property("example")))
            self.reference.setFocus(Qt.FocusReason.OtherFocusReason)

    def _file(self, title: str, kinds: str, field: QLineEdit) -> str:
        start = str(Path(field.text()).parent) if field.text() and "/" in field.text() else ""
        path, _ = QFileDialog.getOpenFileName(self, title, start, kinds)
        return path

    def _choose_model(self) -> None:
        kinds = self.tr("Models (*.pt *.pth *.pt2 *.safetensors *.onnx *.py);;All files (*)")
        path = self._file(self.tr("Choose a model file"), kinds, self.reference)
        if path:
            self.reference.setText(f"py:{path}:" if path.endswith(".py") else path)
            self.reference.setFocus()

    def _choose_weights(self) -> None:
        kinds = self.tr("Weights (*.safetensors *.pt *.pth);;All files (*)")
        path = self._file(self.tr("Choose a weights file"), kinds, self.weights)
        if path:
            self.weights.setText(path)

    def _accept(self) -> None:
        try:
            reference = str(parse_model(self.reference.text()))
            inputs = parse_inputs(self.shape.text())
        except Failure as failure:
            self._say(failure)
            return
        self.asked = Asked(reference, self.weights.text().strip() or None, inputs, False)
        self.accept()

    def _say(self, failure: Failure) -> None:
        what, why, todo = parts(failure.message.code, failure.message.params, self._language)
        stop = "。" if self._language == "zh_CN" else ". "
        self.note.setText(stop.join(filter(None, (what, why, todo))) + stop.strip())
        self.note.setAccessibleName(self.note.text())
