"""Random changes to training pictures, each a function of (seed, epoch, index) alone.

`light` moves a picture by up to about a tenth and scales it by up to a tenth (edges are continued): it keeps what
letters, digits and signs mean. `strong` also mirrors it left to right half of the time and applies RandAugment with two
operations of magnitude 7 (Cubuk et al., arXiv:1909.13719). Sizes stay as they are.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

import torch
from torch import Tensor

from penjing.spec.seeds import derived_seed

Level = Literal["none", "light", "strong"]
# A sixteenth of a side is added at each edge before a part of the old size, more or less, is cut out.
_PAD = 16


def augment(pixels: Tensor, indices: Tensor, level: Level, seed: int, epoch: int) -> Tensor:
    """The pictures `pixels` (batch, channels, height, width), uint8, as `level` changes the samples `indices`.

    The global generators are left as they were.
    """
    if level == "none" or len(pixels) == 0:
        return pixels
    change = _change(level, pixels.shape[-2], pixels.shape[-1])
    changed = torch.empty_like(pixels)
    with _kept_generators():
        for place, index in enumerate(indices.tolist()):
            mine = derived_seed("augment", seed, epoch, index)
            # torch.manual_seed would also reach for every other device.
            torch.default_generator.manual_seed(mine)
            random.seed(mine)
            changed[place] = change(pixels[place])
    return changed


@contextmanager
def _kept_generators() -> Iterator[None]:
    state, python = torch.get_rng_state(), random.getstate()
    try:
        yield
    finally:
        torch.set_rng_state(state)
        random.setstate(python)


@functools.lru_cache(maxsize=8)
def _change(level: Level, height: int, width: int) -> Callable[[Tensor], Tensor]:
    from torchvision.transforms import v2

    vertical, horizontal = -(-height // _PAD), -(-width // _PAD)
    # Areas, as shares of the padded picture: sides of 0.9 to 1.1 of the old ones.
    whole = height * width / ((height + 2 * vertical) * (width + 2 * horizontal))
    area, side = (0.81 * whole, 1.21 * whole), width / height
    steps: list[torch.nn.Module] = [
        v2.Pad([horizontal, vertical], padding_mode="edge"),
        v2.RandomResizedCrop((height, width), scale=area, ratio=(0.95 * side, 1.05 * side), antialias=True),
    ]
    if level == "strong":
        steps += [v2.RandomHorizontalFlip(), v2.RandAugment(num_ops=2, magnitude=7)]
    change: Callable[[Tensor], Tensor] = v2.Compose(steps)
    return change
