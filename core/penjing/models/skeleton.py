"""Models built without memory: every tensor goes to meta as it is registered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.nn.modules.module import (
    register_module_buffer_registration_hook,
    register_module_parameter_registration_hook,
)


def zoo_skeleton(name: str, **kwargs: Any) -> nn.Module:
    """A torchvision model by name, on meta, in eval mode, without weights."""
    from torchvision import models

    return skeleton(lambda: models.get_model(name, weights=None, **kwargs))


def skeleton(build: Callable[[], nn.Module]) -> nn.Module:
    """What `build` makes, on meta, in eval mode.

    Unlike under `torch.device("meta")`, arithmetic that a constructor does on tensors of its own (RegNet's widths)
    has its values. Layers are initialised on meta, which takes no time.
    """
    with _to_meta():
        return build().eval()


@contextmanager
def _to_meta() -> Iterator[None]:
    def parameter(module: nn.Module, name: str, value: nn.Parameter | None) -> nn.Parameter | None:
        if value is None or value.is_meta:
            return value
        empty = torch.empty_like(value, device="meta")
        return nn.Parameter(empty, requires_grad=value.requires_grad)

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
