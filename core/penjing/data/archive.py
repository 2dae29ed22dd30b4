"""An `.npz` file with the arrays `x` (samples) and `y` (labels or targets)."""

from __future__ import annotations

import tokenize
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from penjing.data import room
from penjing.data.fingerprint import array_line, of_lines, row_hashes
from penjing.spec.messages import bad_input

# A damaged header is parsed as Python's literals; a claimed shape may be of any size.
_DAMAGED = (
    OSError, zipfile.BadZipFile, EOFError, RuntimeError, MemoryError, SyntaxError, tokenize.TokenError, zlib.error,
    OverflowError, TypeError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Arrays:
    """Samples and targets as tensors, the hash of each sample's bytes, and the fingerprint of all."""

    x: torch.Tensor
    y: torch.Tensor
    labelled: bool
    hashes: list[bytes]
    fingerprint: str


def read(path: Path, labels: bool = True) -> Arrays:
    """Samples and targets. uint8 samples are scaled to 0..1, other floats become float32, integers int64.

    `y` of integers is classes (int64, from 0), of floats a regression's targets (float32). Without `labels`, `y` is not
    looked at and the targets are zeros. Pickled arrays are refused. Raises `Failure` (exit code 2).
    """
    if not path.exists():
        raise bad_input("data.not_found", path=str(path))
    if not path.is_file() or not zipfile.is_zipfile(path):  # a pipe would wait, a device never end
        raise bad_input("data.not_npz", path=str(path))
    arrays = _arrays(path)
    if "x" not in arrays:
        raise bad_input("data.no_samples", path=str(path), found=", ".join(arrays) or "–")
    if labels and "y" not in arrays:
        raise bad_input("data.no_labels", path=str(path), found=", ".join(arrays))
    x = arrays["x"]
    y = arrays["y"] if labels else np.zeros(len(np.atleast_1d(x)), dtype=np.int64)
    if x.ndim < 2 or len(x) != len(np.atleast_1d(y)):
        raise bad_input("data.lengths_differ", path=str(path), x=_shape(x), y=_shape(y))
    if len(x) < 10:
        raise bad_input("data.too_few", path=str(path), count=len(x))
    lines = [array_line("x", x), *([array_line("y", y)] if labels else [])]
    return Arrays(_samples(path, x), _targets(path, y), labels, row_hashes(x), of_lines(lines))


def _arrays(path: Path) -> dict[str, np.ndarray[Any, Any]]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            size = sum(entry.file_size for entry in archive.infolist())
        if not all(name.endswith(".npy") for name in names):
            raise bad_input("data.not_npz", path=str(path))
        room.check(path, size)
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except ValueError as error:
        if "pickle" in str(error):
            raise bad_input("data.npz_pickle", path=str(path)) from error
        raise bad_input("data.damaged", path=str(path), error=str(error)) from error
    except _DAMAGED as error:
        raise bad_input("data.damaged", path=str(path), error=str(error)[:200]) from error


def _samples(path: Path, x: np.ndarray[Any, Any]) -> torch.Tensor:
    if x.dtype == np.uint8:
        return torch.from_numpy(x.astype(np.float32) / np.float32(255))
    if x.dtype.kind in "iub":
        return torch.from_numpy(x.astype(np.int64))
    if x.dtype.kind != "f":
        raise bad_input("data.dtype", path=str(path), array="x", dtype=str(x.dtype))
    return _finite(path, "x", x)


def _targets(path: Path, y: np.ndarray[Any, Any]) -> torch.Tensor:
    if y.dtype.kind == "f":
        return _finite(path, "y", y)
    if y.dtype.kind not in "iub":
        raise bad_input("data.dtype", path=str(path), array="y", dtype=str(y.dtype))
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim != 1:
        raise bad_input("data.labels_shape", path=str(path), shape=_shape(y))
    if y.min() < 0:
        raise bad_input("data.label_negative", path=str(path), label=int(y.min()), sample=int(y.argmin()))
    return torch.from_numpy(y.astype(np.int64))


def _finite(path: Path, name: str, array: np.ndarray[Any, Any]) -> torch.Tensor:
    bad = ~np.isfinite(array)
    if bad.any():
        sample = int(np.argwhere(bad)[0][0])
        raise bad_input("data.not_finite", path=str(path), array=name, count=int(bad.sum()), sample=sample)
    return torch.from_numpy(array.astype(np.float32))


def _shape(array: np.ndarray[Any, Any]) -> str:
    return "×".join(map(str, array.shape)) or "1"
