"""Which nodes of a layer tree are shown, and in which order: filtering, folding, sorting with NumPy. No Qt."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from penjing_gui.inspect.layer_tree import Bools, Floats, Ints, LayerTree

_NUMBER = re.compile(r"\d+")
_DIGITS = 20


def shown(
    tree: LayerTree,
    text: str = "",
    kind: str = "",
    with_costless: bool = False,
    values: Floats | None = None,
    low: float | None = None,
    high: float | None = None,
) -> Bools:
    """Nodes to show: layers whose name or kind holds `text` (any case) and whose kind is `kind`; all above.

    With `values` (one a node) only layers whose value is from `low` to `high`; an unknown value is in no range. The
    root is always shown. A layer without cost is shown only where `with_costless`.
    """
    layers = tree.leaf.copy()
    if not with_costless:
        layers &= ~tree.costless
    kinds, codes = tree.kind_codes
    if text.strip():
        wanted = text.strip().casefold()
        matching = np.array([wanted in one.casefold() for one in kinds], dtype=np.bool_)
        layers &= np.array([wanted in name for name in tree.plain_names], dtype=np.bool_) | matching[codes]
    if kind:
        layers &= np.array([one == kind for one in kinds], dtype=np.bool_)[codes]
    if values is not None and (low is not None or high is not None):
        with np.errstate(invalid="ignore"):
            layers &= ~np.isnan(values)
            layers &= values >= (-np.inf if low is None else low)
            layers &= values <= (np.inf if high is None else high)
    visible = below(tree, layers) > 0
    visible[0] = True
    return visible


def below(tree: LayerTree, marked: Bools) -> Ints:
    """For each node how many marked nodes are in its subtree, itself among them."""
    running = np.concatenate([[0], np.cumsum(marked)])
    return np.asarray(running[tree.end] - running[:-1], dtype=np.int64)


def covered(tree: LayerTree, closed: Ints, left_out: Ints) -> Bools:
    """Nodes that are below a closed node, or in a subtree that is left out."""
    edges = np.zeros(len(tree) + 1, dtype=np.int64)
    np.add.at(edges, closed + 1, 1)
    np.add.at(edges, tree.end[closed], -1)
    np.add.at(edges, left_out, 1)
    np.add.at(edges, tree.end[left_out], -1)
    return np.asarray(np.cumsum(edges)[:-1] > 0, dtype=np.bool_)


def arranged(
    tree: LayerTree, displayed: Bools, key: Floats | Ints | None = None, descending: bool = False
) -> Ints:
    """The displayed nodes from top to bottom: siblings by `key` (stable, unknown last), or as they are called.

    Every displayed node's parent has to be displayed.
    """
    nodes = np.flatnonzero(displayed)
    if key is None or len(nodes) < 2:
        return nodes
    inner = nodes[1:]
    ranked = inner[np.lexsort((inner, _signed(key, inner, descending), tree.parent[inner]))]
    # Each node stands after its parent and the whole subtrees of the siblings before it.
    sizes = below(tree, displayed)[ranked]
    before = np.cumsum(sizes) - sizes
    parents = tree.parent[ranked]
    first = np.flatnonzero(np.diff(parents, prepend=-2))
    before -= np.repeat(before[first], np.diff(first, append=len(ranked)))
    place = np.zeros(len(tree), dtype=np.int64)
    depth = tree.depth[ranked]
    for level in range(1, int(depth.max()) + 1):
        here = depth == level
        place[ranked[here]] = place[parents[here]] + 1 + before[here]
    result = np.empty(len(nodes), dtype=np.int64)
    result[place[nodes]] = nodes
    return result


def listed(
    tree: LayerTree, visible: Bools, key: Floats | Ints | None = None, descending: bool = False
) -> Ints:
    """The visible layers without their modules, after the root, by `key` over the whole model."""
    layers = np.flatnonzero(visible & tree.leaf)
    if key is not None:
        layers = layers[np.lexsort((layers, _signed(key, layers, descending)))]
    return np.concatenate([[0], layers]).astype(np.int64)


def _signed(key: Floats | Ints, nodes: Ints, descending: bool) -> Floats:
    values = np.asarray(key, dtype=np.float64)[nodes]
    signed = -values if descending else values
    return np.asarray(np.where(np.isnan(signed), np.inf, signed), dtype=np.float64)


def text_rank(texts: Sequence[str]) -> Ints:
    """Ranks in natural order, so that "layer10" comes after "layer9"; equal texts have equal ranks."""
    keys = {text: _natural(text) for text in set(texts)}
    rank = {key: index for index, key in enumerate(sorted(set(keys.values())))}
    place = {text: rank[key] for text, key in keys.items()}
    return np.array([place[text] for text in texts], dtype=np.int64)


def _natural(text: str) -> str:
    """The text with its numbers padded, so that it sorts as text."""
    if text.isdecimal():
        return text.zfill(_DIGITS)
    return _NUMBER.sub(_padded, text.casefold())


def _padded(found: re.Match[str]) -> str:
    return found.group().zfill(_DIGITS)


def open_depth(tree: LayerTree, visible: Bools, most: int = 60) -> int:
    """How deep the tree can be opened with at most `most` rows in sight; at least the root's children."""
    levels = np.bincount(tree.depth[visible])
    fits = np.flatnonzero(np.cumsum(levels) <= most)
    return max(1, int(fits[-1]) if fits.size else 1)
