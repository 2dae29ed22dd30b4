"""What-if arithmetic: identities, bounds and order, on tables made by hand. No torch."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from penjing.spec.costs import CostTable, Row, sum_totals
from penjing.spec.groups import CoupledGroup, Member
from penjing.spec.messages import Failure
from penjing.spec.references import InputSpec
from penjing.whatif import allocate, predict
from penjing.whatif.allocate import channels_kept


def conv(name: str, ins: int, outs: int, size: int, kernel: int, bias: bool) -> Row:
    params = outs * (ins * kernel * kernel + bias)
    return Row(
        name=name,
        kind="Conv2d",
        params=params,
        trainable_params=params,
        macs=outs * ins * kernel * kernel * size * size,
        weight_bytes=4 * params,
        activation_bytes=4 * outs * size * size,
        output_shape=(outs, size, size),
        in_channels=ins,
        out_channels=outs,
        groups=1,
    )


def passing(name: str, kind: str, channels: int, size: int, params: int = 0) -> Row:
    factors = channels if params else None
    return Row(
        name=name,
        kind=kind,
        params=params,
        trainable_params=params,
        weight_bytes=4 * params,
        activation_bytes=4 * channels * size * size,
        output_shape=(channels, size, size),
        in_channels=factors,
        out_channels=factors,
    )


def chain(widths: list[int], kernel: int, bias: bool, size: int = 4) -> tuple[CostTable, list[CoupledGroup]]:
    """conv-norm-relu blocks of these widths, then a head of 10 outputs."""
    rows: list[Row] = []
    groups: list[CoupledGroup] = []
    ins = 3
    for number, width in enumerate([*widths, 10]):
        rows.append(conv(f"c{number}", ins, width, size, kernel, bias))
        if number < len(widths):
            rows.append(passing(f"n{number}", "BatchNorm2d", width, size, 2 * width))
            rows.append(passing(f"r{number}", "ReLU", width, size))
            members = (
                Member(f"c{number}", "out"),
                Member(f"n{number}", "out"),
                Member(f"c{number + 1}", "in"),
            )
            groups.append(CoupledGroup(f"c{number}", width, members))
        ins = width
    head = f"c{len(widths)}"
    groups.append(CoupledGroup(head, 10, (Member(head, "out"),), False, "pruning.reason_output"))
    edges = tuple((a.name, b.name) for a, b in itertools.pairwise(rows))
    table = CostTable("m", "f", (InputSpec((3, size, size)),), tuple(rows), sum_totals(rows, 100), {}, edges)
    return table, groups


NETS = st.builds(
    chain, st.lists(st.integers(1, 70), min_size=1, max_size=5), st.integers(1, 4), st.booleans()
)
ROUND = st.sampled_from([1, 2, 4, 8, 16])
RATIO = st.floats(0, 1)
SMALL = st.builds(
    chain, st.lists(st.integers(1, 12), min_size=1, max_size=3), st.integers(1, 3), st.booleans()
)
quick = settings(deadline=None, max_examples=60)


def rebuilt(table: CostTable, kept: dict[str, int]) -> CostTable:
    """The same chain built from the start at the kept widths."""
    rows = [row for row in table.rows if row.kind == "Conv2d"]
    first = rows[0]
    assert first.output_shape and first.macs
    kernel = round(
        (first.macs / (first.params and first.output_shape[1] ** 2) / 3 / rows[0].out_channels) ** 0.5
    )
    bias = first.params != (first.out_channels or 0) * 3 * kernel * kernel
    return chain([kept[row.name] for row in rows[:-1]], kernel, bias)[0]


@quick
@given(NETS, RATIO, ROUND)
def test_prediction_equals_the_narrow_net_built_directly(
    net: tuple[CostTable, list[CoupledGroup]], ratio: float, round_to: int
) -> None:
    table, groups = net
    kept = allocate(table, groups, "ratio", ratio, round_to)
    predicted, direct = predict(table, groups, kept), rebuilt(table, kept)
    assert predicted.rows == direct.rows
    assert predicted.totals.macs == sum(row.macs or 0 for row in direct.rows)


@quick
@given(NETS, ROUND)
def test_ratio_0_is_the_identity(net: tuple[CostTable, list[CoupledGroup]], round_to: int) -> None:
    table, groups = net
    kept = allocate(table, groups, "ratio", 0.0, round_to)
    assert kept == {group.id: group.channels for group in groups if group.prunable}
    assert predict(table, groups, kept) == table


@quick
@given(NETS, RATIO, RATIO, ROUND)
def test_more_removed_never_costs_more(
    net: tuple[CostTable, list[CoupledGroup]], one: float, other: float, round_to: int
) -> None:
    table, groups = net
    low, high = sorted((one, other))
    less = predict(table, groups, allocate(table, groups, "ratio", low, round_to)).totals
    more = predict(table, groups, allocate(table, groups, "ratio", high, round_to)).totals
    assert 0 < more.params <= less.params <= table.totals.params
    assert 0 < more.macs <= less.macs <= table.totals.macs
    assert more.activation_bytes <= less.activation_bytes
    assert more.peak_activation_bytes <= less.peak_activation_bytes


@quick
@given(st.integers(1, 3000), RATIO, ROUND)
def test_channels_kept_is_bounded_and_a_multiple(channels: int, ratio: float, round_to: int) -> None:
    kept = channels_kept(channels, ratio, round_to)
    assert min(channels, round_to) <= kept <= channels
    assert kept == channels or kept % round_to == 0
    assert kept >= min(channels, round(channels * (1 - ratio) - 0.5))


@quick
@given(SMALL, st.sampled_from(["macs", "params"]), st.floats(0.01, 0.99), ROUND)
def test_a_budget_is_met_by_the_largest_uniform_ratio_that_does(
    net: tuple[CostTable, list[CoupledGroup]], target: str, share: float, round_to: int
) -> None:
    table, groups = net
    whole = getattr(table.totals, target)
    try:
        kept = allocate(table, groups, target, share, round_to)
    except Failure as failure:
        assert failure.exit_code == 2
        least = getattr(
            predict(table, groups, allocate(table, groups, "ratio", 1.0, round_to)).totals, target
        )
        assert least > share * whole
        assert failure.message.params["least"] == pytest.approx(least / whole)
        assert failure.message.params["over"] >= least - share * whole > 0
        return
    met = getattr(predict(table, groups, kept).totals, target)
    assert met <= share * whole
    # No other uniform ratio comes closer: tried at every ratio where some count changes.
    tried = {
        (group.channels - k + d) / group.channels
        for group in groups
        for k in range(group.channels + 1)
        for d in (-0.5, 0.5)
    }
    for ratio in tried:
        if 0 <= ratio <= 1:
            for near in (ratio - 1e-9, ratio + 1e-9):
                cost = getattr(
                    predict(
                        table, groups, allocate(table, groups, "ratio", min(max(near, 0), 1), round_to)
                    ).totals,
                    target,
                )
                assert not met < cost <= share * whole


def test_bytes_is_a_number_of_weight_bytes() -> None:
    table, groups = chain([32, 64], 3, True)
    kept = allocate(table, groups, "bytes", table.totals.weight_bytes // 2)
    bytes_ = predict(table, groups, kept).totals.weight_bytes
    assert table.totals.weight_bytes // 3 < bytes_ <= table.totals.weight_bytes // 2


def test_half_of_the_channels_by_hand() -> None:
    table, groups = chain([32], 3, False)
    after = predict(table, groups, allocate(table, groups, "ratio", 0.5))
    assert [(row.params, row.macs) for row in after.rows] == [
        (16 * 27, 16 * 27 * 16),
        (32, 0),
        (0, 0),
        (10 * 16 * 9, 10 * 16 * 9 * 16),
    ]
    assert after.rows[2].output_shape == (16, 4, 4)
    assert after.rows[2].activation_bytes == 4 * 16 * 16


def test_depthwise_shrinks_once_and_flatten_takes_its_positions() -> None:
    rows = (
        conv("c", 3, 8, 2, 1, False),
        Row("d", "Conv2d", 80, 80, 8 * 9 * 4, 1, 320, 128, (8, 2, 2), 8, 8, 8),
        Row("f", "Flatten", output_shape=(32,), activation_bytes=128),
        Row("l", "Linear", 33 * 5, 33 * 5, 32 * 5, 1, 660, 20, (5,), 32, 5, 1),
    )
    members = (Member("c", "out"), Member("d", "out"), Member("d", "in"), Member("l", "in", 4))
    groups = [CoupledGroup("c", 8, members)]
    edges = (("c", "d"), ("d", "f"), ("f", "l"))
    table = CostTable("m", "f", (), rows, sum_totals(rows, 256), {}, edges)
    after = {row.name: row for row in predict(table, groups, {"c": 2})}
    assert (after["d"].params, after["d"].macs, after["d"].groups) == (20, 2 * 9 * 4, 2)
    assert after["f"].output_shape == (8,) and after["f"].activation_bytes == 32
    assert (after["l"].params, after["l"].macs, after["l"].in_channels) == (9 * 5, 8 * 5, 8)


def test_overrides_hold_whatever_the_target() -> None:
    table, groups = chain([32, 32, 32], 3, False)
    kept = allocate(table, groups, "macs", 0.4, layers={"c1": 0.0, "n2": 0.75})
    assert kept["c1"] == 32 and kept["c2"] == 8
    assert predict(table, groups, kept).totals.macs <= 0.4 * table.totals.macs


@pytest.mark.parametrize(
    ("target", "value", "layers", "code", "says"),
    [
        ("latency_ms", 3.0, {}, "target_unsupported", ("target", "latency_ms")),
        ("macs", 1e-6, {}, "out_of_reach", ("budget", "macs")),
        ("ratio", 0.5, {"cc1": 0.1}, "layer_unknown", ("close", "c1")),
        ("ratio", 0.5, {"c3": 0.1}, "layer_not_prunable", ("layer", "c3")),
        ("ratio", 0.5, {"c1": 0.1, "n1": 0.2}, "layers_disagree", ("other", "c1")),
    ],
)
def test_what_cannot_be_planned_is_refused(
    target: str, value: float, layers: dict[str, float], code: str, says: tuple[str, str]
) -> None:
    table, groups = chain([32, 32, 32], 3, False)
    with pytest.raises(Failure) as failure:
        allocate(table, groups, target, value, layers=layers)
    assert failure.value.exit_code == 2
    assert failure.value.message.code == f"whatif.{code}"
    assert says[1] in str(failure.value.message.params[says[0]])


def test_locking_what_is_locked_is_allowed() -> None:
    table, groups = chain([8], 1, False)
    assert allocate(table, groups, "ratio", 0.5, layers={"c1": 0.0}) == {"c0": 4}
