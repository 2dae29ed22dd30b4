"""Cost tables made by hand, of a few layers, of hundreds, and of blocks alike."""

from __future__ import annotations

from itertools import pairwise

from inspect_examples import conv
from penjing.spec.costs import CostTable, Row, sum_totals
from penjing.spec.references import InputSpec


def small() -> CostTable:
    """Two convolutions and a linear layer, with layers between them that cost nothing."""
    rows = [
        conv("features.0", 3, 16, 16),
        _relu("features.1", 16, 16),
        Row("features.2", "MaxPool2d", activation_bytes=4 * 16 * 64, output_shape=(16, 8, 8)),
        conv("features.3", 16, 32, 8),
        _relu("features.4", 32, 8),
        Row("head", "Linear", 204_900, 204_900, 204_800, 1, 819_600, 400, (100,), 2048, 100, 1),
    ]
    return _table(rows, {"": "Small", "features": "Sequential"})


def deep(count: int = 400) -> CostTable:
    """Stages of fifty convolutions each."""
    rows = [conv(f"stages.{i // 50}.{i % 50}", 8, 8 + i % 16, 8) for i in range(count)]
    modules = {
        "": "Deep",
        "stages": "ModuleList",
        **{f"stages.{i}": "Sequential" for i in range(count // 50)},
    }
    return _table(rows, modules)


def twelve() -> CostTable:
    """Twelve blocks alike and a head."""
    rows = []
    for i in range(12):
        rows.append(conv(f"blocks.{i}.conv", 8, 8, 8))
        rows.append(Row(f"blocks.{i}.norm", "BatchNorm2d", 16, 16, 0, 1, 64, 2048, (8, 8, 8)))
    rows.append(Row("head", "Linear", 5130, 5130, 5120, 1, 20_520, 40, (10,), 512, 10, 1))
    modules = {"": "Twelve", "blocks": "Sequential", **{f"blocks.{i}": "Block" for i in range(12)}}
    return _table(rows, modules)


def _relu(name: str, channels: int, side: int) -> Row:
    return Row(name, "ReLU", activation_bytes=4 * channels * side**2, output_shape=(channels, side, side))


def _table(rows: list[Row], modules: dict[str, str]) -> CostTable:
    totals = sum_totals(rows, max(row.activation_bytes for row in rows))
    pairs = tuple(pairwise(row.name for row in rows))
    return CostTable(
        "torchvision:small", "torchvision", (InputSpec((3, 16, 16)),), tuple(rows), totals, modules, pairs
    )
