"""How late the window's event loop gets while a real run trains.

The window is open at the Compress step with its live curves, on the offscreen platform; the run is a real one, in its
own process, on the same machine. A precise timer asks for a beat every 5 ms; how much later than that a beat comes is
how long the main thread was busy or kept from the processor. Printed for two halves: the window only watched, and a
person who goes through the steps and selects layers. "Own work" is the processor time that the window's process took
within one beat: where it is far below the maximum, the machine was busy with something else.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from penjing_gui.main_window import MainWindow

BEAT = 0.005
LIMIT = 0.050

RECIPE = {
    "model": {"reference": "sample:digits-cnn"},
    "data": {"reference": "sample:digits"},
    "technique": "pruning",
    "pruning": {"macs": 0.3},
    "training": {"epochs": 400},
}


class Beats(QObject):
    """Notes how late each beat of the event loop comes, in seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.late: list[float] = []
        self.work = 0.0  # most processor time of this process within one beat, in seconds
        self._last, self._worked = time.perf_counter(), time.process_time()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(round(1000 * BEAT))
        self._timer.timeout.connect(self._beat)

    def _beat(self) -> None:
        now, worked = time.perf_counter(), time.process_time()
        self.late.append(max(0.0, now - self._last - BEAT))
        self.work = max(self.work, worked - self._worked)
        self._last, self._worked = now, worked

    def start(self) -> None:
        """Begin a new count."""
        self.late.clear()
        self.work = 0.0
        self._last, self._worked = time.perf_counter(), time.process_time()
        self._timer.start()

    def stop(self, name: str) -> float:
        """End the count and print it; the longest lateness."""
        self._timer.stop()
        late = sorted(self.late)
        figures = {"median": late[len(late) // 2], "p99": late[int(0.99 * len(late))], "maximum": late[-1]}
        told = ", ".join(f"{name} {1000 * value:.1f}" for name, value in figures.items())
        over = sum(one > LIMIT for one in late)
        print(
            f"{name:21}{len(late):6} beats; late, ms: {told}; own work, ms: maximum {1000 * self.work:.1f}; "
            f"over {1000 * LIMIT:.0f} ms: {over}"
        )
        return late[-1]


class Person(QObject):
    """Goes through the steps and selects layers, twice a second."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window, self._count = window, 0
        self._timer = QTimer(self)
        self._timer.setInterval(500)
        self._timer.timeout.connect(self._act)

    def _act(self) -> None:
        self._count += 1
        table = self._window.bench.table
        if self._count % 2:
            self._window.show_step(self._count // 2 % 4)
        elif table is not None:
            self._window.bench.select(table.rows[self._count // 2 % len(table.rows)].name)

    def start(self) -> None:
        """Begin."""
        self._timer.start()

    def stop(self) -> None:
        """End."""
        self._timer.stop()


def turn(seconds: float) -> None:
    """Let the event loop run."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def measure(seconds: float) -> bool:
    """Open the window, start the run, count. True where no beat came more than 50 ms late while watched."""
    from penjing.spec.recipe import parse
    from penjing_gui import theme as themes
    from penjing_gui.main_window import MainWindow
    from penjing_gui.settings import Settings
    from penjing_gui.state import Workbench

    app = QApplication(["penjing"])
    themes.apply(app, themes.LIGHT)
    bench = Workbench()
    window = MainWindow(bench, Settings())
    beats, person = Beats(), Person(window)
    try:
        window.show()
        window.open_sample()
        limit = time.monotonic() + 60
        while not bench.groups_known and time.monotonic() < limit:
            turn(0.2)
        bench.set_plan(parse(RECIPE).to_json())
        window.start_run()
        while (bench.run_view is None or bench.run_view.step < 100) and time.monotonic() < limit:
            turn(0.2)
        view = bench.run_view
        assert view is not None and view.status == "running", "the run did not begin to train"
        first = view.step
        beats.start()
        turn(seconds)
        watched = beats.stop("watched")
        person.start()
        beats.start()
        turn(seconds)
        beats.stop("used: steps, layers")
        person.stop()
        view = bench.run_view
        assert view is not None and view.status == "running", "the run ended too early"
        print(
            f"{(view.step - first) / (2 * seconds):.0f} training steps a second beside it, {os.cpu_count()} cores"
        )
        bench.stop()
        limit = time.monotonic() + 30
        while not (bench.run_view and bench.run_view.ended) and time.monotonic() < limit:
            turn(0.1)
    finally:
        window.close()
        bench.close()
    return watched <= LIMIT


def main() -> int:
    """Measure in a home of its own; 1 where a beat came too late."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="for each half; default: 20")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="penjing-bench-") as home:
        os.environ["PENJING_HOME"] = home
        return 0 if measure(arguments.seconds) else 1


if __name__ == "__main__":
    sys.exit(main())
