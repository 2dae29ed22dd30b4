"""Splits made once from their seed, and kept by the data's fingerprint under Penjing's home."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from penjing.data.split_order import Rows, rows_of_parts, sizes_of
from penjing.spec.files import write_bytes
from penjing.spec.folders import home

if TYPE_CHECKING:
    from torch import Tensor


def split_items(
    hashes: Sequence[bytes], labels: Tensor | None, shares: Sequence[float], seed: int, fingerprint: str
) -> list[Tensor]:
    """`split_rows` as tensors."""
    import torch

    rows = split_rows(hashes, None if labels is None else labels.numpy(), shares, seed, fingerprint)
    return [torch.from_numpy(part) for part in rows]


def split_rows(
    hashes: Sequence[bytes],
    labels: np.ndarray[Any, Any] | None,
    shares: Sequence[float],
    seed: int,
    fingerprint: str,
) -> list[Rows]:
    """Indices of each part, ascending; `shares` add up to 1. Every item is in exactly one part.

    Items with the same hash land in the same part. With `labels` (one number an item) every part has its share of each
    class. Without duplicates these are the parts that `splits.indices` makes. They are stored as
    `splits/FINGERPRINT-SEED.npz` and read back where they fit these items; a damaged file is written anew.
    """
    path = home() / "splits" / f"{fingerprint}-{seed}.npz"
    about = _about(hashes, labels, shares)
    parts = _read(path, about, len(hashes), len(shares))
    if parts is None:
        parts = _make(hashes, labels, shares, seed)
        with suppress(OSError):  # they can be made again from the seed
            _write(path, about, parts)
    return parts


def _make(
    hashes: Sequence[bytes], labels: np.ndarray[Any, Any] | None, shares: Sequence[float], seed: int
) -> list[Rows]:
    seen: dict[bytes, int] = {}
    group = np.array([seen.setdefault(one, len(seen)) for one in hashes], dtype=np.int64)
    first = np.full(len(seen), len(hashes), dtype=np.int64)
    np.minimum.at(first, group, np.arange(len(hashes)))
    each = None if labels is None else labels[first]
    chosen = rows_of_parts(len(seen), each, sizes_of(len(seen), shares), seed)
    part_of = np.empty(len(seen), dtype=np.int64)
    for number, part in enumerate(chosen):
        part_of[part] = number
    return [np.flatnonzero(part_of[group] == number) for number in range(len(shares))]


def _about(hashes: Sequence[bytes], labels: np.ndarray[Any, Any] | None, shares: Sequence[float]) -> str:
    """What a stored split was made for."""
    digest = hashlib.sha256(b"".join(hashes))
    if labels is not None:
        digest.update(labels.tobytes())
    digest.update(repr([float(share) for share in shares]).encode())
    return digest.hexdigest()


def _write(path: Path, about: str, parts: list[Rows]) -> None:
    stream = io.BytesIO()
    arrays: dict[str, Any] = {f"part{number}": part for number, part in enumerate(parts)}
    np.savez(stream, about=np.array(about), **arrays)
    write_bytes(path, stream.getvalue())


def _read(path: Path, about: str, items: int, count: int) -> list[Rows] | None:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            if str(stored["about"]) != about:
                return None
            parts = [stored[f"part{number}"] for number in range(count)]
        whole = np.sort(np.concatenate(parts))
    except Exception:  # whatever is wrong with it, it is made anew
        return None
    return parts if np.array_equal(whole, np.arange(items)) else None
