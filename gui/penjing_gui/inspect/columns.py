"""The columns of the layer table: what stands in each, in which unit, and how it is written."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PySide6.QtCore import QCoreApplication

from penjing_gui import numbers
from penjing_gui.inspect.layer_tree import Extra, Floats, LayerTree

Key = Literal["layer", "kind", "output", "params", "params_share", "macs", "macs_share", "activation_bytes",
              "weight_bytes", "ratio", "calls", "latency_ms",
              "own_1", "own_2", "own_3", "own_4", "own_5", "own_6"]  # fmt: skip

OWN: tuple[Key, ...] = ("own_1", "own_2", "own_3", "own_4", "own_5", "own_6")  # a person's own figures
KEYS: tuple[Key, ...] = (
    "layer", "kind", "output", "params", "params_share", "macs", "macs_share", "activation_bytes",
    "weight_bytes", "ratio", "calls", "latency_ms", *OWN,
)  # fmt: skip
HIDDEN_AT_FIRST: tuple[Key, ...] = ("weight_bytes", "ratio", "calls", "latency_ms", *OWN)
NUMERIC = frozenset(KEYS[3:])
HEATED = frozenset(KEYS[3:]) - {"weight_bytes", "ratio", "calls"}  # weights are as the parameters are
_COST_OF: dict[str, str] = {
    "params": "params",
    "params_share": "params",
    "macs": "macs",
    "macs_share": "macs",
    "activation_bytes": "activation_bytes",
    "weight_bytes": "weight_bytes",
    "latency_ms": "latency_ms",
}
UNKNOWN = "?"


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One numeric column: `values` as shown (FLOPs doubled), `share` of the total (the heat), its prefix."""

    values: Floats
    share: Floats
    prefix: numbers.Prefix
    unit: str
    missing: str = ""  # what stands where there is no figure


def cost_of(key: Key) -> str | None:
    """The cost a column shows, None for text and calls."""
    return _COST_OF.get(key)


def extra_of(tree: LayerTree, key: Key) -> Extra | None:
    """The person's own figures that a column shows; None for other columns and those that are not taken."""
    place = OWN.index(key) if key in OWN else len(tree.extra)
    return tree.extra[place] if place < len(tree.extra) else None


def offered(tree: LayerTree | None, key: Key) -> bool:
    """Whether there is anything to be shown in a column."""
    return key not in OWN or (tree is not None and extra_of(tree, key) is not None)


def _own(tree: LayerTree, key: Key) -> Column:
    found = extra_of(tree, key)
    if found is None:
        nothing = np.full(len(tree), np.nan)
        return Column(nothing, nothing, numbers.Prefix(1, "", 0), "")
    largest = float(np.nanmax(np.abs(found.values), initial=0.0))
    whole = bool(np.all(np.mod(np.nan_to_num(found.values), 1) == 0))
    prefix = numbers.column_prefix(largest)
    if prefix.scale == 1:
        small = 0 < largest < 1
        prefix = numbers.Prefix(1, "", 0 if whole else 2 - math.floor(math.log10(largest)) if small else 3)
    return Column(found.values, found.share, prefix, prefix.symbol)


def column(tree: LayerTree, key: Key, unit_factor: int) -> Column:
    """The numbers of a column over all nodes, and how they are written."""
    if key in OWN:
        return _own(tree, key)
    if key == "calls":
        calls = np.array([float(row.calls) if row else np.nan for row in tree.rows])
        return Column(calls, np.full(len(tree), np.nan), numbers.Prefix(1, "", 0), "")
    if key == "ratio":
        ratio = macs_per_parameter(tree)
        return Column(ratio, np.full(len(tree), np.nan), numbers.Prefix(1, "", 1), "")
    cost = _COST_OF[key]
    share = tree.share(cost)
    missing = ""
    if cost == "activation_bytes" and tree.blind:
        nothing = np.full(len(tree), np.nan)
        return Column(nothing, nothing, numbers.Prefix(1, "", 0), "", UNKNOWN)
    if cost == "macs":
        share = np.where(tree.unknown_macs(), np.nan, share)
        unknown = QCoreApplication.translate("LayerModel", "unknown")
        missing = UNKNOWN if not tree.blind else "" if key == "macs_share" else unknown
    if key.endswith("_share"):
        return Column(share, share, numbers.Prefix(0.01, "", 2), "%", missing)
    values = np.where(tree.leaf, tree.own[cost], tree.sums[cost])
    if cost == "macs":
        values = np.where(tree.unknown_macs(), np.nan, values * unit_factor)
    if cost == "latency_ms":
        values = np.where(~tree.leaf & (values == 0), np.nan, values)
        return Column(values, share, numbers.Prefix(1, "", 3), "ms")
    largest = float(np.nanmax(values, initial=0.0))
    if cost.endswith("bytes"):
        prefix = numbers.byte_prefix(largest)
        return Column(values, share, prefix, prefix.symbol)
    prefix = numbers.column_prefix(largest)
    return Column(values, share, prefix, prefix.symbol, missing)


def macs_per_parameter(tree: LayerTree) -> Floats:
    """How often each parameter is used for one sample; NaN without parameters. It is the same in MACs and FLOPs."""
    macs = np.where(tree.leaf, tree.own["macs"], tree.sums["macs"])
    macs = np.where(tree.unknown_macs(), np.nan, macs)
    params = np.where(tree.leaf, tree.own["params"], tree.sums["params"])
    return np.asarray(np.where(params > 0, macs / np.maximum(params, 1), np.nan), dtype=np.float64)


def text(one: Column, node: int, key: Key) -> str:
    """A cell's digits. Unknown MACs are a question mark, a latency that was not measured is empty."""
    return written(float(one.values[node]), one, key)


def written(value: float, one: Column, key: Key) -> str:
    """A figure as it is written in a column."""
    prefix = one.prefix
    if value != value:
        return one.missing
    if key == "calls":
        return numbers.integer(int(value))
    if key.endswith("_share") and value >= 0.99995:
        return f"{100 * value:.2f}"
    return numbers.cell(value, prefix)


def output(tree: LayerTree, node: int) -> str:
    """A layer's output dimensions."""
    row = tree.rows[node]
    if row is None or row.output_shape is None:
        return ""
    return numbers.dims(row.output_shape)
