"""The cost table: one row a layer and call path, the module tree above it, and the totals.

Params are counted once however often a parameter is used. MACs, activation bytes and output shapes are for ONE
sample. Weight and activation bytes are at the dtype of the model as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from penjing.spec.references import InputSpec

SELF = "(self)"  # last part of the name of a row for work done in a module outside any of its leaves


@dataclass(frozen=True, slots=True)
class Row:
    """The costs of one layer (a leaf module), or of a module's own work outside its leaves (`….(self)`).

    `macs` is None where they cannot be counted. The channel factors (`in_channels`, `out_channels`, `groups`,
    `heads`) are what what-if works from; they are None where the layer has none.
    """

    name: str
    kind: str
    params: int = 0
    trainable_params: int = 0
    macs: int | None = 0
    calls: int = 1
    weight_bytes: int = 0
    activation_bytes: int = 0
    output_shape: tuple[int, ...] | None = None
    in_channels: int | None = None
    out_channels: int | None = None
    groups: int | None = None
    heads: int | None = None
    latency_ms: float | None = None

    def to_json(self) -> dict[str, Any]:
        """The row as `penjing inspect --json` prints it."""
        return asdict(self)

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Row:
        """The inverse of `to_json`; unknown keys are ignored."""
        known = {key: value[key] for key in Row.__dataclass_fields__ if key in value}
        if known.get("output_shape") is not None:
            known["output_shape"] = tuple(known["output_shape"])
        return Row(**known)


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over a cost table. `complete` is False where some layer's MACs are unknown: then MACs are "at least".

    `peak_activation_bytes` is for inference: what is alive at once, by lifetimes. `peak_training_bytes` is a range for
    one training step, None where it is not known: at least what autograd keeps for the backward pass, at most every
    tensor of the forward pass and the gradients of the operator that has the largest. Parameters, their gradients
    and optimizer state come on top of both.
    """

    params: int
    trainable_params: int
    macs: int
    weight_bytes: int
    activation_bytes: int
    peak_activation_bytes: int
    complete: bool = True
    uncounted: tuple[str, ...] = ()
    peak_training_bytes: tuple[int, int] | None = None

    def to_json(self) -> dict[str, Any]:
        """The totals as `penjing inspect --json` prints them."""
        value = asdict(self)
        value["uncounted"] = list(self.uncounted)
        if self.peak_training_bytes is not None:
            value["peak_training_bytes"] = list(self.peak_training_bytes)
        return value

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Totals:
        """The inverse of `to_json`; unknown keys are ignored."""
        known = {key: value[key] for key in Totals.__dataclass_fields__ if key in value}
        known["uncounted"] = tuple(known.get("uncounted", ()))
        if known.get("peak_training_bytes") is not None:
            low, high = known["peak_training_bytes"]
            known["peak_training_bytes"] = (low, high)
        return Totals(**known)


@dataclass(frozen=True, slots=True)
class CostTable:
    """What every layer of a model costs for one sample.

    `rows` are in order of first call; `modules` maps the qualified name of every container ("" is the root) to its
    class name; `edges` are (producer, consumer) pairs of row names, in order of execution.
    """

    model: str
    format: str
    input: tuple[InputSpec, ...]
    rows: tuple[Row, ...]
    totals: Totals
    modules: Mapping[str, str] = field(default_factory=dict)
    edges: tuple[tuple[str, str], ...] = ()

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def row(self, name: str) -> Row | None:
        """The row of a layer by its qualified name."""
        return next((row for row in self.rows if row.name == name), None)

    def with_latencies(self, latencies: Mapping[str, float]) -> CostTable:
        """The same table with `latency_ms` filled in by layer name."""
        rows = tuple(replace(row, latency_ms=latencies.get(row.name, row.latency_ms)) for row in self.rows)
        return replace(self, rows=rows)

    def to_json(self) -> dict[str, Any]:
        """The document of `penjing inspect --json`."""
        return {
            "model": self.model,
            "format": self.format,
            "input": [spec.to_json(batch=True) for spec in self.input],
            "totals": self.totals.to_json(),
            "layers": [row.to_json() for row in self.rows],
            "modules": dict(self.modules),
            "edges": [list(edge) for edge in self.edges],
        }

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> CostTable:
        """The inverse of `to_json`."""
        return CostTable(
            model=value["model"],
            format=value["format"],
            input=tuple(InputSpec(tuple(one["shape"][1:]), one["dtype"]) for one in value["input"]),
            rows=tuple(Row.from_json(row) for row in value["layers"]),
            totals=Totals.from_json(value["totals"]),
            modules=dict(value.get("modules", {})),
            edges=tuple((edge[0], edge[1]) for edge in value.get("edges", ())),
        )


def sum_totals(
    rows: Sequence[Row],
    peak_activation_bytes: int,
    peak_training_bytes: tuple[int, int] | None = None,
) -> Totals:
    """Add up rows. Peaks do not add up, so they are given."""
    uncounted = tuple(row.name for row in rows if row.macs is None)
    return Totals(
        params=sum(row.params for row in rows),
        trainable_params=sum(row.trainable_params for row in rows),
        macs=sum(row.macs or 0 for row in rows),
        weight_bytes=sum(row.weight_bytes for row in rows),
        activation_bytes=sum(row.activation_bytes for row in rows),
        peak_activation_bytes=peak_activation_bytes,
        complete=not uncounted,
        uncounted=uncounted,
        peak_training_bytes=peak_training_bytes,
    )
