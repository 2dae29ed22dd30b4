"""The rows of "Before and after": each figure before and after, the change, and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from PySide6.QtCore import QCoreApplication

from penjing_gui import numbers

Verdict = Literal["better", "worse", "same", "unknown"]


@dataclass(frozen=True)
class Measure:
    """One row, as text. `delta` (−1 to 1) draws the bar, None draws none; `key` names the row for links to it."""

    key: str
    name: str
    unit: str
    before: str
    after: str
    change: str = ""
    words: str = ""
    verdict: Verdict = "unknown"
    interval: str = ""
    delta: float | None = None
    tip: str = ""


def measures(result: Mapping[str, Any], factor: int, unit: str) -> list[Measure]:
    """All rows of a run's result (JSON). `factor` and `unit` say whether FLOPs or MACs are shown."""
    translate = QCoreApplication.translate
    before, after = result.get("before") or {}, result.get("after") or {}
    smaller = translate("Measures", "{ratio}× smaller")
    larger = translate("Measures", "{ratio}× larger")
    fewer = translate("Measures", "{ratio}× fewer")
    more = translate("Measures", "{ratio}× more")
    rows = [
        _count(
            "params",
            translate("Measures", "Parameters"),
            before.get("params"),
            after.get("params"),
            smaller,
            larger,
        ),
        _count(
            "macs", unit, _times(before.get("macs"), factor), _times(after.get("macs"), factor), fewer, more
        ),
        _count(
            "weights",
            translate("Measures", "Weights"),
            before.get("weight_bytes"),
            after.get("weight_bytes"),
            smaller,
            larger,
            as_bytes=True,
        ),
        _count(
            "activations",
            translate("Measures", "Peak activations"),
            before.get("peak_activation_bytes"),
            after.get("peak_activation_bytes"),
            smaller,
            larger,
            as_bytes=True,
        ),
    ]
    latency = result.get("latency") or {}
    for batch, measured in sorted((latency.get("batches") or {}).items(), key=lambda item: int(item[0])):
        rows.append(_latency(batch, measured))
    quality = _quality(result)
    return [row for row in (*rows, quality) if row is not None]


def _ratio(value: float) -> str:
    return numbers.factor(value).removesuffix("×")


def _times(value: Any, factor: int) -> Any:
    return None if value is None else value * factor


def _count(
    key: str, name: str, before: Any, after: Any, less: str, more: str, as_bytes: bool = False
) -> Measure | None:
    if before is None and after is None:
        return None
    translate = QCoreApplication.translate
    if before is None or after is None:
        missing = translate("Measures", "not counted")
        return Measure(key, name, "", missing if before is None else "", missing if after is None else "")
    prefix = _column(max(before, after), as_bytes)
    delta = after / before - 1 if before else 0.0
    words, verdict = "", "same"
    if after < before:
        words, verdict = (
            less.format(ratio=_ratio(before / after if after else float("inf"))),
            "better",
        )
    elif after > before:
        words, verdict = (
            more.format(ratio=_ratio(after / before if before else float("inf"))),
            "worse",
        )
    else:
        words = translate("Measures", "the same")
    return Measure(
        key,
        name,
        prefix.symbol,
        numbers.cell(before, prefix),
        numbers.cell(after, prefix),
        numbers.signed_percent(delta),
        words,
        verdict,  # type: ignore[arg-type]
        translate("Measures", "exact"),
        delta,
        f"{before:,} → {after:,}",
    )


def _column(largest: float, as_bytes: bool) -> numbers.Prefix:
    """One unit and number of decimals for a row: four significant digits, bytes with one decimal."""
    if as_bytes:
        return numbers.byte_prefix(largest, 1)
    prefix = numbers.column_prefix(largest)
    decimals = 3 if largest / prefix.scale < 100 and prefix.symbol else 1 if prefix.symbol else 0
    return numbers.Prefix(prefix.scale, prefix.symbol, decimals)


def _latency(batch: str, measured: Mapping[str, Any]) -> Measure:
    translate = QCoreApplication.translate
    before, after = float(measured["before"]["median_ms"]), float(measured["after"]["median_ms"])
    ratio = float(measured["ratio"]["median"])
    low, high = (float(value) for value in measured["ratio"]["ci95"])
    if low <= 1 <= high:
        words, verdict = translate("Measures", "no difference"), "same"
    else:
        words = translate("Measures", "{ratio}× as fast").format(ratio=_ratio(ratio))
        verdict = "better" if low > 1 else "worse"
    decimals = 1 if before >= 100 else 2 if before >= 1 else 3
    tips = []
    for side, text in (
        ("before", translate("Measures", "before")),
        ("after", translate("Measures", "after")),
    ):
        span = measured[side].get("ci95")
        if span:
            tips.append(f"{text}: {numbers.interval(span[0], span[1], 4)} ms")
    return Measure(
        f"latency {batch}",
        translate("Measures", "Latency, batch {batch}").format(batch=batch),
        "ms",
        f"{before:.{decimals}f}",
        f"{after:.{decimals}f}",
        numbers.signed_percent(1 / ratio - 1) if ratio else numbers.DASH,
        words,
        verdict,  # type: ignore[arg-type]
        numbers.interval(low, high),
        1 / ratio - 1 if ratio else None,
        "\n".join(tips),
    )


def _quality(result: Mapping[str, Any]) -> Measure | None:
    """Accuracy on the test split with the interval of its difference; for a regression the error."""
    from penjing.export.accuracy import compare

    translate = QCoreApplication.translate
    before, after = result.get("before") or {}, result.get("after") or {}
    if before.get("mse") is not None and after.get("mse") is not None:
        first, second = float(before["mse"]), float(after["mse"])
        delta = second / first - 1 if first else 0.0
        name, change = translate("Measures", "Test error (MSE)"), numbers.signed_percent(delta)
        return Measure(
            "accuracy", name, "", numbers.figure(first, 4), numbers.figure(second, 4), change, delta=delta
        )
    compared = compare(result)
    if compared is None:
        return None
    low, high = compared.difference_interval
    words, verdict = {
        "same": (translate("Measures", "no difference"), "same"),
        "higher": (translate("Measures", "higher"), "better"),
        "lower": (translate("Measures", "lower"), "worse"),
    }[compared.verdict]
    tip = translate("Measures", "{samples} test samples").format(samples=f"{compared.samples:,}")
    if compared.paired:
        tip += translate("Measures", ", the same for both models")
    points = translate("Measures", "{points} points").format(points=numbers.points_value(compared.difference))
    return Measure(
        "accuracy",
        translate("Measures", "Test accuracy"),
        "%",
        numbers.percent_value(compared.before),
        numbers.percent_value(compared.after),
        points,
        words,
        verdict,  # type: ignore[arg-type]
        numbers.interval(100 * low, 100 * high, 1, signed=True),
        compared.difference,
        tip,
    )


def conditions(result: Mapping[str, Any]) -> tuple[int, int] | None:
    """How latency was measured: (threads, least number of pairs); None where it was not."""
    latency = result.get("latency") or {}
    batches = latency.get("batches") or {}
    if not batches:
        return None
    return int(latency.get("threads", 1)), min(int(one["pairs"]) for one in batches.values())
