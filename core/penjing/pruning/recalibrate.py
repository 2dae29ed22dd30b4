"""Batch-norm statistics estimated again on training data, after channels were removed. Nothing is learnt."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm


def recalibrate(module: nn.Module, x: Tensor, batch_size: int = 64) -> None:
    """Reset the running statistics of every batch norm and average them over `x` (samples first), in order.

    Every batch counts the same (a cumulative average), so a last batch of fewer than half the others'
    samples is left out unless it is the only one. Only batch norms are put in training mode; nothing random
    runs, so the same `x` gives the same bytes. Training flags are as before afterwards.
    """
    norms = [
        child for child in module.modules() if isinstance(child, _BatchNorm) and child.track_running_stats
    ]
    if not norms or not len(x):
        return
    training = [(child, child.training) for child in module.modules()]
    momenta = [norm.momentum for norm in norms]
    batches = [part for part in torch.split(x, batch_size) if 2 * len(part) >= min(batch_size, len(x))]
    try:
        module.eval()
        for norm in norms:
            norm.reset_running_stats()
            norm.momentum = None  # torch's own cumulative average
            norm.train()
        with torch.no_grad():
            for batch in batches:
                module(batch)
    finally:
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum
        for child, flag in training:
            child.training = flag
