"""From a layer tree to the tiles of the tree map: layers, and modules where their layers would be specks."""

from __future__ import annotations

import functools
import heapq
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication

from penjing_gui import numbers
from penjing_gui.inspect.layer_tree import Floats, LayerTree
from penjing_gui.inspect.maps import Unit, cost_name, cost_text, short_label, tip
from penjing_gui.widgets.data_table import TableData
from penjing_gui.widgets.tree_map import TreeMapData

MOST_TILES = 800  # more than that are specks, and take longer to paint than an eye waits
NARROW = 0.06  # share of the map from which a part has room for a column of its own
MOST_SIBLINGS = 300  # of one module; the smallest others are one tile


@dataclass(frozen=True, slots=True)
class Tile:
    """A layer, a module with all that is in it, or `pooled` children of a module that are too small to tell apart."""

    node: int
    area: float
    pooled: tuple[int, ...] = ()


def values_of(tree: LayerTree, cost: str) -> Floats:
    """What every node costs with all that is in it; unknown is NaN for a layer."""
    return np.where(tree.leaf, tree.own[cost], tree.sums[cost])


@functools.lru_cache(maxsize=8)
def tiles_of(tree: LayerTree, base: int, area: str) -> list[Tile]:
    """The tiles of one module: the largest modules are opened first, as long as there are not too many tiles."""
    values = np.nan_to_num(values_of(tree, area))
    many = int(tree.leaf[base : tree.end[base]].sum()) > MOST_TILES
    least = float(values[base]) / MOST_TILES if many else 0.0
    done: list[Tile] = []
    waiting = [(-float(values[base]), base)]
    while waiting:
        size, node = heapq.heappop(waiting)
        if size == 0:
            continue
        children = tree.children(node)
        children = children[values[children] > 0]
        # Where not every layer can have a tile, modules are opened whose layers are large enough to be seen.
        shut = node != base and size > -least * len(children)
        if tree.leaf[node] or not children.size or shut:
            done.append(Tile(node, -size))
            continue
        ranked = children[np.argsort(-values[children], kind="stable")]
        if many and len(ranked) > MOST_SIBLINGS + 1:
            pooled = ranked[MOST_SIBLINGS:]
            done.append(Tile(node, float(values[pooled].sum()), tuple(pooled.tolist())))
            ranked = ranked[:MOST_SIBLINGS]
        for child in ranked.tolist():
            heapq.heappush(waiting, (-float(values[child]), child))
    order = {True: 1, False: 0}
    return sorted(done, key=lambda tile: (tile.node, order[bool(tile.pooled)]))


def tree_map_data(tree: LayerTree, unit: Unit, area: str, colour: str, base: int = 0) -> TreeMapData:
    """Tiles of what is in a module (the whole model: 0) and has the area's cost."""
    tiles = tiles_of(tree, base, area)
    parts = tree.tops if not base else tree.parts(base)
    tops = [base if tile.node == base else int(parts[tile.node]) for tile in tiles]
    sizes: dict[int, float] = {}
    for top, tile in zip(tops, tiles, strict=True):
        sizes[top] = sizes.get(top, 0.0) + tile.area
    wide = sum(size for size in sizes.values() if size >= NARROW * sum(sizes.values()))
    single = all(tree.leaf[top] or top == base for top in tops)
    if single or wide < sum(sizes.values()) / 2:
        tops = [base] * len(tiles)  # they stand together: a column each would be too narrow for any
    order = list(dict.fromkeys(tops))
    places = {top: place for place, top in enumerate(order)}
    total = float(tree.sums[area][0]) or 1.0
    whole = float(tree.sums[colour][0]) or 1.0
    values = values_of(tree, colour)
    coloured = np.array([_sum(values, tile) for tile in tiles], dtype=np.float64)
    by_node = {tile.node: place for place, tile in enumerate(tiles) if not tile.pooled}
    in_pool = {node: place for place, tile in enumerate(tiles) for node in tile.pooled}

    def lines(place: int) -> list[str]:
        tile = tiles[place]
        first = f"{cost_text(area, tile.area, unit)} · {numbers.percent(tile.area / total)}"
        if colour == area:
            return [first]
        value = float(coloured[place])
        second = cost_text(colour, value, unit)
        return [first, second if np.isnan(value) else f"{second} · {numbers.percent(value / whole, 2)}"]

    def tip_of(place: int) -> str:
        tile = tiles[place]
        if not tile.pooled:
            return tip(tree, tile.node, unit)
        return "\n".join([_label(tree, tile, tops[place], whole_name=True), *lines(place)])

    def holder(name: str) -> int:
        node = tree.find(name)
        while node > 0:
            if node in by_node:
                return by_node[node]
            if node in in_pool:
                return in_pool[node]
            node = int(tree.parent[node])
        return -1

    return TreeMapData(
        names=tuple(tree.names[tile.node] for tile in tiles),
        labels=tuple(_label(tree, tile, top) for tile, top in zip(tiles, tops, strict=True)),
        groups=tuple(places[top] for top in tops),
        group_names=tuple(tree.labels[top] for top in order),
        areas=np.array([tile.area for tile in tiles], dtype=np.float64),
        shares=coloured / whole,
        lines=lines,
        tip=tip_of,
        holder=holder,
        total=total,
    )


def _sum(values: Floats, tile: Tile) -> float:
    return float(np.nansum(values[list(tile.pooled)])) if tile.pooled else float(values[tile.node])


def _label(tree: LayerTree, tile: Tile, top: int, whole_name: bool = False) -> str:
    name = tree.names[tile.node] if whole_name else short_label(tree, tile.node, top)
    if not tile.pooled:
        return name
    said = QCoreApplication.translate("Maps", "{count} smaller ones").format(count=f"{len(tile.pooled):,}")
    return f"{name}: {said}" if name and whole_name else said


def inward(tree: LayerTree, base: int, name: str) -> int:
    """The module to zoom into from `base` towards a layer or module: the next one with more than one child, or base."""
    node = tree.find(name)
    path: list[int] = []
    while node > base:
        path.append(node)
        node = int(tree.parent[node])
    if node != base:
        return base
    for step in reversed(path):
        if not tree.leaf[step] and len(tree.children(step)) > 1:
            return step
    return base


def path_to(tree: LayerTree, base: int) -> list[int]:
    """The modules from the model down to one, for the breadcrumb: wrappers that hold one thing are left out."""
    path = [base] if base > 0 else []
    node = int(tree.parent[base]) if base > 0 else -1
    while node > 0:
        if len(tree.children(node)) > 1:
            path.append(node)
        node = int(tree.parent[node])
    return [0, *reversed(path)]


def tile_table(tree: LayerTree, unit: Unit, area: str, colour: str, base: int) -> TableData:
    """What the tree map draws, in exact figures: every layer of the module that is shown."""
    nodes = (np.flatnonzero(tree.leaf[base : tree.end[base]]) + base).tolist()
    costs = list(dict.fromkeys((area, colour)))
    values = [(tree.own[cost][nodes] * (unit.factor if cost == "macs" else 1)).tolist() for cost in costs]
    units = {"activation_bytes": " (B)", "weight_bytes": " (B)", "latency_ms": " (ms)"}
    heads = [cost_name(cost, unit) + units.get(cost, "") for cost in costs]
    layer = QCoreApplication.translate("Maps", "Layer")
    title = QCoreApplication.translate("Maps", "Tree map")
    return TableData(title, (layer, *heads), ([tree.names[node] for node in nodes], *values))
