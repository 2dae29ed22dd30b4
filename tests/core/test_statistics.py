"""Intervals against published figures and scipy."""

from __future__ import annotations

import pytest

from penjing.export.statistics import independent_difference, paired_difference, wilson


@pytest.mark.parametrize(
    ("successes", "count", "low", "high"),  # Newcombe 1998, Statistics in Medicine 17: 857, table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_published_intervals(successes: int, count: int, low: float, high: float) -> None:
    assert wilson(successes, count) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize("count", [1, 2, 347, 10_000])
def test_wilson_agrees_with_scipy(count: int) -> None:
    from scipy.stats import binomtest

    for successes in {0, 1, count // 2, count - 1, count}:
        expected = binomtest(successes, count).proportion_ci(method="wilson")
        assert wilson(successes, count) == pytest.approx((expected.low, expected.high), abs=1e-9)
        assert wilson(successes, count)[0] <= successes / count <= wilson(successes, count)[1]


@pytest.mark.parametrize(
    ("before", "after", "low", "high"),  # Newcombe 1998, Statistics in Medicine 17: 873, table II, method 10
    [
        ((48, 80), (56, 70), 0.0524, 0.3339),
        ((3, 10), (9, 10), 0.1705, 0.8090),
        ((0, 29), (5, 56), -0.0381, 0.1926),
        ((0, 20), (0, 10), -0.1611, 0.2775),
    ],
)
def test_the_difference_of_independent_shares_is_the_published_one(
    before: tuple[int, int], after: tuple[int, int], low: float, high: float
) -> None:
    assert independent_difference(*before, *after) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("pairs", "low", "high"),
    [
        ((14, 5, 0, 22), -0.226, -0.011),  # Altman et al., Statistics with Confidence (2000), p. 52
        ((1, 1, 7, 12), 0.026, 0.507),  # Fagerland et al., Statistics in Medicine 33 (2014): 2850, table V
    ],
)
def test_the_difference_of_paired_shares_is_the_published_one(
    pairs: tuple[int, int, int, int], low: float, high: float
) -> None:
    assert paired_difference(*pairs) == pytest.approx((low, high), abs=6e-4)


def test_a_paired_interval_is_narrower_where_the_models_agree() -> None:
    paired = paired_difference(335, 5, 4, 3)
    independent = independent_difference(340, 347, 339, 347)
    assert paired[1] - paired[0] < independent[1] - independent[0]
