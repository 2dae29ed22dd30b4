"""Models built without memory: every tensor goes to meta as it is registered."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.nn.modules.module import (
    register_module_buffer_registration_hook,
    register_module_parameter_registration_hook,
)

from penjing.spec.collector import held_back


def zoo_skeleton(name: str, **kwargs: Any) -> nn.Module:
    """A torchvision model by name, on meta, in eval mode, without weights."""
    from torchvision import models

    return skeleton(lambda: models.get_model(name, weights=None, **kwargs))


def skeleton(build: Callable[[], nn.Module]) -> nn.Module:
    """What `build` makes, on meta, in eval mode.

    Unlike under `torch.device("meta")`, arithmetic that a constructor does on tensors of its own (RegNet's widths)
    has its values. Weights that have no values are not initialised.
    """
    with held_back(), _to_meta(), _no_initialisation():
        return build().eval()


@contextmanager
def _to_meta() -> Iterator[None]:
    def parameter(module: nn.Module, name: str, value: nn.Parameter | None) -> nn.Parameter | None:
        if value is None or value.is_meta:
            return value
        return nn.Parameter(_empty(value), requires_grad=value.requires_grad)

    def buffer(module: nn.Module, name: str, value: torch.Tensor | None) -> torch.Tensor | None:
        return value if value is None else value.to("meta")

    # Torch's annotation leaves out that what a hook returns is registered instead.
    handles = (
        register_module_parameter_registration_hook(parameter),  # type: ignore[arg-type]
        register_module_buffer_registration_hook(buffer),  # type: ignore[arg-type]
    )
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _empty(value: torch.Tensor) -> torch.Tensor:
    if value.layout is not torch.strided:
        return torch.empty_like(value, device="meta")
    return torch.empty_strided(value.shape, value.stride(), dtype=value.dtype, device="meta")


@contextmanager
def _no_initialisation() -> Iterator[None]:
    """`torch.nn.init` leaves tensors on meta alone: torch works in Python there, and for nothing."""
    originals = {
        name: value
        for name, value in vars(nn.init).items()
        if name.endswith("_") and not name.startswith("_") and callable(value)
    }
    vars(nn.init).update({name: _sparing_meta(value) for name, value in originals.items()})
    try:
        yield
    finally:
        vars(nn.init).update(originals)


def _sparing_meta(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def initialise(*args: Any, **kwargs: Any) -> Any:
        tensor = args[0] if args else kwargs.get("tensor")
        if isinstance(tensor, torch.Tensor) and tensor.is_meta:
            return tensor
        return original(*args, **kwargs)

    return initialise
