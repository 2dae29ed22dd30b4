"""One forward pass watched: every operator attributed to the layer that runs it.

Hooks keep the stack of modules that are being called; a dispatch mode sees each operator below them. A
leaf's row is named by the path it is called through, so a module that stands under two names has a row for
each that is used. Work outside any leaf belongs to the calling module's own row, `….(self)`.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from functools import partial
from types import TracebackType
from typing import Any

import torch
from torch import nn
from torch.utils.hooks import RemovableHandle

from penjing.costs.formulas import macs_of
from penjing.costs.leaves import (
    Calls,
    Key,
    Leaf,
    can_be_intercepted,
    empty,
    input_key,
    is_ordinary,
    is_whole,
)
from penjing.costs.lifetimes import Memory, Origins
from penjing.costs.meta import list_tensors
from penjing.costs.operators import Operators
from penjing.costs.paths import Paths, each, is_leaf, own_row, owned
from penjing.spec.costs import SELF


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


class Seen:
    """What one call of a leaf did, to be added up again when a call is alike."""

    __slots__ = ("dtype", "macs", "most", "operators", "shape", "stride")

    def __init__(self, out: torch.Tensor | None, macs: int, most: int, operators: int) -> None:
        # The result, None where it is the input itself.
        self.shape = None if out is None else tuple(out.shape)
        self.stride = () if out is None else out.stride()
        self.dtype = torch.float32 if out is None else out.dtype
        self.macs = macs
        self.most = most  # bytes alive at once within the call, above those before it
        self.operators = operators


_calls = Calls()


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
        self.memory = Memory(owned(module))
        self._modules: list[nn.Module] = [module]
        self._origins = Origins()
        self._handles: list[RemovableHandle] = []
        self._intercepted: list[nn.Module] = []
        self._leaves: list[Leaf] = []
        self._operators = 0
        self._mode: AbstractContextManager[Any] | None = None

    def __enter__(self) -> Tracer:
        for one in each(self.root):
            if can_be_intercepted(one):
                self._intercept(one)
            else:
                self._handles.append(one.register_forward_pre_hook(self._enter, with_kwargs=True))
                self._handles.append(one.register_forward_hook(self._leave))
        mode: AbstractContextManager[Any] = Operators(self._account)
        mode.__enter__()
        self._mode = mode
        return self

    def _intercept(self, module: nn.Module) -> None:
        """Have calls of the module come here, which is cheaper than by hooks; `module.forward` itself does not."""
        leaf = _calls.leaf(module)
        call = partial(self._call, module) if leaf is None else partial(self._call_leaf, leaf)
        module.__dict__["_compiled_call_impl"] = call
        self._intercepted.append(module)
        if leaf is not None:
            leaf.watch()
            self._leaves.append(leaf)

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._mode is not None:
            self._mode.__exit__(kind, value, trace)
        # Nothing is left that refers to itself: what a pass took is free without a collection of cycles.
        self._mode = None
        self.memory.forget()
        self._origins.forget()
        for leaf in self._leaves:
            leaf.forget()
        self._leaves.clear()
        for handle in self._handles:
            handle.remove()
        self._handles.clear()
        for one in self._intercepted:
            one.__dict__.pop("_compiled_call_impl", None)
        self._intercepted.clear()

    def row_of(self, name: str, module: nn.Module) -> Work:
        """The row of that name, made on first use."""
        row = self.work.get(name)
        if row is None:
            row = self.work[name] = Work(module)
        return row

    def _call(self, module: Any, /, *args: Any, **kwargs: Any) -> Any:
        self._enter(module, args, kwargs)
        output = module._call_impl(*args, **kwargs)
        self._leave(module, args, output)
        return output

    def _call_leaf(self, leaf: Leaf, /, *args: Any, **kwargs: Any) -> Any:
        module = leaf.module
        self._enter(module, args, kwargs)
        key = input_key(args, kwargs)
        if key is None or not is_ordinary(grad=False, functions=0) or not leaf.is_as_before():
            output = module._call_impl(*args, **kwargs)
        else:
            seen = leaf.calls.get(key)
            row = self.work[self.paths.stack[-1] or SELF]
            if seen is None:
                output = self._watch(leaf, key, row, args[0])
            else:
                output = args[0]
                if seen.shape is not None:
                    output = empty(seen.shape, seen.stride, seen.dtype)
                row.macs += seen.macs
                self.memory.reach(seen.most)
                if seen.operators:
                    self.memory.add((output,))
        self._leave(module, args, output)
        return output

    def _watch(self, leaf: Leaf, key: Key, row: Work, value: torch.Tensor) -> Any:
        """Run a leaf, and remember what it does where that can be said of every call that is alike."""
        memory = self.memory
        before = (row.macs, memory.now, memory.peak, self._operators)
        memory.peak = memory.now
        try:
            output = leaf.module._call_impl(value)
        finally:
            most = memory.peak - before[1]
            memory.peak = max(before[2], memory.peak)
        grown = memory.now - before[1]
        made = None if output is value else output
        if made is None:
            alike = grown == 0
        else:
            alike = is_whole(made) and grown == made.untyped_storage().nbytes()
        if alike and not row.unknown:
            leaf.calls[key] = Seen(made, row.macs - before[0], most, self._operators - before[3])
        return output

    def _enter(self, module: nn.Module, args: Any, kwargs: Any) -> None:
        name = self.paths.enter(module)
        self._modules.append(module)
        self.called.add(id(module))
        if is_leaf(module):
            row = name or SELF
            work = self.row_of(row, module)
            work.calls += 1
            tensors = list_tensors(args)
            if kwargs:
                tensors += list_tensors(kwargs)
            work.input_bytes += size_of(tensors)
            self._link(tensors, row)

    def _leave(self, module: nn.Module, args: Any, output: Any) -> None:
        name = self.paths.leave()
        self._modules.pop()
        leaf = is_leaf(module)
        row = self.work.get(name or SELF if leaf else own_row(name))
        if row is None:
            return
        tensors = list_tensors(output)
        if tensors:
            row.output_shape = sample_shape(tensors[0])
        if leaf:
            row.activation_bytes += size_of(tensors)
            self._origins.set(tensors, (name or SELF,))

    def _link(self, tensors: Iterable[torch.Tensor], row: str) -> None:
        for one in tensors:
            origins = self._origins.get(one)
            for origin in origins if len(origins) < 2 else sorted(origins):
                if origin != row:
                    self.edges[origin, row] = None

    def _account(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], out: Any) -> None:
        self._operators += 1
        outputs = list_tensors(out)
        # On meta, batch norm returns its statistics too; a real forward pass in eval mode leaves them empty.
        self.memory.add(outputs[:1] if "batch_norm" in func._overloadpacket.__name__ else outputs)
        name, module = self.paths.stack[-1], self._modules[-1]
        macs = macs_of(func, args, kwargs, out)
        if is_leaf(module):
            row = self.row_of(name or SELF, module)
            row.macs += macs or 0
            row.unknown |= macs is None
            self._origins.set(outputs, (name or SELF,))
            return
        inputs = list_tensors(args)
        if kwargs:
            inputs += list_tensors(kwargs)
        parameters = module._parameters
        own_ids = {id(one) for one in parameters.values() if one is not None} if parameters else ()
        if macs or macs is None or (own_ids and any(id(one) in own_ids for one in inputs)):
            own = own_row(name)
            row = self.row_of(own, module)
            row.macs += macs or 0
            row.unknown |= macs is None
            if macs:
                row.input_bytes += size_of(one for one in inputs if id(one) not in own_ids)
                row.activation_bytes += size_of(outputs)
            self._link(inputs, own)
            self._origins.set(outputs, (own,))
        else:
            self._origins.set(outputs, self._origins.of(inputs))


def size_of(tensors: Iterable[torch.Tensor]) -> int:
    """Bytes of the elements of some tensors."""
    return sum(one.numel() * one.element_size() for one in tensors)


def sample_shape(tensor: torch.Tensor) -> tuple[int, ...]:
    """A tensor's shape for one sample: without its first axis where that is the batch of one."""
    shape = tuple(tensor.shape)
    return shape[1:] if len(shape) > 1 and shape[0] == 1 else shape
