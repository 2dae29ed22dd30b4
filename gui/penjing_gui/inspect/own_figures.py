"""A person's own figures by layer, from files, as columns of a layer tree. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from penjing_gui.inspect.columns import OWN
from penjing_gui.inspect.layer_tree import Extra, LayerTree

if TYPE_CHECKING:
    from penjing.spec.overlay import Overlay

MOST = len(OWN)  # columns that can be shown


def titles(overlays: Sequence[Overlay]) -> list[str]:
    """The columns' titles; one that two files have is told apart by the file's name."""
    pairs = [(overlay.title, column) for overlay in overlays for column in overlay.columns]
    columns = [column for _, column in pairs]
    return [f"{column} ({file})" if columns.count(column) > 1 else column for file, column in pairs]


def with_figures(tree: LayerTree, overlays: Sequence[Overlay]) -> LayerTree:
    """The same tree with the figures of these files, as many columns as can be shown."""
    extra: list[Extra] = []
    figures = [overlay.values[column] for overlay in overlays for column in overlay.columns]
    for title, by_name in list(zip(titles(overlays), figures, strict=True))[:MOST]:
        values = np.full(len(tree), np.nan)
        for name, value in by_name.items():
            node = tree.find(name)
            if node >= 0:
                values[node] = value
        extra.append(Extra(title, values))
    return replace(tree, extra=tuple(extra))
