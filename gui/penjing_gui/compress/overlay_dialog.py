"""Asks which runs to lay over the watched one."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from penjing.spec.folders import runs_folder
from penjing_gui import theme as themes
from penjing_gui.theme import Theme
from penjing_gui.widgets.curve_looks import MOST_OVERLAYS
from penjing_gui.widgets.ink import label

_PATH = Qt.ItemDataRole.UserRole


class OverlayDialog(QDialog):
    """A list of runs to tick. `show_runs` fills it; `chosen` are the folders that are ticked."""

    def __init__(self, theme: Theme, laid: Sequence[Path], watched: Path | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Lay runs over this one"))
        self.resize(640, 380)
        self._laid, self._watched = list(laid), watched
        self._words = {
            "done": self.tr("done"),
            "stopped": self.tr("stopped"),
            "failed": self.tr("failed"),
            "running": self.tr("running"),
            "interrupted": self.tr("ended"),
            "pruning": self.tr("pruning"),
            "distillation": self.tr("distillation"),
            "training": self.tr("training"),
        }
        self.list = QTreeWidget(self)
        self.list.setAccessibleName(self.tr("Runs"))
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setHeaderLabels(
            [self.tr("Run"), self.tr("Technique"), self.tr("State"), self.tr("Steps"), self.tr("Started")]
        )
        self._right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        self.list.headerItem().setTextAlignment(3, self._right)
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(72)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.itemChanged.connect(self._ticked)
        self.says = label(
            self.tr("Reading the runs…"), self, font=themes.font(-1), colour=theme.text2, wrap=True
        )
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        self.ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.ok.setText(self.tr("Show"))
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(self.tr("Cancel"))
        self.other = buttons.addButton(self.tr("Other folder…"), QDialogButtonBox.ButtonRole.ActionRole)
        self.other.clicked.connect(self._ask_folder)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addWidget(self.list)
        layout.addWidget(self.says)
        layout.addWidget(buttons)

    def show_runs(self, runs: Sequence[dict[str, Any]]) -> None:
        """Fill the list; those that are laid over already are ticked, and stay in it wherever they lie."""
        with QSignalBlocker(self.list):
            self.list.clear()
            known = {Path(run["run"]) for run in runs}
            for run in runs:
                if Path(run["run"]) != self._watched:
                    self._add(Path(run["run"]), run, Path(run["run"]) in self._laid)
            for path in self._laid:
                if path not in known:
                    self._add(path, {}, True)
        first = self.list.topLevelItem(0)
        if first is not None:
            self.list.setCurrentItem(first)
        self._say()

    def _add(self, path: Path, run: dict[str, Any], ticked: bool) -> None:
        started = run.get("started")
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(started)) if started else ""
        technique, status = str(run.get("technique", "")), str(run.get("status", ""))
        steps = f"{run['step']:,}" if run.get("step") else ""
        texts = [
            path.name,
            self._words.get(technique, technique),
            self._words.get(status, status),
            steps,
            when,
        ]
        item = QTreeWidgetItem(self.list, texts)
        item.setData(0, _PATH, str(path))
        item.setToolTip(0, str(path))
        item.setSizeHint(0, QSize(0, max(26, self.fontMetrics().height() + 10)))
        item.setTextAlignment(3, self._right)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(0, Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)

    @property
    def chosen(self) -> list[Path]:
        """The folders that are ticked: those that were laid over before first, so that they keep their places."""
        items = [self.list.topLevelItem(index) for index in range(self.list.topLevelItemCount())]
        ticked = [
            Path(str(item.data(0, _PATH)))
            for item in items
            if item is not None and item.checkState(0) == Qt.CheckState.Checked
        ]
        return sorted(ticked, key=lambda path: path not in self._laid)

    def _ticked(self, item: QTreeWidgetItem) -> None:
        if len(self.chosen) > MOST_OVERLAYS:
            with QSignalBlocker(self.list):
                item.setCheckState(0, Qt.CheckState.Unchecked)
        self._say()

    def _say(self) -> None:
        if not self.list.topLevelItemCount():
            text = self.tr("There is no other run with curves yet.")
        elif len(self.chosen) >= MOST_OVERLAYS:
            text = self.tr("At most four runs are laid over at once. Untick one to take another.")
        else:
            text = self.tr("Tick the runs whose curves are to be drawn beside those of this one.")
        self.says.setText(text)

    def _ask_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Choose a run's folder"), str(runs_folder()))
        if chosen and Path(chosen) != self._watched:
            self.take_folder(Path(chosen))

    def take_folder(self, path: Path) -> None:
        """Tick a run of another folder; it is read when the dialog is accepted."""
        if path not in self.chosen and len(self.chosen) < MOST_OVERLAYS:
            with QSignalBlocker(self.list):
                self._add(path, {}, True)
        self._say()
