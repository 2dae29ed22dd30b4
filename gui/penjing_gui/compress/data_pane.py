"""The data page: samples, classes, splits, columns, how the data are read, and what should be known of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QSplitter, QVBoxLayout, QWidget

from penjing.spec.messages import Failure
from penjing_gui import theme as themes
from penjing_gui.compress.data_columns import ColumnsView
from penjing_gui.compress.data_dialog import SAMPLE, DataDialog
from penjing_gui.compress.data_facts import DataFacts
from penjing_gui.compress.data_options import DataOptions
from penjing_gui.compress.data_samples import SamplesView
from penjing_gui.compress.data_summary import DataSummary, reference_of
from penjing_gui.compress.data_warnings import DataWarnings
from penjing_gui.compress.recipe_rows import input_text
from penjing_gui.state import Workbench
from penjing_gui.theme import Theme
from penjing_gui.widgets.class_bars import ClassBars
from penjing_gui.widgets.data_table import TableData, TableWindow
from penjing_gui.widgets.form_rows import FormRows
from penjing_gui.widgets.ink import label, set_ink
from penjing_gui.widgets.pane import Pane
from penjing_gui.widgets.segmented import Segmented
from penjing_gui.widgets.split_bar import SplitBar

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
        self.warnings = DataWarnings(bench.theme)
        self.samples = SamplesView(bench.theme)
        self.columns = ColumnsView(bench.theme)
        self.bars = ClassBars(bench.theme)
        self.split_bar = SplitBar(bench.theme)
        self.rows = FormRows(bench.theme, label_width=64, row_height=21)
        self.options = DataOptions(bench.theme)
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.warnings)
        row = QHBoxLayout()
        row.setContentsMargins(12, 8, 4, 8)
        row.setSpacing(14)
        row.addWidget(self._main(), 1)
        row.addWidget(self._side())
        layout.addLayout(row, 1)
        self.set_body(body)
        self.warnings.list_wanted.connect(self._show_skipped)
        self.columns.own.kind_chosen.connect(self._kind_chosen)
        self.options.edited.connect(self._edited)
        facts.changed.connect(self.refresh)
        bench.run_view_changed.connect(self._lock)
        self.apply_theme(bench.theme)
        self.refresh()

    def _main(self) -> QWidget:
        """At the left: columns and samples, and the classes below."""
        self.views = Segmented(
            self.theme,
            (("columns", self.tr("Columns")), ("samples", self.tr("Rows"))),
            self.tr("What of the table"),
        )
        self.views.chosen.connect(self._show_view)
        self.samples_title = label(self.tr("Samples"), font=themes.font(semibold=True))
        self.bars_title = label(self.tr("Samples by class"), font=themes.font(semibold=True))
        head = QHBoxLayout()
        head.addWidget(self.samples_title, 1)
        head.addWidget(self.views)
        top, bottom = QWidget(), QWidget()
        for part, widgets in (
            (top, (head, self.columns, self.samples)),
            (bottom, (self.bars_title, self.bars)),
        ):
            column = QVBoxLayout(part)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(4)
            for one in widgets:
                if isinstance(one, QHBoxLayout):
                    column.addLayout(one)
                else:
                    column.addWidget(one, 0 if one is self.bars_title else 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(top)
        split.addWidget(bottom)
        split.setChildrenCollapsible(False)
        split.setStretchFactor(0, 62)
        split.setStretchFactor(1, 38)
        split.setSizes([620, 380])
        self._bottom = bottom
        return split

    def _side(self) -> QWidget:
        """At the right: what the data are, their splits, how they are read."""
        for key in ("kind", "task", "classes", "input", "range", "fingerprint"):
            self.rows.add_row(key, "")
        self.closed = label(self.tr("Test stays closed until the end."), wrap=True)
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(4)
        self.options_title = label(self.tr("Reading"), font=themes.font(semibold=True))
        column.addWidget(label(self.tr("What they are"), font=themes.font(semibold=True)))
        column.addWidget(self.rows)
        column.addSpacing(8)
        column.addWidget(label(self.tr("Splits"), font=themes.font(semibold=True)))
        column.addWidget(self.split_bar)
        column.addWidget(self.closed)
        column.addSpacing(8)
        column.addWidget(self.options_title)
        column.addWidget(self.options)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(side)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setFixedWidth(SIDE_WIDTH)
        area.viewport().setAutoFillBackground(False)
        side.setAutoFillBackground(False)
        return area

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        super().apply_theme(theme)
        for part in (
            self.warnings, self.samples, self.columns, self.bars, self.split_bar, self.rows, self.options,
            self.views,
        ):  # fmt: skip
            part.apply_theme(theme)
        self.closed.setFont(themes.font(-1))
        set_ink(self.closed, theme.text2)

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
        if facts.summary is not None:
            self.clear_empty()
            self._show_summary(facts.summary)
        elif facts.section is None:
            self._show_nothing()
        elif facts.busy:
            reading = self.tr("Reading {reference}")
            self.set_empty(reading.format(reference=facts.section["reference"]))
            self.set_note("")
        else:
            cancelled = facts.failure is not None and facts.failure.message.code == "session.cancelled"
            sentence = self.tr("There is nothing to show of these data.")
            if cancelled:
                sentence = self.tr("Reading was given up.")
            actions = [(self.tr("Read again"), facts.again), (self.tr("Choose data…"), self.choose)]
            self.set_empty(sentence, actions)
            self.set_note("")
        self._lock()

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
            if not (key and self.options.show_error(key, parts[1] or parts[0])):
                self.show_failure(parts)

    def _show_summary(self, summary: DataSummary) -> None:
        self.options.show_error(None, "")
        self.options.load(self.facts.section or {}, summary)
        self._options_from_plan()
        self.options_title.setVisible(summary.kind != "sample")
        self.samples.show_summary(summary)
        self.columns.set_columns(summary.columns)
        self.views.setVisible(bool(summary.columns))
        self.samples_title.setText(
            {"pictures": self.tr("Pictures"), "text": self.tr("Texts")}.get(summary.kind, self.tr("Samples"))
        )
        self._show_view()
        self._show_classes(summary)
        self.split_bar.set_sizes(summary.sizes)
        self._fill_rows(summary)
        sentences = [_sentence(self.bench.say(one.code, one.params)) for one in summary.warnings]
        self.warnings.show_sentences(sentences, len(summary.skipped))
        self.set_note(self._note(summary))

    def _options_from_plan(self) -> None:
        """What reading does not depend on (augmentation) is known to the plan alone."""
        section, asked = self.bench.current_data, self.facts.section
        if section is not None and asked is not None and section["reference"] == asked["reference"]:
            self.options.load(section, self.facts.summary)

    def _note(self, summary: DataSummary) -> str:
        parts = [self.tr("{count} samples").format(count=f"{summary.total:,}")]
        if summary.classes:
            parts.append(self.tr("%n class(es)", "", summary.classes))
        return " · ".join([summary.reference, *parts])

    def _show_view(self, *_: object) -> None:
        summary = self.facts.summary
        columns = bool(summary and summary.columns) and self.views.key() == "columns"
        self.columns.setVisible(columns)
        self.samples.setVisible(not columns)

    def _show_classes(self, summary: DataSummary) -> None:
        target = summary.target or {}
        histogram = target.get("histogram") or {}
        self._bottom.setVisible(bool(summary.balance) or bool(histogram))
        if histogram:
            self.bars_title.setText(self.tr("Training samples by target"))
            self.bars.set_histogram(histogram["edges"], histogram["counts"])
        elif summary.balance:
            self.bars_title.setText(self.tr("Samples by class"))
            count = max(len(counts) for counts in summary.balance.values())
            self.bars.set_classes([summary.name_of(index) for index in range(count)], summary.balance)

    def _fill_rows(self, summary: DataSummary) -> None:
        kinds = {
            "sample": self.tr("the sample"),
            "pictures": self.tr("pictures"),
            "table": self.tr("table"),
            "text": self.tr("text"),
            "arrays": self.tr("arrays"),
        }
        tasks = {"classification": self.tr("classes"), "regression": self.tr("regression")}
        target = summary.target or {}
        spread = ""
        if target:
            spread = f"{target['min']:.4g} – {target['max']:.4g}".replace("-", "−")
        task = tasks.get(summary.task, self.tr("none"))
        if not summary.labelled:
            task = self.tr("none, without labels")
        values = {
            "kind": (self.tr("Kind"), kinds.get(summary.kind, summary.kind)),
            "task": (self.tr("Task"), task),
            "classes": (self.tr("Classes"), f"{summary.classes:,}" if summary.classes else ""),
            "input": (self.tr("Input"), input_text(summary.inputs) or self.tr("as the model")),
            "range": (self.tr("Target"), spread),
            "fingerprint": (self.tr("Hash"), summary.fingerprint[:12]),
        }
        for key, (name, value) in values.items():
            self.rows.set_label(key, name)
            self.rows.set_value(key, value, summary.fingerprint if key == "fingerprint" else "")
            self.rows.set_row_visible(key, bool(value))

    def _show_skipped(self) -> None:
        summary = self.facts.summary
        if summary is not None and summary.skipped:
            paths, problems = zip(*summary.skipped, strict=True)
            data = TableData(
                self.tr("Skipped"), (self.tr("file"), self.tr("problem")), (list(paths), list(problems))
            )
            TableWindow(data, self.window()).show()

    def _lock(self, *_: object) -> None:
        """Nothing is chosen and set while a run goes on."""
        view = self.bench.run_view
        running = view is not None and not view.ended
        tip = self.tr("fixed while it runs") if running else ""
        for part in (self.options, self.columns, self.choose_button):
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

    def _edited(self, section: dict[str, Any]) -> None:
        failure = check(section)
        if failure is None:
            self.options.show_error(None, "")
            self._set(section)
            return
        key = str(failure.message.params.get("key", "")).partition(".")[0]
        _, why, todo = self.bench.say_parts(failure)
        self.options.show_error(key, "; ".join(filter(None, (why, todo))))

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


def check(section: Mapping[str, Any]) -> Failure | None:
    """What is wrong with a data section, None where it can be read."""
    from pydantic import ValidationError

    from penjing.spec.recipe import DataRecipe, from_validation

    try:
        DataRecipe.model_validate(dict(section))
    except Failure as failure:
        return failure
    except ValidationError as error:
        return from_validation(error)
    return None


def _sentence(text: str) -> str:
    """With a capital and a full stop."""
    if not text:
        return ""
    text = text[0].upper() + text[1:] if text.partition(" ")[0].isalpha() else text
    if text[-1] in ".。!?":
        return text
    return text + ("。" if any("\u4e00" <= one <= "\u9fff" for one in text) else ".")
