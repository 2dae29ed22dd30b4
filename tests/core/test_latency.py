"""Latency: what is restored, what is true of the figures, and intervals against an independent source."""

from __future__ import annotations

import math
import time
from typing import Any

import pytest
import torch
from scipy import stats
from torch import nn

from penjing.costs import latency
from penjing.costs.count import count
from penjing.costs.latency import compare, measure
from penjing.costs.statistics import median_interval
from penjing.models.sample import DigitsCNN
from penjing.spec.messages import Failure
from penjing.spec.references import InputSpec

IMAGE = [InputSpec((1, 8, 8))]


class Clock:
    """Time that passes in layers alone, whatever else the machine does."""

    def __init__(self) -> None:
        self.now = 0  # nanoseconds

    def perf_counter_ns(self) -> int:
        return self.now

    def perf_counter(self) -> float:
        return self.now / 1e9


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(latency, "time", made)
    return made


class Sleeper(nn.Module):
    """A layer that takes a known time."""

    def __init__(self, clock: Clock, milliseconds: float) -> None:
        super().__init__()
        self.clock, self.milliseconds = clock, milliseconds

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.clock.now += round(self.milliseconds * 1e6)
        return x


def test_layers_and_the_whole_are_timed(clock: Clock) -> None:
    sleeper = Sleeper(clock, 4)
    module = nn.Sequential(sleeper, Sleeper(clock, 8), nn.Sequential(sleeper))
    found = measure(module, [InputSpec((2,))], seconds=0.2)
    assert found["layers"] == {"0": 4, "1": 8, "2.0": 4}
    assert found["total"] == {"ms": 16, "ci95": [16, 16]}
    assert found["runs"] == 7  # of 32 ms each: one without hooks and one with them


def test_layer_times_belong_to_rows_of_the_cost_table() -> None:
    for module, inputs in (
        (DigitsCNN(), IMAGE),
        (nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), [InputSpec((5, 8))]),
    ):
        found = measure(module, inputs, batch=2, seconds=0.05)
        names = {row.name for row in count(module, inputs)}
        assert found["layers"].keys() <= names
        assert all(value > 0 for value in found["layers"].values())
        assert found["runs"] >= 3


def test_the_model_and_the_process_are_left_as_they_were(capsys: pytest.CaptureFixture[str]) -> None:
    class Chatty(nn.Linear):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            threads.append(torch.get_num_threads())
            print("chatting")
            return super().forward(x)

    threads: list[int] = []
    module = Chatty(2, 2).train()
    before = torch.get_num_threads()
    measure(module, [InputSpec((2,))], threads=before + 1, seconds=0.01)
    assert set(threads) == {before + 1}
    assert torch.get_num_threads() == before
    assert module.training
    assert not module._forward_hooks
    assert not module._forward_pre_hooks
    assert torch.is_grad_enabled()
    assert capsys.readouterr().out == ""


def test_measuring_can_be_cancelled_and_refuses_an_input_that_does_not_fit() -> None:
    class Cancelled(Exception):
        pass

    def check() -> None:
        raise Cancelled

    threads = torch.get_num_threads()
    for work in (measure, compare):
        modules = [DigitsCNN(0.1)] * (1 if work is measure else 2)
        with pytest.raises(Cancelled):
            work(*modules, IMAGE, threads=threads + 1, seconds=60, check=check)  # type: ignore[operator]
        assert torch.get_num_threads() == threads
    with pytest.raises(Failure) as caught:
        measure(DigitsCNN(0.1), [InputSpec((3, 8, 8))])
    assert caught.value.message.params["shape"] == "3,8,8"


def test_two_models_are_compared_in_pairs(clock: Clock) -> None:
    slow, fast = nn.Sequential(Sleeper(clock, 6)), nn.Sequential(Sleeper(clock, 2))
    found = compare(slow, fast, [InputSpec((2,))], batches=(1, 4), seconds=0.6)
    assert found["batches"].keys() == {"1", "4"}
    for one in found["batches"].values():
        assert one["pairs"] >= 6
        assert one["ratio"] == {"median": 3, "ci95": [3, 3]}
        assert (one["before"]["median_ms"], one["after"]["median_ms"]) == (6, 2)
    assert found["layers"] == {"before": {"0": 6}, "after": {"0": 2}}
    assert found["threads"] == 1


def test_two_models_of_different_inputs_are_compared() -> None:
    found = compare(nn.Linear(2, 3), nn.Linear(5, 3), [InputSpec((2,))], (1,), seconds=0.1,
                    other_inputs=[InputSpec((5,))])  # fmt: skip
    assert found["batches"]["1"]["pairs"] >= 6
    with pytest.raises(Failure) as caught:
        compare(nn.Linear(2, 3), nn.Linear(5, 3), [InputSpec((2,))], (1,), seconds=0.1)
    assert caught.value.message.code == "costs.cannot_run"


def test_comparing_takes_about_the_time_it_was_given() -> None:
    start = time.perf_counter()
    found: dict[str, Any] = compare(DigitsCNN(), DigitsCNN(0.5), IMAGE, seconds=0.6)
    assert time.perf_counter() - start < 60
    assert found["batches"]["1"]["pairs"] >= 6


@pytest.mark.parametrize("n", [6, 7, 17, 100, 999, 1000, 5000])
def test_intervals_are_the_narrowest_by_order_statistics_that_hold_95_percent(n: int) -> None:
    median, (low, high) = median_interval(list(range(n)))
    assert median == (n - 1) / 2
    assert high == n - 1 - low
    rank = int(low)  # values below the lower bound
    assert 1 - 2 * stats.binom.cdf(rank, n, 0.5) >= 0.95
    assert 1 - 2 * stats.binom.cdf(rank + 1, n, 0.5) < 0.95


def test_few_values_give_their_range() -> None:
    assert median_interval([3.0, 1.0, 2.0]) == (2.0, (1.0, 3.0))
    assert median_interval([4.0]) == (4.0, (4.0, 4.0))


def test_intervals_cover_the_true_median() -> None:
    generator = torch.Generator().manual_seed(0)
    hits = 0
    for _ in range(400):
        values = torch.empty(25, dtype=torch.float64).exponential_(generator=generator).tolist()
        _, (low, high) = median_interval(values)
        hits += low <= math.log(2) <= high
    assert hits / 400 >= 0.93
