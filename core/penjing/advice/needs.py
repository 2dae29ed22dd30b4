"""What a model needs on a device, against the device's and the person's budgets.

Weights and activations at the device's precision are counted. Latency is a roofline: for each layer the
longer of its arithmetic and its memory traffic (Williams, Waterman and Patterson 2009), ± 25 %. Energy is an
estimate: MACs and bytes moved, each times the profile's figure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Literal

from penjing.advice.devices import DeviceProfile
from penjing.advice.limits import Limits
from penjing.spec.costs import CostTable

Quantity = Literal["weights", "activations", "macs", "latency", "energy"]
ROOFLINE_SPREAD = 0.25


@dataclass(frozen=True, slots=True)
class Needs:
    """What one model needs for one sample: MB (10⁶ bytes), MACs, ms, mJ. `complete` is False where MACs are
    "at least".
    """

    weights: float
    activations: float
    macs: float
    latency: float
    energy: float
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Need:
    """One quantity against its budget. `basis` says how sure it is; `low` and `high` bound a roofline.

    `budget` is None where neither the device nor the person set one. `planned` is what the plan would need.
    """

    quantity: Quantity
    unit: str
    basis: Literal["exact", "roofline", "estimate"]
    value: float
    budget: float | None
    budget_from: Literal["device", "limit"] | None
    planned: float | None = None

    @property
    def exceeded(self) -> bool:
        """Whether the model needs more than the budget."""
        return self.budget is not None and self.value > self.budget

    @property
    def factor(self) -> float | None:
        """Need over budget."""
        return None if self.budget is None else self.value / self.budget

    def bounds(self, value: float) -> tuple[float, float]:
        """The interval around a value of this quantity; of no width where there is none."""
        spread = ROOFLINE_SPREAD if self.basis == "roofline" else 0.0
        return value * (1 - spread), value * (1 + spread)

    def met_by(self, value: float) -> bool:
        """Whether a plan that needs `value` meets the budget, its interval included."""
        return self.budget is None or self.bounds(value)[1] <= self.budget

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        low, high = self.bounds(self.value)
        return {
            "quantity": self.quantity, "unit": self.unit, "basis": self.basis, "value": self.value,
            "low": low, "high": high, "budget": self.budget, "budget_from": self.budget_from,
            "factor": self.factor, "exceeded": self.exceeded, "planned": self.planned,
        }  # fmt: skip


def bytes_per_number(table: CostTable) -> float:
    """Bytes of one number in the model as it is."""
    if table.totals.params and table.totals.weight_bytes:
        return table.totals.weight_bytes / table.totals.params
    sizes = {"float16": 2, "bfloat16": 2, "float64": 8}
    return float(sizes.get(table.input[0].dtype, 4)) if table.input else 4.0


def needs_of(table: CostTable, device: DeviceProfile) -> Needs:
    """What the model of a cost table needs on a device, for one sample."""
    scale = device.bytes_per_number / bytes_per_number(table)
    produced = {row.name: row.activation_bytes for row in table}
    fed: dict[str, int] = {}
    for producer, consumer in table.edges:
        fed[consumer] = fed.get(consumer, 0) + produced.get(producer, 0)
    seconds = moved_in_all = 0.0
    for row in table:
        read = fed.get(row.name, row.activation_bytes)
        moved = scale * (row.weight_bytes + row.activation_bytes + read)
        seconds += max((row.macs or 0) / device.macs_per_s, moved / device.bytes_per_s)
        moved_in_all += moved
    totals = table.totals
    picojoules = totals.macs * device.energy_per_mac_pj + moved_in_all * device.energy_per_byte_pj
    return Needs(
        weights=totals.params * device.bytes_per_number / 1e6,
        activations=scale * totals.peak_activation_bytes / 1e6,
        macs=float(totals.macs),
        latency=seconds * 1e3,
        energy=picojoules * 1e-9,
        complete=totals.complete,
    )


def compare(needs: Needs, device: DeviceProfile, limits: Limits) -> tuple[Need, ...]:
    """Each quantity against its budget: the person's limit, or else the device's. MACs only where limited."""
    size = limits.max_size_mb
    rows = [
        Need(
            "weights", "MB", "exact", needs.weights,
            size if size is not None else device.weight_budget_mb, "device" if size is None else "limit",
        ),
        Need("activations", "MB", "exact", needs.activations, device.activation_budget_mb, "device"),
        _limited(Need("latency", "ms", "roofline", needs.latency, limits.max_latency_ms, None)),
        _limited(Need("energy", "mJ", "estimate", needs.energy, limits.max_energy_mj, None)),
    ]  # fmt: skip
    if limits.max_macs is not None:
        rows.insert(2, Need("macs", "MACs", "exact", needs.macs, limits.max_macs, "limit"))
    return tuple(rows)


def _limited(need: Need) -> Need:
    return need if need.budget is None else replace(need, budget_from="limit")


def scaled(table: CostTable, share: float) -> CostTable:
    """The table of a net of the same shape but narrower, with about `share` of the MACs and params.

    Width goes with the square root of the share, and so do activations. An approximation: first and last
    layers scale by one side only.
    """
    width = math.sqrt(share)
    rows = tuple(
        replace(
            row,
            params=round(row.params * share),
            trainable_params=round(row.trainable_params * share),
            macs=None if row.macs is None else round(row.macs * share),
            weight_bytes=round(row.weight_bytes * share),
            activation_bytes=round(row.activation_bytes * width),
        )
        for row in table
    )
    totals = table.totals
    return replace(
        table,
        rows=rows,
        totals=replace(
            totals,
            params=round(totals.params * share),
            trainable_params=round(totals.trainable_params * share),
            macs=round(totals.macs * share),
            weight_bytes=round(totals.weight_bytes * share),
            activation_bytes=round(totals.activation_bytes * width),
            peak_activation_bytes=round(totals.peak_activation_bytes * width),
        ),
    )
