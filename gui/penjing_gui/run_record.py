"""The record of a run: takes its journal's events, gives snapshots. It touches no file and no Qt."""

from __future__ import annotations

import math
import time
from collections import deque
from typing import Any

import numpy as np

from penjing.spec.costs import CostTable
from penjing.spec.folders import RunFolder
from penjing.spec.messages import Failure
from penjing_gui.buffers import Curve
from penjing_gui.eta import Forecast
from penjing_gui.event_log import log_line
from penjing_gui.run_view import ENDED, RunStatus, RunView

MOST_LINES = 5000
_BY_EPOCH = ("samples_per_s", "memory_bytes")
_THROUGHPUT_S = 0.5  # seconds of steps that one point of the measured throughput is taken over


class RunRecord:
    """Takes journal events in, gives `RunView`s out. `log_total` counts all lines ever, also those no longer kept."""

    def __init__(self, folder: RunFolder, recipe: dict[str, Any], language: str = "en") -> None:
        self.folder, self.recipe, self.language = folder, recipe, language
        self.status: RunStatus = "starting"
        self.pid: int | None = None
        self.started_at = 0.0
        self.expected_pid: int | None = None  # a worker that was started and has not journalled anything yet
        self.terminal = False
        self.failure: Failure | None = None
        self.result: dict[str, Any] | None = None
        self.costs: dict[str, CostTable] = {}
        self.memory: int | None = None
        self.last_log_lines = ""
        self.step = 0
        self._measured: dict[str, Curve] = {}
        self._since = (0, 0.0)  # steps and their seconds since the last point of the throughput
        self._settings: dict[int, float] = {}
        self._rate: float | None = None
        self._phase: tuple[str, int, int] = ("", 0, 0)
        self._totals = (0, 0)
        self._curves: dict[str, Curve] = {}
        self._epochs: list[dict[str, Any]] = []
        self._pruned: list[dict[str, Any]] = []
        self._checkpoints: list[tuple[int, float, bool]] = []
        self._stages: dict[str, dict[str, Any]] = {}
        self._forecast = Forecast()
        self._lines: deque[tuple[float, str]] = deque(maxlen=MOST_LINES)
        self._log: tuple[tuple[float, str], ...] = ()
        self._log_total = 0
        self._warnings = 0
        self._test_opened = False

    def take(self, event: dict[str, Any]) -> None:
        """Take one event in, in the journal's order."""
        if event["event"] != "step":
            self._forecast.between(event["event"] == "epoch")
        handler = getattr(self, f"_on_{event['event']}", None)
        if handler is not None:
            handler(event)
        before = self.costs.get("before")
        line = log_line(
            event,
            self.language,
            before.totals.params if before else None,
            self._epochs[-1] if self._epochs else None,
            self._rate,
        )
        if line is not None:
            self._lines.append((float(event.get("t", 0.0)), line))
            self._log_total += 1

    def view(self, now: float) -> RunView:
        """The run at this moment (`now` in seconds since the epoch)."""
        if len(self._log) != len(self._lines) or (self._log and self._log[-1] is not self._lines[-1]):
            self._log = tuple(self._lines)
        training = self.status == "running" and self._phase[0] == "train"
        last = self._checkpoints[-1] if self._checkpoints else None
        return RunView(
            folder=self.folder,
            recipe=self.recipe,
            status="starting" if self.waiting and self.status in ENDED else self.status,
            phase=self._phase[0],
            phase_index=self._phase[1],
            phase_count=self._phase[2],
            step=self.step,
            total_steps=self._totals[0],
            epoch=int(self._epochs[-1].get("epoch", 0)) if self._epochs else 0,
            total_epochs=self._totals[1],
            series={name: curve.arrays() for name, curve in {**self._measured, **self._curves}.items()},
            checkpoints=np.array([step for step, _, _ in self._checkpoints], dtype=np.float64),
            settings=tuple((step, rate) for step, rate in self._settings.items() if step <= self.step),
            best_epoch=self._best_epoch(),
            stages={name: dict(value) for name, value in self._stages.items()},
            channels=self._channels(),
            eta=self._time_left(now) if training else None,
            speed=self._forecast.speed if training else None,
            memory=self.memory,
            last_checkpoint_age=now - last[1] if last and self.status not in ENDED else None,
            test_opened=self._test_opened,
            log=self._log,
            log_total=self._log_total,
            warnings=self._warnings,
            failure=self.failure,
            last_log_lines=self.last_log_lines,
            result=self.result,
            costs_before=self.costs.get("before"),
            costs_after=self.costs.get("after"),
            costs_planned=self.costs.get("planned"),
        )

    def note_memory(self, used: int | None) -> None:
        """What the run's process takes now, in bytes, as it was looked at from here; None where it cannot be seen."""
        self.memory = used
        if used is not None and self.step:
            self._measured.setdefault("memory_bytes", Curve()).append(self.step, used)

    def _time_left(self, now: float) -> tuple[float, float, float] | None:
        validations = [float(one["seconds"]) for one in self._stages.values() if one.get("seconds")]
        epochs = max(0, self._totals[1] - len(self._epochs))
        extra = validations[-1] if validations else None
        return self._forecast.left(self._totals[0] - self.step, epochs, now, extra)

    def last_lines(self, count: int) -> list[str]:
        """The last lines of the log, each with its time of day."""
        lines = list(self._lines)[-count:]
        return [f"{time.strftime('%H:%M:%S', time.localtime(moment))}  {line}" for moment, line in lines]

    @property
    def waiting(self) -> bool:
        """Whether a worker was started of which the journal says nothing yet; endings before it do not count."""
        return self.expected_pid is not None and self.expected_pid != self.pid

    @property
    def checkpoint_step(self) -> int:
        """The step of the last checkpoint, 0 before the first."""
        return self._checkpoints[-1][0] if self._checkpoints else 0

    def _best_epoch(self) -> int | None:
        """The best epoch so far; a journal of an earlier version says it of the checkpoints alone."""
        told = next((int(one["epoch"]) for one in reversed(self._epochs) if one.get("best")), None)
        if told is not None:
            return told
        best = next((step for step, _, best in reversed(self._checkpoints) if best), None)
        if best is None:
            return None
        return next((int(one["epoch"]) for one in reversed(self._epochs) if one.get("step") == best), None)

    def _channels(self) -> dict[str, tuple[int, int]]:
        first: dict[str, int] = {}
        last: dict[str, int] = {}
        for event in self._pruned:
            for layer, (before, after) in event.get("channels", {}).items():
                first.setdefault(layer, before)
                last[layer] = after
        return {layer: (before, last[layer]) for layer, before in first.items()}

    def _curve(self, name: str) -> Curve:
        return self._curves.setdefault(name, Curve())

    def _on_started(self, event: dict[str, Any]) -> None:
        self._begin_life(event)

    def _begin_life(self, event: dict[str, Any]) -> None:
        self.pid = event.get("pid", self.pid)
        self.started_at = float(event.get("t", 0.0))
        self.status, self.terminal, self.failure = "running", False, None
        self._forecast.begin()
        self._since = (0, 0.0)
        self._on_plan(event)

    def _on_plan(self, event: dict[str, Any]) -> None:
        self._totals = (
            int(event.get("total_steps") or self._totals[0]),
            int(event.get("total_epochs") or self._totals[1]),
        )

    def _on_phase(self, event: dict[str, Any]) -> None:
        self._phase = (str(event.get("phase", "")), int(event.get("index", 0)), int(event.get("count", 0)))

    def _on_step(self, event: dict[str, Any]) -> None:
        self.step = step = int(event["step"])
        for name, value in event.items():
            if name not in ("t", "event", "step") and isinstance(value, (int, float)):
                self._curve(name).append(step, value)
            elif value is None:  # a loss that is not finite: JSON has no word for it
                self._curve(name).append(step, math.nan)
        self._rate = event.get("lr", self._rate)
        took = self._forecast.step(float(event.get("t", 0.0)))
        if took is not None:
            self._note_speed(step, took)

    def _note_speed(self, step: int, took: float) -> None:
        """One point of the measured throughput for each half second of steps; what is between them does not count."""
        steps, seconds = self._since[0] + 1, self._since[1] + took
        batch = (self.recipe.get("training") or {}).get("batch_size")
        if seconds >= _THROUGHPUT_S and isinstance(batch, int):
            self._measured.setdefault("samples_per_s", Curve()).append(step, steps * batch / seconds)
            steps, seconds = 0, 0.0
        self._since = (steps, seconds)

    def _on_epoch(self, event: dict[str, Any]) -> None:
        self._epochs.append(event)
        step = int(event.get("step", self.step))
        for name, value in event.items():
            told = name.startswith("val_") or name in _BY_EPOCH
            if told and isinstance(value, (int, float)):
                self._curve(name).append(step, float(value))

    def _on_settings(self, event: dict[str, Any]) -> None:
        if isinstance(event.get("lr"), (int, float)):
            self._settings[int(event.get("step", self.step))] = float(event["lr"])

    def _on_accuracy(self, event: dict[str, Any]) -> None:
        self._stages[str(event.get("stage", ""))] = {
            "accuracy": event.get("val_accuracy"),
            "mse": event.get("val_mse"),
            "loss": event.get("val_loss"),
            "seconds": event.get("seconds"),
            "step": event.get("step", 0),
        }

    def _on_pruned(self, event: dict[str, Any]) -> None:
        self._pruned.append(event)

    def _on_checkpoint(self, event: dict[str, Any]) -> None:
        self._checkpoints.append(
            (int(event.get("step", 0)), float(event.get("t", 0.0)), bool(event.get("best", False)))
        )

    def _on_paused(self, event: dict[str, Any]) -> None:
        self.status = "paused"
        self._forecast.rest()

    def _on_resumed(self, event: dict[str, Any]) -> None:
        if event.get("after") == "restart":
            self._begin_life(event)
            self._go_back(int(event.get("step", 0)))
        else:
            self.status = "running"
            self._forecast.rest()

    def _go_back(self, step: int) -> None:
        """Forget what an earlier life did after `step`: it is done again."""
        self.step = min(self.step, step)
        for curve in (*self._curves.values(), *self._measured.values()):
            curve.cut(step)
        self._epochs = [one for one in self._epochs if one.get("step", 0) <= step]
        self._pruned = [one for one in self._pruned if one.get("step", 0) <= step]
        self._checkpoints = [one for one in self._checkpoints if one[0] <= step]
        self._stages = {name: one for name, one in self._stages.items() if one["step"] <= step}

    def _on_test_opened(self, event: dict[str, Any]) -> None:
        self._test_opened = True

    def _on_warning(self, event: dict[str, Any]) -> None:
        self._warnings += 1

    def _on_stopped(self, event: dict[str, Any]) -> None:
        self.status, self.terminal = "stopped", True

    def _on_done(self, event: dict[str, Any]) -> None:
        self.status, self.terminal = "done", True

    def _on_failed(self, event: dict[str, Any]) -> None:
        self.pid = event.get("pid", self.pid)  # a worker may fail before it journals its start
        self.status, self.terminal = "failed", True
        message = event.get("message")
        if isinstance(message, dict) and "code" in message:
            self.failure = Failure.from_json(message)
