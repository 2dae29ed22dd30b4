"""Trying a removal on a copy before it is offered: does the model still run, and does it compute the same?

The same means: what the narrowed model computes equals what the whole model computes once everything that
reads the removed channels reads zeros instead. Where a removal passes this, the indices belong together.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Literal

import torch
from torch import nn
from torch_pruning import utils

from penjing.pruning import attention, cut
from penjing.pruning.coupling import Coupling, Place

Verdict = Literal["ok", "output", "fails", "differs"]
# Layers that mix all channels of a sample: without some of them, the others change.
_MIXING = (nn.LayerNorm, nn.GroupNorm, nn.LocalResponseNorm, nn.RMSNorm, nn.CrossMapLRN2d)


def half(couplings: Sequence[Coupling]) -> dict[str, range]:
    """Every second channel or less of every group, never all of it."""
    return {one.group.id: range(0, one.group.channels - 1, 2) for one in couplings}


def attempt(module: nn.Module, inputs: tuple[torch.Tensor, ...], couplings: Sequence[Coupling]) -> Verdict:
    """Remove half of the groups' channels from a copy and compare it with the whole model.

    The module itself is not touched. Call it inside `traceable`.
    """
    gone = cut.indices(couplings, half(couplings))
    inputs = tuple(_filled(one, seed) for seed, one in enumerate(inputs))
    with torch.no_grad():
        masked = _copy(module, couplings)
        _mask(masked, gone)
        expected = _outputs(masked(*inputs))
        del masked  # a large model is copied twice, but never stands there three times
        narrow = _copy(module, couplings)
        try:
            cut.apply(narrow, gone)
            found = _outputs(narrow(*inputs))
        except Exception:  # the model's own code may raise anything
            return "fails"
    if [tensor.shape for tensor in expected] != [tensor.shape for tensor in found]:
        return "output"
    if any(mixes(module, one) for one in couplings):
        return "ok"
    return "ok" if all(_close(a, b) for a, b in zip(expected, found, strict=True)) else "differs"


def _copy(module: nn.Module, couplings: Sequence[Coupling]) -> nn.Module:
    copied = copy.deepcopy(module)
    for one in couplings:
        attention.sharpen(copied, one.places)
    return copied


def mixes(module: nn.Module, one: Coupling) -> bool:
    """Whether a group goes through a layer that mixes all channels: what is computed then changes with a removal."""
    return any(isinstance(module.get_submodule(name), _MIXING) for name, _ in one.places)


def _filled(one: torch.Tensor, seed: int) -> torch.Tensor:
    """One sample of the same shape with values in it: on zeros nothing would be seen to differ.

    Whole numbers become ones and zeros: tokens that differ, or a mask that does not hide everything.
    """
    one = one[:1]
    generator = torch.Generator().manual_seed(seed)
    if one.is_floating_point():
        return torch.rand(one.shape, generator=generator).to(one)
    filled = torch.randint(2, one.shape, generator=generator).to(one)
    filled[..., 0] = 1
    return filled


def _outputs(value: object) -> list[torch.Tensor]:
    if isinstance(value, Mapping):
        value = list(value.values())
    return [one for one in utils.flatten_as_list(value) if isinstance(one, torch.Tensor)]


def _mask(module: nn.Module, gone: Mapping[Place, list[int]]) -> None:
    """Zero the weights that read the removed channels."""
    for (name, side), idxs in gone.items():
        layer = module.get_submodule(name)
        weight = getattr(layer, "weight", None)
        if side == "in" and isinstance(weight, torch.Tensor) and getattr(layer, "groups", 1) == 1:
            weight.index_fill_(0 if getattr(layer, "transposed", False) else 1, torch.tensor(idxs), 0.0)


def _close(expected: torch.Tensor, found: torch.Tensor) -> bool:
    if not expected.is_floating_point() or not bool(torch.isfinite(expected).all()):
        return True
    scale = float(expected.abs().max())
    return bool((expected - found).abs().max() <= 1e-3 * scale + 1e-30)
