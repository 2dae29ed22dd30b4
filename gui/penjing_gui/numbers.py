"""Figures as text, by the rules of the look: units once, digits that line up, a real minus.

Pure functions without Qt. Words ("points", "min") are given by the caller where they have to be translated.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

DASH = "–"
MINUS = "−"
_STEPS = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_BYTE_STEPS = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


@dataclass(frozen=True, slots=True)
class Prefix:
    """How a column is written: every value divided by `scale`, with `decimals`; `symbol` goes to the header."""

    scale: float
    symbol: str
    decimals: int


@dataclass(frozen=True, slots=True)
class Words:
    """The words of durations: what stands after the figure of each unit."""

    hours: str = "h"
    minutes: str = "min"
    seconds: str = "s"
    milliseconds: str = "ms"
    to: str = "to"


ENGLISH = Words()
CHINESE = Words("小时", "分", "秒", "毫秒", "至")


def _minus(text: str) -> str:
    return text.replace("-", MINUS, 1) if text.startswith("-") else text


def column_prefix(maximum: float, decimals: int = 3) -> Prefix:
    """The one prefix of a column of counts, chosen from its maximum: `k` below a million, then `M`, `G`, `T`."""
    size = abs(maximum)
    if not math.isfinite(size) or size < 1000:
        return Prefix(1.0, "", 0 if float(maximum).is_integer() else decimals)
    # what rounds up to 1000 of a unit belongs to the next one
    scale, symbol = next((s, name) for s, name in _STEPS if size >= s * (1 - 0.5 * 10 ** -(decimals + 3)))
    return Prefix(scale, symbol, decimals)


def byte_prefix(maximum: float, decimals: int = 3) -> Prefix:
    """The one unit of a column of bytes: B, kB, MB, GB or TB (decimal)."""
    prefix = column_prefix(maximum, decimals)
    return Prefix(prefix.scale, prefix.symbol + "B", prefix.decimals)


def cell(value: float | None, prefix: Prefix) -> str:
    """A table cell: digits only. Zero is a dash, nothing is empty, what would round to zero is `<0.01` or the like."""
    if value is None:
        return ""
    if value == 0:
        return DASH
    if not math.isfinite(value):
        return str(value)
    scaled = value / prefix.scale
    text = f"{scaled:,.{prefix.decimals}f}"
    if float(text.replace(",", "")) == 0:
        least = f"{10.0**-prefix.decimals:.{prefix.decimals}f}"
        return f"<{least}" if value > 0 else f">{MINUS}{least}"
    return _minus(text)


def _scaled(value: float, steps: Sequence[tuple[float, str]], decimals: int, plain: str) -> str:
    """`value` in the largest unit in which it is at least 1, or whole in the `plain` unit below them all."""
    if not math.isfinite(value):
        return str(value)
    for scale, symbol in steps:
        if abs(value) >= scale * (1 - 0.5 * 10 ** -(decimals + 3)):
            return _minus(f"{value / scale:,.{decimals}f} {symbol}")
    text = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.{decimals}f}"
    return _minus(f"{text} {plain}".rstrip())


def headline(value: float) -> str:
    """A count as a headline: `138.36 M`, `30.94 G`, `640`."""
    return _scaled(value, _STEPS, 2, "")


def size(count: float) -> str:
    """Bytes, decimal: `553.4 MB`, `12.0 kB`, `640 B`."""
    return _scaled(count, _BYTE_STEPS, 1, "B")


def duration(seconds: float, words: Words = ENGLISH) -> str:
    """A time: `12 ms`, `4.1 s`, `6 min 01 s`, `6.6 h`."""
    if not math.isfinite(seconds):
        return DASH
    seconds = max(0.0, seconds)
    if seconds < 0.9995:
        return milliseconds(seconds * 1000, words)
    if seconds < 59.95:
        return f"{seconds:.1f} {words.seconds}"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} {words.minutes} {whole % 60:02d} {words.seconds}"
    return f"{seconds / 3600:.1f} {words.hours}"


def clock(seconds: float) -> str:
    """A time on an axis: `5:30`, `1:02:09`."""
    whole = round(max(0.0, seconds))
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


def milliseconds(value: float, words: Words = ENGLISH) -> str:
    """Milliseconds with three significant digits: `2.98 ms`, `121 ms`, `0.04 ms`."""
    decimals = 0 if abs(value) >= 99.95 else 1 if abs(value) >= 9.995 else 2
    return _minus(f"{value:.{decimals}f} {words.milliseconds}")


def ms_decimals(largest: float) -> int:
    """Decimals of milliseconds that are compared: three significant digits of the largest, four below 1 ms."""
    return 0 if largest >= 100 else 1 if largest >= 10 else 2 if largest >= 1 else 3


def span(low: float, high: float, words: Words = ENGLISH) -> str:
    """An interval of two times with the unit once where it is the same: `5.9 to 7.6 h`, `5 min 30 s to 6 min 50 s`."""
    first, second = duration(low, words), duration(high, words)
    head, _, unit = first.rpartition(" ")
    if " " not in head and second.endswith(" " + unit) and second.count(" ") == 1:
        return f"{head} {words.to} {second}"
    return f"{first} {words.to} {second}"


def interval(low: float, high: float, decimals: int = 2, signed: bool = False) -> str:
    """An interval in a table: `[1.68, 1.76]`, with `signed` `[−0.9, +0.3]`."""
    sign = "+" if signed else ""
    return f"[{_minus(f'{low:{sign}.{decimals}f}')}, {_minus(f'{high:{sign}.{decimals}f}')}]"


def percent(share: float, decimals: int = 1) -> str:
    """A share as percent, with the space before the sign: `71.0 %`."""
    return f"{percent_value(share, decimals)} %"


def percent_value(share: float, decimals: int = 1) -> str:
    """A share as percent without the sign, for columns whose header has it: `71.0`."""
    text = f"{100 * share:,.{decimals}f}"
    return _minus(text) if float(text.replace(",", "")) else text.lstrip("-")


def signed_percent(delta: float, decimals: int = 1) -> str:
    """A relative change: `−71.0 %`, `+3.2 %`, `0.0 %`."""
    return f"{_signed(100 * delta, decimals)} %"


def points_value(delta: float, decimals: int = 1) -> str:
    """A difference of two shares in points, without the word: `−0.3`, `+1.0`."""
    return _signed(100 * delta, decimals)


def _signed(value: float, decimals: int) -> str:
    text = f"{value:+,.{decimals}f}"
    return _minus(text) if float(text.replace(",", "")) else text.lstrip("+-")


def factor(value: float) -> str:
    """A factor: `3.45×`, `56.2×`, `316×`."""
    if not math.isfinite(value):
        return "∞" if value > 0 else DASH
    decimals = 2 if abs(value) < 9.995 else 1 if abs(value) < 99.95 else 0
    return f"{value:,.{decimals}f}×"


def dims(shape: Sequence[int], spaced: bool = False) -> str:
    """Dimensions: `3×224×224`; `spaced` in sentences and forms: `3 × 224 × 224`."""
    return (" × " if spaced else "×").join(str(one) for one in shape)


def integer(value: int) -> str:
    """An exact whole number with thousands: `25,088`."""
    return _minus(f"{value:,d}")


def small(value: float) -> str:
    """A small difference as in the JSON: `1.6e-7`, `0`."""
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def figure(value: float, digits: int = 3) -> str:
    """A plain figure with so many significant digits, with an exponent only where it has to: `0.232`, `1.2e-5`."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0 else MINUS + "∞"
    if value != 0 and (abs(value) >= 1e6 or abs(value) < 10.0 ** -(digits + 1)):
        return _minus(small(value))
    before = 1 if value == 0 else math.floor(math.log10(abs(value))) + 1
    return _minus(f"{value:,.{max(0, digits - before)}f}")
