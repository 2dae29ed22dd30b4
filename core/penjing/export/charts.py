"""Curves as plain numbers in a drawing's coordinates; the template turns them into inline SVG."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 12, 32
MOST_POINTS = 400

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Series:
    """One curve: its name, its style's number, the path's `d`, and marks at its points where they are few."""

    name: str
    style: int
    path: str
    marks: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing of `WIDTH` × `HEIGHT` with ticks as (position, label)."""

    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    series: tuple[Series, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def chart(curves: Iterable[tuple[str, int, Points]]) -> Chart | None:
    """A chart of curves (name, style, points); what is not finite is left out. None where nothing is left."""
    finite = [
        (name, style, [(x, y) for x, y in points if math.isfinite(x) and math.isfinite(y)])
        for name, style, points in curves
    ]
    shown = [(name, style, thin(points)) for name, style, points in finite if points]
    if not shown:
        return None
    xs = [x for _, _, points in shown for x, _ in points]
    ys = [y for _, _, points in shown for _, y in points]
    x_low, x_high, y_low, y_high = min(xs), max(xs), min(ys), max(ys)
    if x_high == x_low:
        x_high = x_low + 1
    if y_high == y_low:
        margin = abs(y_low) * 0.1 or 0.5
        y_low, y_high = y_low - margin, y_high + margin

    def place(x: float, y: float) -> tuple[float, float]:
        across = (x - x_low) / (x_high - x_low)
        up = (y - y_low) / (y_high - y_low)
        return (
            round(LEFT + across * (WIDTH - LEFT - RIGHT), 1),
            round(HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM), 1),
        )

    series = []
    for name, style, points in shown:
        placed = [place(x, y) for x, y in points]
        path = "M" + "L".join(f"{x:g} {y:g}" for x, y in placed)
        series.append(Series(name, style, path, tuple(placed) if len(placed) <= 60 else ()))
    return Chart(
        x_ticks=tuple((place(x, y_low)[0], f"{x:,.0f}") for x in ticks(x_low, x_high, whole=True)),
        y_ticks=tuple((place(x_low, y)[1], f"{y:.4g}") for y in ticks(y_low, y_high)),
        series=tuple(series),
    )


def thin(points: Points, most: int = MOST_POINTS) -> Points:
    """At most `most` points: the least and the greatest of each stretch, so that no peak is lost."""
    if len(points) <= most:
        return points
    stretch = math.ceil(len(points) / (most // 2))
    kept: list[tuple[float, float]] = []
    for start in range(0, len(points), stretch):
        part = points[start : start + stretch]
        ends = {min(part, key=lambda point: point[1]), max(part, key=lambda point: point[1])}
        kept.extend(sorted(ends))
    return kept


def ticks(low: float, high: float, whole: bool = False, about: int = 5) -> list[float]:
    """Round numbers from `low` to `high`, some `about` of them, one, two or five times a power of ten apart."""
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(size * power for size in (1, 2, 5, 10) if size * power >= rough * 0.999)
    if whole:
        step = max(1.0, step)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]
