"""The open model beside another one: a window of its own with both models' layers, their figures and the change.

The other model is any reference, or a finished run (`penjing_gui.inspect.other_model` gets its figures). Latencies
stand there once both were timed in turns.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QFileDialog, QStackedWidget, QToolTip, QVBoxLayout, QWidget

from penjing.spec.costs import CostTable
from penjing.spec.files import write_bytes
from penjing.spec.messages import Failure
from penjing.spec.pair_timing import PairTiming
from penjing_gui.background import Work
from penjing_gui.inspect import pair_columns
from penjing_gui.inspect.other_model import OtherModel
from penjing_gui.inspect.pair_columns import Pairs
from penjing_gui.inspect.pair_head import PairHead, PairTools
from penjing_gui.inspect.pair_view import PairView, Waiting
from penjing_gui.state import Asked, Workbench
from penjing_gui.theme import Theme
from penjing_gui.widgets.form_rows import ElidedLabel
from penjing_gui.widgets.ink import set_ink
from penjing_gui.widgets.strip import FailureStrip
from penjing_gui.widgets.strip_column import StripColumn


class SideBySide(QWidget):
    """The window. `picked` names a layer of the open model that the person went to. Esc closes it."""

    picked = Signal(str)
    closed = Signal(object)

    def __init__(self, bench: Workbench, asked: Asked, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        assert bench.table is not None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.bench, self.asked = bench, asked
        self.first = bench.table
        self.other = OtherModel(bench, asked, self)
        self._second: CostTable | None = None
        self._work: Work | None = None
        theme = bench.theme
        self.setWindowTitle(
            self.tr("{first} and {second}").format(first=self.first.model, second=asked.reference)
        )
        self.head = PairHead(theme)
        self.tools = PairTools(theme)
        self.view = PairView(theme)
        self.note = ElidedLabel()
        self.waiting = Waiting(theme)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.tools)
        column.addWidget(self.view, 1)
        column.addWidget(self.note)
        self.note.setContentsMargins(12, 4, 12, 4)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.waiting)
        self._stack.addWidget(body)
        self._centre = StripColumn(self._stack, theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._centre)
        self._connect()
        self.apply_theme(theme)
        size = parent.window().size()
        self.resize(min(1360, max(980, size.width() - 60)), max(560, size.height() - 80))
        self._ask()

    def _connect(self) -> None:
        bench, other, measure = self.bench, self.other, self.tools.measure
        other.counted.connect(self._counted)
        other.trust_needed.connect(self._ask_trust)
        other.failed.connect(self._fail)
        other.timed.connect(self._timed)
        other.timing_failed.connect(self._not_timed)
        other.progressed.connect(measure.set_fraction)
        measure.wanted.connect(self.measure)
        measure.cancelled.connect(other.cancel)
        bench.model_changed.connect(self._update_measure)
        self.waiting.cancelled.connect(self.close)
        self.tools.filtered.connect(self.view.pairs.set_filter)
        self.tools.percent.connect(self.view.pairs.set_percent)
        self.tools.copy.clicked.connect(self.copy_csv)
        self.tools.save.clicked.connect(self.save_csv)
        self.view.picked.connect(self.picked)
        bench.unit_changed.connect(self._unit_changed)
        bench.theme_changed.connect(self.apply_theme)
        bench.selection_changed.connect(self.view.show_selected)

    # The other model

    def _ask(self) -> None:
        self.waiting.say(self.tr("Counting {model}").format(model=self.asked.reference))
        self._stack.setCurrentWidget(self.waiting)
        self.other.count()

    def _ask_trust(self, failure: Failure) -> None:
        from penjing_gui.trust_dialog import TrustDialog

        dialog = TrustDialog(failure, self.asked, self.bench.theme, self.bench.language, self)
        dialog.take_out.hide()  # what is compared is the model, not its weights
        said_yes = dialog.exec() == QDialog.DialogCode.Accepted
        dialog.deleteLater()
        if said_yes:
            self.other.trust(failure)
        else:
            self.close()

    def _counted(self, second: CostTable, timing: PairTiming | None) -> None:
        self._second = second
        self._match(second, timing)

    # Latency

    def measure(self) -> None:
        """Time both models, in turns."""
        self.clear_failure()
        self.tools.measure.begin()
        self.other.measure()

    def _timed(self, timing: PairTiming) -> None:
        self.tools.measure.end()
        if self._second is not None:
            self._match(self._second, timing)

    def _not_timed(self, failure: Failure) -> None:
        self.tools.measure.end()
        if failure.message.code != "session.cancelled":
            self._centre.show_failure(self.bench.say_parts(failure))

    def _update_measure(self, *_: object) -> None:
        self.tools.measure.set_possible(self.other.why_not())

    # Both

    def _match(self, second: CostTable, timing: PairTiming | None) -> None:
        first = self.first
        if self._work is not None:
            self._work.drop()
        self._work = Work(lambda: pair_columns.build(first, second, timing), self)
        self._work.done.connect(self._matched)
        self._work.failed.connect(self._fail)
        self._work.start()

    def _matched(self, pairs: Pairs) -> None:
        again = self._stack.currentIndex() == 1
        self._stack.setCurrentIndex(1)
        self.view.set_pairs(pairs)
        self._update_measure()
        self._unit_changed()
        self.note.setText(self._said(pairs))
        self.view.setAccessibleDescription(self.note.text())
        self.view.show_selected(self.bench.selection)
        if not again:
            self.view.scrollToTop()  # the totals first
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _said(self, pairs: Pairs) -> str:
        """How the layers were matched, and which were not; how latencies were measured."""
        by_name, by_place, only_first, only_second = pairs.counts()
        parts = [self.tr("Matched by name: {count}").format(count=by_name)]
        if by_place:
            parts.append(self.tr("by place and kind: {count}").format(count=by_place))
        parts.append(self.tr("only in A: {count}").format(count=only_first))
        parts.append(self.tr("only in B: {count}").format(count=only_second))
        timing = pairs.timing
        if timing is not None:
            how = self.tr("latency: medians in turns, batch of {batch}, threads: {threads}")
            parts.append(how.format(batch=timing.batch, threads=timing.threads))
        return " · ".join(parts)

    def _fail(self, failure: Failure) -> None:
        """A strip over the window; the models stay as they are."""
        if failure.message.code != "session.cancelled":
            self._centre.show_failure(self.bench.say_parts(failure))
        if self.view.pairs.pairs is None:
            self.waiting.stop(self.tr("There is nothing to compare."))

    def clear_failure(self) -> None:
        """Take the strip away."""
        self._centre.clear_failure()

    @property
    def failure(self) -> FailureStrip | None:
        """The strip, where one is shown."""
        return self._centre.failure

    # CSV

    def csv_text(self) -> str:
        """What is shown as CSV, with exact numbers."""
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="\n").writerows(self.view.pairs.csv_rows())
        return buffer.getvalue()

    def copy_csv(self) -> None:
        """Put what is shown on the clipboard."""
        QGuiApplication.clipboard().setText(self.csv_text())
        place = self.tools.copy.mapToGlobal(QPoint(0, self.tools.copy.height()))
        QToolTip.showText(place, self.tr("Copied as CSV"), self.tools.copy)

    def save_csv(self) -> None:
        """Ask for a file and write what is shown into it."""
        path, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save as CSV"), "comparison.csv", self.tr("CSV files (*.csv)")
        )
        if path:
            self.write_csv(Path(path))

    def write_csv(self, path: Path) -> None:
        """Write what is shown; what goes wrong is said in the strip."""
        try:
            write_bytes(path, self.csv_text().encode("utf-8-sig"))
        except OSError as error:
            what = self.tr("The file {file} could not be written").format(file=path.name)
            self._centre.show_failure((what, error.strerror or str(error), self.tr("Choose another folder")))

    # The rest

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes, Ctrl+F searches."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif event.matches(QKeySequence.StandardKey.Find):
            self.tools.focus_search()
        else:
            super().keyPressEvent(event)

    def _unit_changed(self, *_: object) -> None:
        bench = self.bench
        self.view.set_unit(bench.unit_factor, bench.unit_name)
        pairs = self.view.pairs.pairs
        if pairs is not None:
            self.head.show_models(pairs, bench.unit_factor, bench.unit_name)

    def apply_theme(self, theme: Theme) -> None:
        """Take over another theme."""
        for part in (self.head, self.tools, self.view, self.waiting):
            part.apply_theme(theme)
        set_ink(self.note, theme.text2)
        self._centre.apply_theme(theme)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask for nothing more."""
        self.other.close()
        if self._work is not None:
            self._work.drop()
        self.closed.emit(self)
        super().closeEvent(event)
