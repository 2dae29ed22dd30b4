"""From a layer tree to what the maps and the curve draw, and the sentences that state what they show."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from PySide6.QtCore import QCoreApplication

from penjing_gui import numbers
from penjing_gui.inspect.layer_tree import Floats, Ints, LayerTree
from penjing_gui.theme import LEAST_SHARE
from penjing_gui.widgets.cost_bar import least_share, share_ticks
from penjing_gui.widgets.data_table import TableData
from penjing_gui.widgets.heat_map import HeatData

MAP_COSTS = ("params", "macs", "activation_bytes", "latency_ms")


@dataclass(frozen=True, slots=True)
class Unit:
    """FLOPs (factor 2) or MACs (factor 1)."""

    name: str
    factor: int


def cost_name(cost: str, unit: Unit) -> str:
    """A cost's name, in a sentence or at an axis."""
    names = {
        "params": QCoreApplication.translate("Maps", "Parameters"),
        "macs": unit.name,
        "activation_bytes": QCoreApplication.translate("Maps", "Activations"),
        "weight_bytes": QCoreApplication.translate("Maps", "Weights"),
        "latency_ms": QCoreApplication.translate("Maps", "Latency"),
    }
    return names[cost]


def cost_text(cost: str, value: float, unit: Unit) -> str:
    """A figure with its unit: `102.76 M params`, `0.21 GFLOPs`."""
    if np.isnan(value):
        if cost == "latency_ms":
            return QCoreApplication.translate("Maps", "not measured")
        return QCoreApplication.translate("Maps", "not counted")
    if cost == "params":
        return QCoreApplication.translate("Maps", "{figure} params").format(figure=numbers.headline(value))
    if cost == "macs":
        figure = numbers.headline(value * unit.factor)
        return f"{figure}{unit.name}" if figure[-1:].isalpha() else f"{figure} {unit.name}"
    if cost == "latency_ms":
        return numbers.milliseconds(value)
    return numbers.size(value)


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The columns of the heat map: layers that cost anything, in order of first call, and what they are called."""

    nodes: Ints
    names: tuple[str, ...]
    labels: tuple[str, ...]
    groups: tuple[str, ...]


@functools.lru_cache(maxsize=2)
def columns_of(tree: LayerTree) -> Columns:
    """The columns of a tree; they are the same in every unit and on every scale."""
    nodes = np.flatnonzero(tree.leaf & ~tree.costless)
    pairs = list(zip(nodes.tolist(), tree.tops[nodes].tolist(), strict=True))
    return Columns(
        nodes,
        tuple(tree.names[node] for node, _ in pairs),
        tuple(short_label(tree, node, group) for node, group in pairs),
        tuple("" if group == node else tree.labels[group] for node, group in pairs),
    )


def short_label(tree: LayerTree, node: int, group: int) -> str:
    """A layer's name without its group's: `0` under `classifier`."""
    name, above = tree.names[node], tree.names[group]
    return name[len(above) + 1 :] if above and name.startswith(above + ".") else name


def tip(tree: LayerTree, node: int, unit: Unit) -> str:
    """Everything known about one layer or module, a line each."""
    lines = [f"{tree.names[node] or tree.labels[node]} · {tree.kinds[node]}"]
    for cost in MAP_COSTS:
        value = float(tree.own[cost][node] if tree.leaf[node] else tree.sums[cost][node])
        if cost == "latency_ms" and (np.isnan(value) or not tree.sums[cost][0]):
            continue
        total = float(tree.sums[cost][0])
        line = f"{cost_name(cost, unit)}: {cost_text(cost, value, unit)}"
        known = total and not np.isnan(value)
        lines.append(f"{line} ({numbers.percent(value / total, 2)})" if known else line)
    for own in tree.extra:
        if not np.isnan(own.values[node]):
            lines.append(f"{own.title}: {numbers.figure(float(own.values[node]), 6)}")
    return "\n".join(lines)


Of = Literal["total", "largest", "absolute"]


def heat_data(tree: LayerTree, unit: Unit, of: Of = "total") -> HeatData:
    """Rows of costs over the layers that have any.

    Each row by itself as shares of the model's total or of the largest layer's; or all on one scale of figures as
    they are, not normalised (one FLOP beside one byte), which shows how many digits a cost has.
    """
    columns = columns_of(tree)
    rows: list[Floats] = []
    missing: list[str] = []
    for cost in MAP_COSTS:
        values = tree.own[cost][columns.nodes]
        if cost == "macs" and of == "absolute":
            values = values * unit.factor
        unknown = not len(values) or bool(np.isnan(values).all())
        whole = 0.0
        if not unknown and of != "absolute":
            whole = float(np.nanmax(values) if of == "largest" else tree.sums[cost][0])
        rows.append(values / whole if whole > 0 else values * 1.0)
        missing.append(
            (
                QCoreApplication.translate("Maps", "unknown")
                if tree.blind
                else QCoreApplication.translate("Maps", "not measured yet")
                if cost == "latency_ms"
                else QCoreApplication.translate("Maps", "not counted")
            )
            if unknown
            else ""
        )
    for own in tree.extra:
        shown = own.share[columns.nodes]
        if of != "total" and shown.size and not np.isnan(shown).all():
            shown = own.values[columns.nodes] / (np.nanmax(own.values) if of == "largest" else 1.0)
        rows.append(shown)
        nothing = not shown.size or bool(np.isnan(shown).all())
        missing.append(QCoreApplication.translate("Maps", "no shares: negative or 0") if nothing else "")
    shares = np.array(rows, dtype=np.float64).reshape(len(rows), len(columns.nodes))
    nodes = columns.nodes
    least = least_share(len(columns.nodes)) if of == "total" else LEAST_SHARE
    data = HeatData(
        rows=(*(cost_name(cost, unit) for cost in MAP_COSTS), *(own.title for own in tree.extra)),
        names=columns.names,
        labels=columns.labels,
        groups=columns.groups,
        shares=shares,
        missing=tuple(missing),
        tip=lambda _row, column: tip(tree, int(nodes[column]), unit),
        label=QCoreApplication.translate("Maps", "share, %"),
        least=least,
        ticks=(share_ticks(least), ()),
    )
    return data if of != "absolute" else _absolute(data)


def _absolute(data: HeatData) -> HeatData:
    """The same rows on one scale, from the smallest figure to the largest."""
    known = data.shares[np.nan_to_num(data.shares) > 0]
    largest = float(known.max()) if known.size else 1.0
    least = max(float(known.min()) / largest, 1e-12) if known.size else 0.1
    least = min(least, 0.1)
    label = QCoreApplication.translate("Maps", "count, bytes, ms")

    def figure(share: float, row: int) -> str:
        value = share * largest
        return numbers.headline(value).replace(" ", "") if value >= 100 else f"{value:.3g}"

    decades = range(math.ceil(math.log10(least * largest) - 1e-9), math.floor(math.log10(largest)) + 1)
    step = max(1, math.ceil(len(decades) / 4))
    span = -math.log10(least)
    logarithmic = tuple(
        (1 - (math.log10(largest) - decade) / span, _power(decade)) for decade in list(decades)[::-step]
    )
    logarithmic = ((0.0, figure(least, 0)), *(tick for tick in logarithmic if tick[0] > 0.12))
    linear = ((0.0, "0"), (0.5, figure(0.5, 0)), (1.0, figure(1.0, 0)))
    return replace(
        data,
        shares=data.shares / largest,
        least=least,
        ticks=(logarithmic, linear),
        text=figure,
        label=label,
    )


def _power(decade: int) -> str:
    """A power of ten with a prefix: `1k`, `100M`."""
    if decade < 0:
        return f"1e{decade}"
    return numbers.headline(10.0**decade).replace(".00", "").replace(" ", "")


def heat_table(tree: LayerTree, unit: Unit) -> TableData:
    """What the heat map draws, in exact figures."""
    columns = columns_of(tree)
    values = [tree.own[cost][columns.nodes] * (unit.factor if cost == "macs" else 1) for cost in MAP_COSTS]
    names = [cost_name(cost, unit) for cost in MAP_COSTS]
    units = {"activation_bytes": " (B)", "latency_ms": " (ms)"}
    heads = [name + units.get(cost, "") for name, cost in zip(names, MAP_COSTS, strict=True)]
    layer = QCoreApplication.translate("Maps", "Layer")
    title = QCoreApplication.translate("Maps", "Layers × costs")
    return TableData(title, (layer, *heads), (columns.names, *(value.tolist() for value in values)))


def largest(tree: LayerTree, cost: str) -> int:
    """The layer that costs most, −1 where none has the cost."""
    values = np.where(tree.leaf, np.nan_to_num(tree.own[cost]), 0.0)
    return int(np.argmax(values)) if values.any() else -1


def finding(tree: LayerTree, unit: Unit) -> str:
    """For each cost, which layer has most of it: the maps' accessible description."""
    found: list[str] = []
    for cost in MAP_COSTS:
        node = largest(tree, cost)
        total = float(tree.sums[cost][0])
        if node >= 0 and total:
            found.append(
                QCoreApplication.translate("Maps", "{cost}: most in {layer}, {share}.").format(
                    cost=cost_name(cost, unit),
                    layer=tree.names[node],
                    share=numbers.percent(float(tree.own[cost][node]) / total),
                )
            )
    return " ".join(found)
