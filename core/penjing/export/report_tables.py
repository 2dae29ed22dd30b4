"""The report's tables and curves as rows of ready text, from a run's plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from penjing.export import accuracy, figures
from penjing.export.charts import Chart, chart
from penjing.spec.costs import CostTable, Row
from penjing.spec.journal import Event

STAGES = ("dense", "pruned", "recalibrated", "final")


@dataclass(frozen=True, slots=True)
class Total:
    """One measure before and after. `kind` names it for the template; `verdict` is a word to be translated."""

    kind: str
    before: str
    after: str
    change: str = ""
    factor: str = ""
    verdict: str = ""
    interval: str = ""
    detail: str = ""
    before_interval: str = ""
    after_interval: str = ""


def before_and_after(result: Mapping[str, Any]) -> list[Total]:
    """The totals: counted ones, then latency by batch size, then the figure on the test split."""
    before, after = result.get("before") or {}, result.get("after") or {}
    if not before or not after:
        return []
    rows = [
        _counted("params", before.get("params"), after.get("params"), figures.count),
        _counted("flops", _twice(before.get("macs")), _twice(after.get("macs")), figures.count),
        _counted("macs", before.get("macs"), after.get("macs"), figures.count),
        _counted("bytes", before.get("weight_bytes"), after.get("weight_bytes"), figures.size),
    ]
    if before.get("peak_activation_bytes") and after.get("peak_activation_bytes"):
        peaks = before["peak_activation_bytes"], after["peak_activation_bytes"]
        rows.append(_counted("activations", *peaks, figures.size))
    rows += [
        _latency(batch, one) for batch, one in ((result.get("latency") or {}).get("batches") or {}).items()
    ]
    return [*rows, *_quality(result)]


def _twice(macs: float | None) -> float | None:
    return None if macs is None else 2 * macs


def _counted(kind: str, before: float | None, after: float | None, form: Any) -> Total:
    times = before / after if before and after else None
    return Total(
        kind,
        form(before),
        form(after),
        figures.signed_percent(figures.change(before, after)),
        figures.factor(times) if times else "",
        ("fewer" if kind in ("params", "flops", "macs") else "smaller") if times and times > 1.005 else "",
        "exact",
    )


def _latency(batch: str, measured: Mapping[str, Any]) -> Total:
    before, after, ratio = measured["before"], measured["after"], measured["ratio"]
    low, high = ratio["ci95"]
    verdict = "fast" if low > 1 else "slow" if high < 1 else "same"
    return Total(
        "latency",
        figures.milliseconds(before["median_ms"]),
        figures.milliseconds(after["median_ms"]),
        figures.signed_percent(figures.change(before["median_ms"], after["median_ms"])),
        figures.factor(ratio["median"]),
        verdict,
        figures.interval(low, high),
        str(batch),
        figures.milliseconds_interval(*before["ci95"]),
        figures.milliseconds_interval(*after["ci95"]),
    )


def _quality(result: Mapping[str, Any]) -> list[Total]:
    compared = accuracy.compare(result)
    if compared is not None:
        low, high = compared.difference_interval
        first, second = (
            figures.interval(100 * interval[0], 100 * interval[1], 1)
            for interval in (compared.before_interval, compared.after_interval)
        )
        return [
            Total(
                "accuracy",
                figures.percent(compared.before),
                figures.percent(compared.after),
                figures.signed_percent(compared.difference),
                "",
                compared.verdict,
                figures.interval(100 * low, 100 * high, 1, signed=True),
                str(compared.samples),
                first,
                second,
            )
        ]
    before, after = ((result.get(side) or {}).get("mse") for side in ("before", "after"))
    if before is None or after is None:
        return []
    return [
        Total(
            "mse",
            figures.error(before),
            figures.error(after),
            figures.signed_percent(figures.change(before, after)),
        )
    ]


def stages(result: Mapping[str, Any], events: list[Event]) -> list[tuple[str, str, str]]:
    """(stage, accuracy in percent or error, loss) on the validation split, in the order of the work."""
    known = {event["stage"]: event for event in events if event["event"] == "accuracy" and "stage" in event}
    steps = result.get("accuracy_steps") or {}
    rows = []
    for stage in STAGES:
        event = known.get(stage, {})
        value = steps.get(stage, event.get("val_accuracy"))
        error, loss = event.get("val_mse"), event.get("val_loss")
        shown = (
            figures.percent(value) if value is not None else figures.error(error) if error is not None else ""
        )
        if shown:
            rows.append((stage, shown, figures.error(loss) if loss is not None else figures.DASH))
    return rows


def curves(events: list[Event]) -> dict[str, Chart]:
    """Charts by kind, `loss` and `accuracy`, against the step; a chart without points is left out."""
    steps = [(event["step"], event["loss"]) for event in events if _has(event, "step", "step", "loss")]
    losses = [
        (event["step"], event["val_loss"]) for event in events if _has(event, "epoch", "step", "val_loss")
    ]
    shares = [
        (event["step"], 100 * event["val_accuracy"])
        for event in events
        if _has(event, "epoch", "step", "val_accuracy")
    ]
    charts = {
        "loss": chart([("training", 3, steps), ("validation", 1, losses)]),
        "accuracy": chart([("validation", 1, shares)]),
    }
    return {kind: one for kind, one in charts.items() if one is not None}


def _has(event: Event, name: str, *keys: str) -> bool:
    return event["event"] == name and all(isinstance(event.get(key), int | float) for key in keys)


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure before and after, and its change: `share` from −1 to 1 colours the cell, None leaves it plain."""

    before: str
    after: str
    change: str
    share: float | None

    @property
    def shade(self) -> str:
        """Style of the heat: `less` or `more`, and how much of it."""
        if not self.share:
            return ""
        return (
            f"background:rgb(var(--{'less' if self.share < 0 else 'more'})/{min(1.0, abs(self.share)):.2f})"
        )


