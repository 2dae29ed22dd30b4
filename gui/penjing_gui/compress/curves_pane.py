"""The curves of the run, with what is drawn of it to choose, other runs laid over it, and export."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QComboBox, QPushButton

from penjing.spec.messages import Failure
from penjing_gui.compress.curve_data import curve_data, direction
from penjing_gui.compress.curves_export import CurvesExport
from penjing_gui.compress.overlays import Overlays
from penjing_gui.compress.stages import resume_text
from penjing_gui.icons import icon
from penjing_gui.page import PageCommand
from penjing_gui.run_view import RunView
from penjing_gui.state import Workbench
from penjing_gui.theme import Theme
from penjing_gui.widgets.curve_figures import loss_text, value_at
from penjing_gui.widgets.curve_quantities import quantity, usual
from penjing_gui.widgets.live_curves import LiveCurves
from penjing_gui.widgets.pane import Pane
from penjing_gui.widgets.picture import Picture


class CurvesPane(Pane):
    """Losses and a quantity by step."""

    logarithmic_changed = Signal(bool)
    smooth_changed = Signal(bool)

    def __init__(self, bench: Workbench) -> None:
        super().__init__("", "compress.curves", bench.theme)
        self.set_title(self.tr("Curves"))
        self.setMinimumWidth(480)
        self.bench = bench
        self._ended: object = None
        self.curves = LiveCurves(bench.theme)
        self.curves.setAccessibleName(self.tr("Curves of the run"))
        self.overlays = Overlays(bench.language, self)
        self.smooth = self._box(
            self.tr("Smoothing of the training losses"),
            [
                (self.tr("No smoothing"), "off"),
                (self.tr("Light smoothing"), "light"),
                (self.tr("Strong smoothing"), "strong"),
            ],
        )
        self.smooth.setCurrentIndex(1)
        self.smooth.setToolTip(
            self.tr("Running means over 2 % or 8 % of the steps; the curve itself is pale")
        )
        self.scale = self._box(
            self.tr("Axis of the loss"), [(self.tr("Log loss"), True), (self.tr("Linear loss"), False)]
        )
        self.add_run = QPushButton(self.tr("Add run…"))
        self.add_run.setFixedHeight(max(20, self.add_run.fontMetrics().height() + 4))
        self.add_run.setIconSize(QSize(12, 12))
        self.add_run.setAccessibleName(self.tr("Lay other runs over this one"))
        self.add_run.setToolTip(self.tr("Draw the curves of other runs beside these, or take them away"))
        self.export = CurvesExport(bench.theme, self.picture, self.curves.table)
        for tool in (self.smooth, self.scale, self.add_run, self.export):
            self.add_tool(tool)
        self.set_body(self.curves)
        self.smooth.currentIndexChanged.connect(self._strength_chosen)
        self.scale.currentIndexChanged.connect(self._scale_chosen)
        self.add_run.clicked.connect(self.ask_runs)
        self.export.begun.connect(self._writing)
        self.export.ended.connect(self._written)
        self.overlays.changed.connect(self._lay)
        self.overlays.failed.connect(self._unread)
        bench.run_view_changed.connect(self.show_view)
        bench.closing.connect(self.release)
        self.apply_theme(bench.theme)

    def _box(self, name: str, items: list[tuple[str, object]]) -> QComboBox:
        box = QComboBox()
        for text, data in items:
            box.addItem(text, data)
        box.setAccessibleName(name)
        box.setFixedHeight(max(20, box.fontMetrics().height() + 4))
        return box

    # --- what is drawn

    def _strength_chosen(self, index: int) -> None:
        strength = self.smooth.itemData(index)
        self.curves.set_strength(strength)
        self.smooth_changed.emit(strength != "off")

    def set_smooth(self, on: bool) -> None:
        """Smooth, or not; how strongly is left as it is where it is smoothed already."""
        if on != (self.smooth.currentData() != "off"):
            self.smooth.setCurrentIndex(1 if on else 0)

    def _scale_chosen(self, index: int) -> None:
        on = bool(self.scale.itemData(index))
        self.curves.set_logarithmic(on)
        self.logarithmic_changed.emit(on)

    def set_logarithmic(self, on: bool) -> None:
        """Choose the loss axis, as the box in the title does."""
        self.scale.setCurrentIndex(self.scale.findData(on))

    def show_whole(self) -> None:
        """Leave the zoom."""
        self.curves.set_span(None)

    def show_view(self, view: RunView) -> None:
        """Draw a snapshot of the run. One that was laid over and is now the watched one is drawn once."""
        if view.folder.path in self.overlays.paths:
            self.overlays.set_paths([path for path in self.overlays.paths if path != view.folder.path])
        self.curves.show_data(curve_data(view), view.folder.name)
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
        if loss is None:
            return self.tr("No validation yet.")
        trend = {-1: self.tr("falling"), 0: self.tr("steady"), 1: self.tr("rising")}[direction(data)]
        sentence = self.tr("Validation loss {loss}, {trend}").format(loss=loss_text(loss), trend=trend)
        judged = quantity(usual(data.series))
        value = value_at(data.series.get(judged.key), data.step)
        if value is not None and judged.key == "val_accuracy":
            sentence += "; " + self.tr("accuracy {accuracy} %").format(accuracy=judged.text(value))
        elif value is not None:
            sentence += "; " + self.tr("{name} {value}").format(name=judged.title, value=judged.text(value))
        return sentence + "."

    # --- other runs

    def ask_runs(self) -> None:
        """Ask which runs to lay over this one."""
        from penjing_gui.compress.overlay_dialog import OverlayDialog

        view = self.bench.run_view
        watched = view.folder.path if view is not None else None
        dialog = OverlayDialog(self.theme, self.overlays.paths, watched, self)
        self.overlays.listed.connect(dialog.show_runs)
        self.overlays.look()
        if dialog.exec():
            self.overlays.set_paths(dialog.chosen)
        self.overlays.listed.disconnect(dialog.show_runs)
        dialog.deleteLater()

    def _lay(self) -> None:
        self.curves.set_overlays(self.overlays.runs)

    def _unread(self, failure: Failure) -> None:
        self.show_failure(self.bench.say_parts(failure))

    def release(self) -> None:
        """Let go of the runs that are laid over, and wait for what is being written."""
        self.overlays.close()
        self.export.drop()

    # --- export

    def picture(self) -> Picture:
        """What is shown, as a picture."""
        from penjing_gui.widgets.curve_picture import picture

        return picture(self.curves, f"{self.curves.name or 'run'}-curves", self.theme)

    def export_commands(self) -> list[PageCommand]:
        """What the export menu does, for the menu bar and the palette."""
        names = {"png": "compress.curves_png", "svg": "compress.curves_svg", "csv": "compress.curves_csv"}
        texts = {
            "png": self.tr("Save the curves as PNG…"),
            "svg": self.tr("Save the curves as SVG…"),
            "csv": self.tr("Save the curves as CSV…"),
        }
        return [
            PageCommand(name, "file", self.export.command(kind, texts[kind])) for kind, name in names.items()
        ]

    def _writing(self, path: Path) -> None:
        self.set_note(self.tr("writing {file}…").format(file=path.name))

    def _written(self, path: Path, failure: Failure | None) -> None:
        self.set_note("" if failure is not None else self.tr("saved {file}").format(file=path.name))
        if failure is not None:
            self.show_failure(self.bench.say_parts(failure))

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        super().apply_theme(theme)
        self.curves.apply_theme(theme)
        self.add_run.setIcon(icon("plus", theme))
        self.export.set_theme(theme)
