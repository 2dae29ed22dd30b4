"""A copy of a module on the meta device: its structure and shapes without its memory."""

from __future__ import annotations

import copy
import inspect
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, overload

import torch
from torch import nn
from torch.utils._pytree import tree_leaves

from penjing.costs.paths import each
from penjing.spec.references import InputSpec

PLAIN = (int, float, bool, str, type(None), torch.dtype, torch.device, torch.layout, torch.memory_format)
ATOMS = frozenset(PLAIN)
_CONTAINERS = frozenset({OrderedDict, dict, list, set})
_NO_TENSORS = ATOMS | _CONTAINERS | {tuple}  # values that are no tensors themselves

Inputs = Sequence[InputSpec] | Mapping[str, InputSpec]
Args = tuple[torch.Tensor, ...] | dict[str, torch.Tensor]


def meta_copy(module: nn.Module) -> nn.Module:
    """The same modules with every tensor on meta, in eval mode. Shared modules and tensors stay shared.

    The copy is made with each tensor already replaced, so that a model of any size is copied without its
    memory. Raises whatever `copy.deepcopy` raises for a module that cannot be copied.
    """
    modules = each(module)
    memo: dict[int, Any] = {}
    for one in modules:
        for owned in (one._parameters, one._buffers, one.__dict__):
            for value in owned.values():
                if (
                    type(value) not in _NO_TENSORS
                    and isinstance(value, torch.Tensor)
                    and id(value) not in memo
                ):
                    memo[id(value)] = _on_meta(value)
    kinds = {kind: _is_plain(kind) for kind in {type(one) for one in modules}}
    plain = [(one, object.__new__(type(one))) for one in modules if kinds[type(one)]]
    memo.update((id(one), made) for one, made in plain)
    for one, made in plain:
        attributes = made.__dict__
        for name, value in one.__dict__.items():
            if name == "_compiled_call_impl":  # left out by torch's own `__getstate__` too
                continue
            kind = type(value)
            if kind in ATOMS or (kind is tuple and _is_atom(value)):
                attributes[name] = value
            elif kind in _CONTAINERS and not value and id(value) not in memo:
                attributes[name] = memo[id(value)] = kind()
            elif (kind is OrderedDict or kind is dict or kind is set or kind is list) and id(
                value
            ) not in memo:
                attributes[name] = _copied(value, kind, memo)
            else:
                attributes[name] = copy.deepcopy(value, memo)
    copied: nn.Module = copy.deepcopy(module, memo)
    set_training(copied, False)
    return copied


def _copied(value: Any, kind: type[Any], memo: dict[int, Any]) -> Any:
    """The copy of a container, which is quick for what most of a module's hold: names, modules, tensors."""
    parts = value.values() if isinstance(value, dict) else value
    if not all(type(one) in ATOMS or id(one) in memo for one in parts):
        return copy.deepcopy(value, memo)
    if not isinstance(value, dict):
        made = kind(memo.get(id(one), one) for one in value)
    elif all(type(one) in ATOMS for one in value):
        made = kind((name, memo.get(id(one), one)) for name, one in value.items())
    else:
        return copy.deepcopy(value, memo)
    memo[id(value)] = made
    return made


def is_on_meta(module: nn.Module) -> bool:
    """Whether all parameters and buffers that are registered are on meta, and there are some."""
    owned = [one for part in each(module) for one in (*part._parameters.values(), *part._buffers.values())]
    tensors = [one for one in owned if one is not None]
    return bool(tensors) and all(one.is_meta for one in tensors)


def set_training(module: nn.Module, training: bool) -> None:
    """`module.train()` or `.eval()`; where no class has a `train` of its own, without its detours."""
    modules = each(module)
    kinds = {type(one) for one in modules}
    if all(kind.train is nn.Module.train and kind.eval is nn.Module.eval for kind in kinds):
        for one in modules:
            one.__dict__["training"] = training
    elif training:
        module.train()
    else:
        module.eval()


def _is_atom(value: object) -> bool:
    """Whether a value can stand in both, as sizes and names do."""
    return all(isinstance(one, PLAIN) for one in value) if type(value) is tuple else isinstance(value, PLAIN)


