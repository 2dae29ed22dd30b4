"""This machine's sustained rates, measured: multiply-accumulates and bytes moved a second, on one thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import torch

SIZE = 512  # a 512 × 512 float32 matrix product: 134 million multiply-accumulates
COPY_FLOATS = 16 * 1024 * 1024  # 64 MB, beyond the caches


def measure_machine(check: Callable[[], None] | None = None, repeats: int = 15) -> dict[str, Any]:
    """Median rates of a float32 matrix product and of a copy (read and write counted), on one thread."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        a, b = torch.ones(SIZE, SIZE), torch.ones(SIZE, SIZE)
        source, target = torch.ones(COPY_FLOATS), torch.empty(COPY_FLOATS)

        def timed(work: Callable[[], object]) -> float:
            work()
            times = []
            for _ in range(repeats):
                if check is not None:
                    check()
                started = time.perf_counter()
                work()
                times.append(time.perf_counter() - started)
            return median(times)

        product = timed(lambda: torch.mm(a, b))
        copying = timed(lambda: target.copy_(source))
    finally:
        torch.set_num_threads(before)
    return {"macs_per_s": SIZE**3 / product, "bytes_per_s": 2 * 4 * COPY_FLOATS / copying, "threads": 1}
