"""Attention made of separate linear layers: its channels go by whole heads, or the heads would be cut across."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import torch
from torch import nn

from penjing.spec.groups import Side

Place = tuple[str, Side]
Rows = tuple[tuple[int, ...], ...]

# What attention modules of transformers and timm call the channels of one head.
_SIZES = ("attention_head_size", "head_dim", "attention_head_dim")


def whole_heads(
    module: nn.Module, channels: int, places: Mapping[Place, Rows]
) -> tuple[int, dict[Place, Rows]]:
    """The group with a head for a channel where it is the inside of one attention; else as it is.

    Such a group has two or more linear layers' outputs (query, key, value) of one module that says how wide its heads
    are.
    """
    found = _inside(module, places)
    size = found[1] if found else None
    if size is None or size < 2 or channels % size:
        return channels, dict(places)
    heads = channels // size
    return heads, {
        place: tuple(
            tuple(index for row in rows[head * size : (head + 1) * size] for index in row)
            for head in range(heads)
        )
        for place, rows in places.items()
    }


def sharpen(module: nn.Module, places: Mapping[Place, Rows]) -> None:
    """Make the attention of a copy look at something: with fresh weights it is nearly even, whatever its heads are.

    Every row of its query, key and value gets a norm of one at least. Groups of another kind are left alone.
    """
    found = _inside(module, places)
    if found is None:
        return
    with torch.no_grad():
        for name, side in places:
            if side == "out" and name.rpartition(".")[0] == found[0]:
                weight = module.get_submodule(name).weight
                assert isinstance(weight, torch.Tensor)
                weight /= weight.norm(dim=-1, keepdim=True).clamp(min=1e-12, max=1.0)


def _inside(module: nn.Module, places: Mapping[Place, Rows]) -> tuple[str, int] | None:
    """The name of the attention that a group is the inside of, and the channels of one head."""
    owners = Counter(
        name.rpartition(".")[0]
        for name, side in places
        if side == "out" and isinstance(module.get_submodule(name), nn.Linear)
    )
    for owner, count in owners.items():
        if count > 1:
            attention = module.get_submodule(owner)
            found = next((getattr(attention, name) for name in _SIZES if hasattr(attention, name)), None)
            if isinstance(found, int):
                return owner, found
    return None
