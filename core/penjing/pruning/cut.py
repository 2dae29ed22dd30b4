"""Taking indices out of layers, all of a layer's at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from torch import nn
from torch_pruning import ops
from torch_pruning.pruner.function import PrunerBox

from penjing.pruning.coupling import Coupling, Place


def indices(couplings: Iterable[Coupling], removed: Mapping[str, Iterable[int]]) -> dict[Place, list[int]]:
    """Every index that goes, by layer and side, when `removed[group id]` channels of the groups go."""
    gone: dict[Place, set[int]] = {}
    for coupling in couplings:
        for channel in removed.get(coupling.group.id, ()):
            for place, rows in coupling.places.items():
                gone.setdefault(place, set()).update(rows[channel])
    return {place: sorted(found) for place, found in gone.items() if found}


def apply(module: nn.Module, gone: Mapping[Place, list[int]]) -> None:
    """Shrink the layers in place. Parameters are new objects; `requires_grad` and gradients go with them."""
    for (name, side), idxs in gone.items():
        layer = module.get_submodule(name)
        kind = ops.module2type(layer)
        if kind == ops.OPTYPE.DEPTHWISE_CONV and side == "in":
            continue  # its two sides are one cut
        frozen = {key for key, p in layer.named_parameters(recurse=False) if not p.requires_grad}
        # A fresh pruner: the library's own instances are shared and carry state from model to model.
        pruner = type(PrunerBox[kind])()
        (pruner.prune_in_channels if side == "in" else pruner.prune_out_channels)(layer, list(idxs))
        for key, parameter in layer.named_parameters(recurse=False):
            parameter.requires_grad_(key not in frozen)
