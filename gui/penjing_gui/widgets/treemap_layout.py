"""Squarified tree-map layout on plain numbers: where each tile lies. It draws nothing.

The rows are those of Bruls, Huizing and van Wijk, "Squarified treemaps" (2000).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Rect = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Column:
    """One part of the map: a heading over the tiles of its layers. `group` is −1 for the pooled rest."""

    group: int
    x: float
    width: float
    share: float


@dataclass(frozen=True, slots=True)
class Layout:
    """`rects` is (n, 4) as x, y, width, height, NaN for weights that are not above 0."""

    rects: Floats
    columns: tuple[Column, ...]


def squarify(weights: Floats, x: float, y: float, width: float, height: float) -> Floats:
    """Tiles of area proportional to `weights` (n,) that fill the rectangle, as (n, 4): x, y, width, height.

    Weights that are not above 0 get NaN. Tiles are laid largest first, along the shorter side left.
    """
    rects = np.full((len(weights), 4), np.nan)
    positive = np.flatnonzero(np.nan_to_num(weights) > 0)
    if not positive.size or width <= 0 or height <= 0:
        return rects
    order = positive[np.argsort(-weights[positive], kind="stable")]
    areas = weights[order] * (width * height / float(weights[order].sum()))
    start = 0
    while start < len(order):
        side = min(width, height)
        end, total = _row_end(areas, start, side)
        thick = total / side
        position = 0.0
        for index in range(start, end):
            extent = float(areas[index]) / thick
            if width >= height:
                rects[order[index]] = (x, y + position, thick, extent)
            else:
                rects[order[index]] = (x + position, y, extent, thick)
            position += extent
        if width >= height:
            x, width = x + thick, max(width - thick, 1e-9)
        else:
            y, height = y + thick, max(height - thick, 1e-9)
        start = end
    return rects


def _row_end(areas: Floats, start: int, side: float) -> tuple[int, float]:
    """Where the row that begins at `start` ends (its worst aspect ratio no longer improves), and its area."""
    total, worst = 0.0, float("inf")
    largest = float(areas[start])
    for index in range(start, len(areas)):
        area = float(areas[index])
        together = total + area
        ratio = max(side**2 * largest / together**2, together**2 / (side**2 * area))
        if ratio > worst:
            return index, total
        total, worst = together, ratio
    return len(areas), total


def grouped(
    weights: Floats, groups: Sequence[int], width: float, height: float, heading: float, narrow: float = 44.0
) -> Layout:
    """Lay tiles out under one heading a group: columns as wide as the group's share, widest first.

    All columns share one heading band of `heading`, so that areas stay comparable over the whole map. Groups
    narrower than `narrow` are pooled into one last column.
    """
    rects = np.full((len(weights), 4), np.nan)
    clean = np.where(np.nan_to_num(weights) > 0, weights, 0.0)
    total = float(clean.sum())
    if total <= 0 or width <= 0 or height <= heading:
        return Layout(rects, ())
    which = np.asarray(groups, dtype=np.int64)
    sums = np.bincount(which, weights=clean, minlength=int(which.max(initial=0)) + 1)
    wide = [int(g) for g in np.argsort(-sums, kind="stable") if sums[g] / total * width >= narrow]
    if not wide:
        return Layout(squarify(weights, 0.0, 0.0, width, height), ())
    columns: list[Column] = []
    x = 0.0
    for group in [*wide, -1]:
        inside = which == group if group >= 0 else ~np.isin(which, wide)
        share = float(clean[inside].sum()) / total
        if share <= 0:
            continue
        rects[inside] = squarify(clean[inside], x, heading, share * width, height - heading)
        columns.append(Column(group, x, share * width, share))
        x += share * width
    return Layout(rects, tuple(columns))


def tile_at(rects: Floats, x: float, y: float) -> int:
    """Index of the tile that holds the point, or -1."""
    with np.errstate(invalid="ignore"):
        inside = (
            (rects[:, 0] <= x)
            & (x < rects[:, 0] + rects[:, 2])
            & (rects[:, 1] <= y)
            & (y < rects[:, 1] + rects[:, 3])
        )
    hits = np.flatnonzero(inside)
    return int(hits[0]) if hits.size else -1


def neighbour(rects: Floats, current: int, dx: int, dy: int) -> int:
    """The tile met when going from `current` in direction (dx, dy); at the map's edge `current` itself."""
    if current < 0 or np.isnan(rects[current, 0]):
        known = np.flatnonzero(~np.isnan(rects[:, 0]))
        return int(known[0]) if known.size else -1
    centres = rects[:, :2] + rects[:, 2:] / 2
    away = centres - centres[current]
    forward = away[:, 0] * dx + away[:, 1] * dy
    sideways = np.abs(away[:, 0] * dy) + np.abs(away[:, 1] * dx)
    lead = np.where(dx != 0, rects[current, 3], rects[current, 2]) / 2
    # A tile beyond the edge counts first by how far it lies off the line of travel, then by distance.
    edge = (rects[current, 2] if dx else rects[current, 3]) / 2
    near = forward - np.where(dx != 0, rects[:, 2], rects[:, 3]) / 2
    candidate = (near >= edge - 1e-6) & ~np.isnan(forward)
    candidate[current] = False
    if not candidate.any():
        return current
    off = np.maximum(sideways - np.where(dx != 0, rects[:, 3], rects[:, 2]) / 2 - lead, 0.0)
    score = np.where(candidate, off * 1e3 + near + sideways * 1e-3, np.inf)
    return int(np.argmin(score))
