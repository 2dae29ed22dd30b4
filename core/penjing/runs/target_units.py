"""In which units a run's network is trained: the target's own, or standard ones where the recipe says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from penjing.data.items import Inputs
from penjing.runs.opening import Opened
from penjing.spec.messages import Message
from penjing.spec.recipe import Recipe
from penjing.training import targets as units
from penjing.training.loop import Objective
from penjing.training.targets import TargetScale

_SAMPLES = 64
"""Training samples by which a network's first answers are judged."""


@dataclass(frozen=True, slots=True)
class TargetUnits:
    """`scale` and the `layer` that it is taken into; both None where the network trains in the target's own units.

    `warnings`: the recipe asks for standard units, and the network has no last layer that could take them.
    """

    opened: Opened
    scale: TargetScale | None = None
    layer: str | None = None
    warnings: tuple[Message, ...] = ()

    def begin(self, module: nn.Module, restored: bool) -> None:
        """Before a round of training; `restored` weights are those of a checkpoint made within one."""
        if self.scale is None or self.layer is None:
            return
        if restored:
            units.go_on(module, self.layer, self.scale)
        else:
            device = next(module.parameters()).device
            units.begin(module.cpu(), self.layer, self.scale, self.opened.data.train.first(_SAMPLES))
            module.to(device)

    def end(self, module: nn.Module) -> None:
        """After a round, with the weights that were chosen."""
        if self.scale is not None and self.layer is not None:
            units.end(module.cpu(), self.layer, self.scale)

    def objective(self, objective: Objective) -> Objective:
        """The loss in the units that the network trains in."""
        scale = self.scale
        if scale is None:
            return objective

        def standard(module: nn.Module, inputs: Inputs, targets: Tensor) -> dict[str, Tensor]:
            return objective(module, inputs, scale.standardised(targets))

        return standard

    def facts(self) -> Mapping[str, Any]:
        """What the journal says of it."""
        return {} if self.scale is None else {"target_scale": self.scale.to_json()}


def target_units(recipe: Recipe, opened: Opened, module: nn.Module) -> TargetUnits:
    """The units for training `module`, by the recipe and the training targets."""
    data = opened.data
    if recipe.data.target_scale == "none" or data.task != "regression" or not data.labelled:
        return TargetUnits(opened)
    fit = recipe.data.target_fit
    scale = (
        TargetScale(torch.tensor(fit.mean, dtype=torch.float64), torch.tensor(fit.std, dtype=torch.float64))
        if fit is not None and fit.kind == "number"
        else units.scale_of(data.train.targets)
    )
    layer = units.output_layer(module, data.train.first(2).inputs, int(data.train.targets[0].numel()))
    if layer is None:
        return TargetUnits(opened, warnings=(Message("runs.target_scale_unused", {}),))
    return TargetUnits(opened, scale, layer)
