"""Module -> cost table: parameters, MACs, activation and weight bytes, counted without measuring anything.

The forward pass runs on meta tensors (shapes without memory) with torch's fused paths off, so that every
operator is seen. Where a model cannot run on meta it runs on the CPU, and a warning says so.
"""

from __future__ import annotations

import contextlib
import copy
import sys
from collections.abc import Callable, Iterator

import torch
from torch import nn
from torch.nn.parameter import UninitializedBuffer, UninitializedParameter

from penjing.costs.factors import factors_of
from penjing.costs.fused import unfused
from penjing.costs.meta import (
    Args,
    Inputs,
    call,
    example_inputs,
    is_on_meta,
    meta_copy,
    set_training,
    specs_of,
    tensors_of,
)
from penjing.costs.paths import is_leaf, own_row, owned, walk
from penjing.costs.tracer import Tracer, Work
from penjing.costs.training_memory import training_range
from penjing.spec.collector import held_back
from penjing.spec.costs import SELF, CostTable, Row, sum_totals
from penjing.spec.messages import Failure, Message, bad_input
from penjing.spec.references import InputSpec

Warn = Callable[[Message], None]
LONGEST = 120  # characters of a layer's name in a message


def count(
    module: nn.Module,
    inputs: Inputs,
    model: str = "",
    format: str = "",
    warn: Warn | None = None,
    spent: bool = False,
) -> CostTable:
    """The cost table of `module` for one sample of `inputs`; the module is left as it was.

    `spent` says that the module was made to be counted and for nothing else: it is then not copied first.

    Inputs by name go to `forward` by keyword, or as one dictionary where it has no such parameters. `warn` is told
    where figures need a word of caution. Raises `Failure` (exit code 2) where the input does not fit, naming the
    layer.
    """
    tracer, training, refused = _traced(module, inputs, spent=spent)
    if warn and refused is not None:
        warn(Message("costs.counted_on_cpu", {"model": model, "error": _first_line(refused)}))
    table = _table(module, tracer, specs_of(inputs), model, format, training)
    if warn and table.totals.uncounted:
        names = table.totals.uncounted
        warn(Message("costs.incomplete", {"count": len(names), "layers": ", ".join(names[:3])}))
    return table


def trace(module: nn.Module, inputs: Inputs, batch: int = 1) -> Tracer:
    """One forward pass of a batch, watched; raises as `count` does."""
    return _traced(module, inputs, batch, train=False)[0]


Traced = tuple[Tracer, tuple[int, int] | None, BaseException | None]


def _traced(
    module: nn.Module, inputs: Inputs, batch: int = 1, train: bool = True, spent: bool = False
) -> Traced:
    """The pass, what training takes, and why it could not run on meta where it ran on the CPU."""
    with _deeper():
        module = _with_weights(module, inputs)
        return _watched(module, inputs, batch, train, spent)


def _watched(module: nn.Module, inputs: Inputs, batch: int, train: bool, spent: bool) -> Traced:
    try:
        with held_back():
            if spent and is_on_meta(module):
                copied = module
                set_training(copied, False)
            else:
                copied = meta_copy(module)
            tracer = Tracer(copied)
            _run(copied, tracer, example_inputs(inputs, batch, "meta"))
            return tracer, training_range(copied, inputs) if train else None, None
    except (
        Exception,
        SystemExit,
    ) as error:  # whatever a model's code raises on meta: operators without a meta kernel, .item(), …
        refused = error
    modes = {one: one.training for one in module.modules()}
    on_cpu: Tracer | None = None
    try:
        on_cpu = Tracer(module)
        _run(module.eval(), on_cpu, example_inputs(inputs, batch))
        return on_cpu, training_range(module, inputs, device="cpu") if train else None, refused
    except (Exception, SystemExit) as error:
        layer = on_cpu.paths.stack[-1] if on_cpu else ""
        raise _does_not_fit(inputs, layer or type(module).__name__, error) from error
    finally:
        for one, training in modes.items():
            one.training = training


@contextlib.contextmanager
def _deeper() -> Iterator[None]:
    """Room for the frame that watching adds to the three of each nested call."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(limit * 4 // 3 + 50)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def _with_weights(module: nn.Module, inputs: Inputs) -> nn.Module:
    """The module, or where lazy layers have no weights yet, a copy that was called once on the CPU and has them."""
    bare = [one for one in owned(module) if isinstance(one, (UninitializedParameter, UninitializedBuffer))]
    if not bare:
        return module
    buffers = {id(one): UninitializedBuffer() for one in bare if isinstance(one, UninitializedBuffer)}
    try:
        made = copy.deepcopy(module, dict(buffers)).eval()  # torch cannot copy such a buffer itself
        with torch.no_grad(), contextlib.redirect_stdout(sys.stderr):
            call(made, example_inputs(inputs))
    except (Exception, SystemExit) as error:
        raise _does_not_fit(inputs, type(module).__name__, error) from error
    return made


def _does_not_fit(inputs: Inputs, layer: str, error: BaseException) -> Failure:
    shape = "; ".join(map(str, specs_of(inputs)))
    shown = layer if len(layer) <= LONGEST else "…" + layer[-LONGEST:]
    return bad_input("costs.input_does_not_fit", shape=shape, layer=shown, error=_first_line(error))


def _run(module: nn.Module, tracer: Tracer, args: Args) -> None:
    tracer.memory.add(tensors_of(args))
    # What a model prints must not reach the terminal's JSON.
    with torch.no_grad(), unfused(), contextlib.redirect_stdout(sys.stderr), tracer:
        call(module, args)


def _table(
    module: nn.Module,
    tracer: Tracer,
    specs: tuple[InputSpec, ...],
    model: str,
    format: str,
    training: tuple[int, int] | None,
) -> CostTable:
    work = dict(tracer.work)
    seen: set[int] = set()
    for name, one in walk(tracer.root):
        if id(one) in seen:
            continue
        seen.add(id(one))
        row = (name or SELF) if is_leaf(one) else own_row(name)
        owns = any(parameter is not None for parameter in one._parameters.values())
        if owns and row not in work and not (is_leaf(one) and id(one) in tracer.called):
            work[row] = Work(one)
    counted: set[int] = set()
    rows = tuple(_row(name, one, counted) for name, one in work.items())
    containers = {name: type(one).__name__ for name, one in walk(module) if not is_leaf(one) or not name}
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
    own = []
    for one in work.module._parameters.values():
        if one is not None and id(one) not in counted:
            counted.add(id(one))
            own.append(one)
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