@dataclass(frozen=True, slots=True)
class LayerRow:
    """One layer of the per-layer table; `cells` are channels, params, FLOPs, activations and latency."""

    name: str
    kind: str
    cells: tuple[Cell, ...]


def layers(
    before: CostTable | None, after: CostTable | None, latency: Mapping[str, Any] | None
) -> list[LayerRow]:
    """Every layer before and after, matched by name; layers of one side only have a dash on the other."""
    if before is None or after is None:
        return []
    first, second = ({row.name: row for row in table} for table in (before, after))
    times = (latency or {}).get("layers") or {}
    names = list(dict.fromkeys((*first, *second)))
    return [
        _layer(
            name,
            first.get(name),
            second.get(name),
            *(times.get(side, {}).get(name) for side in ("before", "after")),
        )
        for name in names
    ]


def _layer(
    name: str, before: Row | None, after: Row | None, was_ms: float | None, now_ms: float | None
) -> LayerRow:
    def cell(key: str, form: Any, scale: int = 1) -> Cell:
        was, now = (None if row is None else getattr(row, key) for row in (before, after))
        return _cell(was and was * scale, now and now * scale, form)

    row = after or before
    assert row is not None
    return LayerRow(
        name,
        row.kind,
        (
            cell("out_channels", figures.count),
            cell("params", figures.count),
            cell("macs", figures.count, 2),
            cell("activation_bytes", figures.size),
            _cell(was_ms, now_ms, figures.milliseconds),
        ),
    )


def _cell(before: float | None, after: float | None, form: Any) -> Cell:
    change = figures.change(before, after)
    return Cell(
        form(before) if before else figures.DASH,
        form(after) if after else figures.DASH,
        "" if change is None else figures.signed_percent(change, 0),
        change,
    )


def proof(manifest: Mapping[str, Any] | None, verified: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The exported files with their sizes and SHA-256, and what the last verification found of each."""
    if not manifest:
        return None
    rows = {row["file"]: row for row in (verified or {}).get("artefacts", ())}
    formats = {one["file"]: one["format"] for one in manifest.get("artefacts", ())}
    files = [
        {
            "file": name,
            "format": formats.get(name, ""),
            "size": figures.size(entry["bytes"]),
            "sha256": entry["sha256"],
            "row": rows.get(name),
            "difference": _difference(rows.get(name)),
        }
        for name, entry in manifest.get("files", {}).items()
    ]
    return {
        "files": sorted(files, key=lambda one: (not one["format"], one["file"])),
        "opset": manifest.get("opset"),
        "failed": manifest.get("failed", []),
        "verified": verified,
    }


def _difference(row: Mapping[str, Any] | None) -> str:
    value = (row or {}).get("max_abs_diff")
    return figures.DASH if value is None else f"{value:.2g}"
