"""The layer tree and its item model: sums, sorting, filtering, figures, CSV."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from penjing.spec.costs import CostTable, Row, sum_totals
from penjing.spec.references import InputSpec
from penjing.whatif import blocks
from penjing_gui.inspect import columns, folding, layer_tree, maps, order, ranges, tiles
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
    assert found.layers == 16
    count, held = found.holders(0.5)
    assert count == 1 and held == pytest.approx(102_764_544 / 138_357_544, abs=1e-3)
    assert found.curve[-1] == pytest.approx(1.0)
    assert concentration(np.array([1.0, 1.0, 0.0, np.nan])).holders(0.5) == (1, 0.5)
    assert concentration(np.zeros(3)).holders(0.5) == (0, 0.0)
    assert concentration(np.zeros(3)).share(0.1) == (1, 0.0)


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**9)), min_size=1, max_size=40), st.floats(0.01, 1.0))
@settings(max_examples=60, deadline=None)
def test_concentration_agrees_with_the_core(costs: list[int | None], part: float) -> None:
    found = concentration(np.array([np.nan if cost is None else cost for cost in costs]))
    core = blocks.concentration(costs)
    assert tuple(found.order.tolist()) == core.order
    assert found.share(part)[1] == pytest.approx(core.share(part))
    assert found.holders(part)[0] == core.layers(part)


def in_turn(*kinds: str, times: int, start: int = 0) -> list[Row]:
    """Layers of these kinds in turn, in one Sequential."""
    return [
        Row(f"fc.{start + i}", kind, 5 * (kind == "Linear"), 0, 5 * (kind == "Linear"))
        for i, kind in enumerate(kinds * times)
    ]


def numbered(count: int, name: str = "block", **changes: int) -> list[Row]:
    """Blocks of two layers; `changes` gives one of them other parameters."""
    rows = []
    for i in range(count):
        params = changes.get(f"at{i}", 10)
        rows.append(Row(f"{name}.{i}.conv", "Conv2d", params, params, 100, 1, 40, 8, (4, 8, 8)))
        rows.append(Row(f"{name}.{i}.norm", "BatchNorm2d", 8, 8, 0, 1, 32, 8, (4, 8, 8)))
    return rows


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (numbered(12), [("block.0", 12)]),
        (numbered(5, at2=11), [("block.0", 2), ("block.3", 2)]),
        (numbered(2, at1=11), []),
        ([Row(f"fc.{i}", "Linear", 5, 5, 5) for i in range(4)], [("fc.0", 4)]),
        ([Row(f"fc.{i}", "Linear", 5, 5, 5) for i in range(3)], []),  # three layers are as quickly read
        (in_turn("Linear", "ReLU", times=4), [("fc.0", 4)]),
        (in_turn("ReLU", "Linear", "Dropout", times=5), [("fc.0", 5)]),
        (in_turn("Linear", "ReLU", times=3), []),
        ([Row("fc.0", "Linear", 9, 9, 9), *in_turn("ReLU", "Linear", times=4, start=1)], [("fc.1", 4)]),
        (
            [*in_turn("Linear", "ReLU", times=4), *in_turn("Linear", times=7, start=8)],
            [("fc.0", 4), ("fc.8", 7)],
        ),
        (
            [
                Row(f"{kind}{i}", kind, 5 * (kind == "Conv2d"), 0, 5)
                for i in range(4)
                for kind in ("Conv2d", "ReLU")
            ],
            [("Conv2d0", 4)],
        ),
        ([Row(f"a.{q}", "Linear", 5, 5, 5) for q in ("query", "key", "value", "out")], []),
        ([Row(f"a.{i}", "Linear", 5, 5, None if i == 3 else 5) for i in range(8)], [("a.4", 4)]),
        (
            [replace(row, name=f"s.{j}.{row.name}") for j in range(3) for row in numbered(2)],
            [("s.0", 3), ("s.0.block.0", 2), ("s.1.block.0", 2), ("s.2.block.0", 2)],
        ),
    ],
)
def test_identical_numbered_siblings_are_folded(rows: list[Row], expected: list[tuple[str, int]]) -> None:
    table = make_table(rows)
    tree = layer_tree.build(table)
    found = folding.folds(tree)
    assert [(tree.names[fold.first], fold.count) for fold in found] == expected
    core = {
        name: repeat
        for repeat in blocks.repeats(table)
        for name in repeat.names  # the core finds all runs, also those too short or not numbered
    }
    for fold in found:
        names = [tree.names[node] for node in (fold.first, *fold.rest)]
        assert set(names) <= set(core[names[0]].names)


def test_a_fold_shows_one_for_all_until_it_is_unfolded_or_searched(qtbot: QtBot) -> None:
    model = LayerModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.set_tree(layer_tree.build(make_table(numbered(12))))
    assert texts(model, "block") == ["0"]
    first = model.rows.tree.find("block.0") if model.rows.tree else -1
    fold = model.rows.fold(first)
    assert fold is not None and fold.count == 12
    assert len(model.shown_layers()) == 24  # what is folded is not left out of the CSV
    model.set_folded(first, False)
    assert texts(model, "block") == [str(i) for i in range(12)]
    model.set_folded(first, True)
    model.set_filter(Filter("7.conv"))
    assert texts(model, "block") == ["7"]
    model.set_filter(Filter())
    assert model.tree is not None
    model.reveal(model.tree.find("block.7.norm"))
    assert model.index_by_name("block.7.norm").isValid()


def test_layers_in_turn_are_folded_and_unfolded_as_blocks(qtbot: QtBot) -> None:
    """Either of the two that stand for all unfolds them; what has no cost may be hidden."""
    model = LayerModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.set_tree(layer_tree.build(make_table(in_turn("Linear", "ReLU", times=5))))
    assert model.rows.tree is not None
    assert texts(model, "fc") == ["0"]  # the ReLU has no cost
    model.set_filter(Filter(with_costless=True))
    assert texts(model, "fc") == ["0", "1"]
    second = model.rows.tree.find("fc.1")
    fold = model.rows.fold(second)
    assert fold is not None and (fold.count, fold.period) == (5, 2)
    tip = str(model.index_of(second, 0).data(Qt.ItemDataRole.ToolTipRole))
    assert "5 times 2 in turn, 0 to 9" in tip
    model.set_folded(second, False)
    assert texts(model, "fc") == [str(i) for i in range(10)]
    model.set_folded(second, True)
    model.reveal(model.rows.tree.find("fc.7"))
    assert model.index_by_name("fc.7").isValid()


def test_opening_and_closing_modules_says_which_rows_come_and_go(qtbot: QtBot) -> None:
    model = LayerModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.set_tree(layer_tree.build(make_table(ROWS)))
    tree = model.tree
    assert tree is not None
    kept = QPersistentModelIndex(model.index_by_name("head.9"))
    row = kept.row()
    with qtbot.waitSignal(model.rowsRemoved) as removed:
        model.set_open(tree.find("features"), False)
    assert (removed.args[1], removed.args[2]) == (2, 3)  # below the totals and the module
    assert kept.row() == row - 2 and kept.data() == "9"
    with qtbot.waitSignal(model.rowsInserted):
        model.set_open(tree.find("features"), True)
    assert kept.row() == row and kept.data() == "9"


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_the_arrangement_is_that_of_a_plain_sort_within_modules(data: st.DataObject) -> None:
    names = data.draw(
        st.lists(st.tuples(*[st.integers(0, 2)] * 3), min_size=1, max_size=20, unique=True).map(sorted)
    )
    rows = [Row(".".join(map(str, name)), "Linear", data.draw(st.integers(0, 3))) for name in names]
    tree = layer_tree.build(make_table(rows))
    descending = data.draw(st.booleans())
    key = np.where(tree.leaf, tree.own["params"], tree.sums["params"])

    def walk(node: int) -> list[int]:
        below = sorted(tree.children(node).tolist(), key=lambda one: -key[one] if descending else key[one])
        return [node, *(found for one in below for found in walk(one))]

    shown = np.ones(len(tree), dtype=np.bool_)
    assert order.arranged(tree, shown, key, descending).tolist() == walk(0)


def test_a_module_that_is_called_again_later_keeps_its_layers_together() -> None:
    rows = [Row("a.0", "Linear", 1), Row("b.0", "Linear", 2), Row("a.1", "Linear", 4)]
    tree = layer_tree.build(make_table(rows))
    assert list(tree.names) == ["", "a", "a.0", "a.1", "b", "b.0"]
    assert tree.end.tolist() == [6, 4, 3, 4, 6, 6] and tree.depth.tolist() == [0, 1, 2, 2, 1, 2]
    assert tree.sums["params"].tolist() == [7, 5, 1, 4, 2, 2]


def test_a_range_filters_by_the_columns_own_figures(model: LayerModel) -> None:
    assert model.tree is not None

    def found(cost: columns.Key, low: float | None, high: float | None) -> list[str]:
        model.set_filter(Filter(cost=cost, low=low, high=high))
        assert model.tree is not None
        return [model.tree.names[node] for node in model.shown_layers()]

    assert found("params", 900, None) == ["features.2", "head.10"]
    assert found("params", None, 100) == ["features.0", "pool", "head.9"]
    assert found("macs", 6000, 10_000) == ["features.0", "features.2"]  # FLOPs are shown: 10,000 and 6,000
    model.set_unit(1, "MACs")
    assert found("macs", 6000, 10_000) == []
    assert found("params_share", 0.3, 0.5) == ["features.2"]
    assert found("ratio", 10, None) == ["features.0"]
    assert found("latency_ms", 0, None) == []  # nothing is measured


@pytest.mark.parametrize(
    ("text", "scale", "expected"),
    [("1.5 M", 1e3, 1.5e6), ("2,000", 1, 2000), ("2", 1e6, 2e6), ("40 %", 0.01, 0.4), ("3 kB", 1e6, 3000),
     ("12 ms", 1, 12), (" ", 1, None), ("−1", 1, -1), ("1e3", 1, 1000)],
)  # fmt: skip
def test_figures_as_they_are_typed(text: str, scale: float, expected: float | None) -> None:
    assert ranges.figure(text, scale) == expected


@pytest.mark.parametrize("text", ["many", "1 2", "1..2", "5 x"])
def test_what_is_no_figure_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        ranges.figure(text)


def test_one_list_sorts_over_the_whole_model(model: LayerModel) -> None:
    model.set_flat(True)
    model.sort(columns.KEYS.index("params"), Qt.SortOrder.DescendingOrder)
    assert [model.index(row, 0).data() for row in range(model.rowCount())] == [
        "net", "head.10", "features.2", "features.0", "pool", "head.9",
    ]  # fmt: skip
    model.sort(0, Qt.SortOrder.AscendingOrder)
    assert [model.index(row, 0).data() for row in range(1, 4)] == ["features.0", "features.2", "head.9"]


def test_maps_share_the_layers_and_name_the_most_expensive() -> None:
    tree = layer_tree.build(make_table(ROWS))
    unit = maps.Unit("FLOPs", 2)
    heat = maps.heat_data(tree, unit)
    assert heat.names == ("features.0", "features.2", "pool", "head.10", "head.9")
    assert heat.labels == ("0", "2", "pool", "10", "9")
    assert heat.groups == ("features", "features", "", "head", "head")
    np.testing.assert_allclose(heat.shares[0], np.array([100, 900, 0, 2000, 0]) / 3000)
    assert np.isnan(heat.shares[1, -1]) and heat.missing[3] and not heat.missing[1]
    assert maps.heat_data(tree, unit, "largest").shares[1, 0] == 1.0
    assert maps.finding(tree, unit).startswith("Parameters: most in head.10, 66.7 %.")
    map_data = tiles.tree_map_data(tree, unit, "params", "macs")
    assert map_data.names == ("features.0", "features.2", "head.10")
    assert map_data.lines(0) == ["100 params · 3.3 %", "10.00 kFLOPs · 50.00 %"]


def test_figures_as_they_are_stand_on_one_scale() -> None:
    tree = layer_tree.build(make_table(ROWS))
    data = maps.heat_data(tree, maps.Unit("FLOPs", 2), "absolute")
    np.testing.assert_allclose(data.shares[0] * 10_000, [100, 900, 0, 2000, 0])  # 10,000 FLOPs is the largest
    np.testing.assert_allclose(data.shares[1, :2], [1.0, 0.6])
    assert data.least == pytest.approx(4 / 10_000)
    assert [text for _, text in data.ticks[0]] == ["4", "10k", "1k", "100"]
    assert data.text(0.09, 0) == "900"


def test_the_tree_map_opens_what_is_large_and_pools_what_is_small() -> None:
    rows = [Row(f"big.{i}", "Linear", 1000 - i, 1, 5) for i in range(400)]
    rows += [Row(f"wide.{i // 10}.{i % 10}", "Linear", 1, 1, 7) for i in range(20_000)]
    tree = layer_tree.build(make_table(rows))
    data = tiles.tree_map_data(tree, maps.Unit("MACs", 1), "params", "macs")
    assert len(data.names) <= tiles.MOST_TILES + 2
    assert data.areas.sum() == pytest.approx(tree.sums["params"][0])
    assert np.nansum(data.shares) == pytest.approx(1.0)
    assert "100 smaller ones" in data.labels
    place = data.tile("wide.1999.9")  # in a module that is one tile, or in a pool
    assert place >= 0 and "big" not in data.names[place]
    assert data.names[data.tile("big.3")] == "big.3"
    base = tiles.inward(tree, 0, "wide.3.4")
    assert tree.names[base] == "wide" and tiles.inward(tree, base, "wide.3.4") == tree.find("wide.3")
    assert tiles.inward(tree, tree.find("wide.3"), "wide.3.4") == tree.find("wide.3")
    inner = tiles.tree_map_data(tree, maps.Unit("MACs", 1), "params", "macs", tree.find("wide.3"))
    assert inner.names == tuple(f"wide.3.{i}" for i in range(10)) and set(inner.groups) == {0}
    assert [tree.labels[node] for node in tiles.path_to(tree, tree.find("wide.3"))] == ["net", "wide", "3"]


def test_a_hundred_thousand_layers_sort_and_filter_quickly(qtbot: QtBot) -> None:
    rows = [Row(f"b{i // 100}.{i}", "Linear", i, i, i * 7 % 1000, 1, 4 * i, 4) for i in range(100_000)]
    model = LayerModel()
    model.set_tree(layer_tree.build(make_table(rows)))
    start = time.perf_counter()
    model.sort(columns.KEYS.index("macs"), Qt.SortOrder.DescendingOrder)
    model.set_filter(Filter("99", "Linear"))
    assert time.perf_counter() - start < 30
    assert model.counts()[0] == sum("99" in row.name for row in rows)
