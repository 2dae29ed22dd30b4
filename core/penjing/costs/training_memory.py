"""Peak activation bytes of one training step, as a range; parameters, their gradients and optimizer state aside.

The low end is what autograd keeps for the backward pass, with attention in the fused kernel: without checkpointing
no step takes less. The high end keeps every tensor that the forward pass makes, with attention step by step, and adds
the gradients of the operator that has the largest. Where a real step falls depends on the kernels and on how soon
tensors are freed.
"""

from __future__ import annotations

import contextlib
import sys

import torch
from torch import nn

from penjing.costs.fused import FusedAttention, unfused
from penjing.costs.meta import Args, Inputs, call, example_inputs, set_training
from penjing.costs.paths import owned
from penjing.costs.training_step import Step


def training_range(module: nn.Module, inputs: Inputs, device: str = "meta") -> tuple[int, int] | None:
    """(low, high) bytes for one sample of `inputs`; None where nothing is trained or the step does not run.

    A module on meta is run in training mode on one sample, or on two where batch norm needs them, and the figures are
    halved; where it does not run so, and always on the CPU, where running statistics would change, it is run as in
    evaluation. The module is left in evaluation mode.
    """
    if not any(one.requires_grad for one in owned(module)):
        return None
    for training, batch in ((True, 1), (True, 2), (False, 1)) if device == "meta" else ((False, 1),):
        try:
            set_training(module, training)
            low, high = _step(module, example_inputs(inputs, batch, device))
        except Exception:  # whatever a model raises in a mode or batch that is not for it
            continue
        finally:
            set_training(module, False)
        return low // batch, -(-high // batch)
    return None


def _step(module: nn.Module, args: Args) -> tuple[int, int]:
    plain = _forward(module, args)
    if not plain.attends:
        return plain.low, plain.high
    fused = _forward(module, args, FusedAttention())
    return fused.low, max(fused.high, plain.high)


def _forward(module: nn.Module, args: Args, attention: FusedAttention | None = None) -> Step:
    step = Step(module, args, 0 if attention is None else 1)
    with torch.enable_grad(), unfused(), contextlib.redirect_stdout(sys.stderr), step:
        with attention or contextlib.nullcontext():
            output = call(module, args)
    step.finish(output)
    return step
