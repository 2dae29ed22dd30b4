"""scikit-learn's handwritten digits: 1,797 images of 8 × 8, which come with the package (no download)."""

from __future__ import annotations

import functools

import torch

from penjing.data.fingerprint import array_line, of_lines
from penjing.data.items import TensorSplit
from penjing.data.splits import indices

SIZES = (1200, 250, 347)


@functools.cache
def splits() -> tuple[TensorSplit, TensorSplit, TensorSplit]:
    """Training, validation and test: 1,200 / 250 / 347 by seed 0, class by class; x (N, 1, 8, 8) from 0 to
    1.
    """
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    x = torch.from_numpy(images).to(torch.float32).div(16).reshape(-1, 1, 8, 8)
    y = torch.from_numpy(labels).to(torch.int64)
    train, validation, test = (TensorSplit(x[part], y[part]) for part in indices(y, SIZES, 0, stratify=True))
    return train, validation, test


@functools.cache
def fingerprint() -> str:
    """What tells the digits and their splits from other data."""
    parts = zip(("train", "validation", "test"), splits(), strict=True)
    return of_lines(array_line(name, part.x.numpy()) + str(part.y.tolist()) for name, part in parts)
