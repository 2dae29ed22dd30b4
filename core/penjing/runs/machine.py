"""This machine's sustained rates, measured: multiply-accumulates and bytes moved a second."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from penjing.costs.rates import measure_rates


def measure_machine(
    check: Callable[[], None] | None = None, repeats: int = 15, threads: int = 1
) -> dict[str, Any]:
    """Rates of a float32 matrix product and of a copy (read and write counted), and those of `measure_rates`."""
    rates = measure_rates(threads, repeats, check)
    return {
        "macs_per_s": rates["matmul_flops_per_s"] / 2,
        "bytes_per_s": rates["copy_bytes_per_s"],
        "threads": threads,
        **rates,
    }
