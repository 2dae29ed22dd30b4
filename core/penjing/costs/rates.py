"""This machine's sustained rates, measured: float32 matrix products, convolutions, and copies.

A rate is the best of all repeats, after one pass that does not count: a roof is what the machine can reach, and what
else it does meanwhile only lowers it. Copies count what is read and what is written.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from torch.nn import functional as F

SIZE = 512  # a 512 × 512 matrix product: 134 million multiply-accumulates
CHANNELS, MAP = 64, 56  # a 3 × 3 convolution as in a ResNet's first stage: 116 million
COPY_FLOATS = 16 * 1024 * 1024  # 64 MB, beyond the caches

Check = Callable[[], None]


def measure_rates(threads: int = 1, repeats: int = 15, check: Check | None = None) -> dict[str, float]:
    """`{"matmul_flops_per_s", "convolution_flops_per_s", "copy_bytes_per_s"}` on that many threads.

    `check` is called between repeats and may raise to cancel. The thread count is restored.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with torch.no_grad():
            return {
                "matmul_flops_per_s": _matmul(repeats, check),
                "convolution_flops_per_s": _convolution(repeats, check),
                "copy_bytes_per_s": _copy(repeats, check),
            }
    finally:
        torch.set_num_threads(before)


def _matmul(repeats: int, check: Check | None) -> float:
    a, b = torch.ones(SIZE, SIZE), torch.ones(SIZE, SIZE)
    return 2 * SIZE**3 / _seconds(lambda: torch.mm(a, b), repeats, check)


def _convolution(repeats: int, check: Check | None) -> float:
    x, weight = torch.ones(1, CHANNELS, MAP, MAP), torch.ones(CHANNELS, CHANNELS, 3, 3)
    flops = 2 * CHANNELS * CHANNELS * 9 * MAP * MAP
    return flops / _seconds(lambda: F.conv2d(x, weight, padding=1), repeats, check)


def _copy(repeats: int, check: Check | None) -> float:
    source, target = torch.ones(COPY_FLOATS), torch.empty(COPY_FLOATS)
    return 2 * 4 * COPY_FLOATS / _seconds(lambda: target.copy_(source), repeats, check)


def _seconds(work: Callable[[], object], repeats: int, check: Check | None) -> float:
    work()
    times = []
    for _ in range(repeats):
        if check is not None:
            check()
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)
