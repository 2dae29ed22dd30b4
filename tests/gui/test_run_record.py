"""The record of a run: every metric by name, what is measured from here, and one clean curve over restarts."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from penjing.spec.folders import RunFolder
from penjing.spec.journal import current_events
from penjing_gui.run_record import RunRecord
from penjing_gui.run_view import RunView
from run_examples import event

PER_EPOCH, EPOCHS = 40, 5
TOTAL = PER_EPOCH * EPOCHS
BY_STEP = ("loss", "ce", "kd", "lr")
BY_EPOCH = ("val_loss", "val_accuracy", "val_top5", "samples_per_s", "memory_bytes")


def record(batch: int | None = 32) -> RunRecord:
    recipe = {"training": {"batch_size": batch}} if batch else {}
    return RunRecord(RunFolder(Path("run")), recipe)


def life(first: int, last: int, t: float) -> list[dict[str, Any]]:
    """What a process that trains steps `first` to `last` writes; the figures are functions of the step."""
    events = []
    for i in range(first, last + 1):
        t += 0.05
        noise = random.Random(i).uniform(0.9, 1.1)
        events.append(
            event("step", t, step=i, loss=3 / i * noise, ce=1 / i, kd=2 / i * noise, lr=0.1 * (1 - i / TOTAL))
        )
        if i % PER_EPOCH == 0:
            metrics = {"val_loss": 4 / i, "val_accuracy": 1 - 1 / i, "val_top5": 1 - 0.1 / i}
            machine = {"samples_per_s": 640.0, "memory_bytes": 10**9}
            events.append(event("epoch", t, epoch=i // PER_EPOCH, step=i, **metrics, **machine))
            events.append(event("checkpoint", t, step=i, best=True))
        elif i % 15 == 0:
            events.append(event("checkpoint", t, step=i, best=False))
    return events


def started(pid: int = 1) -> list[dict[str, Any]]:
    return [
        event("started", pid=pid),
        event("plan", total_steps=TOTAL, total_epochs=EPOCHS),
        event("phase", phase="train", index=4, count=8),
    ]


def taken(events: list[dict[str, Any]], batch: int | None = 32) -> RunView:
    one = record(batch)
    for each in events:
        one.take(each)
    return one.view(100.0)


UNDISTURBED = [*started(), *life(1, TOTAL, 0.0)]
KILLED_TWICE = [
    *started(),
    *life(1, 57, 0.0),  # killed in the middle of the second epoch, 12 steps after a checkpoint
    event("resumed", 50.0, step=45, after="restart", pid=2),
    *life(46, 120, 50.0),  # over the end of an epoch; killed right after an epoch's checkpoint
    event(
        "resumed", 90.0, step=105, after="restart", pid=3
    ),  # an older checkpoint: an epoch's end is done again
    *life(106, TOTAL, 90.0),
]


def test_a_run_killed_and_resumed_twice_draws_the_undisturbed_curves() -> None:
    wanted, found = taken(UNDISTURBED), taken(KILLED_TWICE)
    assert set(found.series) == set(wanted.series) == {*BY_STEP, *BY_EPOCH}
    for name, (steps, values) in wanted.series.items():
        got_steps, got_values = found.series[name]
        np.testing.assert_array_equal(got_steps, steps, err_msg=name)
        np.testing.assert_array_equal(got_values, values, err_msg=name)
    np.testing.assert_array_equal(found.checkpoints, wanted.checkpoints)
    assert (found.step, found.epoch, found.best_epoch) == (TOTAL, EPOCHS, EPOCHS)
    assert len(found.series["loss"][0]) == TOTAL and (np.diff(found.series["loss"][0]) == 1).all()


def test_the_best_epoch_is_told_by_epochs_where_checkpoints_are_rare() -> None:
    one = record()
    for each in started():
        one.take(each)
    for number, accuracy in ((1, 0.8), (2, 0.9), (3, 0.85)):
        step = number * PER_EPOCH
        best = number < 3
        one.take(event("epoch", epoch=number, step=step, val_loss=1.0, val_accuracy=accuracy, best=best))
    one.take(event("checkpoint", step=3 * PER_EPOCH, best=True))
    view = one.view(100.0)
    assert view.best_epoch == 2
    lines = [line for _, line in view.log]
    assert "epoch 2: best, 90.0 %" in lines and not any("epoch 3: best" in line for line in lines)


def test_at_every_moment_the_curves_are_those_of_the_events_that_count() -> None:
    """Independent source: `current_events` of the journal so far, drawn without any restart."""
    one, restart = record(), [i for i, e in enumerate(KILLED_TWICE) if e["event"] == "resumed"]
    stops = {restart[0] - 1, restart[0], restart[0] + 3, restart[1], restart[1] + 40, len(KILLED_TWICE) - 1}
    for index, each in enumerate(KILLED_TWICE):
        one.take(each)
        if index not in stops:
            continue
        wanted: dict[str, dict[int, float]] = {}
        for kept in current_events(KILLED_TWICE[: index + 1]):
            if kept["event"] in ("step", "epoch"):
                for name, value in kept.items():
                    if name not in ("t", "event", "step", "epoch"):
                        wanted.setdefault(name, {})[kept["step"]] = value
        series = one.view(100.0).series
        for name in (*BY_STEP, *BY_EPOCH):
            steps, values = series.get(name, (np.empty(0), np.empty(0)))
            assert dict(zip(steps.tolist(), values.tolist(), strict=True)) == wanted.get(name, {}), name


def test_any_metric_of_an_epoch_is_a_curve() -> None:
    metrics = {"val_loss": 0.5, "val_mse": 0.25, "val_mae": 0.4, "val_f1": 0.8, "val_something_new": 3.0}
    view = taken([*started(), event("epoch", epoch=1, step=40, seconds=2.0, path="x", **metrics)])
    assert {name: values.tolist() for name, (_, values) in view.series.items()} == {
        name: [value] for name, value in metrics.items()
    }


def test_a_loss_that_is_not_finite_is_a_gap_at_its_step() -> None:
    view = taken(
        [*started(), event("step", step=1, loss=1.0, ce=1.0), event("step", step=2, loss=None, ce=2.0)]
    )
    steps, values = view.series["loss"]
    assert steps.tolist() == [1, 2] and values[0] == 1.0 and math.isnan(values[1])
    assert view.series["ce"][1].tolist() == [1.0, 2.0]


def test_throughput_is_measured_over_steps_alone_where_the_run_does_not_tell_it() -> None:
    events, t = started(), 0.0
    for i in range(1, 121):
        t += 0.05
        events.append(event("step", t, step=i, loss=1.0))
        if i % 40 == 0:
            events.append(event("epoch", t, epoch=i // 40, step=i, val_loss=1.0))
            t += 7.0  # the validation
    steps, values = taken(events).series["samples_per_s"]
    assert len(steps) >= 8 and values == pytest.approx(np.full(len(steps), 32 / 0.05))
    assert "samples_per_s" not in taken(events, batch=None).series, "samples are not known"


def test_memory_is_what_was_looked_at_unless_the_run_tells_it() -> None:
    one = record()
    for each in [*started(), event("step", step=3, loss=1.0)]:
        one.take(each)
    one.note_memory(5 * 10**8)
    one.take(event("step", step=9, loss=1.0))
    one.note_memory(6 * 10**8)
    one.note_memory(None)
    view = one.view(0.0)
    assert [axis.tolist() for axis in view.series["memory_bytes"]] == [[3, 9], [5e8, 6e8]]
    assert view.memory is None
    one.take(event("epoch", epoch=1, step=40, val_loss=1.0, memory_bytes=7 * 10**8))
    assert one.view(0.0).series["memory_bytes"][1].tolist() == [7e8]


def test_learning_rates_set_by_hand_are_kept_and_logged() -> None:
    events = [
        *started(),
        *life(1, 30, 0.0),
        event("control", number=1, command="settings", settings={"lr": 0.0125}),
        event("settings", 2.0, step=30, lr=0.0125),
        *life(31, 50, 2.0),
    ]
    view = taken(events)
    assert view.settings == ((30, 0.0125),)
    assert any(line == "learning rate 0.085 → 0.0125, by hand" for _, line in view.log)
    again = [*events, event("resumed", 9.0, step=15, after="restart", pid=2)]
    assert taken([*again, *life(16, 20, 9.0)]).settings == (), "not there yet in the new life"
    assert taken([*again, *life(16, 40, 9.0)]).settings == ((30, 0.0125),), "replayed at its step"
