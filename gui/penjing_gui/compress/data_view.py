"""What the data page shows of data that could be read: samples, columns, classes, splits, and how they are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSplitter, QVBoxLayout, QWidget

from penjing_gui import theme as themes
from penjing_gui.compress.data_columns import ColumnsView
from penjing_gui.compress.data_options import DataOptions
from penjing_gui.compress.data_samples import SamplesView
from penjing_gui.compress.data_summary import DataSummary
from penjing_gui.compress.data_warnings import DataWarnings
from penjing_gui.compress.recipe_rows import input_text
from penjing_gui.theme import Theme
from penjing_gui.widgets.class_bars import ClassBars
from penjing_gui.widgets.data_table import TableData, TableWindow
from penjing_gui.widgets.form_rows import FormRows
from penjing_gui.widgets.ink import label, set_ink
from penjing_gui.widgets.segmented import Segmented
from penjing_gui.widgets.split_bar import SplitBar

SIDE_WIDTH = 244
SEEN = ("data.target_taken",)  # what the terminal has to say, and the page shows


class DataView(QWidget):
    """Samples or columns over the classes at the left; facts, splits and options at the right."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.summary: DataSummary | None = None
        self.warnings = DataWarnings(theme)
        self.samples = SamplesView(theme)
        self.columns = ColumnsView(theme)
        self.bars = ClassBars(theme)
        self.split_bar = SplitBar(theme)
        self.rows = FormRows(theme, label_width=64, row_height=21)
        self.options = DataOptions(theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.warnings)
        row = QHBoxLayout()
        row.setContentsMargins(12, 8, 4, 8)
        row.setSpacing(14)
        row.addWidget(self._main(), 1)
        row.addWidget(self._side())
        layout.addLayout(row, 1)
        self.warnings.list_wanted.connect(self._show_skipped)
        self.apply_theme(theme)

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
        self.theme = theme
        for part in (
            self.warnings, self.samples, self.columns, self.bars, self.split_bar, self.rows, self.options,
            self.views,
        ):  # fmt: skip
            part.apply_theme(theme)
        self.closed.setFont(themes.font(-1))
        set_ink(self.closed, theme.text2)

    # --- what is shown

    def show_summary(
        self, summary: DataSummary, section: Mapping[str, Any], say: Callable[[str, Mapping[str, Any]], str]
    ) -> None:
        """Show a summary, and the recipe's data section that it is of."""
        self.summary = summary
        self.options.show_error(None, "")
        self.options.load(section, summary)
        self.options_title.setVisible(summary.kind != "sample")
        self.samples.show_summary(summary)
        self.columns.set_columns(summary.columns)
        self.views.setVisible(bool(summary.columns))
        names = {"pictures": self.tr("Pictures"), "text": self.tr("Texts")}
        self.samples_title.setText(names.get(summary.kind, self.tr("Samples")))
        self._show_view()
        self._show_classes(summary)
        self.split_bar.set_sizes(summary.sizes)
        self._fill_rows(summary)
        sentences = [_sentence(say(one.code, one.params)) for one in summary.warnings if one.code not in SEEN]
        self.warnings.show_sentences(sentences, len(summary.skipped))

    def _show_view(self, *_: object) -> None:
        summary = self.summary
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

    def _told(self, problem: str) -> str:
        """What a reader of pictures said, in words of our own where it is one of its usual sentences."""
        if problem.startswith("cannot identify image file"):
            return self.tr("not a picture of a known format")
        if "truncated" in problem.lower():
            return self.tr("a part of the file is missing")
        return problem

    def _show_skipped(self) -> None:
        summary = self.summary
        if summary is not None and summary.skipped:
            paths, problems = zip(*summary.skipped, strict=True)
            data = TableData(
                self.tr("Skipped"),
                (self.tr("file"), self.tr("problem")),
                (list(paths), [self._told(one) for one in problems]),
            )
            TableWindow(data, self.window()).show()


def _sentence(text: str) -> str:
    """With a capital and a full stop."""
    if not text:
        return ""
    text = text[0].upper() + text[1:] if text.partition(" ")[0].isalpha() else text
    if text[-1] in ".。!?":
        return text
    return text + ("。" if any("\u4e00" <= one <= "\u9fff" for one in text) else ".")
