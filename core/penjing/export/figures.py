"""Figures as text for the report and its findings: units, a real minus, no more digits than are known."""

from __future__ import annotations

import math

MINUS = "−"
DASH = "–"
_COUNTS = ((1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k"))
_BYTES = ((1e12, " TB"), (1e9, " GB"), (1e6, " MB"), (1e3, " kB"))


def _minus(text: str) -> str:
    return text.replace("-", MINUS, 1) if text.startswith("-") else text


def _scaled(value: float, steps: tuple[tuple[float, str], ...], plain: str) -> str:
    for scale, symbol in steps:
        if abs(value) >= scale * 0.99995:
            return f"{value / scale:.4g}".rstrip(".") + symbol
    return f"{value:.4g}" + plain


def count(value: float | None) -> str:
    """A count with four significant digits: `138.4 M`, `640`, a dash where it is not known."""
    return DASH if value is None else _minus(_scaled(value, _COUNTS, ""))


def size(value: float | None) -> str:
    """Bytes, decimal: `44.8 MB`."""
    return DASH if value is None else _scaled(value, _BYTES, " B")


def milliseconds(value: float | None) -> str:
    """A time in milliseconds with three significant digits, without the unit: `2.90`, `0.0431`."""
    if value is None or not math.isfinite(value):
        return DASH
    return f"{value:,.0f}" if value >= 99.95 else f"{value:#.3g}"


def percent(share: float | None, decimals: int = 1) -> str:
    """A share in percent without the sign: `98.6`."""
    if share is None or not math.isfinite(share):
        return DASH
    return _minus(_no_negative_zero(f"{100 * share:.{decimals}f}"))


def signed_percent(share: float | None, decimals: int = 1) -> str:
    """A change in percent without the sign of percent: `−71.0`, `+2.0`, `0.0`."""
    if share is None or not math.isfinite(share):
        return DASH
    text = f"{100 * share:+.{decimals}f}"
    return text[1:] if float(text) == 0 else _minus(text)


def _no_negative_zero(text: str) -> str:
    return text.lstrip("-") if float(text) == 0 else text


def factor(value: float | None) -> str:
    """A ratio: `3.45`."""
    if value is None or not math.isfinite(value):
        return DASH
    return f"{value:.1f}" if value >= 100 else f"{value:.3g}" if value >= 10 else f"{value:.2f}"


def interval(low: float, high: float, decimals: int = 2, signed: bool = False) -> str:
    """An interval in a table: `[1.68, 1.76]`, with `signed` `[−0.9, +0.3]`."""
    sign = "+" if signed else ""
    return f"[{_minus(f'{low:{sign}.{decimals}f}')}, {_minus(f'{high:{sign}.{decimals}f}')}]"


def milliseconds_interval(low: float, high: float) -> str:
    """An interval of times: `[2.95, 3.02]`."""
    return f"[{milliseconds(low)}, {milliseconds(high)}]"


def duration(seconds: float | None) -> str:
    """A time by the clock: `0:41`, `16:46`, `2:03:10`."""
    if seconds is None or not math.isfinite(seconds):
        return DASH
    minutes, rest = divmod(round(max(0.0, seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def change(before: float | None, after: float | None) -> float | None:
    """The relative change, None where one is unknown or there was nothing before."""
    return None if before is None or after is None or not before else after / before - 1


def error(value: float) -> str:
    """An error or a loss with four significant digits, with an exponent only where it has to: `26,350`, `0.2319`."""
    if not math.isfinite(value) or (value != 0 and not 1e-5 <= abs(value) < 1e7):
        return f"{value:.3g}"
    before = 1 if value == 0 else math.floor(math.log10(abs(value))) + 1
    return f"{value:,.{max(0, 4 - before)}f}"
