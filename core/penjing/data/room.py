"""Whether data would fit into the memory that is free, asked before it is unpacked."""

from __future__ import annotations

from pathlib import Path

from penjing.spec.messages import Failure, bad_input

MOST = 16 * 2**30  # bytes, however much memory there is


def check(path: Path, size: int) -> None:
    """Raise `Failure` (exit code 2) where `size` bytes are more than are read, or more than are free."""
    import psutil

    if size > MOST:
        raise too_large(path, size, MOST)
    free = int(psutil.virtual_memory().available)
    if size > free:
        raise bad_input(
            "data.no_memory", path=str(path), gigabytes=round(size / 1e9, 1), free=round(free / 1e9, 1)
        )


def too_large(path: Path, size: int, most: int) -> Failure:
    """The failure for data of `size` bytes where no more than `most` are read."""
    return bad_input(
        "data.too_large", path=str(path), gigabytes=round(size / 1e9, 1), most=round(most / 1e9, 1)
    )
