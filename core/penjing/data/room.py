"""Whether data would fit into the memory that is free, asked before it is unpacked."""

from __future__ import annotations

from pathlib import Path

from penjing.spec.messages import bad_input

MOST = 16 * 2**30  # bytes, however much memory there is


def check(path: Path, size: int) -> None:
    """Raise `Failure` (exit code 2) where `size` bytes are more than are read, or more than are free."""
    import psutil

    if size > MOST:
        raise bad_input("data.too_large", path=str(path), gigabytes=round(size / 1e9, 1))
    free = int(psutil.virtual_memory().available)
    if size > free:
        raise bad_input(
            "data.no_memory", path=str(path), gigabytes=round(size / 1e9, 1), free=round(free / 1e9, 1)
        )
