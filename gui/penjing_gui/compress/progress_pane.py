"""How far the run is, how long it will take, what it found so far, and the buttons that steer it."""

from __future__ import annotations

import psutil
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from penjing_gui import numbers
from penjing_gui import theme as themes
from penjing_gui.compress.recipe_view import Line
from penjing_gui.compress.stages import present_rate, resume_text, run_stages, time_left_text
from penjing_gui.event_log import phase_name
from penjing_gui.icons import icon
from penjing_gui.run_view import RunView
from penjing_gui.state import Workbench
from penjing_gui.theme import Theme
from penjing_gui.widgets.chip import Chip, ChipKind
from penjing_gui.widgets.eta import EtaWidget
from penjing_gui.widgets.form_rows import ElidedLabel, FormRows
from penjing_gui.widgets.ink import label, set_ink
from penjing_gui.widgets.pane import Pane
from penjing_gui.widgets.spare_label import SpareLabel
from penjing_gui.widgets.stage_bars import StageBars

_CHIPS: dict[str, ChipKind] = {
    "starting": "accent",
    "running": "accent",
    "paused": "warn",
    "stopped": "plain",
    "done": "filled",
    "failed": "error",
    "dead": "error",
}


class ProgressPane(Pane):
    """Shows `bench.run_view`. `see_result` is asked for when a run is done."""

    see_result = Signal()

    def __init__(self, bench: Workbench) -> None:
        super().__init__("", "compress.progress", bench.theme)
        self.set_title(self.tr("Progress"))
        self.setMinimumWidth(280)
        self.bench = bench
        self.words = numbers.CHINESE if bench.language == "zh_CN" else numbers.ENGLISH
        self._memory = psutil.virtual_memory().total
        self._told: object = None
        theme = bench.theme
        self.chip = Chip(theme, "", "plain")
        self.add_tool(self.chip)
        self.percent = label(font=themes.font(8, semibold=True))
        self.where = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self.where.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(8)
        self.bar.setAccessibleName(self.tr("Progress of the run"))
        self.left_title = label(self.tr("Time left"))
        self.left_value = label(font=themes.font(semibold=True), right=True)
        # The line beneath says the same where there is no room for it.
        self.left_spread = SpareLabel()
        self.left_spread.setFont(themes.font(-1))
        self.left_spread.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.eta = EtaWidget(theme)
        self.eta.words = self.words
        self.pause = self._button(self.tr("Pause"))
        self.stop = self._button(self.tr("Stop"))
        self.pause.clicked.connect(self._pause_or_resume)
        self.stop.clicked.connect(self._stop)
        self.rate_title = label(self.tr("Learning rate"))
        self.rate_value = label(font=themes.font(semibold=True), right=True)
        self.rate = QPushButton(self.tr("Change…"))
        self.rate.setMinimumHeight(24)
        self.rate.setAccessibleName(self.tr("Change the learning rate…"))
        self.rate.setToolTip(self.tr("Train with another learning rate from the next step on"))
        self.rate.clicked.connect(self.ask_rate)
        self.says = label(wrap=True)
        self.bars = StageBars(theme)
        self.rows = FormRows(theme, row_height=20)
        for key, text in (
            ("speed", self.tr("Speed, steps/s")),
            ("memory", self.tr("Memory, GB")),
            ("checkpoint", self.tr("Checkpoint")),
            ("test", self.tr("Test split")),
        ):
            self.rows.add_row(key, text, right=True)
        self._lines = [Line(theme), Line(theme)]
        area = QScrollArea()
        body = self._lay_out()
        area.setWidget(body)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.viewport().setAutoFillBackground(False)
        body.setAutoFillBackground(False)
        area.setMinimumHeight(120)
        self.set_body(area)
        bench.run_view_changed.connect(self.show_view)
        self.apply_theme(theme)
        self._empty_state()

    def _button(self, text: str) -> QPushButton:
        button = QPushButton(text)
        button.setMinimumHeight(28)
        button.setIconSize(QSize(14, 14))
        button.setAccessibleName(text)
        return button

    def _lay_out(self) -> QWidget:
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(16, 6, 16, 4)
        layout.setSpacing(3)
        head, left, buttons, rate = QHBoxLayout(), QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.percent)
        head.addWidget(self.where, 1)
        left.addWidget(self.left_title)
        left.addWidget(self.left_value, 1)
        left.addWidget(self.left_spread)
        buttons.addWidget(self.pause, 1)
        buttons.addWidget(self.stop, 1)
        rate.addWidget(self.rate_title)
        rate.addWidget(self.rate_value, 1)
        rate.addWidget(self.rate)
        for part in (head, self.bar, left, self.eta, buttons, self.says, rate, self._lines[0], self.bars):
            if isinstance(part, QHBoxLayout):
                layout.addLayout(part)
            else:
                layout.addWidget(part)
        layout.addWidget(self._lines[1])
        layout.addWidget(self.rows)
        layout.addStretch(1)
        return body

    def apply_theme(self, theme: Theme) -> None:
        """Use another theme's colours."""
        super().apply_theme(theme)
        for part in (self.chip, self.eta, self.bars, self.rows):
            part.apply_theme(theme)
        for text in (self.where, self.left_title, self.left_spread, self.rate_title, self.says):
            set_ink(text, theme.text2)
        self.says.setFont(themes.font(-1))
        for line in self._lines:
            line.theme = theme
            line.update()
        self._told = None
        if self.bench.run_view is not None:
            self.show_view(self.bench.run_view)

    def _empty_state(self) -> None:
        if self.bench.run_view is None:
            self.set_empty(self.tr("Nothing runs yet."))

    # --- the run

    def show_view(self, view: RunView) -> None:
        """Show a snapshot of the run."""
        if self.is_empty:
            self.clear_empty()
        done = view.status == "done"
        share = 1.0 if done else view.percent / 100
        self.percent.setText(f"{view.percent} %")
        self.where.setText(self._where(view))
        exact = view.step / view.total_steps if view.total_steps and not done else share
        self.bar.setValue(round(1000 * min(exact, 0.999 if not done else 1.0)))
        self._show_time(view)
        self._show_rate(view)
        self.bars.set_stages(run_stages(view, self.words), share)
        self._show_rows(view)
        told = (view.status, view.folder, len(view.checkpoints))
        if told != self._told:
            self._told = told
            self._show_status(view)

    def _where(self, view: RunView) -> str:
        if view.status == "done" and view.result and view.result.get("seconds"):
            took = numbers.duration(float(view.result["seconds"]), self.words)
            return self.tr("took {time}").format(time=took)
        if view.phase == "train" or (view.ended and view.step):
            return self.tr("step {step} / {steps} · epoch {epoch} / {epochs}").format(
                step=f"{view.step:,}",
                steps=f"{view.total_steps:,}",
                epoch=min(view.epoch + (0 if view.ended else 1), view.total_epochs),
                epochs=view.total_epochs,
            )
        return phase_name(view.phase, self.bench.language) if view.phase else self.tr("starting")

    def _show_time(self, view: RunView) -> None:
        training = view.status == "running" and view.phase == "train"
        for widget in (self.left_title, self.left_value, self.eta):
            widget.setVisible(not view.ended)
        self.eta.set_estimate(view.eta if training else None)
        between = ""
        if view.status == "paused":
            text = self.tr("paused")
        elif training and view.eta is None:
            text = self.tr("measuring")
        elif training and view.eta is not None:
            about, spread = time_left_text(view.eta, self.words)
            text = self.tr("about {time}").format(time=about)
            between = self.tr("({spread})").format(spread=spread)
            self.eta.setAccessibleDescription(f"{text} {between}")
        else:
            text = numbers.DASH
        self.left_value.setText(text)
        self.left_spread.setText(between)
        self.left_spread.setVisible(bool(between) and not view.ended)

    def _show_rate(self, view: RunView) -> None:
        rate = present_rate(view)
        steerable = view.status in ("running", "paused")
        self.rate_value.setText(numbers.DASH if rate is None else _rate_text(rate))
        if self.rate.isEnabled() != steerable:
            self.rate.setEnabled(steerable)
        for widget in (self.rate_title, self.rate_value, self.rate):
            widget.setVisible(not view.ended)

    def ask_rate(self) -> None:
        """Ask for another learning rate, while the run goes on or is paused."""
        from penjing_gui.compress.rate_dialog import RateDialog

        view = self.bench.run_view
        if view is None or view.status not in ("running", "paused"):
            return
        dialog = RateDialog(self.theme, present_rate(view), self)
        if dialog.exec() and dialog.rate is not None:
            self.bench.set_rate(dialog.rate)
        dialog.deleteLater()

    def _show_rows(self, view: RunView) -> None:
        dash = numbers.DASH
        self.rows.set_value("speed", dash if view.speed is None else f"{view.speed:.3g}")
        memory = dash
        if view.memory is not None:
            memory = self.tr("{used} of {total}").format(
                used=f"{view.memory / 1e9:.2f}", total=f"{self._memory / 1e9:.2f}"
            )
        self.rows.set_value("memory", memory)
        checkpoint = dash
        if view.last_checkpoint_age is not None:
            age = f"{max(0.0, view.last_checkpoint_age):.0f} {self.words.seconds}"
            if view.last_checkpoint_age >= 60:
                age = numbers.duration(view.last_checkpoint_age, self.words)
            checkpoint = self.tr("{age} ago").format(age=age)
        elif len(view.checkpoints):
            checkpoint = self.tr("step {step}").format(step=f"{view.checkpoints[-1]:,.0f}")
        self.rows.set_value("checkpoint", checkpoint)
        self.rows.set_value("test", self.tr("opened") if view.test_opened else self.tr("closed"))

    def _show_status(self, view: RunView) -> None:
        names = {
            "starting": self.tr("starting"),
            "running": self.tr("running"),
            "paused": self.tr("paused"),
            "stopped": self.tr("stopped"),
            "done": self.tr("done"),
            "failed": self.tr("failed"),
            "dead": self.tr("ended"),
        }
        status = view.status
        self.chip.set_chip(names[status], _CHIPS[status])
        pause, notes = (
            self.tr("Pause"),
            {
                "starting": self.tr("Stop keeps the best checkpoint. The run can be resumed."),
                "running": self.tr("Stop keeps the best checkpoint. The run can be resumed."),
                "paused": self.tr("It waits at this step and keeps its memory."),
                "stopped": self.tr("Its checkpoints are kept. Resume goes on from the last one."),
                "done": self.tr("The result is in the run folder."),
            },
        )
        if status == "done":
            pause = self.tr("See the result")
        elif status == "paused":
            pause = self.tr("Resume")
        elif view.ended:
            pause = resume_text(view)
        symbol = {"running": "pause", "starting": "pause", "done": "right"}.get(status, "play")
        self.pause.setText(pause)
        self.pause.setAccessibleName(pause)
        self.pause.setIcon(icon(symbol, self.theme))
        self.pause.setEnabled(status != "starting")
        self.stop.setIcon(icon("stop", self.theme))
        self.stop.setVisible(not view.ended)
        self.says.setText(notes.get(status, ""))
        self.says.setVisible(bool(self.says.text()))

    def _pause_or_resume(self) -> None:
        view = self.bench.run_view
        if view is None:
            return
        if view.status == "done":
            self.see_result.emit()
        elif view.status == "running":
            self.bench.pause()
        else:
            self.bench.resume()

    def _stop(self) -> None:
        self.bench.stop()


def _rate_text(rate: float) -> str:
    """A learning rate with at most four significant digits: `0.005589`, `8.9e-5`."""
    return f"{rate:.4g}" if rate == 0 or rate >= 1e-4 else numbers.small(rate)
