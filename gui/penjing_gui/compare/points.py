"""From finished runs to the marks of "Accuracy against a cost"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from penjing_gui.compare.runs import FinishedRun, short_names
from penjing_gui.widgets.pareto import Kind, ParetoPoint

_KINDS: dict[str, Kind] = {"distillation": "distillation", "training": "training"}
AXES = ("latency", "macs", "params", "weights")


def _cost(
    result: Mapping[str, Any], side: str, axis: str, factor: float
) -> tuple[float, tuple[float, float] | None] | None:
    """A side's cost on an axis and its interval, None where it is not known."""
    if axis == "latency":
        measured = ((result.get("latency") or {}).get("batches") or {}).get("1")
        if not measured:
            return None
        one = measured[side]
        span = one.get("ci95")
        return float(one["median_ms"]), (float(span[0]), float(span[1])) if span else None
    key = {"macs": "macs", "params": "params", "weights": "weight_bytes"}[axis]
    value = (result.get(side) or {}).get(key)
    return None if value is None else (float(value) * factor, None)


def is_error(result: Mapping[str, Any]) -> bool:
    """Whether a result tells errors (of a regression) instead of accuracies."""
    return (result.get("after") or {}).get("mse") is not None


def _quality(
    result: Mapping[str, Any], side: str, error: bool
) -> tuple[float, tuple[float, float] | None] | None:
    """A side's accuracy with its interval, or its error."""
    from penjing.export.statistics import wilson

    if error:
        value = (result.get(side) or {}).get("mse")
        return None if value is None else (float(value), None)
    share = (result.get(side) or {}).get("accuracy")
    if share is None:
        return None
    samples = result.get("test_samples")
    return float(share), wilson(float(share) * samples, samples) if samples else None


def pareto_points(
    runs: Sequence[FinishedRun], chosen: FinishedRun, axis: str, factor: float, before_name: str
) -> list[ParetoPoint]:
    """The model before and every run that has both figures. `factor` turns the cost into axis units."""
    names, error = short_names(runs), is_error(chosen.result)
    points: list[ParetoPoint] = []

    def add(run: FinishedRun, side: str, key: str, name: str, kind: Kind) -> None:
        cost, accuracy = _cost(run.result, side, axis, factor), _quality(run.result, side, error)
        if cost is not None and accuracy is not None:
            points.append(ParetoPoint(key, name, kind, cost[0], accuracy[0], accuracy[1], cost[1]))

    add(chosen, "before", "", before_name, "before")
    for run in runs:
        kind: Kind = "this" if run.key == chosen.key else _KINDS.get(run.technique, "pruning")
        add(run, "after", run.key, names[run.key], kind)
    return points
