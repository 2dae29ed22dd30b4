"""What the live curves draw, and its figures as text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from penjing_gui import numbers
from penjing_gui.widgets.curve_axes import linear_ticks
from penjing_gui.widgets.extremes import Array

Series = tuple[Array, Array]
PARTS = ("ce", "kd")  # parts of the loss that have a fixed colour; others take the next free one


def _no_steps() -> Array:
    return np.empty(0)


@dataclass(frozen=True, eq=False)
class CurveData:
    """What is drawn of a run. `series` by step: "loss", its parts by name, "val_loss", "val_accuracy" (0 to 1), …

    `stages` are validation accuracies by stage ("dense", "pruned", "recalibrated"), `stage_errors` mean squared errors
    in their place. `settings` are learning rates that were set by hand, as (step, rate). `running` draws a line at the
    present step.
    """

    series: Mapping[str, Series] = field(default_factory=dict)
    step: int = 0
    total_steps: int = 0
    total_epochs: int = 0
    checkpoints: Array = field(default_factory=_no_steps)
    stages: Mapping[str, float] = field(default_factory=dict)
    best_epoch: int | None = None
    running: bool = False
    stage_errors: Mapping[str, float] = field(default_factory=dict)
    settings: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, eq=False)
class DrawnRun:
    """A run in the plots. The one that is watched is `key` "" in slot 0; those laid over it have slots from 1 on."""

    key: str
    name: str
    data: CurveData
    slot: int = 0


NOT_LOSSES = ("lr", "samples_per_s", "memory_bytes")


def loss_parts(series: Iterable[str]) -> list[str]:
    """The parts of a run's loss, known ones first; none where the loss has only one."""
    names = [key for key in series if key != "loss" and key not in NOT_LOSSES and not key.startswith("val_")]
    names.sort(key=lambda key: (PARTS.index(key) if key in PARTS else len(PARTS), key))
    return names if len(names) > 1 else []


def short_name(folder: str) -> str:
    """A run's name without the day it was made on: `resnet18-prune-7f3a`."""
    return re.sub(r"^\d{4}-\d\d-\d\d-(?=.)", "", folder)


def value_at(series: Series | None, step: float) -> float | None:
    """The last value at or before a step, None where there is none."""
    if series is None or not len(series[0]):
        return None
    index = int(np.searchsorted(series[0], step, side="right")) - 1
    return float(series[1][index]) if index >= 0 else None


def thinned(steps: Array, gap: float) -> Array:
    """Steps (ascending) of which none is nearer to the next shown one than `gap`; the last is always there."""
    shown: list[float] = []
    for step in reversed(steps.tolist()):
        if not shown or shown[-1] - step >= gap:
            shown.append(step)
    return np.array(shown[::-1])


def loss_text(value: float | None) -> str:
    """A loss with three significant decimals; a diverged one says so by its name."""
    if value is None:
        return ""
    if not np.isfinite(value):
        return str(value)
    return f"{value:.3f}" if 0.001 <= abs(value) < 1000 or value == 0 else numbers.small(value)


def percent_text(share: float | None) -> str:
    """An accuracy in percent with one decimal, without the sign."""
    return "" if share is None else f"{100 * share:.1f}"


def zoom_ticks(ticks: list[float], low: float, high: float) -> list[float]:
    """The run's own ticks where enough of them are in view, else round steps."""
    if not ticks:
        return []
    inside = [tick for tick in ticks if low <= tick <= high]
    return inside if len(inside) > 2 else linear_ticks(low, high, 6)
