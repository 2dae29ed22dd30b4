"""Runs that are killed at chosen moments, for the tests that look at what comes of them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from penjing.spec.folders import RunFolder
from penjing.spec.journal import read_journal

Moment = tuple[str, Callable[[RunFolder], bool], float]
"""Its name, what holds when it has come, and seconds to wait then."""


class Nursery:
    """Carries runs out in forked processes, and kills them when told."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "system" / "nursery.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._line() == "ready"
        self._orphans: list[psutil.Process] = []

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def life(
        self,
        folder: RunFolder,
        until: Callable[[RunFolder], bool] | None = None,
        delay: float = 0.0,
        plain: bool = False,
    ) -> int:
        """Carry the run out; kill it `delay` seconds after `until` holds. The exit code, -9 where it was killed.

        Where `until` was not seen in time, it is killed before its last word. A `plain` life writes safetensors alone.
        """
        assert self._process.stdin is not None
        order = {"folder": str(folder.path), "hold": until is not None, "plain": plain}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        pid = int(self._line().removeprefix("pid "))
        if until is not None:
            deadline = time.monotonic() + 120
            held = Path(f"{folder.path}.held")
            while not (until(folder) or held.exists()) and time.monotonic() < deadline and _alive(pid):
                time.sleep(0.0005)
            time.sleep(delay)
            if _alive(pid):
                self._orphans += psutil.Process(pid).children(recursive=True)
                os.kill(pid, signal.SIGKILL)
        return int(self._line().removeprefix("gone "))

    def orphans(self, seconds: float) -> list[psutil.Process]:
        """Worker processes of killed runs that are still there after `seconds`; also those that never had one."""
        _, alive = psutil.wait_procs(self._orphans, timeout=seconds)
        return alive

    @property
    def orphaned(self) -> int:
        """How many worker processes killed runs had."""
        return len(self._orphans)

    def close(self) -> None:
        """End it, and what killed runs left behind."""
        for process in self.orphans(0):
            process.kill()
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)
        assert self._process.stdout is not None
        self._process.stdout.close()


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def event(name: str, **fields: Any) -> Callable[[RunFolder], bool]:
    """Holds once the journal has such an event."""
    wanted = fields.items()

    def holds(folder: RunFolder) -> bool:
        return any(one["event"] == name and wanted <= one.items() for one in read_journal(folder.journal))

    return holds


def writing_checkpoint(folder: RunFolder) -> bool:
    """Holds while a checkpoint is being written."""
    return any(folder.checkpoints.glob(".step-*.part"))


def stored(folder: RunFolder) -> dict[str, Any]:
    """The run's `result.json`."""
    value: dict[str, Any] = json.loads(folder.result_json.read_text(encoding="utf-8"))
    return value


def killed_and_resumed(
    nursery: Nursery,
    folder: RunFolder,
    moment: Moment,
    expected: dict[str, Any],
    log: Path,
    plain: bool = False,
) -> bool:
    """Kill the run at the moment, go on with it, and compare with one that was left alone; whether it was killed."""
    name, until, delay = moment
    killed = nursery.life(folder, until, delay, plain) == -signal.SIGKILL
    reached = max((int(path.name.split("-")[1]) for path in folder.checkpoints.glob("step-*")), default=0)
    lived = any(one["event"] == "started" for one in read_journal(folder.journal))
    assert nursery.life(folder, plain=plain) == 0, f"{name}: {log.read_text()}"
    found = stored(folder)
    for key in ("weights_sha256", "after", "accuracy_steps", "metrics", "agreement", "test_opened_once"):
        assert found[key] == expected[key], f"{name}: {key}"
    resumed = [one for one in read_journal(folder.journal) if one["event"] == "resumed"]
    assert bool(resumed) == lived, name
    for one in resumed:
        assert one["step"] >= reached, f"{name}: went back behind the last checkpoint"
    assert not list(folder.checkpoints.glob(".*")), f"{name}: half a checkpoint stayed"
    return killed
