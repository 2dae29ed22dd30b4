"""One layer seen closely: its weights' distribution, its channels' norms, its neighbours, its coupled group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from penjing.spec.costs import CostTable
from penjing.spec.groups import CoupledGroup
from penjing.spec.messages import Failure, Message

BINS = 48
MOST_NORMS = 2048


def describe(
    module: nn.Module, name: str, table: CostTable, groups: Sequence[CoupledGroup]
) -> dict[str, Any]:
    """The reply of the session's `layer` method. Raises `Failure` where there is no such layer."""
    layer = dict(module.named_modules(remove_duplicate=False)).get(name)
    row = table.row(name)
    if layer is None and row is None:
        raise Failure("session.no_layer", name=name)
    weight = getattr(layer, "weight", None) if layer is not None else None
    values = weight.detach().float() if isinstance(weight, torch.Tensor) and weight.numel() else None
    histogram, sigma, norms = None, None, None
    if values is not None and bool(values.isfinite().all()):  # a diverged model has nothing to draw
        low, high = float(values.min()), float(values.max())
        if low == high:
            low, high = low - 0.5, high + 0.5
        counts = torch.histc(values, bins=BINS, min=low, max=high)
        edges = torch.linspace(low, high, BINS + 1)
        histogram = {"counts": [int(one) for one in counts], "edges": [float(one) for one in edges]}
        sigma = float(values.std(correction=0))
        if values.ndim >= 2:
            each = _out_first(layer, values)
            every = each.flatten(1).norm(dim=1).sort(descending=True).values
            if len(every) > MOST_NORMS:
                every = every[torch.linspace(0, len(every) - 1, MOST_NORMS).long()]
            norms = [float(one) for one in every]
    return {
        "name": name,
        "kind": row.kind if row is not None else type(layer).__name__,
        "summary": _summary(layer, row.kind if row is not None else type(layer).__name__).to_json(),
        "shape": list(values.shape) if values is not None else None,
        "channels": int(_out_first(layer, values).shape[0])
        if values is not None and values.ndim >= 2
        else None,
        "histogram": histogram,
        "norms": norms,
        "sigma": sigma,
        "fed_by": _unique(source for source, target in table.edges if target == name),
        "feeds": _unique(target for source, target in table.edges if source == name),
        "coupled": _coupled(name, groups),
        "kernels": None,
    }


def _out_first(layer: nn.Module | None, values: torch.Tensor) -> torch.Tensor:
    """Weights with output channels as the first axis: transposed convolutions store inputs first."""
    transposed = isinstance(layer, (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d))
    return values.transpose(0, 1) if transposed else values


def _summary(layer: nn.Module | None, kind: str) -> Message:
    if isinstance(layer, nn.Linear):
        return Message(
            "session.linear", {"kind": kind, "inputs": layer.in_features, "outputs": layer.out_features}
        )
    if isinstance(layer, (nn.Conv1d, nn.Conv2d, nn.Conv3d)):
        size = "×".join(map(str, layer.kernel_size))
        return Message(
            "session.convolution",
            {"kind": kind, "size": size, "inputs": layer.in_channels, "outputs": layer.out_channels},
        )
    return Message("session.plain_layer", {"kind": kind})


def _unique(names: Any) -> list[str]:
    return list(dict.fromkeys(names))


def _coupled(name: str, groups: Sequence[CoupledGroup]) -> list[str]:
    """Layers that lose channels together with this layer's outputs."""
    for group in groups:
        if any(member.layer == name and member.side == "out" for member in group.members):
            return [layer for layer in group.layers if layer != name]
    return []
