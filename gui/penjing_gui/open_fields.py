"""The fields of the Open dialog: a reference, a Python file's function, weights and input shape, each with its File…"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QGridLayout, QLabel, QLineEdit, QPushButton, QWidget

from penjing.spec.messages import Failure
from penjing_gui import open_kinds
from penjing_gui.widgets.ink import label

if TYPE_CHECKING:
    from penjing_gui.session_client import SessionClient

REST_MS = 250  # a reference has to rest so long before its file is read
LOOK_SILENCE = 20.0  # seconds that reading a Python file's functions may take


class OpenFields(QWidget):
    """With a `session` the functions of a Python file are listed (it is read, not run). `failed` says why not."""

    changed = Signal()
    failed = Signal(object)

    def __init__(self, parent: QWidget, session: SessionClient | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._looked_at = ""
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._look)
        grid = self._grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
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
        self.reference.textChanged.connect(self._changed)

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

    def take(self, path: Path) -> None:
        """Take a file or folder: as the weights where an architecture is named already, else as the model."""
        named = self.reference.text().startswith(("torchvision:", "timm:"))
        if named and path.is_file() and path.suffix != ".py":
            self.weights.setText(str(path))
            return
        self.reference.setText(open_kinds.reference_of(path))
        self.reference.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_values(self, reference: str, weights: str | None, inputs: list[str]) -> None:
        """Fill all fields."""
        self.reference.setText(reference)
        self.weights.setText(weights or "")
        self.shape.setText("; ".join(inputs))

    def rest(self) -> None:
        """Read no file any more."""
        self._rest.stop()

    # A Python file's functions

    def _changed(self) -> None:
        self.changed.emit()
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
            self.failed.emit(failure)

    def _show_factories(self, names: list[str]) -> None:
        self.factory.clear()
        self.factory.addItems(names)
        self.factory.setVisible(bool(names))
        self._factory_name.setVisible(bool(names))

    def _take_factory(self) -> None:
        found = open_kinds.python_file(self.reference.text())
        if found is not None:
            self.reference.setText(f"py:{found[0]}:{self.factory.currentText()}")

    # Files

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
