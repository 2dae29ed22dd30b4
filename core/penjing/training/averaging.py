"""An exponential moving average of a network's weights and buffers, which is then what is evaluated and kept."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn


def make_average(module: nn.Module, decay: float) -> AveragedModel:
    """The average of `module`, to be updated after every optimizer step (Polyak and Juditsky 1992).

    Its decay grows as (1 + n) / (10 + n) up to `decay`, so that a short run does not end near its first weights.
    Floating-point buffers (batch norm's statistics) are averaged too; counters are those of the module.
    """

    def update(averaged: Any, current: Any, count: Any) -> None:
        if not torch.is_floating_point(averaged[0]):
            for mine, new in zip(averaged, current, strict=True):
                mine.copy_(new)
            return
        number = int(count) if isinstance(count, Tensor) else count
        share = min(decay, (1 + number) / (10 + number))
        get_ema_multi_avg_fn(share)(averaged, current, count)  # type: ignore[no-untyped-call]

    return AveragedModel(module, multi_avg_fn=update, use_buffers=True)


def average_state(average: AveragedModel) -> dict[str, Any]:
    """What a checkpoint keeps of it."""
    return {"weights": average.module.state_dict(), "count": average.n_averaged}


def restore_average(average: AveragedModel, state: dict[str, Any]) -> None:
    """The inverse of `average_state`."""
    average.module.load_state_dict(state["weights"])
    average.n_averaged.copy_(state["count"])
