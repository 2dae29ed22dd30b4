"""Time left: what it learns from steps, epochs and pauses, and how honest its spread is."""

from __future__ import annotations

import numpy as np
import pytest

from penjing_gui.eta import Estimate, Forecast


def fed(times: list[float]) -> Forecast:
    forecast = Forecast()
    for t in times:
        forecast.step(t)
    return forecast


def left(
    forecast: Forecast, steps: int, epochs: int = 0, now: float = 0.0, extra: float | None = None
) -> Estimate:
    found = forecast.left(steps, epochs, now, extra)
    assert found is not None
    return found


def test_no_estimate_before_ten_steps() -> None:
    assert fed([float(i) for i in range(9)]).left(100, 0, 8.0) is None
    assert fed([float(i) for i in range(10)]).left(100, 0, 9.0) is not None


def test_a_steady_run_has_a_narrow_estimate() -> None:
    middle, low, high = left(fed([i * 0.5 for i in range(101)]), 100)
    assert middle == pytest.approx(50)
    assert [low, high] == pytest.approx([48.5, 51.5])  # the least spread, 3 %


def test_what_has_passed_is_taken_off_and_nothing_is_negative() -> None:
    forecast = fed([i * 0.5 for i in range(101)])
    assert left(forecast, 100, now=60.0)[0] == pytest.approx(40)
    assert left(forecast, 1, now=1000.0) == (0.0, 0.0, 0.0)


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    """200 simulated runs of gamma-distributed steps: the true mean pace lies in the 95 % interval in 90 % or more."""
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(200):
        times = np.cumsum(rng.gamma(4.0, 0.25, size=200))
        _, low, high = left(fed(times.tolist()), 1000)
        covered += low <= 1000.0 <= high
    assert covered >= 180


def epochs(seconds: list[float], steps: int = 600, pace: float = 0.01) -> tuple[Forecast, float]:
    """Epochs of `steps` steps, each followed by a validation of so many seconds; the time at the end."""
    forecast, t = Forecast(), 0.0
    for validation in seconds:
        for _ in range(steps):
            t += pace
            forecast.step(t)
        forecast.between(epoch_end=True)
        t += validation
        forecast.between()  # the checkpoint
    return forecast, t


def test_validations_of_earlier_epochs_are_part_of_what_is_left() -> None:
    """Epochs longer than what is remembered of steps: the pause at their ends is counted all the same."""
    forecast, t = epochs([4.0, 4.0, 4.0])
    forecast.step(t + 0.01)
    middle, low, high = left(forecast, 1799, 3, t + 0.01)
    assert middle == pytest.approx(1799 * 0.01 + 3 * 4.0, rel=0.02)
    assert low < middle < high
    assert forecast.speed == pytest.approx(100, rel=0.01), "a validation is not a slow step"


def test_unsteady_validations_widen_the_spread() -> None:
    def width(seconds: list[float]) -> float:
        forecast, t = epochs(seconds)
        forecast.step(t + 0.01)
        _, low, high = left(forecast, 600, 10, t + 0.01)
        return high - low

    assert width([1.0, 7.0, 4.0]) > 3 * width([4.0, 4.0, 4.0])


def test_before_the_first_epoch_ends_a_validation_seen_elsewhere_stands_in() -> None:
    forecast = fed([i * 0.1 for i in range(101)])
    middle, low, high = left(forecast, 100, 5, 10.0, extra=2.0)
    assert middle == pytest.approx(10 + 10)
    assert low == pytest.approx(10, abs=0.2) and high == pytest.approx(30, abs=0.2)


def test_epochs_of_a_single_step_are_measured_too() -> None:
    forecast = Forecast()
    for i in range(20):
        forecast.step(float(i))
        forecast.between(epoch_end=True)
    assert left(forecast, 10, 10, 19.0, extra=3.0)[0] == pytest.approx(10)


def test_epochs_that_differ_widen_the_spread_beyond_that_of_the_last_steps() -> None:
    forecast, t = Forecast(), 0.0
    for pace in (0.01, 0.03, 0.01, 0.02):
        for _ in range(500):
            t += pace
            forecast.step(t)
        forecast.between(epoch_end=True)
    forecast.step(t + 0.02)
    middle, _, high = left(forecast, 1000, 0, t + 0.02)
    assert high - middle > 0.5 * middle


def test_a_pause_and_another_process_are_forgotten() -> None:
    forecast = fed([i * 0.1 for i in range(50)])
    forecast.rest()
    assert forecast.left(10, 0, 5.0) is None
    for i in range(3):
        forecast.step(1000 + i * 0.1)
    assert forecast.speed == pytest.approx(10)
    forecast.begin()
    assert forecast.speed is None
