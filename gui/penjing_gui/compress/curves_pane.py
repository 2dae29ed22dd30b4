"""The curves of the run, with smoothing and the loss axis to choose."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox

from penjing_gui.compress.curve_data import curve_data, direction
from penjing_gui.compress.stages import resume_text
from penjing_gui.run_view import RunView
from penjing_gui.state import Workbench
from penjing_gui.theme import Theme
from penjing_gui.widgets.curve_figures import loss_text, percent_text, value_at
from penjing_gui.widgets.live_curves import LiveCurves
from penjing_gui.widgets.pane import Pane


class CurvesPane(Pane):
    """Loss and accuracy by step."""

    logarithmic_changed = Signal(bool)

    def __init__(self, bench: Workbench) -> None:
        super().__init__("", "compress.curves", bench.theme)
        self.set_title(self.tr("Curves"))
        self.setMinimumWidth(480)
        self.bench = bench
        self._ended: object = None
        self.curves = LiveCurves(bench.theme)
        self.curves.setAccessibleName(self.tr("Curves of the run"))
        self.smooth = QCheckBox(self.tr("Smooth"))
        self.smooth.setChecked(True)
        self.smooth.setAccessibleName(self.tr("Smooth the training losses"))
        self.smooth.setToolTip(self.tr("Draws running means over 2 % of the steps"))
        self.scale = QComboBox()
        self.scale.addItem(self.tr("Log loss"), True)
        self.scale.addItem(self.tr("Linear loss"), False)
        self.scale.setAccessibleName(self.tr("Axis of the loss"))
        self.scale.setFixedHeight(max(20, self.scale.fontMetrics().height() + 4))
        self.add_tool(self.smooth)
        self.add_tool(self.scale)
        self.set_body(self.curves)
        self.smooth.toggled.connect(self.curves.set_smooth)
        self.scale.currentIndexChanged.connect(self._scale_chosen)
        bench.run_view_changed.connect(self.show_view)

    def _scale_chosen(self, index: int) -> None:
        on = bool(self.scale.itemData(index))
        self.curves.set_logarithmic(on)
        self.logarithmic_changed.emit(on)

    def set_logarithmic(self, on: bool) -> None:
        """Choose the loss axis, as the box in the title does."""
        self.scale.setCurrentIndex(self.scale.findData(on))

    def show_view(self, view: RunView) -> None:
        """Draw a snapshot of the run."""
        self.curves.show_data(curve_data(view))
        self._show_end(view)
        self.curves.setAccessibleDescription(self.finding())

    def _show_end(self, view: RunView) -> None:
        """A strip where the run failed or its worker died: what happened, and the way on."""
        ended = (view.folder, view.status, len(view.checkpoints))
        if ended == self._ended:
            return
        self._ended = ended
        if view.status in ("failed", "dead") and view.failure is not None:
            action = (resume_text(view), self.bench.resume)
            self.show_failure(self.bench.say_parts(view.failure), view.last_log_lines, action)
        else:
            self.clear_failure()

    def finding(self) -> str:
        """What the curves say, in a sentence."""
        data = self.curves.data
        loss = value_at(data.series.get("val_loss"), data.step)
        accuracy = value_at(data.series.get("val_accuracy"), data.step)
        if loss is None:
            return self.tr("No validation yet.")
        trend = {-1: self.tr("falling"), 0: self.tr("steady"), 1: self.tr("rising")}[direction(data)]
        sentence = self.tr("Validation loss {loss}, {trend}").format(loss=loss_text(loss), trend=trend)
        if accuracy is not None:
            sentence += "; " + self.tr("accuracy {accuracy} %").format(accuracy=percent_text(accuracy))
        return sentence + "."

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        super().apply_theme(theme)
        self.curves.apply_theme(theme)
