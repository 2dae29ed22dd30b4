"""A table's rows told apart by hash, and split. No torch."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pandas import DataFrame

SHARES = (0.7, 0.15, 0.15)
Parts = dict[str, np.ndarray[Any, np.dtype[np.int64]]]


def hashes(frame: DataFrame) -> tuple[bytes, ...]:
    """One hash a row, over all its values. Values that do not hash (lists) go in as they are printed."""
    import pandas

    plain = frame.copy(deep=False)
    for name in plain.columns:
        if plain[name].dtype == object:
            plain[name] = plain[name].map(str)
    found = pandas.util.hash_pandas_object(plain, index=False)
    return tuple(value.tobytes() for value in found.to_numpy().astype("<u8"))


def parts(
    rows: Sequence[bytes],
    labels: np.ndarray[Any, Any] | None,
    seed: int,
    shares: Sequence[float] = SHARES,
) -> list[np.ndarray[Any, np.dtype[np.int64]]]:
    """Indices of parts with these shares of the rows, each ascending. `labels`, classes, are kept in proportion."""
    random = np.random.RandomState(seed)
    order = random.permutation(len(rows))
    if labels is not None:
        mine = labels[order]
        place = np.empty(len(order))
        for label in np.unique(mine):
            at = np.flatnonzero(mine == label)
            place[at] = (np.arange(len(at)) + random.uniform()) / len(at)
        order = order[np.argsort(place, kind="stable")]
    cuts = np.round(np.cumsum(shares[:-1]) * len(rows)).astype(int)
    return [np.sort(part) for part in np.split(order, cuts)]


def fingerprint(rows: Iterable[str]) -> str:
    """What tells these rows, in this order, from any others: a SHA-256."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(row.encode("utf-8", "surrogatepass") + b"\n")
    return digest.hexdigest()
