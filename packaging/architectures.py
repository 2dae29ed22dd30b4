"""Make the index of architectures that `penjing identify` matches against; run it when torchvision or timm changes.

    python packaging/architectures.py            # writes resources/penjing_resources/architectures.txt.xz

Every model is built without memory, at its own number of classes and at another, which tells the head. Takes about
five minutes.
"""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import timm
import torch
from torch import nn
from torchvision import models

from penjing.models import index
from penjing.models.skeleton import skeleton
from penjing.models.zoo import zoo_arguments

OTHER_CLASSES = 7
TARGET = Path(__file__).parent.parent / "resources" / "penjing_resources" / index.FILE

Shapes = dict[str, tuple[int, ...]]


def main() -> None:
    """Write the index, or with names (`timm:resnet18`) show what it would say of these."""
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    wanted = sys.argv[1:]
    found = {}
    for reference, build in builders():
        if not wanted or reference in wanted:
            found[reference] = tensors(build)
            if len(found) % 100 == 0:
                sys.stderr.write(f"{len(found)} {reference}\n")
    if wanted:
        for reference, lines in found.items():
            sys.stdout.write(f"{reference}\n" + "".join(f"{name} {shape}\n" for name, shape in lines.items()))
        return
    data = index.written(found)
    TARGET.write_bytes(data)
    sys.stderr.write(f"{len(found)} architectures, {len(data):,} bytes\n")


def builders() -> Iterator[tuple[str, Callable[..., nn.Module]]]:
    """Every reference with what builds it, torchvision's first."""
    for name in models.list_models():
        yield f"torchvision:{name}", _torchvision(name)
    for name in timm.list_models():
        yield f"timm:{name}", _timm(name)


def _torchvision(name: str) -> Callable[..., nn.Module]:
    def build(**given: Any) -> nn.Module:
        module: nn.Module = models.get_model(name, **(zoo_arguments(name, (), False) | given))
        return module

    return build


def _timm(name: str) -> Callable[..., nn.Module]:
    def build(**given: Any) -> nn.Module:
        module: nn.Module = timm.create_model(name, pretrained=False, **given)
        return module

    return build


def tensors(build: Callable[..., nn.Module]) -> dict[str, str]:
    """Shapes by name as the index writes them, the number of classes left open."""
    own = shapes(build)
    try:
        other = shapes(build, num_classes=OTHER_CLASSES)
    except TypeError:  # nothing to do with classes, as optical flow
        other = own
    return {name: _shape(shape, other.get(name, shape)) for name, shape in own.items()}


def _shape(own: tuple[int, ...], other: tuple[int, ...]) -> str:
    # What is a multiple of the number of classes, as an anchor's, does not tell it and stays as it is.
    head = own != other and other[:1] == (OTHER_CLASSES,) and own[1:] == other[1:]
    return index.open_sizes(own) if head else index.sizes(own)


def shapes(build: Callable[..., nn.Module], **given: Any) -> Shapes:
    """Shapes by name of what `build` makes."""
    try:
        module = skeleton(lambda: build(**given))
    except RuntimeError:  # a constructor that runs a part of its network
        module = build(**given)
    state = module.state_dict()
    return {name: tuple(one.shape) for name, one in state.items() if isinstance(one, torch.Tensor)}


if __name__ == "__main__":
    main()
