"""The dialog that asks for data: a reference with examples, files and folders, and those used lately."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from penjing.spec.messages import Failure
from penjing.spec.references import parse_data
from penjing_gui import theme as themes
from penjing_gui.compress.data_summary import reference_of
from penjing_gui.style import make_primary
from penjing_gui.theme import Theme
from penjing_gui.widgets.ink import label
from penjing_resources.messages import parts

SAMPLE = "sample:digits"


class DataDialog(QDialog):
    """Asks which data. `reference` is the answer once it was accepted."""

    def __init__(
        self, theme: Theme, language: str, parent: QWidget, start: str = "", recent: Sequence[str] = ()
    ) -> None:
        super().__init__(parent)
        self._language = language
        self.reference = ""
        self.setWindowTitle(self.tr("Choose data"))
        self.setMinimumWidth(600)
        self.field = QLineEdit(start, self)
        self.field.setAccessibleName(self.tr("Data"))
        self.field.setPlaceholderText(self.tr("A folder, a file, or a name as below"))
        name = label(self.tr("Data"), self)
        name.setBuddy(self.field)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(name)
        row.addWidget(self.field, 1)
        self.buttons: dict[str, QPushButton] = {}
        for key, text, slot in (
            ("folder", self.tr("Folder…"), self._choose_folder),
            ("file", self.tr("File…"), self._choose_file),
            ("sample", self.tr("The sample"), self._use_sample),
        ):
            button = QPushButton(text, self)
            button.setAccessibleName(text)
            button.setAutoDefault(False)
            button.clicked.connect(slot)
            row.addWidget(button)
            self.buttons[key] = button
        kinds = label(self._kinds(), self, colour=theme.text2, wrap=True)
        self.recent = QListWidget(self)
        self.recent.setAccessibleName(self.tr("Used lately"))
        self.recent.addItems(list(recent))
        self.recent.setMaximumHeight(8 * (self.fontMetrics().height() + 4))
        self.recent.itemClicked.connect(self._use_recent)
        self.recent.itemActivated.connect(self._take_recent)
        heading = label(self.tr("Used lately"), self, font=themes.font(semibold=True))
        self.note = label("", self, colour=theme.error, wrap=True)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.choose = box.addButton(self.tr("Choose"), QDialogButtonBox.ButtonRole.AcceptRole)
        make_primary(self.choose, theme)
        self.choose.setAccessibleName(self.choose.text())
        self.choose.setDefault(True)
        box.accepted.connect(self._accept)
        box.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        for part in (row, kinds, heading, self.recent, self.note, box):
            if isinstance(part, QHBoxLayout):
                layout.addLayout(part)
            else:
                layout.addWidget(part)
        heading.setVisible(bool(recent))
        self.recent.setVisible(bool(recent))
        self.field.textChanged.connect(self._changed)
        self._changed()
        self.field.setFocus()
        self.field.selectAll()

    def _kinds(self) -> str:
        return "\n".join(
            (
                self.tr(
                    "Pictures: a folder with a folder for each class, or with train, val and test in it."
                ),
                self.tr("Tables: a .csv or .parquet file with a column to predict."),
                self.tr("Arrays: an .npz file with x and y."),
                self.tr("Text: hf: and a folder of the datasets library, saved to disk."),
            )
        )

    def _changed(self) -> None:
        self.choose.setEnabled(bool(self.field.text().strip()))
        self.note.setText("")

    def _choose_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self, self.tr("Choose a folder of data"))
        if path:
            self.field.setText(reference_of(path) or path)

    def _choose_file(self) -> None:
        kinds = self.tr("Data (*.npz *.csv *.parquet);;All files (*)")
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Choose a file of data"), "", kinds)
        if path:
            self.field.setText(path)

    def _use_sample(self) -> None:
        self.field.setText(SAMPLE)
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _use_recent(self) -> None:
        item = self.recent.currentItem()
        if item is not None:
            self.field.setText(item.text())

    def _take_recent(self) -> None:
        self._use_recent()
        self._accept()

    def _accept(self) -> None:
        try:
            self.reference = str(parse_data(self.field.text()))
        except Failure as failure:
            what, why, todo = parts(failure.message.code, failure.message.params, self._language)
            stop = "。" if self._language == "zh_CN" else ". "
            self.note.setText(stop.join(filter(None, (what, why, todo))) + stop.strip())
            return
        self.accept()
