"""The roofline (Williams, Waterman, Patterson 2009, doi:10.1145/1498765.1498785) of one machine, with a model's layers.

A layer's arithmetic intensity is its FLOPs by the bytes that it moves: weights, inputs and outputs, once a call. It
can attain at most the machine's rate for its kind of arithmetic, or intensity times the rate of copying, whichever
is lower. Small layers can do better than that line: what they read may still be in a cache.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import nn

from penjing.costs.count import trace
from penjing.costs.meta import Inputs
from penjing.costs.tracer import Work


def place(
    module: nn.Module,
    inputs: Inputs,
    machine: Mapping[str, float],
    batch: int = 1,
    latencies: Mapping[str, float] | None = None,
) -> list[dict[str, Any]]:
    """Every layer that has FLOPs, on the roofline of `machine` (the keys of `measure_rates`).

    Each is `{"name", "kind", "flops", "bytes", "intensity" (FLOPs a byte), "roof": "matmul" or "convolution",
    "attainable_flops_per_s", "bound": "compute" or "memory", "latency_ms", "achieved_flops_per_s"}`, flops and bytes
    for the whole batch. `latencies` are milliseconds by row name for the same batch; the last two are None where there
    is none.
    """
    work = trace(module, inputs, batch).work
    measured = latencies or {}
    return [
        _placed(name, one, machine, measured.get(name))
        for name, one in work.items()
        if one.macs and not one.unknown
    ]


def _placed(name: str, work: Work, machine: Mapping[str, float], latency_ms: float | None) -> dict[str, Any]:
    flops = 2 * work.macs
    weights = sum(
        one.numel() * one.element_size() for one in work.module._parameters.values() if one is not None
    )
    moved = max(work.calls, 1) * weights + work.input_bytes + work.activation_bytes
    roof = "convolution" if isinstance(work.module, nn.modules.conv._ConvNd) else "matmul"
    ceiling = machine[f"{roof}_flops_per_s"]
    slope = flops / moved * machine["copy_bytes_per_s"]
    return {
        "name": name,
        "kind": type(work.module).__name__,
        "flops": flops,
        "bytes": moved,
        "intensity": flops / moved,
        "roof": roof,
        "attainable_flops_per_s": min(ceiling, slope),
        "bound": "compute" if ceiling <= slope else "memory",
        "latency_ms": latency_ms,
        "achieved_flops_per_s": flops / (latency_ms / 1e3) if latency_ms else None,
    }
