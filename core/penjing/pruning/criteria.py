"""How much a channel of a coupled group matters: one score a channel, low goes first.

A group is scored as a whole, as DepGraph does (Fang et al. 2023, arXiv:2301.12900): each member layer
scores its own weights of the channel, the scores are divided by their mean over the channels so that no
layer outweighs another, and the members are added up.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from penjing.pruning.coupling import Coupling
from penjing.spec.messages import bad_input

SUPPORTED = ("l1", "l2", "random", "fpgm", "bn-scale")


def check(criterion: str) -> None:
    """Raise `Failure` (exit code 2) where there is no such criterion."""
    if criterion not in SUPPORTED:
        raise bad_input("pruning.criterion_unsupported", criterion=criterion, known=", ".join(SUPPORTED))


def scores(module: nn.Module, coupling: Coupling, criterion: str, generator: torch.Generator) -> Tensor:
    """One float64 score for each of the group's channels, on the CPU. `random` alone draws from
    `generator`."""
    check(criterion)
    channels = coupling.group.channels
    if criterion == "random":
        return torch.rand(channels, generator=generator, dtype=torch.float64)
    total = torch.zeros(channels, dtype=torch.float64)
    found = False
    for (name, side), rows in coupling.places.items():
        layer = module.get_submodule(name)
        own = _own(layer, side, criterion)
        if own is None:
            continue
        found = True
        member = torch.stack([own[list(row)].sum() for row in rows])
        mean = member.mean()
        total += member / mean if mean > 0 else member
    if not found:
        raise bad_input("pruning.criterion_inapplicable", criterion=criterion, layer=coupling.group.id)
    return total


def _own(layer: nn.Module, side: str, criterion: str) -> Tensor | None:
    """The layer's score of each of its indices on that side, or None where the criterion does not look at
    it."""
    weight = getattr(layer, "weight", None)
    if not isinstance(weight, Tensor):
        return None
    weight = weight.detach().to("cpu", torch.float32)
    if weight.ndim == 1:  # a norm's scale
        # Network slimming: Liu et al. 2017, arXiv:1708.06519.
        norm = isinstance(layer, nn.modules.batchnorm._BatchNorm)
        return (
            weight.abs().double() if criterion in ("l1", "l2") or (norm and criterion == "bn-scale") else None
        )
    if criterion == "bn-scale":
        return None
    depthwise = getattr(layer, "groups", 1) > 1
    if depthwise and side == "in":
        return None  # the same filters as on its other side
    axis = int(bool(getattr(layer, "transposed", False))) if side == "out" or depthwise else None
    if axis is None:
        axis = 0 if getattr(layer, "transposed", False) else 1
    if criterion == "fpgm":
        return _medians(weight.transpose(0, axis).flatten(1).double()) if side == "out" else None
    others = [dim for dim in range(weight.ndim) if dim != axis]
    norms: Tensor = torch.linalg.vector_norm(weight, _ORDERS[criterion], dim=others)
    return norms.double()


def _medians(rows: Tensor) -> Tensor:
    """Sum of distances to all other filters: those near the geometric median can be replaced by the rest.

    FPGM: He et al. 2019, arXiv:1811.00250.
    """
    return torch.cdist(rows, rows, compute_mode="donot_use_mm_for_euclid_dist").sum(1)


_ORDERS = {"l1": 1, "l2": 2}
