"""Which nodes of a layer tree are shown, and in which order: filtering and sorting with NumPy. No Qt."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from penjing_gui.inspect.layer_tree import Bools, Floats, Ints, LayerTree


def shown(tree: LayerTree, text: str = "", kind: str = "", with_costless: bool = False) -> Bools:
    """Nodes to show: layers whose name or kind holds `text` (any case) and whose kind is `kind`; all above.

    The root is always shown. A layer without cost is shown only where `with_costless`.
    """
    layers = tree.leaf.copy()
    if not with_costless:
        layers &= ~tree.costless
    if text.strip():
        wanted = text.strip().casefold()
        layers &= np.array(
            [
                wanted in name.casefold() or wanted in k.casefold()
                for name, k in zip(tree.names, tree.kinds, strict=True)
            ],
            dtype=np.bool_,
        )
    if kind:
        layers &= np.array([k == kind for k in tree.kinds], dtype=np.bool_)
    running = np.concatenate([[0], np.cumsum(layers)])
    visible: Bools = running[tree.end] - running[:-1] > 0
    visible[0] = True
    return visible


def children(
    tree: LayerTree, visible: Bools, key: Floats | Ints | None = None, descending: bool = False
) -> list[Ints]:
    """For each node the visible children in order: by `key` (stable, unknown last), or as they are called."""
    nodes = np.flatnonzero(visible)
    nodes = nodes[nodes > 0]
    if key is not None:
        values = np.asarray(key, dtype=np.float64)[nodes]
        signed = -values if descending else values
        nodes = nodes[np.lexsort((nodes, np.where(np.isnan(signed), np.inf, signed)))]
    parents = tree.parent[nodes]
    grouped = nodes[np.argsort(parents, kind="stable")]
    starts = np.searchsorted(np.sort(parents), np.arange(len(tree) + 1))
    return [grouped[starts[i] : starts[i + 1]] for i in range(len(tree))]


def text_rank(texts: Sequence[str]) -> Ints:
    """Ranks in natural order, so that "layer10" comes after "layer9"; equal texts have equal ranks."""

    def parts(text: str) -> list[tuple[int, int, str]]:
        return [
            (0, int(piece), "") if piece.isdecimal() else (1, 0, piece.casefold())
            for piece in re.split(r"(\d+)", text)
            if piece
        ]

    distinct = sorted(set(texts), key=parts)
    rank = {text: index for index, text in enumerate(distinct)}
    return np.array([rank[text] for text in texts], dtype=np.int64)


def open_depth(tree: LayerTree, visible: Bools, most: int = 60) -> int:
    """How deep the tree can be opened with at most `most` rows in sight; at least the root's children."""
    levels = np.bincount(tree.depth[visible])
    fits = np.flatnonzero(np.cumsum(levels) <= most)
    return max(1, int(fits[-1]) if fits.size else 1)
