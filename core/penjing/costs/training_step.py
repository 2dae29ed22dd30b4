"""The forward pass of a training step, watched: what autograd keeps, what is made, and the largest gradients.

What a layer did in one call is remembered for calls that are alike (`leaves`).
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from penjing.costs import shapes
from penjing.costs.leaves import (
    Calls,
    Key,
    Leaf,
    attached,
    can_be_intercepted,
    empty,
    input_key,
    is_ordinary,
    is_whole,
)
from penjing.costs.meta import (
    Args,
    list_tensors,
    storages,
    tensors_in,
    tensors_of,
)
from penjing.costs.paths import each, owned

Storages = dict[int, torch.UntypedStorage]


class Seen:
    """What one call of a layer kept and made, to be added up again when a call is alike."""

    __slots__ = (
        "dtype",
        "grad",
        "keeps_input",
        "keeps_output",
        "kept",
        "largest",
        "made",
        "shape",
        "stride",
        "writes",
    )

    def __init__(self) -> None:
        self.shape: tuple[int, ...] | None = None  # of the result, None where it is the input itself
        self.stride: tuple[int, ...] = ()
        self.dtype = torch.float32
        self.grad = False
        self.writes = False
        self.keeps_input = False
        self.keeps_output = False
        self.kept = 0  # bytes kept besides
        self.made = 0  # bytes made besides the result
        self.largest = 0


_calls = Calls()


class Step(TorchDispatchMode):
    """The forward pass of a training step: `low` is what is kept for backward, `high` what is made and more.

    Keeps the storage of everything that operators make, and the size of the largest operator's gradients.
    """

    def __init__(self, module: nn.Module, args: Args, functions: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._module = module
        self._functions = functions
        self._known = {one._cdata for tensor in owned(module) for one in storages(tensor)}
        self._kept: Storages = {}
        self._made: Storages = {one._cdata: one for tensor in tensors_of(args) for one in storages(tensor)}
        self._kept_besides = self._made_besides = self._largest = 0
        self._order: list[int] = list(self._made)  # as they were made
        self._operators = 0
        self._hooks: AbstractContextManager[None] | None = None
        self._intercepted: list[nn.Module] = []
        self._leaves: list[Leaf] = []
        self.attends = False
        self.low = self.high = 0

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # nothing is compiled here, and to say so takes time at every operator

    def __enter__(self) -> Step:
        for one in each(self._module):
            leaf = _calls.leaf(one) if can_be_intercepted(one) else None
            if leaf is not None:
                one.__dict__["_compiled_call_impl"] = partial(self._call_leaf, leaf)
                self._intercepted.append(one)
                leaf.watch()
                self._leaves.append(leaf)
        self._hooks = torch.autograd.graph.saved_tensors_hooks(self._pack, _unpack)
        self._hooks.__enter__()
        super().__enter__()  # type: ignore[no-untyped-call]
        return self

    def __exit__(self, kind: Any, value: Any, trace: Any) -> None:
        super().__exit__(kind, value, trace)  # type: ignore[no-untyped-call]
        if self._hooks is not None:
            self._hooks.__exit__(kind, value, trace)
        self._hooks = None
        for leaf in self._leaves:
            leaf.forget()
        self._leaves.clear()
        for one in self._intercepted:
            one.__dict__.pop("_compiled_call_impl", None)
        self._intercepted.clear()

    def finish(self, output: Any) -> None:
        """Add up, now that the result is known."""
        results = {one._cdata: one for tensor in tensors_in(output) for one in storages(tensor)}
        kept = {**self._kept, **results}
        self.low = (
            sum(one.nbytes() for key, one in kept.items() if key not in self._known) + self._kept_besides
        )
        made = sum(one.nbytes() for one in self._made.values()) + self._made_besides
        self.high = max(self.low, made) + self._largest

    def _pack(self, tensor: torch.Tensor) -> None:
        for storage in storages(tensor):
            key = storage._cdata
            if key not in self._known:
                self._kept[key] = storage

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        self._operators += 1
        out = shapes.run(func, args, kwargs or {})
        if func.is_view and self._is_known(args[0]):  # nothing is made, and most operators are views
            return out
        if func is _SOFTMAX_OF_ATTENTION:
            self.attends = True
        new = False
        touched: dict[int, int] = {}
        for one in (*list_tensors(out), *list_tensors(args)):
            for storage in storages(one):
                key = storage._cdata
                if key in self._known:
                    continue
                if key not in self._made:
                    self._made[key] = storage
                    self._order.append(key)
                    new = True
                if one.dtype.is_floating_point:
                    touched[key] = one.numel() * one.element_size()
        if new:
            self._largest = max(self._largest, sum(touched.values()))
        return out

    def _is_known(self, tensor: torch.Tensor) -> bool:
        return all(one._cdata in self._made or one._cdata in self._known for one in storages(tensor))

    def _call_leaf(self, leaf: Leaf, /, *args: Any, **kwargs: Any) -> Any:
        module = leaf.module
        key = input_key(args, kwargs)
        if key is None or not is_ordinary(grad=True, functions=self._functions) or not leaf.is_as_before():
            return module._call_impl(*args, **kwargs)
        value: torch.Tensor = args[0]
        storage = value.untyped_storage()
        hooks = torch._C._autograd._top_saved_tensors_default_hooks(True)
        if hooks is None or hooks[0] != self._pack:  # as within a checkpoint, which keeps less
            return module._call_impl(value)
        if storage._cdata not in self._made or storage._cdata in self._known:
            return module._call_impl(value)
        seen = leaf.calls.get(key)
        if seen is None:
            return self._watch(leaf, key, value, storage)
        if seen.writes and (value._is_view() or (value.requires_grad and value.is_leaf)):
            return module._call_impl(value)  # what autograd makes of that depends on more than the shape
        output = value
        if seen.shape is not None:
            output = empty(seen.shape, seen.stride, seen.dtype)
            if seen.grad:
                output = attached(output)
            made = output.untyped_storage()
            self._made[made._cdata] = made
            self._order.append(made._cdata)
            if seen.keeps_output:
                self._kept[made._cdata] = made
        if seen.keeps_input:
            self._kept[storage._cdata] = storage
        self._kept_besides += seen.kept
        self._made_besides += seen.made
        self._largest = max(self._largest, seen.largest)
        return output

    def _watch(self, leaf: Leaf, key: Key, value: torch.Tensor, storage: torch.UntypedStorage) -> Any:
        """Run a layer, and remember what it does where that can be said of every call that is alike."""
        start, kept, largest, operators = len(self._order), self._kept, self._largest, self._operators
        viewed = value._is_view()
        self._kept, self._largest = {}, 0
        try:
            output = leaf.module._call_impl(value)
        finally:
            packed, own = self._kept, self._largest
            kept.update(packed)
            self._kept = kept
            self._largest = max(largest, own)
        made = set(self._order[start:])
        seen = Seen()
        seen.largest = own
        seen.writes = output is value and self._operators > operators
        result = storage._cdata
        if output is not value:
            if not is_whole(output) or (output.requires_grad and output.grad_fn is None):
                return output
            result = output.untyped_storage()._cdata
            seen.shape, seen.stride, seen.dtype = tuple(output.shape), output.stride(), output.dtype
            seen.grad = output.requires_grad
            seen.keeps_output = result in packed
            if result not in made:
                return output
        elif viewed or output.requires_grad is not key[-1]:
            return output
        seen.keeps_input = storage._cdata in packed
        besides = {storage._cdata, result}
        seen.kept = sum(one.nbytes() for at, one in packed.items() if at not in besides)
        seen.made = sum(self._made[at].nbytes() for at in made if at not in besides)
        if all(at in besides or at in made for at in packed):
            leaf.calls[key] = seen
        return output


def _unpack(_: None) -> torch.Tensor:
    raise AssertionError("there is no backward pass")


_SOFTMAX_OF_ATTENTION = torch.ops.aten._safe_softmax.default  # only attention uses it, where it is not fused
