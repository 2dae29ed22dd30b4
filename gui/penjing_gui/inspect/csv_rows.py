"""Rows of the layer table as text, with exact numbers: for a spreadsheet, as CSV or as tab-separated values."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

import numpy as np

from penjing_gui.inspect.layer_model import LayerModel


def rows_of(model: LayerModel, unit: str, factor: int, nodes: Iterable[int]) -> list[list[str]]:
    """A header row and one row a node; a module's figures are the sums of what is in it."""
    macs = unit.lower()
    head = ["layer", "kind", "calls", "output_shape", "params", "params_share", macs, f"{macs}_share",
            "weight_bytes", "activation_bytes", "latency_ms"]  # fmt: skip
    tree = model.tree
    if tree is None:
        return [head]
    head += [one.title for one in tree.extra]
    shares = {cost: tree.share(cost) for cost in ("params", "macs")}

    def figure(node: int, cost: str, times: int = 1) -> str:
        value = float(tree.own[cost][node] if tree.leaf[node] else tree.sums[cost][node])
        return "" if np.isnan(value) else str(int(value) * times)

    def latency(node: int) -> str:
        value = float(tree.own["latency_ms"][node] if tree.leaf[node] else tree.sums["latency_ms"][node])
        return "" if np.isnan(value) or (not tree.leaf[node] and not value) else f"{value:.6g}"

    def one(node: int) -> list[str]:
        row = tree.rows[node]
        return [
            row.name if row is not None else tree.names[node],
            tree.kinds[node],
            str(row.calls) if row is not None else "",
            "x".join(map(str, row.output_shape or ())) if row is not None else "",
            figure(node, "params"),
            _plain(float(shares["params"][node])),
            figure(node, "macs", factor),
            _plain(float(shares["macs"][node])),
            figure(node, "weight_bytes"),
            figure(node, "activation_bytes"),
            latency(node),
            *(_plain(float(one.values[node])) for one in tree.extra),
        ]

    return [head, *(one(node) for node in nodes)]


def csv_rows(model: LayerModel, unit: str, factor: int) -> list[list[str]]:
    """The layers that pass the filter, in the order of the table."""
    return rows_of(model, unit, factor, model.shown_layers())


def text_of(rows: Iterable[Iterable[str]], separator: str = ",") -> str:
    """Rows as text, a line each."""
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=separator, lineterminator="\n").writerows(rows)
    return buffer.getvalue()


def _plain(share: float) -> str:
    return "" if np.isnan(share) else f"{share:.6g}"
