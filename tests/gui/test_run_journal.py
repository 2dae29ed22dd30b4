"""What a run has written of itself: its curves, the record of its journal, and the log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penjing.spec.folders import RunFolder
from penjing_gui.buffers import Curve
from penjing_gui.event_log import log_line
from penjing_gui.run_record import RunRecord
from run_examples import event


def step(number: int, t: float = 0.0, loss: float = 1.0, **fields: Any) -> dict[str, Any]:
    return event("step", t, step=number, loss=loss, **fields)


@pytest.fixture
def record(tmp_path: Path) -> RunRecord:
    return RunRecord(RunFolder(tmp_path / "run"), {})


@given(st.lists(st.tuples(st.integers(0, 60), st.floats(-1e3, 1e3)), max_size=200))
def test_a_curve_is_what_a_dictionary_would_hold(pairs: list[tuple[int, float]]) -> None:
    """Appending at a step drops what is at it or later: the model is a dictionary treated so."""
    curve, model = Curve(), dict[int, float]()
    for number, value in pairs:
        model = {key: one for key, one in model.items() if key < number}
        model[number] = value
        curve.append(number, value)
    steps, values = curve.arrays()
    assert steps.tolist() == list(model) and values.tolist() == list(model.values())


def test_views_given_out_do_not_change() -> None:
    curve = Curve()
    for number in range(1000):
        curve.append(number, number)
    before, _ = curve.arrays()
    curve.cut(499)
    curve.append(500, -1)
    after, values = curve.arrays()
    assert before.tolist() == list(range(1000))
    assert len(after) == 501 and values[-1] == -1
    with pytest.raises(ValueError, match="read-only"):
        before[0] = 5


def test_a_whole_run(record: RunRecord) -> None:
    for one in [
        event("started", 10, pid=4, threads=1),
        event("plan", 10, total_steps=40, total_epochs=2),
        event("phase", 10, phase="dense", index=1, count=8),
        event("accuracy", 11, stage="dense", step=0, val_accuracy=0.991, val_loss=0.03, seconds=2.0),
        event("pruned", 12, step=0, round=1, params=18, macs=5, channels={"a": [64, 24], "b": [8, 8]}),
        event("phase", 13, phase="train", index=4, count=8),
        *[step(i, 13 + i / 10, loss=1 / i, ce=0.5 / i, kd=0.1, lr=0.1) for i in range(1, 21)],
        event("epoch", 15, epoch=1, step=20, val_loss=0.4, val_accuracy=0.9),
        event("checkpoint", 15.5, step=20, path="checkpoints/x", best=True, stage="train"),
    ]:
        record.take(one)
    view = record.view(16.0)
    assert (view.status, view.phase, view.phase_index, view.phase_count) == ("running", "train", 4, 8)
    assert (view.step, view.total_steps, view.epoch, view.total_epochs) == (20, 40, 1, 2)
    assert set(view.series) == {"loss", "ce", "kd", "lr", "val_loss", "val_accuracy"}
    steps, values = view.series["loss"]
    assert steps.tolist() == list(range(1, 21)) and values[3] == 0.25
    assert view.series["val_accuracy"][0].tolist() == [20]
    assert view.stages["dense"]["accuracy"] == 0.991 and view.stages["dense"]["seconds"] == 2.0
    assert view.channels == {"a": (64, 24), "b": (8, 8)}
    assert view.best_epoch == 1 and view.checkpoints.tolist() == [20]
    assert view.last_checkpoint_age == pytest.approx(0.5)
    assert view.speed == pytest.approx(10) and view.eta is not None
    # 20 steps at 10 a second and one validation as long as the dense model's, one second after the last step
    assert view.eta[0] == pytest.approx(2.0 + 2.0 - 1.0)
    assert view.percent == 50 and not view.ended
    record.take(event("test_opened", 17, weights_sha256="x"))
    record.take(event("done", 18, seconds=8.0, weights_sha256="x"))
    view = record.view(19.0)
    assert view.status == "done" and view.ended and view.percent == 100 and view.test_opened
    assert view.eta is None and view.last_checkpoint_age is None


def test_a_restart_drops_what_is_done_again(record: RunRecord) -> None:
    for one in [
        event("started", pid=4, total_steps=40),
        event("accuracy", stage="dense", step=0, val_accuracy=0.99),
        event("pruned", step=0, round=1, params=5, channels={"a": [64, 32]}),
        *[step(i, loss=100 + i) for i in range(1, 31)],
        event("epoch", epoch=1, step=10, val_loss=1.0, val_accuracy=0.5),
        event("epoch", epoch=2, step=25, val_loss=1.0, val_accuracy=0.6),
        event("checkpoint", step=10, best=True),
        event("checkpoint", step=25, best=True),
        event("pruned", step=26, round=2, params=4, channels={"a": [32, 16]}),
        event("accuracy", stage="pruned", step=26, val_accuracy=0.3),
        event("resumed", 50.0, step=10, after="restart", pid=5),
    ]:
        record.take(one)
    view = record.view(51.0)
    assert view.step == 10 and view.series["loss"][0].tolist() == list(range(1, 11))
    assert view.series["val_loss"][0].tolist() == [10]
    assert view.checkpoints.tolist() == [10] and view.epoch == 1 and view.best_epoch == 1
    assert view.channels == {"a": (64, 32)} and set(view.stages) == {"dense"}
    assert record.pid == 5 and view.status == "running" and view.total_steps == 40
    record.take(step(11, loss=7.0))
    assert record.view(52.0).series["loss"][1].tolist()[-2:] == [110.0, 7.0]


def test_a_pause_is_not_a_slow_step(record: RunRecord) -> None:
    record.take(event("started", pid=4, total_steps=100))
    record.take(event("phase", phase="train"))
    for i in range(1, 21):
        record.take(step(i, i / 10))
    record.take(event("paused", 2.0, step=20))
    assert record.view(2.0).status == "paused" and record.view(2.0).eta is None
    record.take(event("resumed", 1000.0, step=20, after="pause"))
    for i in range(21, 41):
        record.take(step(i, 1000 + i / 10))
    view = record.view(1004.0)
    assert view.status == "running" and view.speed == pytest.approx(10)


def test_the_log_is_kept_whole_and_short(record: RunRecord) -> None:
    for i in range(6000):
        record.take(event("checkpoint", float(i), step=i))
    view = record.view(0.0)
    assert len(view.log) == 5000 and view.log_total == 6000
    assert view.log[-1] == (5999.0, "checkpoint step 5,999")
    assert record.view(1.0).log is view.log, "an unchanged log is not copied"


def test_log_lines_in_both_languages() -> None:
    accuracy = event("accuracy", stage="recalibrated", step=0, val_accuracy=0.968)
    assert log_line(event("started", pid=48213)) == "started, worker 48213"
    assert log_line(accuracy) == "recalibrated: validation 96.8 %"
    assert log_line(accuracy, "zh_CN") == "重校准：验证 96.8 %"
    assert log_line(event("pruned", params=18), params_before=100) == "pruned: 82 % of params removed"
    assert log_line(event("checkpoint", step=1200)) == "checkpoint step 1,200"
    best = event("checkpoint", step=90, best=True)
    epoch = event("epoch", epoch=18, step=90, val_accuracy=0.987)
    assert log_line(best, epoch=epoch) == "epoch 18: best, 98.7 %"
    rate = event("settings", step=31, lr=0.0125)
    assert log_line(rate, rate=0.02) == "learning rate 0.02 → 0.0125, by hand"
    assert log_line(rate, "zh_CN", rate=0.02) == "手动更改学习率 0.02 → 0.0125"
    assert log_line(rate) == "learning rate 0.0125, by hand"
    assert log_line(event("settings", step=31)) is None
    assert log_line(step(1)) is None
    assert log_line(event("something-new")) is None
