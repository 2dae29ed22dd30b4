"""Asks for the other model of a comparison: any reference, or one of the finished runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from penjing_gui import theme as themes
from penjing_gui.background import Work
from penjing_gui.open_dialog import OpenDialog
from penjing_gui.state import Asked
from penjing_gui.theme import Theme
from penjing_gui.widgets.ink import label

if TYPE_CHECKING:
    from penjing_gui.session_client import SessionClient

MOST_SHOWN = 6  # runs in the list before it scrolls


class OtherDialog(OpenDialog):
    """The Open dialog with the finished runs; those of `model` stand first."""

    def __init__(
        self,
        theme: Theme,
        language: str,
        parent: QWidget,
        session: SessionClient | None = None,
        model: str = "",
    ) -> None:
        self._work: Work | None = None
        super().__init__(theme, language, parent, session=session)
        self._model = model
        self.setWindowTitle(self.tr("Compare with another model"))
        self.open_button.setText(self.tr("Compare"))
        self._title = label(self.tr("Finished runs"), self, font=themes.font(semibold=True))
        self.runs = QListWidget(self)
        self.runs.setAccessibleName(self.tr("Finished runs"))
        self.runs.itemClicked.connect(self._use_run)
        self.runs.itemActivated.connect(self._take_run)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        place = layout.indexOf(self.note)
        layout.insertWidget(place, self._title)
        layout.insertWidget(place + 1, self.runs)
        self._title.hide()
        self.runs.hide()

    def showEvent(self, event: QShowEvent) -> None:
        """The runs are wanted from now on."""
        super().showEvent(event)
        if self._work is None:
            self._work = Work(finished, self)
            self._work.done.connect(self._listed)
            self._work.start()

    def _listed(self, found: Sequence[dict[str, Any]]) -> None:
        words = {
            "pruning": self.tr("pruned"),
            "distillation": self.tr("distilled"),
            "training": self.tr("trained"),
        }
        for run in sorted(found, key=lambda run: run["model"] != self._model):
            told = [run["name"], run["model"], words.get(run["technique"], run["technique"])]
            item = QListWidgetItem(" · ".join(told), self.runs)
            item.setToolTip(run["run"])
            item.setData(Qt.ItemDataRole.UserRole, run["run"])
        rows = min(MOST_SHOWN, self.runs.count())
        self.runs.setFixedHeight(rows * (self.fontMetrics().height() + 6) + 4)
        self._title.setVisible(bool(rows))
        self.runs.setVisible(bool(rows))

    def _use_run(self, item: QListWidgetItem) -> None:
        self.reference.setText(str(item.data(Qt.ItemDataRole.UserRole)))
        self.weights.clear()
        self.shape.clear()

    def _take_run(self, item: QListWidgetItem) -> None:
        self.asked = Asked(str(item.data(Qt.ItemDataRole.UserRole)), None, (), False)
        self.accept()

    def done(self, result: int) -> None:
        """Close, and want no runs any more."""
        if self._work is not None:
            self._work.drop()
        super().done(result)


def finished() -> list[dict[str, Any]]:
    """The runs that have made something, newest first."""
    from penjing.runs.catalogue import list_runs
    from penjing.spec.folders import RunFolder

    return [
        {**run, "result": None}
        for run in list_runs()
        if run["status"] == "done" and RunFolder(Path(run["run"])).costs_after.is_file()
    ]
