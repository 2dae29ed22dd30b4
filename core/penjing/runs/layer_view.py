"""One layer seen closely: its weights' distribution, its channels' norms, its neighbours, its coupled group."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy
import torch
from torch import nn

from penjing.spec.costs import SELF, CostTable
from penjing.spec.files import write_bytes
from penjing.spec.groups import CoupledGroup
from penjing.spec.messages import Failure, Message

BINS = 48
MOST_NORMS = 2048
MOST_NEIGHBOURS = 50
MOST_KERNELS = 4096
CONVOLUTIONS = (nn.Conv2d, nn.ConvTranspose2d)


def describe(
    module: nn.Module, name: str, table: CostTable, groups: Sequence[CoupledGroup]
) -> dict[str, Any]:
    """The reply of the session's `layer` method. Raises `Failure` where there is no such layer."""
    modules = dict(module.named_modules(remove_duplicate=False))
    layer = modules.get(name)
    row = table.row(name)
    if layer is None and row is None:
        raise Failure("session.no_layer", name=name)
    weight = _weight(layer if layer is not None else modules.get(name.removesuffix(SELF).removesuffix(".")))
    values = weight.detach().float() if weight is not None and weight.numel() else None
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
        "calls": row.calls if row is not None else 0,
        "macs": row.macs if row is not None else 0,
        **_shortened("fed_by", _unique(source for source, target in table.edges if target == name)),
        **_shortened("feeds", _unique(target for source, target in table.edges if source == name)),
        **_shortened("coupled", _coupled(name, groups)),
        "kernels": None,
        "kernels_total": _kernel_count(layer),
    }


def save_kernels(module: nn.Module, name: str, folder: Path | None, sha256: str) -> str | None:
    """Write a two-dimensional convolution's kernels for the window, and return where; None for any other layer.

    The file is a float32 `.npy` of shape (output channels, input channels a group, height, width), the first of them
    where there are more than `MOST_KERNELS` kernels. It is named after the weights, and written once.
    """
    layer = dict(module.named_modules(remove_duplicate=False)).get(name)
    if folder is None or not isinstance(layer, CONVOLUTIONS):
        return None
    kernels = _out_first(layer, layer.weight.detach())
    inputs = min(kernels.shape[1], MOST_KERNELS)
    shown = kernels[: max(1, MOST_KERNELS // inputs), :inputs].float().contiguous()
    key = hashlib.sha256(f"{sha256}/{name}".encode()).hexdigest()[:16]
    path = folder / f"kernels-{key}.npy"
    if not path.exists():
        stream = io.BytesIO()
        numpy.save(stream, shown.numpy(), allow_pickle=False)
        write_bytes(path, stream.getvalue())
    return str(path)


def _weight(layer: nn.Module | None) -> torch.Tensor | None:
    """A layer's weight; where none has that name, as in an attention, the largest of its own parameters.

    None for one that is sparse: most of what would be drawn are zeros that it does not hold.
    """
    if layer is None:
        return None
    weight = getattr(layer, "weight", None)
    if not isinstance(weight, torch.Tensor):
        weight = max(layer.parameters(recurse=False), key=torch.Tensor.numel, default=None)
    return weight if weight is not None and weight.layout is torch.strided else None


def _kernel_count(layer: nn.Module | None) -> int:
    return layer.out_channels * (layer.in_channels // layer.groups) if isinstance(layer, CONVOLUTIONS) else 0


def _shortened(key: str, names: list[str]) -> dict[str, Any]:
    """A list as it is shown, and how long it is in truth."""
    return {key: names[:MOST_NEIGHBOURS], f"{key}_count": len(names)}


def _out_first(layer: nn.Module | None, values: torch.Tensor) -> torch.Tensor:
    """Weights with output channels as the first axis: a transposed convolution's are (in, out / groups, …)."""
    if not isinstance(layer, (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)):
        return values
    each = values.reshape(layer.groups, -1, *values.shape[1:])  # groups, in / groups, out / groups, …
    return each.transpose(1, 2).flatten(0, 1)


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
