"""Exact hashes of items, and one fingerprint for a whole data set.

A picture's hash is over its file's bytes, an array's over each row's bytes. A fingerprint is over the sorted lines that
say what a data set holds (relative paths and hashes), so it stays the same when a folder is moved or listed in another
order, and changes with any byte, name or class.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import numpy as np


def row_hashes(array: np.ndarray[Any, Any]) -> list[bytes]:
    """SHA-256 of the bytes of each row (item along the first axis)."""
    array = np.ascontiguousarray(array)
    return [hashlib.sha256(row.tobytes()).digest() for row in array]


def array_line(name: str, array: np.ndarray[Any, Any]) -> str:
    """A line for `of_lines` that tells this array from any other: name, dtype, shape, SHA-256 of its bytes."""
    digest = hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()
    return f"{name}\t{array.dtype.str}\t{array.shape}\t{digest}"


def of_lines(lines: Iterable[str]) -> str:
    """The fingerprint of a data set, as hex: SHA-256 over its lines, sorted."""
    digest = hashlib.sha256()
    for line in sorted(lines):
        digest.update(line.encode("utf-8", "surrogateescape") + b"\n")
    return digest.hexdigest()
