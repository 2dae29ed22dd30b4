"""What every layer will cost once channels are gone, without removing them.

Params, MACs and weight bytes are exact for layers whose cost is a product of their channels (convolutions,
linear layers) or proportional to them (norms): a test holds them against the real thing. Shapes and
activation bytes follow the channels along the table's edges. Activation bytes
of a module that is called several times are scaled as its last call's. Peak activations are an estimate: the
model's own peak, scaled as the heaviest neighbouring pair of layers is; those of training are scaled as all
activations are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from penjing.spec.costs import SELF, CostTable, Row, sum_totals
from penjing.spec.groups import CoupledGroup

Flow = tuple[int, int]  # output channels before and after


@dataclass(slots=True)
class Removed:
    """How many input and output indices of one layer go."""

    inputs: int = 0
    outputs: int = 0


def removed_by_layer(groups: Iterable[CoupledGroup], kept: Mapping[str, int]) -> dict[str, Removed]:
    """The indices that go from each layer when `kept[group id]` channels stay; groups not named stay
    whole."""
    removed: dict[str, Removed] = {}
    for group in groups:
        count = group.channels - kept.get(group.id, group.channels)
        if count <= 0:
            continue
        for member in group.members:
            layer = removed.setdefault(member.layer, Removed())
            if member.side == "in":
                layer.inputs += count * member.per_channel
            else:
                layer.outputs += count * member.per_channel
    return removed


def predict(table: CostTable, groups: Sequence[CoupledGroup], kept: Mapping[str, int]) -> CostTable:
    """The cost table after pruning: `kept[group id]` channels stay in each group; groups not named stay
    whole.

    Latencies are dropped: they cannot be predicted from counts.
    """
    removed = removed_by_layer(groups, kept)
    if not removed:
        return table
    narrowed = [narrow(row, removed[row.name]) if row.name in removed else row for row in table.rows]
    flows = _flows(table, narrowed)
    rows = [
        replace(_reshaped(row, new, flows[row.name]) if row.name in flows else new, latency_ms=None)
        for row, new in zip(table.rows, narrowed, strict=True)
    ]
    return replace(
        table, rows=tuple(rows), totals=sum_totals(rows, _peak(table, rows), _training(table, rows))
    )


def _flows(table: CostTable, narrowed: Sequence[Row]) -> dict[str, Flow]:
    """Output channels before and after, by row name, where they are known."""
    producers: dict[str, list[str]] = {}
    for source, target in table.edges:
        producers.setdefault(target, []).append(source)
    flows: dict[str, Flow] = {}
    without: list[Row] = []
    for row, new in zip(table.rows, narrowed, strict=True):
        own = _own_flow(row, new)
        if own is not None:
            flows[row.name] = own
        else:
            without.append(row)
    for _ in range(2):  # a module that is called again reads from rows that come after its own
        for row in without:
            read = [flows[name] for name in producers.get(row.name, ()) if name in flows]
            flow = _inherited(row, read)
            if flow is not None:
                flows[row.name] = flow
    return flows


def narrow(row: Row, removed: Removed) -> Row:
    """The row with its params, MACs, weight bytes and channel factors after removal; its shape is not
    touched."""
    if is_norm(row) or is_depthwise(row):
        before = _width(row)
        after = before - max(removed.inputs, removed.outputs)
        params = row.params * after // before if before else row.params
        macs = None if row.macs is None else row.macs * after // before if before else row.macs
        new = replace(
            row,
            in_channels=after if row.in_channels is not None else None,
            out_channels=after if row.out_channels is not None else None,
            groups=after if is_depthwise(row) else row.groups,
        )
    elif row.in_channels and row.out_channels:
        shared = row.groups or 1
        ins, outs = row.in_channels // shared, row.out_channels
        new_ins, new_outs = (row.in_channels - removed.inputs) // shared, outs - removed.outputs
        params = _dense_params(row.params, ins, outs, new_ins, new_outs)
        macs = None if row.macs is None else row.macs * new_ins * new_outs // (ins * outs)
        new = replace(row, in_channels=row.in_channels - removed.inputs, out_channels=new_outs)
    else:
        return row
    return replace(
        new,
        params=params,
        macs=macs,
        trainable_params=_share(row.trainable_params, params, row.params),
        weight_bytes=_share(row.weight_bytes, params, row.params),
    )


def is_norm(row: Row) -> bool:
    """Whether the layer has one set of parameters a channel and mixes none: a norm or a PReLU."""
    return "Norm" in row.kind or row.kind == "PReLU"


def is_depthwise(row: Row) -> bool:
    """Whether the layer is a convolution with one filter a channel."""
    return bool(row.groups and row.groups > 1 and row.groups == row.in_channels == row.out_channels)


def _width(row: Row) -> int:
    """Channels of a norm or a depthwise convolution, from its factors or else from its scale and shift."""
    return row.out_channels or row.in_channels or row.params // 2


def _dense_params(params: int, ins: int, outs: int, new_ins: int, new_outs: int) -> int:
    """Params of `outs` filters over `ins` inputs with a kernel and perhaps a bias, at other widths.

    Kernel size and bias are read off the count: each filter has ins × kernel weights and 0 or 1 bias.
    """
    each, rest = divmod(params, outs)
    if ins == new_ins and not rest:
        return each * new_outs
    bias = each % ins
    if rest or bias > 1:
        return round(params * (new_ins * new_outs) / (ins * outs))
    return (each - bias) // ins * new_ins * new_outs + bias * new_outs


def _share(value: int, part: int, whole: int) -> int:
    """`value` × `part` / `whole` in whole numbers, so that nothing is lost however large they are."""
    return value * part // whole if whole else value


def _own_flow(row: Row, new: Row) -> Flow | None:
    if is_norm(row):
        width = _width(row)
        return (width, _width(new)) if width else None
    if row.out_channels and new.out_channels is not None:
        return row.out_channels, new.out_channels
    return None


def _inherited(row: Row, flows: Sequence[Flow]) -> Flow | None:
    """Channels of a layer without any of its own: those of what it reads, one upon another or one after another.

    The shape tells which. A module that is called several times has the shape of its last call.
    """
    if not flows or row.output_shape is None:
        return None
    total = sum(before for before, _ in flows)
    if len(flows) > 1 and total in row.output_shape:
        return total, sum(after for _, after in flows)
    return next((flow for flow in reversed(flows) if flow[0] in row.output_shape), flows[0])


def _reshaped(row: Row, new: Row, flow: Flow) -> Row:
    """The row with its output shape and activation bytes at the new channel count."""
    before, after = flow
    if before == after or row.output_shape is None:
        return new
    shape = list(row.output_shape)
    axis = _axis(row, shape, before)
    if axis is None:
        return new
    old = shape[axis]
    shape[axis] = old // before * after
    macs = new.macs
    if macs and not row.params and row.name.endswith(SELF):
        # What a module multiplies outside its layers is attention: scores and values, each as wide as its heads.
        macs = _share(macs, after, before)
    return replace(
        new,
        macs=macs,
        output_shape=tuple(shape),
        activation_bytes=_share(row.activation_bytes, shape[axis], old),
    )


def _axis(row: Row, shape: Sequence[int], channels: int) -> int | None:
    """The axis that holds the channels, or a multiple of them after a flatten."""
    axes = range(len(shape)) if row.kind != "Linear" else range(len(shape) - 1, -1, -1)
    exact = next((axis for axis in axes if shape[axis] == channels), None)
    if exact is not None:
        return exact
    return next((axis for axis in axes if shape[axis] % channels == 0), None)


def _peak(table: CostTable, rows: Sequence[Row]) -> int:
    before = _heaviest(table, table.rows)
    return _share(table.totals.peak_activation_bytes, _heaviest(table, rows), before)


def _training(table: CostTable, rows: Sequence[Row]) -> tuple[int, int] | None:
    """What a training step keeps is about as much smaller as all activations are."""
    known = table.totals.peak_training_bytes
    if known is None:
        return None
    before, after = (sum(row.activation_bytes for row in one) for one in (table.rows, rows))
    return _share(known[0], after, before), _share(known[1], after, before)


def _heaviest(table: CostTable, rows: Sequence[Row]) -> int:
    """Activation bytes of the heaviest producer and consumer, or layer where there are no edges."""
    size = {row.name: row.activation_bytes // max(row.calls, 1) for row in rows}
    pairs = (size.get(source, 0) + size.get(target, 0) for source, target in table.edges)
    return max(pairs, default=max(size.values(), default=0))
