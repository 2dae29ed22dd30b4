"""Figures as text. Expected texts are those of the look (its rules and its pictures)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penjing_gui import numbers
from penjing_gui.numbers import Prefix


@pytest.mark.parametrize(
    ("maximum", "expected"),
    [
        (138_357_544, Prefix(1e6, "M", 3)),
        (30.941e9, Prefix(1e9, "G", 3)),
        (25_088, Prefix(1e3, "k", 3)),
        (999_999, Prefix(1e3, "k", 3)),
        (1e6, Prefix(1e6, "M", 3)),
        (2.5e12, Prefix(1e12, "T", 3)),
        (640, Prefix(1.0, "", 0)),
        (0, Prefix(1.0, "", 0)),
        (0.25, Prefix(1.0, "", 3)),
    ],
)
def test_one_prefix_a_column(maximum: float, expected: Prefix) -> None:
    assert numbers.column_prefix(maximum) == expected


@pytest.mark.parametrize(
    ("value", "prefix", "text"),
    [
        (102_764_544, Prefix(1e6, "M", 3), "102.765"),
        (0, Prefix(1e6, "M", 3), "–"),
        (1, Prefix(1e6, "M", 3), "<0.001"),
        (499, Prefix(1e6, "M", 3), "<0.001"),
        (500.1, Prefix(1e6, "M", 3), "0.001"),
        (0.004, Prefix(1.0, "%", 2), "<0.01"),
        (-0.004, Prefix(1.0, "%", 2), ">−0.01"),
        (-3.25, Prefix(1.0, "", 2), "−3.25"),
        (25_088, Prefix(1.0, "", 0), "25,088"),
        (None, Prefix(1.0, "", 0), ""),
        (float("nan"), Prefix(1.0, "", 0), "nan"),
    ],
)
def test_cells(value: float | None, prefix: Prefix, text: str) -> None:
    assert numbers.cell(value, prefix) == text


def test_headlines_and_sizes() -> None:
    assert numbers.headline(138_357_544) == "138.36 M"
    assert numbers.headline(30.941e9) == "30.94 G"
    assert numbers.headline(640) == "640"
    assert numbers.headline(0) == "0"
    assert numbers.headline(999_999.9) == "1.00 M"
    assert numbers.size(553_430_176) == "553.4 MB"
    assert numbers.size(640) == "640 B"
    assert numbers.size(12_000) == "12.0 kB"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.00298, "2.98 ms"),
        (0.121, "121 ms"),
        (4.1, "4.1 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 00 s"),
        (361, "6 min 01 s"),
        (3599.6, "1.0 h"),
        (6.6 * 3600, "6.6 h"),
        (-5, "0.00 ms"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert numbers.duration(seconds) == text


def test_durations_in_chinese() -> None:
    assert numbers.duration(361, numbers.CHINESE) == "6 分 01 秒"


def test_spans_say_the_unit_once() -> None:
    assert numbers.span(5.9 * 3600, 7.6 * 3600) == "5.9 to 7.6 h"
    assert numbers.span(330, 410) == "5 min 30 s to 6 min 50 s"
    assert numbers.span(30, 90) == "30.0 s to 1 min 30 s"
    assert numbers.span(0.5, 2) == "500 ms to 2.0 s"


def test_shares_and_changes() -> None:
    assert numbers.percent(0.71) == "71.0 %"
    assert numbers.percent(1) == "100.0 %"
    assert numbers.percent(-0.00001) == "0.0 %"
    assert numbers.signed_percent(-0.71) == "−71.0 %"
    assert numbers.signed_percent(0.032) == "+3.2 %"
    assert numbers.signed_percent(0.0001) == "0.0 %"
    assert numbers.points_value(-0.003) == "−0.3"
    assert numbers.points_value(0.01) == "+1.0"
    assert numbers.factor(3.45) == "3.45×"
    assert numbers.factor(56.234) == "56.2×"
    assert numbers.factor(316.2) == "316×"
    assert numbers.factor(float("inf")) == "∞"
    assert numbers.interval(1.68, 1.76) == "[1.68, 1.76]"
    assert numbers.interval(-0.9, 0.3, 1, signed=True) == "[−0.9, +0.3]"


def test_the_rest() -> None:
    assert numbers.dims((3, 224, 224)) == "3×224×224"
    assert numbers.dims((3, 224, 224), spaced=True) == "3 × 224 × 224"
    assert numbers.integer(25088) == "25,088"
    assert numbers.integer(-1000) == "−1,000"
    assert numbers.small(1.6e-7) == "1.6e-7"
    assert numbers.small(0) == "0"
    assert numbers.figure(0.232) == "0.232"
    assert numbers.figure(12.34) == "12.3"
    assert numbers.figure(1234.5) == "1,234"
    assert numbers.figure(float("nan")) == "NaN"
    assert numbers.clock(330) == "5:30"
    assert numbers.clock(3729) == "1:02:09"


_finite = st.floats(min_value=-1e15, max_value=1e15, allow_nan=False)


@given(_finite, st.sampled_from((1.0, 1e3, 1e6, 1e9)), st.integers(0, 4))
def test_cells_never_lie(value: float, scale: float, decimals: int) -> None:
    """What a cell says is within half of its last digit of the value; zero alone is a dash."""
    text = numbers.cell(value, Prefix(scale, "", decimals))
    assert (text == "–") == (value == 0)
    assert "-" not in text
    half = 0.5 * 10.0**-decimals
    if text.startswith(("<", ">")):
        assert abs(value / scale) <= half
    elif text != "–":
        said = float(text.replace("−", "-").replace(",", ""))
        assert said != 0
        assert abs(said - value / scale) <= half * 1.0001 + abs(said) * 1e-12


@given(st.floats(min_value=0, max_value=9.9e14, allow_nan=False))
def test_a_column_is_wide_enough_for_its_maximum(maximum: float) -> None:
    """The largest cell of a column has at most three digits before its point below a thousand T."""
    text = numbers.cell(maximum, numbers.column_prefix(maximum))
    assert re.fullmatch(r"–|<0\.001|\d{1,3}(\.\d+)?", text), text


@given(st.floats(min_value=0, max_value=1e8, allow_nan=False))
def test_durations_never_have_sixty_seconds(seconds: float) -> None:
    assert "60 s" not in numbers.duration(seconds) and " 60.0" not in numbers.duration(seconds)


@given(_finite)
def test_changes_have_a_sign_or_are_zero(delta: float) -> None:
    text = numbers.signed_percent(delta)
    assert text[0] in "+−" or float(text[:-2]) == 0
