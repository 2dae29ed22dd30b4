"""Watches `control.json` and signals on behalf of a run, and holds the run while it is paused."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping

from penjing.runs.reporter import Reporter
from penjing.spec.control import Order, read_order
from penjing.spec.folders import RunFolder
from penjing.spec.journal import Event

PAUSE_POLL_S = 0.05


class Stopped(Exception):
    """The run was asked to stop, and has come to a place where it can."""


class ControlWatch:
    """`tick()` at every step: pauses in it, and raises `Stopped` where stop was asked.

    Orders up to the last number that the journal knows were carried out by an earlier life and are passed over, and
    so is one given at a time when no process ran: before `since`, in seconds since the epoch. Its settings are taken
    all the same.

    `changes` are the learning rates that were asked for, by the steps done then. Each is journalled before it takes
    effect, and all that the journal knows hold again for a later life, at the same steps.
    """

    def __init__(self, folder: RunFolder, events: list[Event], since: float | None = None) -> None:
        self._path = folder.control
        self._done = max((int(e["number"]) for e in events if e["event"] == "control"), default=0)
        self.changes: list[tuple[int, float]] = []
        self._journalled: set[tuple[int, float]] = set()
        for event in events:
            if event["event"] == "settings":
                self._change(int(event["step"]), float(event["lr"]))
        self._kept: Mapping[str, float] = {}
        if since is not None:
            self._pass_over(since)
        self._stamp: int | None = None
        self._interrupted = False

    def remember(self, changes: list[tuple[int, float]]) -> None:
        """Take a checkpoint's changes instead, where the journal has lost any of them (a power cut)."""
        if not set(changes) <= self._journalled:
            self.changes[:] = changes

    def _change(self, step: int, rate: float) -> None:
        """From the step after `step` on, whatever was asked for before: also by an earlier life, later on."""
        self._journalled.add((step, rate))
        self.changes[:] = [one for one in self.changes if one[0] < step] + [(step, rate)]

    def _pass_over(self, since: float) -> None:
        try:
            given = self._path.stat().st_mtime
        except OSError:
            return
        order = read_order(self._path)
        if order is not None and given < since and order.number > self._done:
            self._done = order.number
            self._kept = order.settings

    def interrupt(self) -> None:
        """Ask for a stop from within (a signal handler); taken at the next tick."""
        self._interrupted = True

    def _order(self) -> Order | None:
        try:
            stamp = os.stat(self._path).st_mtime_ns  # noqa: PTH116 - at every step, and half as long
        except OSError:
            return None
        if stamp == self._stamp:
            return None
        self._stamp = stamp
        order = read_order(self._path)
        if order is None or order.number <= self._done:
            return None
        self._done = order.number
        return order

    def _take(self, settings: Mapping[str, float], report: Reporter, step: int) -> None:
        """Journal a learning rate that is another than the last asked for; it holds from the next step."""
        rate = settings.get("lr")
        if rate is None or (self.changes and self.changes[-1][1] == rate):
            return
        report("settings", step=step, lr=rate)
        self._change(step, rate)

    def tick(self, report: Reporter, step: int) -> None:
        """Carry out what has been asked since the last call."""
        if self._interrupted:
            raise Stopped
        if self._kept:
            kept, self._kept = self._kept, {}
            self._take(kept, report, step)
        order = self._order()
        if order is None:
            return
        self._take(order.settings, report, step)
        report("control", number=order.number, command=order.command)
        if order.command == "stop":
            raise Stopped
        if order.command == "pause":
            self._hold(report, step)

    def _hold(self, report: Reporter, step: int) -> None:
        report("paused", step=step)
        while True:
            if self._interrupted:
                raise Stopped
            order = self._order()
            if order is not None:
                self._take(order.settings, report, step)
                report("control", number=order.number, command=order.command)
                if order.command == "stop":
                    raise Stopped
                if order.command == "resume":
                    report("resumed", step=step, after="pause")
                    return
            time.sleep(PAUSE_POLL_S)
