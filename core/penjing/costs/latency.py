"""Latency, measured on this machine's CPU: by layer, end to end, and of two models against each other.

The thread count is fixed for the measurement and restored after it. Figures are medians; intervals are 95 %
by order statistics. Nothing is measured until the model has warmed up.
"""

from __future__ import annotations

import contextlib
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import nn

from penjing.costs.meta import example_inputs
from penjing.costs.paths import Paths, is_leaf, row_name
from penjing.costs.statistics import median_interval
from penjing.spec.messages import bad_input
from penjing.spec.references import InputSpec

Check = Callable[[], None]
Sides = Mapping[str, tuple[nn.Module, Sequence[InputSpec]]]  # "before" and "after": a model and its inputs
WARM_UP = 3  # forward passes before the first that counts
TURNS = 4  # in which the layers of two models are timed alternately


def measure(
    module: nn.Module,
    inputs: Sequence[InputSpec],
    batch: int = 1,
    threads: int = 1,
    seconds: float = 5.0,
    check: Check | None = None,
) -> dict[str, Any]:
    """Time every layer, and the whole, for about `seconds` (at least three passes of each).

    Returns `{"batch", "threads", "runs", "layers": {row name: ms}, "total": {"ms", "ci95": [low, high]}}`.
    `layers` are medians of the time per pass, summed over calls; the own time of a container with
    parameters of its own (attention, for one) is under its `….(self)` row. `total` is measured without
    hooks, in passes of their own. `check` is called between passes and may raise to cancel. Raises
    `Failure` (exit code 2) where the input does not fit.
    """
    args = example_inputs(inputs, batch)
    plain: list[float] = []
    layers: dict[str, list[float]] = {}
    with _measuring([module], threads):
        _warm_up(module, args, inputs)
        timer = _LayerTimer(module)
        deadline = time.perf_counter() + seconds
        while len(plain) < 3 or time.perf_counter() < deadline:
            if check:
                check()
            plain.append(_time(module, args))
            with timer:
                module(*args)
            for name, milliseconds in timer.times.items():
                layers.setdefault(name, []).append(milliseconds)
    median, interval = median_interval(plain)
    return {
        "batch": batch,
        "threads": threads,
        "runs": len(plain),
        "layers": {name: statistics.median(times) for name, times in layers.items()},
        "total": {"ms": median, "ci95": list(interval)},
    }


def compare(
    dense: nn.Module,
    compressed: nn.Module,
    inputs: Sequence[InputSpec],
    batches: Sequence[int] = (1, 32),
    threads: int = 1,
    seconds: float = 4.0,
    check: Check | None = None,
    other_inputs: Sequence[InputSpec] | None = None,
) -> dict[str, Any]:
    """Time two models in interleaved pairs, so that a change of the machine's speed meets both alike.

    Returns `{"threads", "batches": {"1": {"pairs", "before": {"median_ms", "ci95"}, "after": {…}, "ratio":
    {"median", "ci95"}}}, "layers": {"before": {name: ms}, "after": {name: ms}}}`. `ratio` is before / after
    by pairs: above 1 the compressed model is that many times as fast, and an interval that holds 1 is no
    difference beyond noise. `seconds` is for everything; a fifth of it goes to the layers, which are timed
    at the first batch size. `check` is called between pairs and may raise to cancel. `other_inputs` are the second
    model's inputs where it takes others.
    """
    share = seconds * 0.8 / len(batches)
    sides = {"before": (dense, inputs), "after": (compressed, other_inputs or inputs)}
    compared: dict[str, Any] = {}
    with _measuring([dense, compressed], threads):
        for batch in batches:
            compared[str(batch)] = _pairs(sides, batch, share, check)
    layers = _layers(sides, batches[0], threads, seconds * 0.2, check)
    return {"threads": threads, "batches": compared, "layers": layers}