def _is_plain(kind: type[nn.Module]) -> bool:
    """Whether a module is copied by its attributes alone, which is several times as fast as what `copy` does."""
    state = getattr(kind, "__getstate__", None)
    return (
        not hasattr(kind, "__deepcopy__")
        and kind.__reduce_ex__ is object.__reduce_ex__
        and kind.__reduce__ is object.__reduce__
        and kind.__setstate__ in _PLAIN_STATES
        and (
            state is getattr(object, "__getstate__", None)
            or state is getattr(nn.Module, "__getstate__", None)
        )
        and not any("__slots__" in vars(one) for one in kind.__mro__)
    )


# Torch's own that only add what old checkpoints do not have.
_PLAIN_STATES = (
    nn.Module.__setstate__,
    nn.modules.conv._ConvNd.__setstate__,
    nn.MultiheadAttention.__setstate__,
)


def _on_meta(tensor: torch.Tensor) -> torch.Tensor:
    if (
        tensor.layout is torch.strided
    ):  # several times as fast as `empty_like`, which works out strides in Python
        empty = torch.empty_strided(tensor.shape, tensor.stride(), dtype=tensor.dtype, device="meta")
    else:
        empty = torch.empty_like(tensor, device="meta")
    if isinstance(tensor, nn.Parameter):
        return nn.Parameter(empty, requires_grad=tensor.requires_grad)
    return empty


def storages(tensor: torch.Tensor) -> tuple[torch.UntypedStorage, ...]:
    """Where a tensor's numbers are: in one storage, or in those of its parts where it is sparse."""
    try:
        return (tensor.untyped_storage(),)
    except (RuntimeError, ValueError):  # it has none, or is not made yet
        pass
    guard = torch._C._DisableTorchDispatch()
    try:
        if tensor.layout is torch.sparse_coo:
            parts = [tensor._indices(), tensor._values()]
        elif tensor.layout in (torch.sparse_csr, torch.sparse_bsr):
            parts = [tensor.crow_indices(), tensor.col_indices(), tensor.values()]
        elif tensor.layout in (torch.sparse_csc, torch.sparse_bsc):
            parts = [tensor.ccol_indices(), tensor.row_indices(), tensor.values()]
        else:
            return ()
        return tuple(one.untyped_storage() for one in parts)
    except (RuntimeError, ValueError):
        return ()
    finally:
        del guard


def fills(tensor: torch.Tensor) -> bool:
    """Whether a tensor's elements reach to the end of its storage, from its start."""
    if tensor.storage_offset():
        return False
    shape, reach = tensor.shape, 1
    for size, stride in zip(shape, tensor.stride(), strict=True):
        if size == 0:
            reach = 0
            break
        reach += (size - 1) * stride
    return reach * tensor.element_size() == tensor.untyped_storage().nbytes()


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


def tensors_in(values: Any) -> Iterator[torch.Tensor]:
    """Every tensor in nested lists, tuples, dictionaries, and whatever else torch knows how to look into."""
    if isinstance(values, torch.Tensor):
        yield values
    elif isinstance(values, (list, tuple)):
        for one in values:
            yield from tensors_in(one)
    elif isinstance(values, dict):
        for one in values.values():
            yield from tensors_in(one)
    elif is_dataclass(values) and not isinstance(values, type):
        held = getattr(values, "__dict__", None)
        yield from tensors_in(
            [getattr(values, one.name, None) for one in fields(values)] if held is None else held
        )
    elif not isinstance(values, PLAIN):
        yield from (one for one in tree_leaves(values) if isinstance(one, torch.Tensor))


def list_tensors(values: Any) -> list[torch.Tensor]:
    """The same as `tensors_in`, at once; most values are one tensor, or a few in a row."""
    kind = type(values)
    if kind is torch.Tensor:
        return [values]
    if kind is tuple or kind is list:
        found: list[torch.Tensor] = []
        for one in values:
            sort = type(one)
            if sort is torch.Tensor or sort is nn.Parameter:
                found.append(one)
            elif sort not in ATOMS:
                found += list_tensors(one)
        return found
    return list(tensors_in(values))


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
