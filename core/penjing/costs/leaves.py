"""Which layers' calls can be remembered: torch's own, called alone on one plain tensor on meta.

What such a layer does depends on nothing but its attributes, the shapes of its parameters, and its input. So what one
call of it was seen to do, operator by operator, is true of every later call that is alike, in whichever model; a deep
model has few that differ. A layer of any other class, or one with hooks, parametrizations or anything else added to
it, is always run.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn.modules import module as torch_module

from penjing.costs.meta import ATOMS, fills

KINDS: frozenset[type[nn.Module]] = frozenset(
    {
        nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d, nn.Linear,
        nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.LayerNorm, nn.GroupNorm, nn.RMSNorm,
        nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.PReLU, nn.ELU, nn.GELU, nn.SiLU, nn.Mish, nn.Sigmoid, nn.Tanh,
        nn.Hardswish, nn.Hardsigmoid, nn.Hardtanh, nn.Softplus, nn.Softmax,
        nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d, nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d,
        nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveAvgPool3d,
        nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.Embedding, nn.Identity,
    }
)  # fmt: skip
MOST = 20_000  # different layers, and different calls of one; beyond it all are forgotten

Key = tuple[Any, ...]
_OWN = frozenset(vars(nn.Module())) - {"training"}  # what every module has; no settings of a layer


class Leaf:
    """One layer of a pass, with what is known of its calls."""

    __slots__ = ("_attributes", "_parameters", "calls", "module")

    def __init__(self, module: nn.Module, calls: dict[Key, Any]) -> None:
        self.module: Any = module
        self.calls = calls
        self._attributes: dict[str, Any] = {}
        self._parameters = [(one, None if one is None else one.shape) for one in module._parameters.values()]

    def watch(self) -> None:
        """Take the attributes as they are now for those that the layer has to keep."""
        self._attributes = dict(self.module.__dict__)

    def forget(self) -> None:
        """Let go of the attributes: among them is what calls this very object."""
        self._attributes = {}

    def is_as_before(self) -> bool:
        """Whether nothing was changed in the layer since `watch`."""
        module = self.module
        try:
            if module.__dict__ != self._attributes:
                return False
        except Exception:  # an attribute became a tensor
            return False
        if module._forward_hooks or module._forward_pre_hooks:
            return False
        if module._backward_hooks or module._backward_pre_hooks:
            return False
        parameters = module._parameters.values()
        if len(parameters) != len(self._parameters):
            return False
        for one, (before, shape) in zip(parameters, self._parameters, strict=True):
            if one is not before or (one is not None and one.shape != shape):
                return False
        return True


class Calls:
    """What calls of layers were seen to do, kept from one model to the next: a pure function, of bounded size."""

    def __init__(self) -> None:
        self._by_settings: dict[Key, dict[Key, Any]] = {}

    def leaf(self, module: nn.Module) -> Leaf | None:
        """The layer with what is known of its calls; None where its calls cannot be remembered."""
        settings = settings_of(module)
        if settings is None:
            return None
        calls = self._by_settings.get(settings)
        if calls is None:
            if len(self._by_settings) >= MOST:
                self._by_settings.clear()
            calls = self._by_settings[settings] = {}
        elif len(calls) >= MOST:
            calls.clear()
        return Leaf(module, calls)


def settings_of(module: nn.Module) -> Key | None:
    """All that a call depends on but its input; None for a layer whose calls cannot be remembered."""
    kind = type(module)
    if kind not in KINDS or module._modules:
        return None
    values = module.__dict__
    if (
        module._forward_hooks
        or module._forward_pre_hooks
        or module._backward_hooks
        or module._backward_pre_hooks
    ):
        return None
    made: list[Any] = [kind, kind.forward]
    for name, value in values.items():
        if name in _OWN:
            continue
        sort = type(value)
        if sort in ATOMS:
            made += (name, sort, value)
        elif (sort is tuple or sort is list) and ATOMS.issuperset(map(type, value)):
            made += (name, sort, *value)
        else:
            return None
    for tensors, expected in ((module._parameters, nn.Parameter), (module._buffers, torch.Tensor)):
        for name, tensor in tensors.items():
            if tensor is None:
                made += (name, None)
            elif type(tensor) is not expected or not tensor.is_meta or tensor.dtype.is_complex:
                return None
            else:
                made += (name, tensor.shape, tensor.stride(), tensor.dtype, tensor.requires_grad)
    return tuple(made)


def input_key(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Key | None:
    """All that a call depends on of its input; None where that is not one plain tensor on meta."""
    if len(args) != 1 or kwargs:
        return None
    value = args[0]
    if type(value) is not torch.Tensor or not value.is_meta or value.layout is not torch.strided:
        return None
    dtype = value.dtype
    if dtype.is_complex or value.is_neg() or value.is_inference():
        return None
    return value.shape, value.stride(), dtype, value.requires_grad


def is_ordinary(grad: bool, functions: int) -> bool:
    """Whether operators do what they say: one dispatch mode, so many function modes, no transform, no autocast."""
    c = torch._C
    return (
        torch.is_grad_enabled() is grad
        and c._len_torch_dispatch_stack() == 1
        and c._len_torch_function_stack() == functions
        and not c._is_any_autocast_enabled()
        and c._functorch.peek_interpreter_stack() is None
        and c._get_tracing_state() is None
        and not torch_module._has_any_global_hook()  # type: ignore[no-untyped-call]
    )


def can_be_intercepted(module: nn.Module) -> bool:
    """Whether a call of the module goes through `_compiled_call_impl`, and through nothing else before."""
    kind = type(module)
    return (
        kind.__call__ is nn.Module.__call__
        and kind._call_impl is nn.Module._call_impl
        and kind._compiled_call_impl is None
        and "_compiled_call_impl" not in module.__dict__
        and "_call_impl" not in module.__dict__
        and not (module._forward_hooks or module._forward_pre_hooks)
        and not (module._backward_hooks or module._backward_pre_hooks)
    )


def empty(shape: tuple[int, ...], stride: tuple[int, ...], dtype: torch.dtype) -> torch.Tensor:
    """A new tensor on meta, unseen by the modes."""
    guard = torch._C._DisableTorchDispatch()
    try:
        return torch.empty_strided(shape, stride, dtype=dtype, device="meta")
    finally:
        del guard


def is_whole(value: Any) -> bool:
    """Whether a value is a plain tensor that has a storage to itself and fills it."""
    if type(value) is not torch.Tensor or not value.is_meta or value.layout is not torch.strided:
        return False
    if value.dtype.is_complex or value.storage_offset() or value._base is not None:
        return False
    return fills(value)


def attached(tensor: torch.Tensor) -> torch.Tensor:
    """The same storage as a result of something differentiable; there is no backward pass, and this would end it."""
    guard = torch._C._DisableTorchDispatch()
    try:
        made: torch.Tensor = _barrier(tensor.requires_grad_())
        return made
    finally:
        del guard


_barrier = torch._C._functions.DelayedError("there is no backward pass", 1)
