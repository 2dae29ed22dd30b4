"""From a layer tree to what the maps and the curve draw, and the sentences that state what they show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication

from penjing_gui import numbers
from penjing_gui.inspect.layer_tree import Floats, LayerTree
from penjing_gui.widgets.heat_map import HeatData
from penjing_gui.widgets.tree_map import TreeMapData

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


def layers_with_cost(tree: LayerTree) -> list[int]:
    """Nodes of the layers that cost anything, in order of first call."""
    nodes: list[int] = np.flatnonzero(tree.leaf & ~tree.costless).tolist()
    return nodes


def short_label(tree: LayerTree, node: int, group: int) -> str:
    """A layer's name without its group's: `0` under `classifier`."""
    name, above = tree.names[node], tree.names[group]
    return name[len(above) + 1 :] if above and name.startswith(above + ".") else name


def tip(tree: LayerTree, node: int, unit: Unit) -> str:
    """Everything known about one layer, a line each."""
    lines = [f"{tree.names[node]} · {tree.kinds[node]}"]
    for cost in MAP_COSTS:
        value = float(tree.own[cost][node])
        if cost == "latency_ms" and np.isnan(value):
            continue
        share = float(tree.share(cost)[node])
        line = f"{cost_name(cost, unit)}: {cost_text(cost, value, unit)}"
        lines.append(line if np.isnan(share) else f"{line} ({numbers.percent(share, 2)})")
    return "\n".join(lines)


def heat_data(tree: LayerTree, unit: Unit, of_largest: bool) -> HeatData:
    """Rows of costs over the layers that have any; shares of the model's total, or of the largest layer's."""
    nodes = layers_with_cost(tree)
    groups = tree.tops[nodes].tolist()
    rows: list[Floats] = []
    missing: list[str] = []
    for cost in MAP_COSTS:
        values = tree.own[cost][nodes]
        unknown = not len(values) or bool(np.isnan(values).all())
        whole = float(np.nanmax(values) if of_largest else tree.sums[cost][0]) if not unknown else 0.0
        rows.append(values / whole if whole > 0 else values * 1.0)
        missing.append(
            (
                QCoreApplication.translate("Maps", "not measured yet")
                if cost == "latency_ms"
                else QCoreApplication.translate("Maps", "not counted")
            )
            if unknown
            else ""
        )
    return HeatData(
        rows=tuple(cost_name(cost, unit) for cost in MAP_COSTS),
        names=tuple(tree.names[node] for node in nodes),
        labels=tuple(short_label(tree, n, g) for n, g in zip(nodes, groups, strict=True)),
        groups=tuple("" if g == n else tree.labels[g] for n, g in zip(nodes, groups, strict=True)),
        shares=np.array(rows, dtype=np.float64).reshape(len(MAP_COSTS), len(nodes)),
        missing=tuple(missing),
        tip=lambda _row, column: tip(tree, nodes[column], unit),
    )


def tree_map_data(tree: LayerTree, unit: Unit, area: str, colour: str) -> TreeMapData:
    """Tiles of the layers that have the area's cost."""
    nodes: list[int] = np.flatnonzero(tree.leaf & (np.nan_to_num(tree.own[area]) > 0)).tolist()
    tops = tree.tops[nodes].tolist()
    order = list(dict.fromkeys(tops))
    areas, shares = tree.own[area][nodes], tree.share(colour)[nodes]
    area_shares = tree.share(area)[nodes]

    def lines(tile: int) -> list[str]:
        node = nodes[tile]
        first = f"{cost_text(area, float(areas[tile]), unit)} · {numbers.percent(float(area_shares[tile]))}"
        if colour == area:
            return [first]
        share = float(shares[tile])
        second = cost_text(colour, float(tree.own[colour][node]), unit)
        return [first, second if np.isnan(share) else f"{second} · {numbers.percent(share, 2)}"]

    return TreeMapData(
        names=tuple(tree.names[node] for node in nodes),
        labels=tuple(short_label(tree, n, g) for n, g in zip(nodes, tops, strict=True)),
        groups=tuple(order.index(top) for top in tops),
        group_names=tuple(tree.labels[top] for top in order),
        areas=np.asarray(areas, dtype=np.float64),
        shares=np.asarray(shares, dtype=np.float64),
        lines=lines,
        tip=lambda tile: tip(tree, nodes[tile], unit),
    )


def largest(tree: LayerTree, cost: str) -> int:
    """The layer that costs most, −1 where none has the cost."""
    values = np.where(tree.leaf, np.nan_to_num(tree.own[cost]), 0.0)
    return int(np.argmax(values)) if values.any() else -1


def finding(tree: LayerTree, unit: Unit) -> str:
    """For each cost, which layer has most of it: the maps' accessible description."""
    found: list[str] = []
    for cost in MAP_COSTS:
        node = largest(tree, cost)
        if node >= 0:
            found.append(
                QCoreApplication.translate("Maps", "{cost}: most in {layer}, {share}.").format(
                    cost=cost_name(cost, unit),
                    layer=tree.names[node],
                    share=numbers.percent(float(tree.share(cost)[node])),
                )
            )
    return " ".join(found)
