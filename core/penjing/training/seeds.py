"""Randomness that can be repeated: derived seeds, and the state of every generator a run may draw from.

The order of samples is a function of (seed, epoch) alone, drawn from a generator of its own, so a resumed run sees
the same batches without replaying anything. The global generators (dropout and the like) are saved and restored.
"""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import torch
from torch import Tensor

from penjing.spec.seeds import derived_seed as derived_seed  # part of this module's names


def epoch_order(samples: int, seed: int, epoch: int) -> Tensor:
    """The order in which an epoch visits `samples` items: a permutation, int64, shape (samples,)."""
    generator = torch.Generator().manual_seed(derived_seed("order", seed, epoch))
    return torch.randperm(samples, generator=generator)


def seed_everything(seed: int) -> None:
    """Seed the global generators of Python, NumPy and torch."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


def capture_generators() -> dict[str, Any]:
    """The state of the global generators, as tensors and JSON values (loadable with `weights_only=True`)."""
    kind, keys, position, has_gauss, cached = np.random.get_state(legacy=True)
    version, internal, gauss = random.getstate()
    state: dict[str, Any] = {
        "torch": torch.get_rng_state(),
        "python": [version, list(internal), gauss],
        "numpy": [str(kind), [int(key) for key in keys], int(position), int(has_gauss), float(cached)],
    }
    if torch.cuda.is_available():
        state["cuda"] = torch.cuda.get_rng_state_all()
    return state


def restore_generators(state: dict[str, Any]) -> None:
    """The inverse of `capture_generators`."""
    version, internal, gauss = state["python"]
    random.setstate((version, tuple(internal), gauss))
    kind, keys, position, has_gauss, cached = state["numpy"]
    np.random.set_state((kind, np.array(keys, dtype=np.uint32), position, has_gauss, cached))
    torch.set_rng_state(state["torch"])
    if "cuda" in state and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(state["cuda"])
