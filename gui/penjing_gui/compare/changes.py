"""The change of each cost of each layer, as a matrix."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from penjing.spec.costs import CostTable, Row

COSTS = ("channels", "params", "macs", "activations", "latency")
Matrix = np.ndarray[Any, np.dtype[np.float64]]


def _relative(before: float | None, after: float | None) -> float:
    if before is None or after is None:
        return math.nan
    if before == 0:
        return 0.0 if after == 0 else math.nan
    return after / before - 1


def layer_changes(
    before: CostTable, after: CostTable, latency: Mapping[str, Any] | None
) -> tuple[list[str], Matrix]:
    """Layers that both tables have, and their relative changes: (len(COSTS), layers), NaN where not measured.

    `latency` is the `layers` part of a result's latency: {"before": {name: ms}, "after": {…}}.
    """
    later = {row.name: row for row in after.rows}
    rows = [row for row in before.rows if row.macs and row.out_channels and row.name in later]
    times_before = (latency or {}).get("before") or {}
    times_after = (latency or {}).get("after") or {}

    def changes(row: Row) -> list[float]:
        new = later[row.name]
        return [
            _relative(row.out_channels, new.out_channels),
            _relative(row.params, new.params),
            _relative(row.macs, new.macs),
            _relative(row.activation_bytes, new.activation_bytes),
            _relative(times_before.get(row.name), times_after.get(row.name)),
        ]

    values = np.array([changes(row) for row in rows], dtype=np.float64).reshape(len(rows), len(COSTS))
    return [row.name for row in rows], values.T
