"""Batch-norm statistics estimated again on training data, after channels were removed. Nothing is learnt."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm


def recalibrate(module: nn.Module, batches: Iterable[tuple[Tensor, ...]]) -> None:
    """Reset the running statistics of every batch norm and average them over `batches` (the model's inputs), in order.

    Every batch counts the same (a cumulative average): `even_batches` leaves out a small last one. Only batch norms
    are put in training mode; nothing random runs, so the same batches give the same bytes. Training flags are as
    before afterwards.
    """
    norms = [
        child for child in module.modules() if isinstance(child, _BatchNorm) and child.track_running_stats
    ]
    if not norms:
        return
    training = [(child, child.training) for child in module.modules()]
    momenta = [norm.momentum for norm in norms]
    try:
        module.eval()
        for norm in norms:
            norm.reset_running_stats()
            norm.momentum = None  # torch's own cumulative average
            norm.train()
        with torch.no_grad():
            for batch in batches:
                module(*batch)
    finally:
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum
        for child, flag in training:
            child.training = flag


def even_batches(samples: int, batch_size: int) -> list[Tensor]:
    """Indices of `samples` in batches, in order; without a last batch of fewer than half the others' samples."""
    parts = torch.split(torch.arange(samples), batch_size)
    return [part for part in parts if 2 * len(part) >= min(batch_size, samples)]
