"""The table model of the exported files and their proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from penjing_gui import numbers
from penjing_gui import theme as themes
from penjing_gui.compare.runs import FinishedRun
from penjing_gui.icons import icon
from penjing_gui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
FILE, FORMAT, SIZE, OPENED, DIFFERENCE, PROOF = range(6)
_FORMATS = {
    "model.onnx": ("ONNX", "ONNX Runtime"),
    "model.pt2": ("torch.export", "torch.export.load"),
    "model.safetensors": ("weights + load_model.py", "torch"),
}


@dataclass(frozen=True)
class Artefact:
    """One exported file. `ok` is None before it was verified."""

    file: str
    format: str
    bytes: int | None
    opened_with: str = ""
    difference: float | None = None
    ok: bool | None = None
    reason: str = ""


def artefacts(run: FinishedRun, verification: Mapping[str, Any] | None) -> list[Artefact]:
    """The files of a run that hold its network, with what `verify` found where it has been asked."""
    found = {str(one["file"]): one for one in (verification or {}).get("artefacts", ())}
    rows = []
    for name in sorted(run.result.get("artefacts") or {}):
        if name not in _FORMATS:
            continue
        path = run.folder.path / str(run.result["artefacts"][name])
        try:
            size: int | None = path.stat().st_size
        except OSError:
            size = None
        form, opened = _FORMATS[name]
        one = found.get(name, {})
        reason = one.get("reason") or {}
        rows.append(
            Artefact(
                name,
                form,
                size,
                opened,
                one.get("max_abs_diff"),
                one.get("ok"),
                str(reason.get("code", "")) if isinstance(reason, Mapping) else "",
            )
        )
    return rows


class ArtefactModel(QAbstractTableModel):
    """Rows of `Artefact`."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Artefact, ...] = ()
        self._theme = theme
        self._prefix = numbers.byte_prefix(0)

    def set_rows(self, rows: list[Artefact]) -> None:
        """Replace the rows."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self._prefix = numbers.byte_prefix(max((row.bytes or 0 for row in rows), default=0), 1)
        self.endResetModel()

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        self._theme = theme
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, PROOF))

    def rowCount(self, parent: Index = _ROOT) -> int:
        """One row a file."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """File to proof."""
        return 0 if parent.isValid() else PROOF + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Column titles."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = section in (SIZE, DIFFERENCE)
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            self.tr("File"),
            self.tr("Format"),
            self.tr("Size, {unit}").format(unit=self._prefix.symbol),
            self.tr("Opened with"),
            self.tr("Max |Δ|"),
            self.tr("Proof"),
        )[section]

    def _proof(self, row: Artefact) -> str:
        if row.ok is None:
            return self.tr("not verified yet")
        return self.tr("verified") if row.ok else self.tr("failed")

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts, alignment, weight, colour and icon."""
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            size = numbers.DASH if row.bytes is None else numbers.cell(row.bytes, self._prefix)
            difference = "" if row.difference is None else numbers.small(row.difference)
            return (row.file, row.format, size, row.opened_with, difference, self._proof(row))[column]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column in (SIZE, DIFFERENCE) else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.FontRole:
            return themes.font(semibold=column == FILE or (column == PROOF and row.ok is not None))
        if role == Qt.ItemDataRole.ForegroundRole:
            if column == PROOF:
                return {True: self._theme.accent, False: self._theme.error}.get(row.ok, self._theme.text2)  # type: ignore[arg-type]
            return self._theme.text2 if column in (FORMAT, OPENED) else None
        if role == Qt.ItemDataRole.DecorationRole and column == PROOF and row.ok is not None:
            colour = self._theme.accent if row.ok else self._theme.error
            return icon("check" if row.ok else "cross", self._theme, colour)
        if role == Qt.ItemDataRole.UserRole:
            return row.file
        return None
