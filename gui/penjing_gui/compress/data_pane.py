"""The data page: samples, classes, splits, columns, how the data are read, and what should be known of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QPushButton

from penjing.spec.messages import Failure
from penjing_gui.compress.data_dialog import SAMPLE, DataDialog
from penjing_gui.compress.data_facts import DataFacts
from penjing_gui.compress.data_summary import DataSummary, reference_of
from penjing_gui.compress.data_view import DataView
from penjing_gui.compress.recipe_check import check_data, problem_text
from penjing_gui.state import Workbench
from penjing_gui.theme import Theme
from penjing_gui.widgets.pane import Pane

SIDE_WIDTH = 236


class DataPane(Pane):
    """Shows what `DataFacts` knows; what is chosen and set here goes to `bench.set_data`.

    `changing` comes before that, for who holds an edit of the plan back.
    """

    changing = Signal()

    def __init__(self, bench: Workbench, facts: DataFacts) -> None:
        super().__init__("", "compress.data", bench.theme)
        self.set_title(self.tr("Data"))
        self.setMinimumWidth(480)
        self.setAcceptDrops(True)
        self.bench, self.facts = bench, facts
        self._state: object = None
        self._shown = ""  # the reference of the data that the view shows
        self.choose_button = QPushButton(self.tr("Choose data…"))
        self.choose_button.setAccessibleName(self.choose_button.text())
        self.choose_button.setFixedHeight(max(20, self.choose_button.fontMetrics().height() + 4))
        self.choose_button.clicked.connect(self.choose)
        self.again_button = QPushButton(self.tr("Read again"))
        self.again_button.setAccessibleName(self.again_button.text())
        self.again_button.setFixedHeight(self.choose_button.height())
        self.again_button.clicked.connect(facts.again)
        self.add_tool(self.again_button)
        self.add_tool(self.choose_button)
        self.view = DataView(bench.theme)
        self.set_body(self.view)
        self.view.columns.own.kind_chosen.connect(self._kind_chosen)
        self.view.options.edited.connect(self._edited)
        facts.changed.connect(self.refresh)
        bench.run_view_changed.connect(self._lock)
        self.apply_theme(bench.theme)
        self.refresh()

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        super().apply_theme(theme)
        self.view.apply_theme(theme)

    # --- what is shown

    def refresh(self) -> None:
        """Show what is known now."""
        facts = self.facts
        if facts.busy:
            self._show_progress(facts.progress)
        else:
            self.clear_busy()
        state = (facts.section, facts.summary, facts.failure, facts.busy)
        if state == self._state:
            return
        self._state = state
        self.again_button.setVisible(facts.section is not None and not facts.busy)
        self._say_failure(facts.failure)
        reference = facts.section["reference"] if facts.section is not None else ""
        if facts.summary is not None:
            self._shown = reference
            self.clear_empty()
            self.view.show_summary(facts.summary, self._section(), self.bench.say)
            self.set_note(self._note(facts.summary))
        elif not reference:
            self._show_nothing()
        elif reference == self._shown and self.view.summary is not None:
            # The same data, read in another way: what was seen of them stays, and how they are read can be set.
            self.clear_empty()
            if not facts.busy:
                self.view.options.load(self._section(), self.view.summary)
        elif facts.busy:
            self.set_note("")
            self.set_empty(self.tr("Reading {reference}").format(reference=reference))
        else:
            self._show_unread(reference, facts.failure)
        self._lock()

    def _show_unread(self, reference: str, failure: Failure | None) -> None:
        """Data that were never seen: what can be done so that they are."""
        self.set_note("")
        cancelled = failure is not None and failure.message.code == "session.cancelled"
        sentence = self.tr("There is nothing to show of these data.")
        if cancelled:
            sentence = self.tr("Reading was given up.")
        actions = [(self.tr("Read again"), self.facts.again), (self.tr("Choose data…"), self.choose)]
        if reference.startswith("hf:"):
            actions.append((self.tr("Choose a tokenizer…"), self._choose_tokenizer))
        if len(self.facts.section or {}) > 1:
            actions.append((self.tr("Read as at first"), self._forget_settings))
        self.set_empty(sentence, actions)

    def _show_nothing(self) -> None:
        self.set_note("")
        sentence = self.tr(
            "Choose data to train on: a folder of pictures, a table, arrays or text. They can also be dropped here."
        )
        actions = [(self.tr("Choose data…"), self.choose), (self.tr("Use the sample"), self._use_sample)]
        self.set_empty(sentence, actions)

    def _show_progress(self, progress: Mapping[str, Any]) -> None:
        code = str(progress.get("code") or "")
        text = self.bench.say(code, progress.get("params") or {}) if code else self.tr("Reading the data")
        total = progress.get("total") or 0
        fraction = progress["done"] / total if total and progress.get("done") else None
        self.show_busy(text, fraction, cancel=self.facts.cancel)

    def _say_failure(self, failure: Failure | None) -> None:
        if failure is None:
            self.clear_failure()
        elif failure.message.code != "session.cancelled":
            key = str(failure.message.params.get("key", "")).removeprefix("data.").partition(".")[0]
            parts = self.bench.say_parts(failure)
            if not (key and self.view.options.show_error(key, parts[1] or parts[0])):
                self.show_failure(parts)

    def _section(self) -> Mapping[str, Any]:
        """The data section that is shown: what reading does not depend on (augmentation) only the plan knows."""
        section, asked = self.bench.current_data, self.facts.section or {}
        same = section is not None and section["reference"] == asked.get("reference")
        return section if same and section is not None else asked

    def _note(self, summary: DataSummary) -> str:
        parts = [self.tr("{count} samples").format(count=f"{summary.total:,}")]
        if summary.classes:
            parts.append(self.tr("%n class(es)", "", summary.classes))
        return " · ".join([summary.reference, *parts])

    def _lock(self, *_: object) -> None:
        """Nothing is chosen and set while a run goes on."""
        view = self.bench.run_view
        running = view is not None and not view.ended
        tip = self.tr("fixed while it runs") if running else ""
        for part in (self.view.options, self.view.columns, self.choose_button):
            if part.isEnabled() == running:
                part.setEnabled(not running)
                part.setToolTip(tip)

    # --- what the person does

    def choose(self, *_: object) -> None:
        """Ask which data."""
        start = str((self.bench.current_data or {}).get("reference", ""))
        dialog = DataDialog(self.theme, self.bench.language, self.window(), start, self.bench.recent_data)
        if dialog.exec() and dialog.reference:
            self.take(dialog.reference)
        dialog.deleteLater()

    def take(self, reference: str) -> None:
        """Take the data of a reference; those that were taken before keep what was set for reading them."""
        current = self.bench.current_data
        if current is None or current.get("reference") != reference:
            self._set({"reference": reference})
        else:
            self.facts.again()

    def _set(self, section: dict[str, Any]) -> None:
        self.changing.emit()
        self.bench.set_data(section)

    def _use_sample(self) -> None:
        self.take(SAMPLE)

    def _choose_tokenizer(self) -> None:
        """Text cannot be read without one."""
        path = QFileDialog.getExistingDirectory(self, self.tr("Choose a tokenizer's folder"))
        if path:
            self._set({**self._section(), "tokenizer": path})

    def _forget_settings(self) -> None:
        """Read the data as if nothing had been set."""
        self._set({"reference": self._section()["reference"]})

    def _edited(self, section: dict[str, Any]) -> None:
        failure = check_data(section)
        if failure is None:
            self.view.options.show_error(None, "")
            self._set(section)
            return
        key = str(failure.message.params.get("key", "")).partition(".")[0]
        self.view.options.show_error(key, problem_text(failure) or self.bench.say_parts(failure)[1])

    def _kind_chosen(self, name: str, kind: str) -> None:
        """A column is taken for something else: the table is read anew."""
        section = dict(self.bench.current_data or self.facts.section or {})
        columns = dict(section.get("columns") or {})
        columns.pop(name, None)
        if kind == "target":
            section["target"] = name
        else:
            columns[name] = kind
        section["columns"] = columns
        section["table"] = section["target_fit"] = None  # they were fitted to other columns
        self._set(section)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Folders and files of data may be dropped."""
        if _dropped(event) is not None and self.choose_button.isEnabled():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take what was dropped."""
        reference = _dropped(event)
        if reference is not None:
            event.acceptProposedAction()
            self.take(reference)


def _dropped(event: QDropEvent) -> str | None:
    """The data reference of what is dragged, None where it is none."""
    paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
    return reference_of(paths[0]) if len(paths) == 1 else None
