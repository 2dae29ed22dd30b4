"""Removing channels for good, and removing the same ones again from a fresh model.

The history is plain JSON: a list of `{"group": id, "layer": root layer, "channels": before, "removed":
[channels]}`. Histories of several removals may simply be joined: a group that comes up again starts a new
round.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from penjing.pruning import criteria, cut, groups
from penjing.pruning.coupling import Coupling
from penjing.spec.messages import Failure, bad_input

History = list[dict[str, Any]]


def remove(
    module: nn.Module,
    example_inputs: tuple[Tensor, ...],
    kept: Mapping[str, int],
    criterion: str = "l2",
    seed: int = 0,
    batches: object | None = None,
    time_limit_s: float = 60,
) -> History:
    """Remove the least important channels of each group, in place, so that `kept[group id]` of them stay.

    Groups that `kept` does not name stay whole. Equal scores: the later channel goes. Parameters become new
    objects, so an optimizer has to be made again. `batches` is for criteria that look at data; those here
    do not. Raises `Failure` for an unknown criterion or group, or a count outside 1 to the group's
    channels.
    """
    criteria.check(criterion)
    found = groups.couplings(module, example_inputs, time_limit_s)
    known = {one.group.id: one for one in found}
    for name, count in kept.items():
        _check(known, name, count)
    generator = torch.Generator().manual_seed(seed)
    history: History = []
    for one in found:
        if not one.group.prunable:
            continue
        count = one.group.channels - kept.get(one.group.id, one.group.channels)
        if count == 0 and criterion != "random":
            continue  # but a draw is made for every group: no group's choice hangs on another's
        scores = criteria.scores(module, one, criterion, generator)
        if count == 0:
            continue
        ranked = sorted((score, -channel) for channel, score in enumerate(scores.tolist()))
        removed = sorted(-channel for _, channel in ranked[:count])
        history.append(_entry(one, removed))
    cut.apply(module, cut.indices(found, {entry["group"]: entry["removed"] for entry in history}))
    return history


def replay(
    module: nn.Module,
    example_inputs: tuple[Tensor, ...],
    history: Sequence[Mapping[str, Any]],
    time_limit_s: float = 60,
) -> None:
    """Remove from a fresh model, in place, what `history` says was removed from another of the same
    architecture.

    Raises `Failure` where the model has no such groups.
    """
    for part in _rounds(history):
        found = groups.couplings(module, example_inputs, time_limit_s, tried=False)
        known = {one.group.id: one for one in found}
        for entry in part:
            one = known.get(entry["group"])
            if one is None or one.group.channels != entry["channels"]:
                raise Failure("pruning.history_mismatch", group=entry["group"])
        cut.apply(module, cut.indices(found, {entry["group"]: entry["removed"] for entry in part}))


def _rounds(history: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    rounds: list[list[Mapping[str, Any]]] = []
    seen: set[str] = set()
    for entry in history:
        if not rounds or entry["group"] in seen:
            rounds.append([])
            seen.clear()
        rounds[-1].append(entry)
        seen.add(entry["group"])
    return rounds


def _entry(one: Coupling, removed: list[int]) -> dict[str, Any]:
    root = one.group.id.partition("#")[0]
    return {"group": one.group.id, "layer": root, "channels": one.group.channels, "removed": removed}


def _check(known: Mapping[str, Coupling], name: str, count: int) -> None:
    one = known.get(name)
    if one is None:
        raise bad_input("pruning.group_unknown", group=name)
    channels = one.group.channels
    if not 1 <= count <= channels:
        raise bad_input("pruning.count_out_of_range", group=name, count=count, channels=channels)
    if count < channels and not one.group.prunable:
        raise bad_input("pruning.group_locked", group=name)
