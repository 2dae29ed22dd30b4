"""A copy of a module on the meta device: its structure and shapes without its memory."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Mapping, Sequence
from typing import Any, overload

import torch
from torch import nn

from penjing.spec.references import InputSpec

Inputs = Sequence[InputSpec] | Mapping[str, InputSpec]
Args = tuple[torch.Tensor, ...] | dict[str, torch.Tensor]


def meta_copy(module: nn.Module) -> nn.Module:
    """The same modules with every tensor on meta, in eval mode. Shared modules and tensors stay shared.

    The copy is made with each tensor already replaced, so that a model of any size is copied without its
    memory. Raises whatever `copy.deepcopy` raises for a module that cannot be copied.
    """
    memo: dict[int, object] = {}
    for one in module.modules():
        for owned in (one._parameters, one._buffers, one.__dict__):
            for tensor in owned.values():
                if isinstance(tensor, torch.Tensor) and id(tensor) not in memo:
                    memo[id(tensor)] = _on_meta(tensor)
    return copy.deepcopy(module, memo).eval()


def _on_meta(tensor: torch.Tensor) -> torch.Tensor:
    empty = torch.empty_like(tensor, device="meta")
    if isinstance(tensor, nn.Parameter):
        return nn.Parameter(empty, requires_grad=tensor.requires_grad)
    return empty


def specs_of(inputs: Inputs) -> tuple[InputSpec, ...]:
    """The specs without their names."""
    return tuple(inputs.values()) if isinstance(inputs, Mapping) else tuple(inputs)


@overload
def example_inputs(
    inputs: Sequence[InputSpec], batch: int = 1, device: str = "cpu", seed: int = 0
) -> tuple[torch.Tensor, ...]: ...
@overload
def example_inputs(inputs: Inputs, batch: int = 1, device: str = "cpu", seed: int = 0) -> Args: ...
def example_inputs(inputs: Inputs, batch: int = 1, device: str = "cpu", seed: int = 0) -> Args:
    """One tensor an input: standard normal numbers for floats (on the CPU), zeros for whole numbers."""
    generator = torch.Generator().manual_seed(seed)
    made = []
    for spec in specs_of(inputs):
        dtype: torch.dtype = getattr(torch, spec.dtype)
        shape = (batch, *spec.shape)
        if device == "meta":
            made.append(torch.empty(shape, dtype=dtype, device="meta"))
        elif dtype.is_floating_point:
            made.append(torch.randn(shape, generator=generator).to(dtype))
        else:
            made.append(torch.zeros(shape, dtype=dtype))
    return dict(zip(inputs, made, strict=True)) if isinstance(inputs, Mapping) else tuple(made)


def tensors_of(args: Args) -> tuple[torch.Tensor, ...]:
    """The tensors without their names."""
    return tuple(args.values()) if isinstance(args, dict) else args


def call(module: nn.Module, args: Args) -> Any:
    """Call a module: by position, by keyword where it has all the names, else with the dictionary."""
    if not isinstance(args, dict):
        return module(*args)
    known = inspect.signature(module.forward).parameters
    anything = any(one.kind is inspect.Parameter.VAR_KEYWORD for one in known.values())
    return module(**args) if anything or set(args) <= set(known) else module(args)
