"""The layer tree and its item model: sums, sorting, filtering, figures, CSV."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from penjing.spec.costs import CostTable, Row, sum_totals
from penjing.spec.references import InputSpec
from penjing_gui.inspect import columns, layer_tree, maps, order
from penjing_gui.inspect.csv_rows import csv_rows
from penjing_gui.inspect.layer_model import LayerModel
from penjing_gui.inspect.layer_rows import Filter
from penjing_gui.widgets.concentration import concentration
from penjing_gui.widgets.heat_delegate import HEAT_ROLE


def make_table(
    rows: Sequence[Row], modules: dict[str, str] | None = None, model: str = "sample:net"
) -> CostTable:
    return CostTable(
        model, "sample", (InputSpec((3, 8, 8)),), tuple(rows), sum_totals(rows, 10), modules or {}
    )


ROWS = (
    Row("features.0", "Conv2d", 100, 100, 5_000, 1, 400, 800, (4, 8, 8)),
    Row("features.1", "ReLU", output_shape=(4, 8, 8)),
    Row("features.2", "Conv2d", 900, 900, 3_000, 1, 3600, 200, (16, 4, 4)),
    Row("pool", "MaxPool2d", activation_bytes=64, output_shape=(16, 2, 2)),
    Row("head.10", "Linear", 2_000, 2_000, 2_000, 1, 8000, 40, (10,)),
    Row("head.9", "Odd", 0, 0, None, 1, 0, 4, None),
)


@pytest.fixture
def model(qtbot: QtBot) -> LayerModel:
    model = LayerModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.set_tree(layer_tree.build(make_table(ROWS, {"": "Net", "features": "Sequential", "head": "Head"})))
    return model


def texts(model: LayerModel, name: str = "") -> list[str]:
    """The labels of the rows right below a module, from top to bottom."""
    tree = model.tree
    assert tree is not None
    return [tree.labels[node] for node in model.rows.nodes if tree.parent[node] == tree.find(name)]


def test_containers_carry_the_sums_of_what_is_below() -> None:
    tree = layer_tree.build(make_table(ROWS))
    features = tree.find("features")
    assert tree.sums["params"][features] == 1000
    assert tree.sums["macs"][features] == 8000
    assert tree.sums["params"][0] == sum(row.params for row in ROWS)
    assert tree.unknown[0] == 1 and tree.unknown[features] == 0
    assert tree.labels[0] == "net"
    assert [tree.labels[i] for i in np.flatnonzero(tree.parent == 0)] == ["features", "pool", "head"]


def test_rows_outside_leaves_and_a_root_that_is_a_layer() -> None:
    tree = layer_tree.build(make_table([Row("block.(self)", "Block", 0, 0, 7), Row("", "Linear", 3, 3, 3)]))
    assert tree.names[tree.find("block.(self)")] == "block.(self)"
    assert tree.sums["macs"][tree.find("block")] == 7
    assert tree.sums["params"][0] == 3


def test_the_root_row_holds_the_totals_in_the_columns_unit(model: LayerModel) -> None:
    root = model.index(0, 0)
    assert root.data() == "net"
    shown = {key: model.index(0, i).data() for i, key in enumerate(columns.KEYS)}
    assert (shown["kind"], shown["params"], shown["params_share"]) == ("Net", "3.000", "100.00")
    assert (shown["macs"], model.unit(columns.KEYS.index("macs"))) == ("20.000", "k")
    model.set_unit(1, "MACs")
    assert model.index(0, columns.KEYS.index("macs")).data() == "10.000"
    assert model.headerData(columns.KEYS.index("macs"), Qt.Orientation.Horizontal).startswith("MACs\n")


def test_costless_layers_hide_and_unknown_ones_do_not(model: LayerModel) -> None:
    assert model.counts() == (5, 6, 1)
    model.set_filter(Filter(with_costless=True))
    assert model.counts()[0] == 6
    assert texts(model, "features") == ["0", "1", "2"]
    odd = model.index_by_name("head.9")
    assert odd.siblingAtColumn(columns.KEYS.index("macs")).data() == "?"


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("LINEAR", "", ["head.10"]),
        ("features", "", ["features.0", "features.2"]),
        ("", "Conv2d", ["features.0", "features.2"]),
        (".2", "Conv2d", ["features.2"]),
        ("nothing like it", "", []),
    ],
)
def test_filtering_by_name_and_kind(model: LayerModel, text: str, kind: str, expected: list[str]) -> None:
    model.set_filter(Filter(text, kind))
    assert model.tree is not None
    assert [model.tree.names[node] for node in model.shown_layers()] == expected
    assert model.index(0, 0).data() == "net"  # the totals stay


def test_sorting_keeps_siblings_together_and_the_selection(model: LayerModel) -> None:
    kept = QPersistentModelIndex(model.index_by_name("head.10"))
    model.sort(columns.KEYS.index("params"), Qt.SortOrder.DescendingOrder)
    assert texts(model) == ["head", "features", "pool"]
    assert texts(model, "features") == ["2", "0"]
    assert kept.isValid() and kept.data() == "10"
    model.sort(columns.KEYS.index("macs"), Qt.SortOrder.AscendingOrder)
    assert texts(model, "head") == ["10", "9"]  # unknown comes last either way
    model.sort(0, Qt.SortOrder.AscendingOrder)
    assert texts(model, "head") == ["9", "10"]
    model.sort(-1)
    assert texts(model) == ["features", "pool", "head"]
    assert texts(model, "head") == ["10", "9"]


def test_heat_is_for_layers_only_and_zero_is_a_dash(model: LayerModel) -> None:
    params = columns.KEYS.index("params")
    assert model.index(0, params).data(HEAT_ROLE) is None
    linear = model.index_by_name("head.10").siblingAtColumn(params)
    assert linear.data(HEAT_ROLE) == pytest.approx(2 / 3)
    pool = model.index_by_name("pool").siblingAtColumn(params)
    assert (pool.data(HEAT_ROLE), pool.data()) == (0, "–")
    assert "2,000" in linear.data(Qt.ItemDataRole.ToolTipRole)


def test_csv_has_exact_numbers_of_the_rows_shown(model: LayerModel) -> None:
    model.set_filter(Filter(kind="Conv2d"))
    model.sort(columns.KEYS.index("macs"), Qt.SortOrder.AscendingOrder)
    rows = csv_rows(model, "FLOPs", 2)
    assert rows[0][:5] == ["layer", "kind", "calls", "output_shape", "params"] and "flops" in rows[0]
    assert [row[0] for row in rows[1:]] == ["features.2", "features.0"]
    assert rows[1][rows[0].index("flops")] == "6000"
    assert csv_rows(model, "MACs", 1)[1][6] == "3000"


def test_natural_order_of_names() -> None:
    rank = order.text_rank(["layer10", "layer9", "a", "Layer9"])
    assert rank[2] < rank[1] < rank[0]


def test_concentration_says_who_holds_at_least_half() -> None:
    dense, wide = [102_764_544, 16_781_312, 4_097_000], [2_359_808] * 5
    rest = [1_180_160, 590_080, 590_080, 295_168, 147_584, 73_856, 36_928, 1_792]
    vgg = np.array([*dense, *wide, *rest], dtype=np.float64)
    found = concentration(vgg)
    assert (found.holders, found.layers) == (1, 16)
    assert found.held == pytest.approx(102_764_544 / 138_357_544, abs=1e-3)
    assert found.curve[-1] == pytest.approx(1.0)
    assert concentration(np.array([1.0, 1.0, 0.0, np.nan])).holders == 1
    assert concentration(np.zeros(3)).layers == 0


def test_maps_share_the_layers_and_name_the_most_expensive() -> None:
    tree = layer_tree.build(make_table(ROWS))
    unit = maps.Unit("FLOPs", 2)
    heat = maps.heat_data(tree, unit, of_largest=False)
    assert heat.names == ("features.0", "features.2", "pool", "head.10", "head.9")
    assert heat.labels == ("0", "2", "pool", "10", "9")
    assert heat.groups == ("features", "features", "", "head", "head")
    np.testing.assert_allclose(heat.shares[0], np.array([100, 900, 0, 2000, 0]) / 3000)
    assert np.isnan(heat.shares[1, -1]) and heat.missing[3] and not heat.missing[1]
    assert maps.heat_data(tree, unit, of_largest=True).shares[1, 0] == 1.0
    assert maps.finding(tree, unit).startswith("Parameters: most in head.10, 66.7 %.")
    tiles = maps.tree_map_data(tree, unit, "params", "macs")
    assert tiles.names == ("features.0", "features.2", "head.10")
    assert tiles.lines(0) == ["100 params · 3.3 %", "10.00 kFLOPs · 50.00 %"]


def test_a_hundred_thousand_layers_sort_and_filter_quickly(qtbot: QtBot) -> None:
    rows = [Row(f"b{i // 100}.{i}", "Linear", i, i, i * 7 % 1000, 1, 4 * i, 4) for i in range(100_000)]
    model = LayerModel()
    model.set_tree(layer_tree.build(make_table(rows)))
    start = time.perf_counter()
    model.sort(columns.KEYS.index("macs"), Qt.SortOrder.DescendingOrder)
    model.set_filter(Filter("99", "Linear"))
    assert time.perf_counter() - start < 1.0
    assert model.counts()[0] == sum("99" in row.name for row in rows)
