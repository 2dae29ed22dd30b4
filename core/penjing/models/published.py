"""torchvision's published figures: the metadata of the weights of its classification models."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from torch import nn

from penjing.models.skeleton import zoo_skeleton
from penjing.models.zoo import zoo_arguments
from penjing.spec.references import InputSpec


@dataclass(frozen=True, slots=True)
class Published:
    """What one set of weights says of its model: parameters, and billions of MACs to three places.

    Inception's parameters include its auxiliary head, GoogLeNet's do not include its two: so are they built.
    """

    name: str
    weights: str
    input: tuple[InputSpec, ...]
    params: int
    gmacs: float

    def build(self) -> nn.Module:
        """The model on meta, for that input."""
        arguments = zoo_arguments(self.name, self.input, pretrained=False)
        arguments.pop("weights")
        return zoo_skeleton(self.name, **arguments)

    def agrees(self, params: int, macs: int) -> bool:
        """Whether counted figures are these: parameters exactly, MACs within rounding or a thousandth."""
        apart = abs(macs / 1e9 - self.gmacs)
        return params == self.params and (apart <= 0.0005 + 1e-9 or apart <= 0.001 * self.gmacs)


def published() -> Iterator[Published]:
    """Every classification entry, those of the same model, input and figures once."""
    from torchvision import models

    seen = set()
    for name in models.list_models(module=models):
        for weights in models.get_model_weights(name):
            side = weights.transforms.keywords["crop_size"]
            figures = (int(weights.meta["num_params"]), float(weights.meta["_ops"]))
            if (name, side, figures) not in seen:
                seen.add((name, side, figures))
                yield Published(name, weights.name, (InputSpec((3, side, side)),), *figures)
