"""From cost tables before, planned and now to the columns of the layer strip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from penjing.spec.costs import CostTable, Row
from penjing.spec.groups import CoupledGroup
from penjing_gui.run_view import RunView
from penjing_gui.state import Workbench
from penjing_gui.widgets.layer_strip import StripLayer

Channels = Mapping[str, tuple[int, int]]


def before_table(bench: Workbench, view: RunView) -> CostTable | None:
    """The costs before a run: its own table once it has one, else the open model's where it is the same model."""
    if view.costs_before is not None:
        return view.costs_before
    return bench.table if of_open_model(bench, view) else None


def of_open_model(bench: Workbench, view: RunView) -> bool:
    """Whether a run began with the model that is open."""
    reference = view.recipe.get("model", {}).get("reference")
    return bench.model is not None and reference == bench.model.reference


def shown_rows(before: CostTable) -> list[Row]:
    """The layers that have channels and do work: convolutions, linear layers and their like."""
    return [row for row in before.rows if row.macs and row.out_channels]


def costs_now(
    before: CostTable,
    planned: CostTable | None,
    after: CostTable | None,
    channels: Channels,
    groups: Sequence[CoupledGroup],
    student: bool = False,
) -> CostTable | None:
    """The costs as they are now: counted on the artefact where it exists, else computed from the channels left.

    The plan of a `student` is counted on the student itself. None where nothing has been removed yet, or where
    what was removed is not what was planned and the groups that would tell its costs are not known.
    """
    if after is not None:
        return after
    if student:
        return planned
    if not channels:
        return None
    if planned is not None and _as_planned(planned, channels):
        return planned
    kept = {group.id: channels[group.id][1] for group in groups if group.id in channels}
    if kept and all(before.row(group.id) is not None for group in groups):
        from penjing.whatif import predict

        return predict(before, groups, kept)
    return None


def _as_planned(planned: CostTable, channels: Channels) -> bool:
    rows = {row.name: row for row in planned.rows}
    return all(name in rows and rows[name].out_channels == now for name, (_, now) in channels.items())


def strip_layers(
    before: CostTable,
    planned: CostTable | None,
    now: CostTable | None,
    factor: int,
    locked: frozenset[str] = frozenset(),
) -> list[StripLayer]:
    """One column a layer. `factor` turns MACs into the unit shown; `locked` layers keep all their channels."""
    planned_rows = {row.name: row for row in planned.rows} if planned else {}
    now_rows = {row.name: row for row in now.rows} if now else {}

    def cost(row: Row | None) -> float | None:
        return None if row is None or row.macs is None else float(row.macs * factor)

    layers = []
    for row in shown_rows(before):
        plan, real = planned_rows.get(row.name), now_rows.get(row.name)
        layers.append(
            StripLayer(
                name=row.name,
                before=cost(row) or 0.0,
                planned=cost(plan),
                now=cost(real),
                channels_before=row.out_channels,
                channels_planned=plan.out_channels if plan else None,
                channels_now=real.out_channels if real else None,
                locked=row.name in locked,
            )
        )
    return layers


def locked_layers(before: CostTable, groups: Sequence[CoupledGroup]) -> frozenset[str]:
    """Layers whose output channels no prunable group holds: the classifier, most often."""
    if not groups:
        last = [row.name for row in shown_rows(before)][-1:]
        return frozenset(last)
    free = {
        member.layer for group in groups if group.prunable for member in group.members if member.side == "out"
    }
    return frozenset(row.name for row in shown_rows(before) if row.name not in free)


def agreement(layers: Sequence[StripLayer]) -> tuple[int, int] | None:
    """(layers whose channels are as planned, layers compared), None where there is nothing to compare."""
    compared = [
        layer for layer in layers if layer.channels_now is not None and layer.channels_planned is not None
    ]
    if not compared:
        return None
    return sum(layer.channels_now == layer.channels_planned for layer in compared), len(compared)
