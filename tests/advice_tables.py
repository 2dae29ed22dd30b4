"""Cost tables made by hand for the tests of advice."""

from __future__ import annotations

from penjing.spec.costs import CostTable, Row, sum_totals
from penjing.spec.groups import CoupledGroup, Member
from penjing.spec.references import InputSpec


def one_layer(
    params: int, macs: int, side: int = 224, peak: int = 4_000_000, dtype: str = "float32"
) -> CostTable:
    """A table of one convolution with the given params and MACs at a square input."""
    rows = (
        Row(
            "conv", "Conv2d", params=params, trainable_params=params, macs=macs, weight_bytes=4 * params,
            activation_bytes=peak, output_shape=(64, side, side), in_channels=64, out_channels=64, groups=1,
        ),
    )  # fmt: skip
    return CostTable("m", "torchvision", (InputSpec((3, side, side), dtype),), rows, sum_totals(rows, peak))


def chain(width: int = 64, scale: int = 1) -> tuple[CostTable, tuple[CoupledGroup, ...]]:
    """Three 3×3 convolutions and a classifier; the first two convolutions' channels can be removed.

    `scale` multiplies the maps' area, and with it MACs and activations.
    """
    area = 256 * scale
    sizes = [("a", 3, width), ("b", width, width), ("c", width, 10)]
    rows = tuple(
        Row(
            name, "Conv2d", params=9 * ins * outs, trainable_params=9 * ins * outs,
            macs=9 * ins * outs * area, weight_bytes=36 * ins * outs, activation_bytes=4 * outs * area,
            output_shape=(outs, 16, 16 * scale), in_channels=ins, out_channels=outs, groups=1,
        )
        for name, ins, outs in sizes
    )  # fmt: skip
    groups = (
        CoupledGroup("a", width, (Member("a", "out"), Member("b", "in"))),
        CoupledGroup("b", width, (Member("b", "out"), Member("c", "in"))),
        CoupledGroup("c", 10, (Member("c", "out"),), prunable=False, reason="pruning.output"),
    )
    table = CostTable(
        "chain", "sample", (InputSpec((3, 16, 16 * scale)),), rows, sum_totals(rows, 8 * width * area),
        edges=(("a", "b"), ("b", "c")),
    )  # fmt: skip
    return table, groups
