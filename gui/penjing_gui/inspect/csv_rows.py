"""The layer table as rows of CSV, with exact numbers."""

from __future__ import annotations

import math

from penjing_gui.inspect.layer_model import LayerModel


def csv_rows(model: LayerModel, unit: str, factor: int) -> list[list[str]]:
    """The layers shown, in the order shown, with exact numbers: a header row and one row a layer."""
    macs = unit.lower()
    head = ["layer", "kind", "calls", "output_shape", "params", "params_share", macs, f"{macs}_share",
            "weight_bytes", "activation_bytes", "latency_ms"]  # fmt: skip
    tree = model.tree
    if tree is None:
        return [head]
    shares = {cost: tree.share(cost) for cost in ("params", "macs")}

    def one(node: int) -> list[str]:
        row = tree.rows[node]
        assert row is not None
        return [
            row.name,
            row.kind,
            str(row.calls),
            "x".join(map(str, row.output_shape or ())),
            str(row.params),
            _plain(float(shares["params"][node])),
            "" if row.macs is None else str(row.macs * factor),
            _plain(float(shares["macs"][node])),
            str(row.weight_bytes),
            str(row.activation_bytes),
            "" if row.latency_ms is None else f"{row.latency_ms:.6g}",
        ]

    return [head, *(one(node) for node in model.shown_layers())]


def _plain(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.6g}"
