"""Which channels can be removed only together: read off Torch-Pruning's dependency graph, once, with every
index.

DepGraph: Fang et al. 2023, arXiv:2301.12900. The graph gives for a layer's channel every index of every
other layer that has to go with it. They are kept here as plain integers, so that channels of several groups
are removed from a layer in ONE cut: no index ever shifts under another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import nn
from torch_pruning import ops
from torch_pruning.dependency import DependencyGraph

from penjing.pruning.attention import whole_heads
from penjing.spec.groups import CoupledGroup, Member, Side

Place = tuple[str, Side]
_BOTH_SIDES = (ops.OPTYPE.DEPTHWISE_CONV,)


@dataclass(frozen=True, slots=True)
class Coupling:
    """A coupled group with its indices: `places[layer, side][c]` are the indices of the group's channel c
    there."""

    group: CoupledGroup
    places: Mapping[Place, tuple[tuple[int, ...], ...]]


@contextmanager
def traceable(module: nn.Module) -> Iterator[None]:
    """Eval mode with gradients on, for tracing; afterwards training flags, `requires_grad` and RNG are as
    before."""
    training = [(child, child.training) for child in module.modules()]
    frozen = [p for p in module.parameters() if not p.requires_grad and p.is_floating_point()]
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        try:
            module.eval()
            for parameter in frozen:
                parameter.requires_grad_(True)
            yield
        finally:
            for parameter in frozen:
                parameter.requires_grad_(False)
            for child, flag in training:
                child.training = flag


def call_order(module: nn.Module, inputs: tuple[torch.Tensor, ...]) -> tuple[dict[str, int], frozenset[str]]:
    """The order in which the named modules are first called, and the names of those called more than once.

    Runs the module once; whatever its own code raises comes through.
    """
    order: dict[str, int] = {}
    again: set[str] = set()

    def hook(name: str) -> Callable[[nn.Module, object], None]:
        def record(_module: nn.Module, _inputs: object) -> None:
            if name in order:
                again.add(name)
            order.setdefault(name, len(order))

        return record

    handles = [child.register_forward_pre_hook(hook(name)) for name, child in module.named_modules()]
    try:
        module(*inputs)
    finally:
        for handle in handles:
            handle.remove()
    return order, frozenset(again)


def find(module: nn.Module, inputs: tuple[torch.Tensor, ...]) -> list[Coupling]:
    """Every coupled group of the module, in order of execution. Call it inside `traceable`.

    Deterministic: the same module code and shapes give the same groups. Raises what Torch-Pruning raises
    where it cannot read the model.
    """
    order, again = call_order(module, inputs)
    shared = again | _tied(module)
    graph = DependencyGraph()
    graph.build_dependency(module, inputs, verbose=False)
    names = {child: name for name, child in module.named_modules()}
    couplings: list[Coupling] = []
    taken: set[str] = set()
    for raw in graph.get_all_groups():
        for reason, channels, places in _split(graph, raw, names):
            channels, places = whole_heads(module, channels, places)
            ordered = dict(sorted(places.items(), key=lambda item: _rank(order, item[0])))
            members = tuple(
                Member(layer, side, len(rows[0])) for (layer, side), rows in ordered.items() if rows[0]
            )
            if any(member.layer in shared for member in members):
                reason = reason or "pruning.reason_shared"
            name = _unique(next((m.layer for m in members if m.side == "out"), members[0].layer), taken)
            group = CoupledGroup(name, channels, members, reason is None, reason)
            couplings.append(Coupling(group, ordered))
    return sorted(couplings, key=lambda one: order.get(one.group.id.partition("#")[0], len(order)))


def _rank(order: Mapping[str, int], place: Place) -> tuple[int, str, int]:
    return order.get(place[0], len(order)), place[0], int(place[1] == "in")


def _unique(name: str, taken: set[str]) -> str:
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        candidate = f"{name}#{number}"
    taken.add(candidate)
    return candidate


def _tied(module: nn.Module) -> set[str]:
    """Names of modules that own a parameter which another module owns too."""
    owners: dict[int, list[str]] = {}
    for name, child in module.named_modules():
        for parameter in child.parameters(recurse=False):
            owners.setdefault(id(parameter), []).append(name)
    return {name for group in owners.values() if len(group) > 1 for name in group}


def _split(
    graph: DependencyGraph, raw: Sequence[object], names: Mapping[nn.Module, str]
) -> Iterator[tuple[str | None, int, dict[Place, tuple[tuple[int, ...], ...]]]]:
    """Cut one group of the graph into parts whose channels all have the same members.

    A layer that is added to a concatenation of two others makes ONE group in the graph, but its channels
    belong to two: half go with the one, half with the other.
    """
    root, prune = raw[0].dep.target.module, raw[0].dep.handler  # type: ignore[attr-defined]
    reason, hits = _hits(graph, raw, names)
    channels = len(raw[0].idxs)  # type: ignore[attr-defined]
    parts: dict[tuple[tuple[Place, int], ...], list[int]] = {}
    for channel in range(channels):
        signature = tuple((place, len(rows.get(channel, ()))) for place, rows in hits.items())
        parts.setdefault(signature, []).append(channel)
    for signature, members in parts.items():
        places = {
            place: tuple(tuple(hits[place].get(channel, ())) for channel in members)
            for place, count in signature
            if count
        }
        why = reason
        if why is None and len(parts) > 1:
            # The graph merges what two channels share, so a part must be closed: its first is checked.
            _, alone = _hits(graph, graph.get_pruning_group(root, prune, [members[0]]), names)
            closed = {place: {i for row in rows.values() for i in row} for place, rows in alone.items()}
            if closed != {place: set(rows[0]) for place, rows in places.items()}:
                why = "pruning.reason_entangled"
        yield why, len(members), places


def _hits(
    graph: DependencyGraph, raw: Sequence[object], names: Mapping[nn.Module, str]
) -> tuple[str | None, dict[Place, dict[int, list[int]]]]:
    """For every place the indices by the root's channel, and the reason why the group cannot be pruned, if
    any."""
    hits: dict[Place, dict[int, list[int]]] = {}
    reasons: list[str] = []
    for item in raw:
        node = item.dep.target  # type: ignore[attr-defined]
        out = graph.is_out_channel_pruning_fn(item.dep.handler)  # type: ignore[attr-defined]
        reason = _reason(node, out)
        if reason is not None:
            reasons.append(reason)
        if node.module not in names:
            continue
        sides: tuple[Side, ...] = ("out", "in") if node.type in _BOTH_SIDES else ("out",)
        if node.type in (ops.OPTYPE.CONV, ops.OPTYPE.LINEAR) and not out:
            sides = ("in",)
        for side in sides:
            rows = hits.setdefault((names[node.module], side), {})
            for index, channel in zip(item.idxs, item.root_idxs, strict=True):  # type: ignore[attr-defined]
                row = rows.setdefault(int(channel), [])
                if int(index) not in row:
                    row.append(int(index))
    # Listed by weight: what a person can do nothing about comes first.
    known = ("pruning.reason_output", "pruning.reason_attention", "pruning.reason_parameter",
             "pruning.reason_grouped", "pruning.reason_unsupported")  # fmt: skip
    return next((code for code in known if code in reasons), None), hits


def _reason(node: object, out: bool) -> str | None:
    """Why a member of this kind locks its group, or None where it does not."""
    kind, module = node.type, node.module  # type: ignore[attr-defined]
    if kind == ops.OPTYPE.OUTPUT or (out and not node.outputs):  # type: ignore[attr-defined]
        return "pruning.reason_output"
    if kind == ops.OPTYPE.MHA:
        return "pruning.reason_attention"
    if kind == ops.OPTYPE.PARAMETER:
        return "pruning.reason_parameter"
    if kind == ops.OPTYPE.GN:
        return "pruning.reason_grouped"
    if isinstance(module, ops.TORCH_CONV) and module.groups > 1:
        depthwise = module.groups == module.in_channels == module.out_channels
        return None if depthwise else "pruning.reason_grouped"
    if kind in (ops.OPTYPE.EMBED, ops.OPTYPE.LSTM, ops.OPTYPE.CUSTOMIZED):
        return "pruning.reason_unsupported"
    return None