def _layers(
    sides: Sides, batch: int, threads: int, seconds: float, check: Check | None
) -> dict[str, dict[str, float]]:
    """Milliseconds by layer for both, in turns too: the median of each layer's turns."""
    turns: dict[str, list[dict[str, float]]] = {"before": [], "after": []}
    for _ in range(TURNS):
        for side, (module, inputs) in sides.items():
            part = measure(module, inputs, batch, threads, seconds / (2 * TURNS), check)
            turns[side].append(part["layers"])
    return {
        side: {name: statistics.median(one[name] for one in found) for name in found[0]}
        for side, found in turns.items()
    }


def _pairs(sides: Sides, batch: int, seconds: float, check: Check | None) -> dict[str, Any]:
    (dense, inputs), (compressed, other_inputs) = sides["before"], sides["after"]
    args, other_args = example_inputs(inputs, batch), example_inputs(other_inputs, batch)
    _warm_up(dense, args, inputs)
    _warm_up(compressed, other_args, other_inputs)
    before: list[float] = []
    after: list[float] = []
    deadline = time.perf_counter() + seconds
    while len(before) < 6 or time.perf_counter() < deadline:
        if check:
            check()
        # Who goes first alternates: the second of a pair may find the caches warmer.
        if len(before) % 2:
            after.append(_time(compressed, other_args))
            before.append(_time(dense, args))
        else:
            before.append(_time(dense, args))
            after.append(_time(compressed, other_args))
    ratio, interval = median_interval([one / other for one, other in zip(before, after, strict=True)])
    return {
        "pairs": len(before),
        "before": _summary(before),
        "after": _summary(after),
        "ratio": {"median": ratio, "ci95": list(interval)},
    }


def _summary(times: Sequence[float]) -> dict[str, Any]:
    median, interval = median_interval(times)
    return {"median_ms": median, "ci95": list(interval)}


def _time(module: nn.Module, args: tuple[torch.Tensor, ...]) -> float:
    start = time.perf_counter_ns()
    module(*args)
    return (time.perf_counter_ns() - start) / 1e6


def _warm_up(module: nn.Module, args: tuple[torch.Tensor, ...], inputs: Sequence[InputSpec]) -> None:
    try:
        for _ in range(WARM_UP):
            module(*args)
    except Exception as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:240]
        raise bad_input(
            "costs.cannot_run", shape="; ".join(map(str, inputs)), batch=len(args[0]), error=reason
        ) from error


@contextlib.contextmanager
def _measuring(modules: Sequence[nn.Module], threads: int) -> Iterator[None]:
    """Eval mode, no gradients, a fixed thread count, and nothing printed to stdout; all restored
    afterwards.
    """
    modes: Mapping[nn.Module, bool] = {one: one.training for top in modules for one in top.modules()}
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        for module in modules:
            module.eval()
        with torch.no_grad(), contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        torch.set_num_threads(before)
        for one, training in modes.items():
            one.training = training


class _LayerTimer:
    """A context around one forward pass; `times` then holds each row's milliseconds in it."""

    def __init__(self, module: nn.Module) -> None:
        self._module = module
        self._handles: list[Any] = []
        self.times: dict[str, float] = {}

    def __enter__(self) -> _LayerTimer:
        self.times = {}
        self._paths = Paths(self._module)
        self._running: list[list[int]] = []  # [start, time spent in modules within], in ns
        for one in self._module.modules():
            self._handles.append(one.register_forward_pre_hook(self._enter))
            self._handles.append(one.register_forward_hook(self._leave))
        return self

    def __exit__(self, *details: object) -> None:
        for handle in self._handles:
            handle.remove()
        self._handles.clear()

    def _enter(self, module: nn.Module, args: Any) -> None:
        self._paths.enter(module)
        self._running.append([time.perf_counter_ns(), 0])

    def _leave(self, module: nn.Module, args: Any, output: Any) -> None:
        now = time.perf_counter_ns()
        start, within = self._running.pop()
        name = self._paths.leave()
        # Elsewhere a container's own time would be mostly that of these hooks.
        if is_leaf(module) or any(one is not None for one in module._parameters.values()):
            row = row_name(name, module)
            self.times[row] = self.times.get(row, 0.0) + (now - start - within) / 1e6
        if self._running:
            self._running[-1][1] += now - start
