"""The journal: torn lines, readers that catch up, and what a restart undoes."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penjing.spec.journal import JournalTail, JournalWriter, current_events, parse_lines, read_journal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "journal.jsonl"


def names(events: list[dict[str, object]]) -> list[object]:
    return [event["event"] for event in events]


def test_an_event_is_one_line_with_its_time(path: Path) -> None:
    earlier = time.time()
    with JournalWriter(path) as journal:
        journal.write("epoch", epoch=1, val_accuracy=0.5, note="盆景\nin two lines")
    (line,) = path.read_bytes().splitlines()
    value = json.loads(line)
    assert list(value) == ["t", "event", "epoch", "val_accuracy", "note"]
    assert earlier - 0.001 <= value["t"] <= time.time() + 0.001
    assert "盆景" in line.decode()


def test_an_event_can_be_read_as_soon_as_it_is_written(path: Path) -> None:
    with JournalWriter(path) as journal:
        journal.write("started", pid=1)
        assert names(read_journal(path)) == ["started"]


@given(st.binary(max_size=60).filter(lambda data: b"\n" not in data))
def test_a_torn_last_line_is_dropped_on_reading(torn: bytes) -> None:
    whole = b'{"t": 1, "event": "step", "step": 1}\n'
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.jsonl"
        path.write_bytes(whole + torn)
        assert read_journal(path) == [{"t": 1, "event": "step", "step": 1}]
        with JournalWriter(path) as journal:
            journal.write("resumed", step=1)
        assert path.read_bytes().startswith(whole + b'{"t": ')
        assert names(read_journal(path)) == ["step", "resumed"]


@pytest.mark.parametrize("size", [10, 65_535, 65_536, 65_537, 200_000])
def test_a_long_torn_line_is_cut_off_whole(path: Path, size: int) -> None:
    path.parent.mkdir()
    for whole in (b"", b'{"t": 1, "event": "started"}\n'):
        path.write_bytes(whole + b"x" * size)
        JournalWriter(path).close()
        assert path.read_bytes() == whole


def test_lines_that_are_no_events_are_passed_over() -> None:
    data = (
        b'{"t": 1, "event": "a"}\nnot json\n[1]\n{"t": 2}\n{"event": 3}\n\xff\xfe\n{"t": 3, "event": "b"}\n'
    )
    assert names(parse_lines(data)) == ["a", "b"]


def test_no_journal_is_no_events(path: Path) -> None:
    assert read_journal(path) == []
    assert JournalTail(path).read() == []


def test_a_tail_gives_every_event_once_and_waits_for_whole_lines(path: Path) -> None:
    tail = JournalTail(path)
    with JournalWriter(path) as journal:
        journal.write("started")
        assert names(tail.read()) == ["started"]
        assert tail.read() == []
        with path.open("ab") as other:
            other.write(b'{"t": 1, "event": "st')
        assert tail.read() == []
        with path.open("ab") as other:
            other.write(b'ep"}\n')
        assert names(tail.read()) == ["step"]
        journal.write("done")
        assert names(tail.read()) == ["done"]


def test_a_tail_reads_a_long_journal_in_parts(path: Path) -> None:
    with JournalWriter(path) as journal:
        for step in range(100):
            journal.write("step", step=step)
    tail = JournalTail(path)
    steps: list[int] = []
    while part := tail.read(most_bytes=300):
        assert len(part) < 20
        steps += [event["step"] for event in part]
    assert steps == list(range(100))


def event(name: str, **fields: object) -> dict[str, object]:
    return {"t": 0.0, "event": name, **fields}


def test_a_restart_undoes_what_came_after_its_checkpoint() -> None:
    events = [
        event("started"),
        event("step", step=1),
        event("step", step=2),
        event("checkpoint", step=2),
        event("step", step=3),
        event("epoch", epoch=1, step=3),
        event("warning"),
        event("resumed", step=2, after="restart"),
        event("step", step=3, loss=0.5),
    ]
    kept = current_events(events)
    assert [(one["event"], one.get("step")) for one in kept] == [
        ("started", None),
        ("step", 1),
        ("step", 2),
        ("checkpoint", 2),
        ("warning", None),
        ("resumed", 2),
        ("step", 3),
    ]
    assert kept[-1]["loss"] == 0.5


def test_going_on_after_a_pause_undoes_nothing() -> None:
    events = [event("step", step=5), event("paused", step=5), event("resumed", step=5, after="pause")]
    assert current_events(events) == events


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 20)), max_size=6))
def test_however_often_it_restarts_each_step_is_kept_once(lives: list[tuple[int, int]]) -> None:
    """A life resumes at a checkpoint no later than where the last one came to, and makes some steps."""
    events, reached = [event("started")], 0
    for back, more in lives:
        start = max(0, reached - back)
        if reached:
            events.append(event("resumed", step=start, after="restart"))
        events += [event("step", step=step) for step in range(start + 1, start + more + 1)]
        reached = start + more
    steps = [one["step"] for one in current_events(events) if one["event"] == "step"]
    assert steps == list(range(1, reached + 1))


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limits")
def test_a_full_disk_is_an_error_and_leaves_no_half_line(path: Path) -> None:
    import resource

    with JournalWriter(path) as journal:
        journal.write("started")
        size = path.stat().st_size
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 10, hard))
        try:
            with pytest.raises(OSError, match="File too large"):
                journal.write("step", step=1, loss=0.25)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert path.stat().st_size == size
        journal.write("step", step=1, loss=0.25)
    assert names(read_journal(path)) == ["started", "step"]


def test_a_number_that_is_not_finite_is_null(tmp_path: Path) -> None:
    with JournalWriter(tmp_path / "journal.jsonl") as writer:
        writer.write("epoch", val_loss=float("nan"), val_accuracy=float("-inf"), epoch=1)
    line = (tmp_path / "journal.jsonl").read_text(encoding="utf-8")
    event = json.loads(line, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert event["val_loss"] is None and event["val_accuracy"] is None and event["epoch"] == 1
