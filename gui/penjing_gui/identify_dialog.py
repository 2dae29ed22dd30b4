"""Which architecture a file's weights are of: the best matches, ranked, one of them to be taken."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QDialogButtonBox, QPushButton, QWidget

from penjing_gui import numbers
from penjing_gui import theme as themes
from penjing_gui.session_dialog import SessionDialog
from penjing_gui.state import Asked, Workbench
from penjing_gui.style import make_primary
from penjing_gui.widgets.ink import label
from penjing_gui.widgets.named_buttons import name_buttons
from penjing_gui.widgets.plain_table import PlainTable, fit_columns

CHOOSE = 2  # the dialog's result where the person names the architecture
WHOLE = 0.9995  # a score from which on all tensors agree


class IdentifyDialog(SessionDialog):
    """`asked` is what to open once a match was taken: the architecture, with the file as its weights."""

    def __init__(self, bench: Workbench, path: str, parent: QWidget) -> None:
        super().__init__(bench, parent)
        self._path = path
        self.matches: list[Mapping[str, Any]] = []
        self.asked: Asked | None = None
        self.setWindowTitle(self.tr("Which architecture is it?"))
        self.resize(720, 420)
        self.setMinimumWidth(620)
        head = self.tr("Names and shapes of the tensors in {file} against torchvision's and timm's")
        self.head = label(
            head.format(file=Path(path).name), self, font=themes.font(1, semibold=True), wrap=True
        )
        self.table = PlainTable(bench.theme, self.tr("Architectures, the likeliest first"), self)
        self.table.activated.connect(self._activated)
        self.table.setToolTip(self.tr("Double-click or Enter opens it with these weights"))
        self.column.addWidget(self.head)
        self.column.addWidget(self.table, 1)
        self.column.addWidget(self.bar)
        self.column.addWidget(self.said)
        self._add_buttons()
        self.ask("identify", {"path": path})

    def _add_buttons(self) -> None:
        role = QDialogButtonBox.ButtonRole
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.adopt: QPushButton = self.buttons.addButton(self.tr("Adopt"), role.AcceptRole)
        self.adopt.setEnabled(False)
        self.adopt.setDefault(True)
        make_primary(self.adopt, self.bench.theme)
        self.choose = self.buttons.addButton(self.tr("Choose an architecture…"), role.ActionRole)
        self.choose.setAutoDefault(False)
        self.buttons.accepted.connect(self._adopt)
        self.buttons.rejected.connect(self.reject)
        self.choose.clicked.connect(self._choose)
        name_buttons(self.buttons)
        self.column.addWidget(self.buttons)

    def answered(self, value: Mapping[str, Any]) -> None:
        """Show the matches."""
        self.matches = list(value.get("matches", ()))
        self._fill()
        if not self.matches:
            self.tell(
                self.tr(
                    "No architecture of torchvision or timm is like it. If it is of your own code, choose "
                    "py:FILE.py:FUNCTION with this file as its weights."
                )
            )
            return
        self.adopt.setEnabled(True)
        self.table.selectRow(0)
        self.table.setFocus()
        self.tell(self._sentence(int(value.get("tensors", 0))))

    def _fill(self) -> None:
        heads = (
            self.tr("Architecture"),
            self.tr("Fits (%)"),
            self.tr("By name and shape (%)"),
            self.tr("By shape (%)"),
            self.tr("Classes"),
            self.tr("Tie"),
        )
        best = self.matches[0]["score"] if self.matches else 0.0
        rows = [
            (
                str(one["reference"]),
                *(f"{100 * float(one[key]):.1f}" for key in ("score", "by_name", "by_shape")),
                one.get("classes") if one.get("classes") is not None else "",
                self.tr("tied first") if one.get("tied") and one["score"] == best else "",
            )
            for one in self.matches
        ]
        self.table.set_rows(heads, rows)
        fit_columns(self.table)

    def _sentence(self, tensors: int) -> str:
        """What was found, first."""
        best = self.matches[0]
        tied = [one for one in self.matches if one.get("tied") and one["score"] == best["score"]]
        if len(tied) > 1:
            said = self.tr(
                "{count} architectures fit equally well: their tensors have the same names and shapes."
            )
            if len({one["by_name"] for one in tied}) > 1 or best["score"] < WHOLE:
                said = self.tr("{count} architectures fit equally well.")
            return said.format(count=len(tied))
        if best["score"] >= WHOLE:
            said = self.tr("All {count} tensors fit {model}, by name and shape.")
            return said.format(count=f"{tensors:,}", model=best["reference"])
        said = self.tr("{model} is the likeliest: {share} of all tensors fit.")
        return said.format(model=best["reference"], share=numbers.percent(float(best["score"])))

    def _activated(self, index: QModelIndex) -> None:
        self._take(index.row())

    def _adopt(self) -> None:
        self._take(max(0, self.table.currentIndex().row()))

    def _take(self, row: int) -> None:
        if row < len(self.matches):
            self.asked = Asked(str(self.matches[row]["reference"]), self._path, (), False)
            self.accept()

    def _choose(self) -> None:
        self.done(CHOOSE)
