"""Batch norm's running statistics: how fast they follow training, and whether they come to follow it at all."""

from __future__ import annotations

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from penjing.spec.messages import Message

LAGGING = 0.05
"""Share of the statistics' first values, 0 and 1, at the end of training from which a person should know of it."""

USUAL = 0.1
"""The momentum of most networks' norms."""


def set_momentum(module: nn.Module, momentum: float | None) -> None:
    """Have each step move every batch norm's running statistics by this share; None leaves each its own."""
    if momentum is None:
        return
    for norm in _norms(module):
        norm.momentum = momentum


def lag(module: nn.Module, steps: int, momentum: float | None = None) -> list[Message]:
    """A warning where statistics that nothing has gone into yet still hold much of their first values after `steps`.

    (1 - momentum)^steps of them is left. Such a network answers by statistics that are not its own, and may do no
    better than chance although it has learnt (mobile networks have a momentum of 0.01, made for some 100,000 steps).
    """
    fresh = [norm for norm in _norms(module) if norm.momentum is not None and _is_fresh(norm)]
    if not fresh or steps <= 0:
        return []
    slowest = momentum or min(float(norm.momentum or 0.0) for norm in fresh)
    left = (1 - slowest) ** steps
    if left <= LAGGING:
        return []
    params = {"momentum": slowest, "steps": steps, "percent": round(100 * left)}
    if slowest >= USUAL:  # another momentum is not what is missing
        return [Message("training.norms_lag_steps", params)]
    return [Message("training.norms_lag", params)]


def _is_fresh(norm: _BatchNorm) -> bool:
    """Whether the statistics are the first ones. The count of batches does not tell: many published weights lack it."""
    mean, variance = norm.running_mean, norm.running_var
    return mean is not None and variance is not None and not mean.any() and bool((variance == 1).all())


def _norms(module: nn.Module) -> list[_BatchNorm]:
    return [one for one in module.modules() if isinstance(one, _BatchNorm) and one.track_running_stats]
