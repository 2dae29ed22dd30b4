"""Peak activation bytes of one training step, as a range; parameters, their gradients and optimizer state aside.

The low end is what autograd keeps for the backward pass, with attention in the fused kernel: without checkpointing
no step takes less. The high end keeps every tensor that the forward pass makes, with attention step by step, and adds
the gradients of the operator that has the largest. Where a real step falls depends on the kernels and on how soon
tensors are freed.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from penjing.costs import shapes
from penjing.costs.fused import unfused
from penjing.costs.meta import Args, Inputs, call, example_inputs, tensors_in, tensors_of

Storages = dict[int, torch.UntypedStorage]


def training_range(module: nn.Module, inputs: Inputs, device: str = "meta") -> tuple[int, int] | None:
    """(low, high) bytes for one sample of `inputs`; None where nothing is trained or the step does not run.

    A module on meta is run in training mode on one sample, or on two where batch norm needs them, and the figures are
    halved; where it does not run so, and always on the CPU, where running statistics would change, it is run as in
    evaluation. The module is left in evaluation mode.
    """
    if not any(parameter.requires_grad for parameter in module.parameters()):
        return None
    for training, batch in ((True, 1), (True, 2), (False, 1)) if device == "meta" else ((False, 1),):
        try:
            module.train(training)
            low, high = _step(module, example_inputs(inputs, batch, device))
        except Exception:  # whatever a model raises in a mode or batch that is not for it
            continue
        finally:
            module.eval()
        return low // batch, -(-high // batch)
    return None


def _step(module: nn.Module, args: Args) -> tuple[int, int]:
    low, high, attends = _forward(module, args, fused=True)
    if attends:
        high = max(high, _forward(module, args, fused=False)[1])
    return low, high


def _forward(module: nn.Module, args: Args, fused: bool) -> tuple[int, int, bool]:
    """Bytes kept for backward, bytes made and the largest gradients, and whether attention was seen."""
    known = {
        tensor.untyped_storage()._cdata
        for one in module.modules()
        for tensor in (*one.parameters(recurse=False), *one.buffers(recurse=False))
    }
    kept: Storages = {}

    def pack(tensor: torch.Tensor) -> None:
        storage = tensor.untyped_storage()
        if storage._cdata not in known:
            kept[storage._cdata] = storage

    made = _Made(known, tensors_of(args))
    attention = _FusedAttention()
    hooks = torch.autograd.graph.saved_tensors_hooks(pack, _unpack)
    with torch.enable_grad(), unfused(), contextlib.redirect_stdout(sys.stderr), hooks, made:
        with attention if fused else contextlib.nullcontext():
            output = call(module, args)
    results = {one.untyped_storage()._cdata: one.untyped_storage() for one in tensors_in(output)}
    low = sum(one.nbytes() for key, one in {**kept, **results}.items() if key not in known)
    return low, max(low, sum(one.nbytes() for one in made.storages.values())) + made.largest, attention.seen


def _unpack(_: None) -> torch.Tensor:
    raise AssertionError("there is no backward pass")


class _Made(TorchDispatchMode):
    """Keeps the storage of everything that operators make, and the size of the largest operator's gradients."""

    def __init__(self, known: set[int], args: Sequence[torch.Tensor]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._known = known
        self.storages: Storages = {one.untyped_storage()._cdata: one.untyped_storage() for one in args}
        self.largest = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        out = shapes.run(func, args, kwargs or {})
        new = False
        touched: dict[int, int] = {}
        for one in tensors_in((out, args)):
            storage = one.untyped_storage()
            key = storage._cdata
            if key in self._known:
                continue
            if key not in self.storages:
                self.storages[key] = storage
                new = True
            if one.is_floating_point():
                touched[key] = one.numel() * one.element_size()
        if new:
            self.largest = max(self.largest, sum(touched.values()))
        return out


class _FusedAttention(TorchFunctionMode):
    """Attention as its fused kernel, which keeps no matrix of scores; on meta torch itself would not choose it."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = False

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if func is not F.scaled_dot_product_attention:
            return func(*args, **(kwargs or {}))
        self.seen = True
        with contextlib.suppress(Exception):  # a case that the kernel does not have goes the plain way
            return _flash(*args, **(kwargs or {}))
        return func(*args, **(kwargs or {}))


def _flash(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attn_mask: torch.Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    *,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Any:
    if query.dim() != 4 or enable_gqa:
        raise ValueError
    del dropout_p  # the kernel for the CPU has none; its mask is not kept either
    if attn_mask is not None and attn_mask.dtype == torch.bool:
        attn_mask = torch.zeros_like(attn_mask, dtype=query.dtype)
    kernel = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu
    return kernel(query, key, value, 0.0, is_causal, attn_mask=attn_mask, scale=scale)[0]
