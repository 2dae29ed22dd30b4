"""Module -> cost table: parameters, MACs, activation and weight bytes, counted without measuring anything.

The forward pass runs on meta tensors (shapes without memory) with torch's fused paths off, so that every
operator is seen. Where a model cannot run on meta it runs on the CPU, and a warning says so.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Sequence

import torch
from torch import nn

from penjing.costs.factors import factors_of
from penjing.costs.fused import unfused
from penjing.costs.meta import example_inputs, meta_copy
from penjing.costs.paths import is_leaf, own_row
from penjing.costs.tracer import Tracer, Work
from penjing.costs.training_memory import training_range
from penjing.spec.costs import SELF, CostTable, Row, sum_totals
from penjing.spec.messages import Message, bad_input
from penjing.spec.references import InputSpec

Warn = Callable[[Message], None]


def count(
    module: nn.Module,
    inputs: Sequence[InputSpec],
    model: str = "",
    format: str = "",
    warn: Warn | None = None,
) -> CostTable:
    """The cost table of `module` for one sample of `inputs`; the module is left as it was.

    `warn` is told where figures need a word of caution. Raises `Failure` (exit code 2) where the input does
    not fit, naming the layer.
    """
    specs = tuple(inputs)
    try:
        copied = meta_copy(module)
        tracer = _trace(copied, example_inputs(specs, device="meta"))
        training = training_range(copied, specs)
    except (
        Exception
    ) as error:  # whatever a model's code raises on meta: operators without a meta kernel, .item(), …
        tracer, training = _on_cpu(module, specs)
        if warn:
            warn(Message("costs.counted_on_cpu", {"model": model, "error": _first_line(error)}))
    table = _table(module, tracer, specs, model, format, training)
    if warn and table.totals.uncounted:
        names = table.totals.uncounted
        warn(Message("costs.incomplete", {"count": len(names), "layers": ", ".join(names[:3])}))
    return table


def _on_cpu(module: nn.Module, specs: tuple[InputSpec, ...]) -> tuple[Tracer, tuple[int, int] | None]:
    modes = {one: one.training for one in module.modules()}
    tracer = Tracer(module)
    try:
        _trace(module.eval(), example_inputs(specs), tracer)
        return tracer, training_range(module, specs, device="cpu")
    except Exception as error:
        raise bad_input(
            "costs.input_does_not_fit",
            shape="; ".join(map(str, specs)),
            layer=tracer.paths.stack[-1] or type(module).__name__,
            error=_first_line(error),
        ) from error
    finally:
        for one, training in modes.items():
            one.training = training


def _trace(module: nn.Module, args: tuple[torch.Tensor, ...], tracer: Tracer | None = None) -> Tracer:
    tracer = tracer or Tracer(module)
    tracer.memory.add(args)
    # What a model prints must not reach the terminal's JSON.
    with torch.no_grad(), unfused(), contextlib.redirect_stdout(sys.stderr), tracer:
        module(*args)
    return tracer


def _table(
    module: nn.Module,
    tracer: Tracer,
    specs: tuple[InputSpec, ...],
    model: str,
    format: str,
    training: tuple[int, int] | None,
) -> CostTable:
    work = dict(tracer.work)
    for name, one in tracer.root.named_modules():
        row = (name or SELF) if is_leaf(one) else own_row(name)
        owns = any(parameter is not None for parameter in one._parameters.values())
        if owns and row not in work and not (is_leaf(one) and id(one) in tracer.called):
            work[row] = Work(one)
    counted: set[int] = set()
    rows = tuple(_row(name, one, counted) for name, one in work.items())
    containers = {
        name: type(one).__name__
        for name, one in module.named_modules(remove_duplicate=False)
        if not is_leaf(one) or not name
    }
    return CostTable(
        model=model or type(module).__name__,
        format=format,
        input=specs,
        rows=rows,
        totals=sum_totals(rows, tracer.memory.peak, training),
        modules=containers,
        edges=tuple(tracer.edges),
    )


def _row(name: str, work: Work, counted: set[int]) -> Row:
    own = [one for one in work.module._parameters.values() if one is not None and id(one) not in counted]
    own = list({id(one): one for one in own}.values())
    counted.update(map(id, own))
    factors = factors_of(work.module)
    return Row(
        name=name,
        kind=type(work.module).__name__,
        params=sum(one.numel() for one in own),
        trainable_params=sum(one.numel() for one in own if one.requires_grad),
        macs=None if work.unknown else work.macs,
        calls=work.calls,
        weight_bytes=sum(one.numel() * one.element_size() for one in own),
        activation_bytes=work.activation_bytes,
        output_shape=work.output_shape,
        in_channels=factors.in_channels,
        out_channels=factors.out_channels,
        groups=factors.groups,
        heads=factors.heads,
    )


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:240] if lines else type(error).__name__
