"""How fast two models are against each other: each layer, both totals and their ratio with intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Timing:
    """One model, in milliseconds: medians of its layers by row name, the median of the whole and its 95 % interval."""

    layers: Mapping[str, float]
    ms: float
    ci95: tuple[float, float]

    def to_json(self) -> dict[str, Any]:
        """As `latency` has it: `{"layers", "total": {"ms", "ci95"}}`."""
        return {"layers": dict(self.layers), "total": {"ms": self.ms, "ci95": list(self.ci95)}}

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Timing:
        """The inverse of `to_json`."""
        low, high = value["total"]["ci95"]
        layers = {str(name): float(ms) for name, ms in value["layers"].items()}
        return Timing(layers, float(value["total"]["ms"]), (float(low), float(high)))


@dataclass(frozen=True, slots=True)
class PairTiming:
    """Two models timed in interleaved pairs of passes. `ratio` is first / second: above 1 the second is faster."""

    first: Timing
    second: Timing
    ratio: float
    ci95: tuple[float, float]
    batch: int = 1
    threads: int = 1

    @property
    def differs(self) -> bool:
        """Whether one is faster beyond noise: the ratio's interval does not hold 1."""
        return not self.ci95[0] <= 1 <= self.ci95[1]

    def swapped(self) -> PairTiming:
        """The same measurement with the other model first."""
        low, high = self.ci95
        return PairTiming(
            self.second, self.first, 1 / self.ratio, (1 / high, 1 / low), self.batch, self.threads
        )

    def to_json(self) -> dict[str, Any]:
        """The reply of the session's `latency_of`."""
        return {
            "batch": self.batch,
            "threads": self.threads,
            "first": self.first.to_json(),
            "second": self.second.to_json(),
            "ratio": {"median": self.ratio, "ci95": list(self.ci95)},
        }

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> PairTiming:
        """The inverse of `to_json`."""
        low, high = value["ratio"]["ci95"]
        return PairTiming(
            Timing.from_json(value["first"]),
            Timing.from_json(value["second"]),
            float(value["ratio"]["median"]),
            (float(low), float(high)),
            int(value["batch"]),
            int(value["threads"]),
        )

    @staticmethod
    def compared(measured: Mapping[str, Any], batch: int = 1) -> PairTiming | None:
        """One batch size of what `penjing.costs.latency.compare` returns, or a run's result stores as `latency`.

        None where that batch size was not measured. Raises KeyError, TypeError or ValueError for what is not of
        that form.
        """
        found = measured["batches"].get(str(batch))
        if found is None:
            return None
        layers = measured.get("layers") or {}

        def side(name: str) -> Timing:
            total = {"ms": found[name]["median_ms"], "ci95": found[name]["ci95"]}
            return Timing.from_json({"layers": layers.get(name) or {}, "total": total})

        low, high = found["ratio"]["ci95"]
        ratio = float(found["ratio"]["median"])
        threads = int(measured.get("threads", 1))
        return PairTiming(side("before"), side("after"), ratio, (float(low), float(high)), batch, threads)
