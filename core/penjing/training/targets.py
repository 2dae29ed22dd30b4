"""A regression trained in standard units: mean 0 and deviation 1 over the training targets.

The network's last linear layer is what differs. While it trains, the layer's weights are those of a network that
answers in standard units; outside of training a hook brings its answers back into the target's own units, and at the
end that is taken into its weights. So training is that of any network on standardised targets, and all that is
evaluated, exported and proven answers in the target's own units.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from penjing.data.items import Batch, Inputs


@dataclass(frozen=True, slots=True)
class TargetScale:
    """Mean and standard deviation of the training targets, float64 and of a sample's shape."""

    mean: Tensor
    std: Tensor

    def standardised(self, values: Tensor) -> Tensor:
        """Values of shape (N, …) in standard units, as float32."""
        return ((values.double() - self.mean.to(values.device)) / self.std.to(values.device)).float()

    def to_json(self) -> dict[str, list[float]]:
        """Plain values, one for each of a sample's targets."""
        return {"mean": self.mean.reshape(-1).tolist(), "std": self.std.reshape(-1).tolist()}


def scale_of(targets: Tensor) -> TargetScale:
    """The scale of training targets (N, …). Targets that are all the same have a deviation of 1."""
    values = targets.numpy().astype(np.float64)  # NumPy sums in one order, whatever the number of threads
    std = torch.as_tensor(values.std(axis=0))
    return TargetScale(torch.as_tensor(values.mean(axis=0)), torch.where(std > 0, std, torch.ones_like(std)))


class _OwnUnits:
    """The hook: outside of training, answers in the target's own units."""

    def __init__(self, scale: TargetScale) -> None:
        self.mean, self.std = scale.mean.reshape(-1).float(), scale.std.reshape(-1).float()

    def __call__(self, layer: nn.Module, args: Any, output: Tensor) -> Tensor:
        if layer.training:
            return output
        return output.float() * self.std.to(output.device) + self.mean.to(output.device)


def output_layer(module: nn.Module, inputs: Inputs, values: int) -> str | None:
    """The name of the linear layer with bias whose outputs are the module's `values` outputs; None where none is.

    Found by trying: what is done to that layer's outputs must have been done to the module's.
    """
    shares: dict[int, int] = {}
    for _, parameter in module.named_parameters(remove_duplicate=False):
        shares[id(parameter)] = shares.get(id(parameter), 0) + 1
    names: dict[nn.Module, str] = {
        one: name
        for name, one in module.named_modules()
        if isinstance(one, nn.Linear)
        and one.out_features == values
        and all(shares.get(id(one._parameters.get(kind))) == 1 for kind in ("weight", "bias"))
    }
    called: list[nn.Module] = []
    hooks = [one.register_forward_hook(lambda layer, args, out: called.append(layer)) for one in names]
    try:
        base = _answers(module, inputs, values)
    finally:
        for hook in hooks:
            hook.remove()
    if not called or called.count(called[-1]) != 1:
        return None
    last = called[-1]
    numbers = torch.arange(1.0, values + 1)
    for sign in (1.0, -1.0):  # what cuts off at zero lets one of them pass
        factor, shift = sign * (1 + numbers), sign * 50 * numbers
        with _changed(last, factor, shift):
            found = _answers(module, inputs, values)
        if not torch.allclose(found, base * factor + shift, rtol=1e-4, atol=1e-3):
            return None
    return names[last]


@contextmanager
def _changed(layer: nn.Module, factor: Tensor, shift: Tensor) -> Iterator[None]:
    hook = layer.register_forward_hook(lambda module, args, out: out * factor + shift)
    try:
        yield
    finally:
        hook.remove()


def _answers(module: nn.Module, inputs: Inputs, values: int) -> Tensor:
    flags = [(one, one.training) for one in module.modules()]
    module.eval()
    try:
        with torch.no_grad():
            outputs: Tensor = module(*inputs)
            return outputs.float().reshape(-1, values)
    finally:
        for one, flag in flags:
            one.training = flag


def begin(module: nn.Module, layer: str, scale: TargetScale, batch: Batch) -> None:
    """Make ready for training what answers in the target's own units, or does not answer yet.

    The layer is brought into standard units where its answers to `batch` are then nearer to the targets than as they
    are: those of a network with random weights are about 0, which is the mean in standard units.
    """
    last = module.get_submodule(layer)
    assert isinstance(last, nn.Linear)
    wanted = scale.standardised(batch.targets).reshape(len(batch), -1)
    found = _answers(module, batch.inputs, wanted.shape[1])
    converted = scale.standardised(found.reshape(batch.targets.shape)).reshape(wanted.shape)
    if functional.mse_loss(converted, wanted) < functional.mse_loss(found, wanted):
        mean, std = scale.mean.reshape(-1), scale.std.reshape(-1)
        with torch.no_grad():
            last.weight.copy_(last.weight.double() / std[:, None])
            last.bias.copy_((last.bias.double() - mean) / std)
    go_on(module, layer, scale)


def go_on(module: nn.Module, layer: str, scale: TargetScale) -> None:
    """Attach the hook to a module whose weights are in standard units."""
    module.get_submodule(layer).register_forward_hook(_OwnUnits(scale))


def end(module: nn.Module, layer: str, scale: TargetScale) -> None:
    """Take the scale into the weights: the module answers in the target's own units by itself."""
    last = module.get_submodule(layer)
    assert isinstance(last, nn.Linear)
    for key, hook in list(last._forward_hooks.items()):
        if isinstance(hook, _OwnUnits):
            del last._forward_hooks[key]
    mean, std = scale.mean.reshape(-1), scale.std.reshape(-1)
    with torch.no_grad():
        last.weight.copy_(last.weight.double() * std[:, None])
        last.bias.copy_(last.bias.double() * std + mean)
