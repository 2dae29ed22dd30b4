"""One forward pass watched: every operator attributed to the layer that runs it.

Hooks keep the stack of modules that are being called; a dispatch mode sees each operator below them. A
leaf's row is named by the path it is called through, so a module that stands under two names has a row for
each that is used. Work outside any leaf belongs to the calling module's own row, `….(self)`.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, MutableMapping
from contextlib import AbstractContextManager
from functools import partial
from types import TracebackType
from typing import Any

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.hooks import RemovableHandle
from torch.utils.weak import WeakIdKeyDictionary

from penjing.costs import shapes
from penjing.costs.formulas import has_formula, macs_of
from penjing.costs.meta import tensors_in
from penjing.costs.paths import Paths, is_leaf, own_row
from penjing.spec.costs import SELF

Account = Callable[[Any, tuple[Any, ...], dict[str, Any], Any], None]


class Work:
    """What one row did, added up over its calls."""

    def __init__(self, module: nn.Module) -> None:
        self.module = module
        self.macs = 0
        self.unknown = False
        self.calls = 0
        self.input_bytes = 0
        self.activation_bytes = 0
        self.output_shape: tuple[int, ...] | None = None


class Tracer:
    """Use as a context around one forward pass of `module`, then read `work`, `edges` and `memory.peak`.

    After an exception, `paths.stack[-1]` is the name of the module in which it was raised.
    """

    def __init__(self, module: nn.Module) -> None:
        self.root = module
        self.work: dict[str, Work] = {}
        self.edges: dict[tuple[str, str], None] = {}
        self.paths = Paths(module)
        self.called: set[int] = set()
        self.memory = Memory(tensor for tensor in (*module.parameters(), *module.buffers()))
        self._modules: list[nn.Module] = [module]
        # Tensor -> names of the rows that made it.
        self._origins: MutableMapping[torch.Tensor, frozenset[str]] = WeakIdKeyDictionary()
        self._handles: list[RemovableHandle] = []
        self._operators: AbstractContextManager[Any] = _Operators(self._account)

    def __enter__(self) -> Tracer:
        for one in self.root.modules():
            self._handles.append(one.register_forward_pre_hook(self._enter, with_kwargs=True))
            self._handles.append(one.register_forward_hook(self._leave))
        self._operators.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._operators.__exit__(kind, value, trace)
        for handle in self._handles:
            handle.remove()
        self._handles.clear()

    def row_of(self, name: str, module: nn.Module) -> Work:
        """The row of that name, made on first use."""
        if name not in self.work:
            self.work[name] = Work(module)
        return self.work[name]

    def _enter(self, module: nn.Module, args: Any, kwargs: Any) -> None:
        name = self.paths.enter(module)
        self._modules.append(module)
        self.called.add(id(module))
        if is_leaf(module):
            row = name or SELF
            work = self.row_of(row, module)
            work.calls += 1
            work.input_bytes += size_of(tensors_in((args, kwargs)))
            self._link((args, kwargs), row)

    def _leave(self, module: nn.Module, args: Any, output: Any) -> None:
        name = self.paths.leave()
        self._modules.pop()
        tensors = list(tensors_in(output))
        own = name or SELF if is_leaf(module) else own_row(name)
        row = self.work.get(own)
        if row is not None and tensors:
            row.output_shape = sample_shape(tensors[0])
        if row is not None and is_leaf(module):
            row.activation_bytes += size_of(tensors)
            for one in tensors:
                self._origins[one] = frozenset((own,))

    def _link(self, values: Any, row: str) -> None:
        for one in tensors_in(values):
            for origin in sorted(self._origins.get(one, frozenset())):
                if origin != row:
                    self.edges[origin, row] = None

    def _account(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], out: Any) -> None:
        outputs = list(tensors_in(out))
        # On meta, batch norm returns its statistics too; a real forward pass in eval mode leaves them empty.
        self.memory.add(outputs[:1] if "batch_norm" in func._overloadpacket.__name__ else outputs)
        name, module = self.paths.stack[-1], self._modules[-1]
        macs = macs_of(func, args, kwargs, out)
        if is_leaf(module):
            row = self.row_of(name or SELF, module)
            row.macs += macs or 0
            row.unknown |= macs is None
            for one in outputs:
                self._origins[one] = frozenset((name or SELF,))
            return
        inputs = list(tensors_in((args, kwargs)))
        owned = {id(parameter) for parameter in module._parameters.values() if parameter is not None}
        own = own_row(name)
        if macs or macs is None or any(id(one) in owned for one in inputs):
            row = self.row_of(own, module)
            row.macs += macs or 0
            row.unknown |= macs is None
            if macs:
                row.input_bytes += size_of(one for one in inputs if id(one) not in owned)
                row.activation_bytes += size_of(outputs)
            self._link(inputs, own)
            origins = frozenset((own,))
        else:
            origins = frozenset().union(*(self._origins.get(one, frozenset()) for one in inputs))
        for one in outputs:
            self._origins[one] = origins


_WHOLE = {torch.ops.prim.device.default}  # operators known to be no composition of others


class _Operators(TorchDispatchMode):
    """Tells `account` of every operator, as far down as torch's formulas reach."""

    def __init__(self, account: Account) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._account = account

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if func not in _WHOLE:
            with self:  # an operator that is only a composition of others is counted through them
                parts = NotImplemented if has_formula(func) else func.decompose(*args, **kwargs)
            if parts is not NotImplemented:
                return parts
            _WHOLE.add(func)
        out = shapes.run(func, args, kwargs)
        self._account(func, args, kwargs, out)
        return out


class Memory:
    """Bytes of the tensors alive at once, by the lifetimes of their storages; the `known` are not counted."""

    def __init__(self, known: Iterable[torch.Tensor]) -> None:
        self._known = {id(one): one for one in (tensor.untyped_storage() for tensor in known)}
        self._alive: dict[int, tuple[weakref.ref[Any], int]] = {}
        self.now = 0
        self.peak = 0

    def add(self, tensors: Iterable[torch.Tensor]) -> None:
        """Count the storages of new tensors until they are freed; a storage already counted is not counted
        again.
        """
        for tensor in tensors:
            storage = tensor.untyped_storage()
            key = id(storage)
            if key in self._known or key in self._alive:
                continue
            size = storage.nbytes()
            self._alive[key] = (weakref.ref(storage, partial(self._drop, key)), size)
            self.now += size
            self.peak = max(self.peak, self.now)

    def _drop(self, key: int, reference: weakref.ref[Any]) -> None:
        del reference
        _, size = self._alive.pop(key)
        self.now -= size


def size_of(tensors: Iterable[torch.Tensor]) -> int:
    """Bytes of the elements of some tensors."""
    return sum(one.numel() * one.element_size() for one in tensors)


def sample_shape(tensor: torch.Tensor) -> tuple[int, ...]:
    """A tensor's shape for one sample: without its first axis where that is the batch of one."""
    shape = tuple(tensor.shape)
    return shape[1:] if len(shape) > 1 and shape[0] == 1 else shape
