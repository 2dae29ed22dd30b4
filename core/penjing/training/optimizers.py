"""Optimizers, with weight decay on weights alone: norms and biases have none."""

from __future__ import annotations

import torch
from torch import nn

from penjing.spec.recipe import TrainingRecipe


def make_optimizer(module: nn.Module, settings: TrainingRecipe) -> torch.optim.Optimizer:
    """SGD with Nesterov momentum, or AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101).

    Parameters with fewer than two dimensions (biases, norms' scales) are not decayed.
    """
    trainable = [parameter for parameter in module.parameters() if parameter.requires_grad]
    groups = [
        {"params": [p for p in trainable if p.ndim >= 2], "weight_decay": settings.weight_decay},
        {"params": [p for p in trainable if p.ndim < 2], "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    if settings.optimizer == "adamw":
        return torch.optim.AdamW(groups, lr=settings.lr)
    return torch.optim.SGD(groups, lr=settings.lr, momentum=settings.momentum, nesterov=settings.momentum > 0)
