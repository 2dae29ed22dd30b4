"""What is worth knowing about a finished run, from its result and cost tables. No torch.

Each finding is a title and a detail, as message codes of the area `report`. The window's Compare page and the
report show the same ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from penjing.export import accuracy, figures
from penjing.spec.costs import CostTable

ROUND = 8  # channel counts that are not multiples of it can make a network slower
NEAR = 0.9  # a speed-up below this share of the saving in FLOPs is worth a word


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` is the title, `detail_code` the sentence under it; `params` fill both."""

    severity: Literal["info", "warn"]
    code: str
    detail_code: str
    params: Mapping[str, Any] = field(default_factory=dict)


def findings(result: Mapping[str, Any], before: CostTable | None, after: CostTable | None) -> list[Finding]:
    """Everything worth knowing, what matters most first. `result` is the JSON of a run."""
    return [
        *_quality(result),
        *_target(result),
        *_speed(result),
        *_layers(result, before, after),
        *_zeros(result),
        *_recovery(result),
        *_test_split(result),
    ]


def _quality(result: Mapping[str, Any]) -> Iterator[Finding]:
    compared = accuracy.compare(result)
    if compared is None:
        yield from _error(result)
        return
    low, high = compared.difference_interval
    params = {
        "before": figures.percent(compared.before),
        "after": figures.percent(compared.after),
        "points": figures.percent(abs(compared.difference)),
        "samples": compared.samples,
        "low": figures.signed_percent(low),
        "high": figures.signed_percent(high),
    }
    if compared.verdict == "same":
        yield Finding("info", "report.accuracy_same", "report.accuracy_same_detail", params)
    elif compared.verdict == "lower":
        yield Finding("warn", "report.accuracy_lower", "report.accuracy_changed_detail", params)
    else:
        yield Finding("info", "report.accuracy_higher", "report.accuracy_changed_detail", params)


def _error(result: Mapping[str, Any]) -> Iterator[Finding]:
    before, after = ((result.get(side) or {}).get("mse") for side in ("before", "after"))
    if before is not None and after is not None:
        params = {"before": figures.error(before), "after": figures.error(after)}
        severity: Literal["info", "warn"] = "warn" if after > before else "info"
        yield Finding(severity, "report.error", "report.error_detail", params)


def _target(result: Mapping[str, Any]) -> Iterator[Finding]:
    requested, realised = result.get("requested") or {}, result.get("realised") or {}
    name, value = requested.get("target"), requested.get("value")
    if name not in ("macs", "params") or not isinstance(value, int | float) or name not in realised:
        return
    kept = float(realised[name])
    params = {"requested": figures.percent(value), "kept": figures.percent(kept)}
    missed = kept > value + 0.01
    if name == "macs" and missed:
        yield Finding("warn", "report.target_missed", "report.target_flops_detail", params)
    elif name == "macs":
        yield Finding("info", "report.target_met", "report.target_flops_detail", params)
    elif missed:
        yield Finding("warn", "report.target_missed", "report.target_params_detail", params)
    else:
        yield Finding("info", "report.target_met", "report.target_params_detail", params)


def _speed(result: Mapping[str, Any]) -> Iterator[Finding]:
    if result.get("technique") == "training":
        return  # nothing was removed, and nothing was to become faster
    batches = (result.get("latency") or {}).get("batches") or {}
    macs_before, macs_after = ((result.get(side) or {}).get("macs") for side in ("before", "after"))
    saving = macs_before / macs_after if macs_before and macs_after else None
    for batch, measured in batches.items():
        ratio = measured["ratio"]
        low, high = ratio["ci95"]
        params = {
            "batch": int(batch),
            "speed": figures.factor(ratio["median"]),
            "slower": figures.factor(1 / ratio["median"]) if ratio["median"] else figures.DASH,
            "saving": figures.factor(saving),
            "interval": figures.interval(low, high),
        }
        if high < 1:
            yield Finding("warn", "report.slower", "report.slower_detail", params)
        elif low <= 1:
            yield Finding("warn", "report.not_faster", "report.not_faster_detail", params)
        elif saving is not None and high < NEAR * saving:
            yield Finding("warn", "report.time_fell_less", "report.time_fell_less_detail", params)
        else:
            yield Finding("info", "report.faster", "report.faster_detail", params)


def _layers(
    result: Mapping[str, Any], before: CostTable | None, after: CostTable | None
) -> Iterator[Finding]:
    times = ((result.get("latency") or {}).get("layers") or {}).get("after") or {}
    total = sum(times.values())
    if total > 0:
        slowest = max(times, key=lambda name: float(times[name]))
        params = {"layer": slowest, "share": figures.percent(times[slowest] / total, 0)}
        yield Finding("info", "report.slowest_layer", "report.slowest_layer_detail", params)
    if before is None or after is None:
        return
    uneven = []
    for row in after:
        former = before.row(row.name)
        if former is None or not former.out_channels or not row.out_channels:
            continue
        if not row.kind.startswith(
            ("Conv", "Linear")
        ):  # norms only repeat the count of the layer before them
            continue
        if former.out_channels % ROUND == 0 and row.out_channels % ROUND and row.out_channels > ROUND:
            uneven.append(row.name)
    if uneven:
        names = ", ".join(uneven[:3]) + (", …" if len(uneven) > 3 else "")
        params = {"layers": len(uneven), "names": names, "multiple": ROUND}
        yield Finding("info", "report.uneven_channels", "report.uneven_channels_detail", params)


def _zeros(result: Mapping[str, Any]) -> Iterator[Finding]:
    before, after = result.get("before") or {}, result.get("after") or {}
    zeros = after.get("sparsity")
    if zeros and zeros >= 0.05 and before.get("params") == after.get("params"):
        params = {"zeros": figures.percent(zeros), "size": figures.size(after.get("weight_bytes"))}
        yield Finding("warn", "report.zeros", "report.zeros_detail", params)


def _recovery(result: Mapping[str, Any]) -> Iterator[Finding]:
    steps = result.get("accuracy_steps") or {}
    pruned, final = steps.get("pruned"), steps.get("final")
    if pruned is not None and final is not None and final > pruned:
        params = {"pruned": figures.percent(pruned), "final": figures.percent(final)}
        yield Finding("info", "report.recovered", "report.recovered_detail", params)


def _test_split(result: Mapping[str, Any]) -> Iterator[Finding]:
    once = result.get("test_opened_once")
    if once is True:
        yield Finding("info", "report.test_once", "report.test_once_detail")
    elif once is False:
        yield Finding("warn", "report.test_again", "report.test_again_detail")
