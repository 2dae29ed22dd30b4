"""The journal: a run's append-only list of events, one JSON object a line, and its readers.

Each line is `{"t": seconds since the epoch, "event": NAME, …}`. A line is appended whole and flushed. A torn last
line (the writer was killed) is dropped on reading, and cut off when the run goes on. `resumed` carries the step
from which the run went on: events of later steps that an earlier life wrote are dropped by `current_events`.

Events and their fields (besides `t` and `event`):

- `started`: pid, threads, ranks (processes that train together), technique, versions, model_sha256
- `plan`: total_steps, total_epochs, steps_per_epoch, rounds (known once model and data are open)
- `phase`: phase (`open`, `dense`, `prune`, `recalibrate`, `train`, `export`, `measure`, `test`), index, count
- `step`: step, loss, and each part of the loss by name, lr
- `epoch`: epoch, step, val_loss, val_accuracy (or val_mse), best (bool: the best of the round so far), seconds,
  further metrics by name (`val_top5`, `val_balanced_accuracy`, `val_f1`, `val_mae`, `val_agreement`), samples_per_s,
  memory_bytes
- `early_stop`: epoch, step, round (the round ends here; a new `plan` follows)
- `settings`: step, lr (asked for while the run went on; it holds from the next step)
- `data`: reference, sizes, fingerprint, warnings (what was read), target_scale `{"mean", "std"}` where a
  regression trains on standardised targets
- `accuracy`: stage (`dense`, `pruned`, `recalibrated`, `final`), val_loss, val_accuracy (or val_mse), step, seconds
- `pruned`: step, round, params, macs, channels `{layer: [before, after]}` (output channels, dense and now)
- `checkpoint`: step, path (relative to the run), best (bool: it holds the best network so far, of this or an earlier
  epoch), stage
- `paused`, `resumed`: step (`resumed` after a pause has `after: "pause"`, after a restart `after: "restart"` and
  all that `started` has)
- `control`: number, command (an order was carried out)
- `test_opened`: weights_sha256
- `artefact`: name, path (relative), bytes
- `warning`: message `{"code", "params"}`
- `stopped`: step
- `done`: seconds, weights_sha256
- `failed`: message `{"code", "params"}`, step, pid
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

Event = dict[str, Any]


class JournalWriter:
    """Appends events. Opening cuts off a torn last line. One writer a journal: the run's owner."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: BinaryIO = path.open("ab+", buffering=0)
        self._cut_torn_line()

    def _cut_torn_line(self) -> None:
        size = self._file.seek(0, 2)
        position = size
        while position > 0:
            start = max(0, position - 65536)
            self._file.seek(start)
            newline = self._file.read(position - start).rfind(b"\n")
            if newline >= 0:
                position = start + newline + 1
                break
            position = start
        if position < size:
            self._file.truncate(position)

    def write(self, event: str, /, **fields: Any) -> None:
        """Append one event with the present time. Raises OSError where the disk is full, and then leaves no half
        line for a later event to run into."""
        known = {name: _finite(value) for name, value in fields.items()}
        line = json.dumps({"t": round(time.time(), 6), "event": event, **known}, ensure_ascii=False)
        rest = memoryview(line.encode() + b"\n")
        start = self._file.seek(0, 2)
        try:
            while rest:  # an unbuffered write may take less than all, and says so only by its count
                rest = rest[self._file.write(rest) :]
        except OSError:
            self._file.truncate(start)
            raise

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> JournalWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _finite(value: Any) -> Any:
    """A number that is not finite is null: JSON has no word for it, and readers of other languages stop at one."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


class JournalTail:
    """Reads what has been appended since the last call. It holds no file open between calls."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0

    def read(self, most_bytes: int = 4_000_000) -> list[Event]:
        """The whole lines that are new, in order, at most about `most_bytes` of them; [] where nothing is new."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._offset)
                data = file.read(most_bytes)
        except FileNotFoundError:
            return []
        end = data.rfind(b"\n") + 1
        self._offset += end
        return parse_lines(data[:end])


def parse_lines(data: bytes) -> list[Event]:
    """Events of whole lines. A line that is not a JSON object with an event name is passed over."""
    events: list[Event] = []
    for line in data.splitlines():
        try:
            value = json.loads(line)
        except ValueError:
            continue
        if isinstance(value, dict) and isinstance(value.get("event"), str):
            events.append(value)
    return events


def read_journal(path: Path) -> list[Event]:
    """All whole events of a journal, [] where there is none."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    return parse_lines(data[: data.rfind(b"\n") + 1])


def current_events(events: Iterable[Event]) -> list[Event]:
    """Events without those that a restart undid: steps, epochs and stages later than the `resumed` step.

    A restart at step s repeats everything after s, so `step`, `epoch`, `early_stop`, `accuracy`, `pruned` and
    `checkpoint` events of an earlier life with a step above s are dropped, and of stage events at s itself the later
    one counts.
    """
    kept: list[Event] = []
    for event in events:
        if event["event"] == "resumed" and event.get("after") == "restart":
            step = event.get("step", 0)
            kept = [
                old
                for old in kept
                if old["event"] not in ("step", "epoch", "early_stop", "accuracy", "pruned", "checkpoint")
                or old.get("step", 0) <= step
            ]
        kept.append(event)
    return kept
