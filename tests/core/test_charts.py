"""How figures are written in a report, and its charts."""

from __future__ import annotations

import math

import pytest

from penjing.export import figures
from penjing.export.charts import HEIGHT, WIDTH, chart, thin, ticks


def test_figures_follow_the_rules_of_the_look() -> None:
    assert [figures.count(x) for x in (None, 0, 640, 999_999, 138_357_544)] == [
        "–",
        "0",
        "640",
        "1 M",
        "138.4 M",
    ]
    assert [figures.size(x) for x in (640, 12_000, 44_781_000)] == ["640 B", "12 kB", "44.78 MB"]
    assert [figures.percent(x) for x in (0.98612, -0.0001, -0.02, math.nan)] == ["98.6", "0.0", "−2.0", "–"]
    assert [figures.signed_percent(x) for x in (-0.71, 0.02, -0.0001)] == ["−71.0", "+2.0", "0.0"]
    assert [figures.factor(x) for x in (3.449, 27.23, 318.2)] == ["3.45", "27.2", "318.2"]
    assert figures.interval(-0.92, 0.31, 1, signed=True) == "[−0.9, +0.3]"
    assert [figures.duration(x) for x in (41, 1006, 7390)] == ["0:41", "16:46", "2:03:10"]
    assert [figures.milliseconds(x) for x in (0.0431, 2.98, 121.4)] == ["0.0431", "2.98", "121"]


def test_thinning_keeps_the_peaks() -> None:
    points = [(float(i), 0.0) for i in range(100_000)]
    points[77_777] = (77_777.0, 9.0)
    points[12_345] = (12_345.0, -3.0)
    kept = thin(points)
    assert len(kept) <= 400 and (77_777.0, 9.0) in kept and (12_345.0, -3.0) in kept
    assert list(kept) == sorted(kept)


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0.0123, 0.0124), (-5, 1e6), (1e-9, 3e-9)])
def test_ticks_are_round_and_inside(low: float, high: float) -> None:
    found = ticks(low, high)
    assert 2 <= len(found) <= 11
    assert all(low - 1e-9 * (high - low) <= tick <= high + 1e-9 * (high - low) for tick in found)


def test_a_chart_leaves_out_what_is_not_a_number() -> None:
    made = chart([("training", 3, [(0, 1.0), (1, math.nan), (2, math.inf), (3, 0.5)])])
    assert made is not None and len(made.series[0].marks) == 2
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in made.series[0].marks)
    assert chart([("training", 3, [(0, math.nan)])]) is None
    assert chart([("training", 3, [(5, 2.0)])]) is not None
