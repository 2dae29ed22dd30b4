"""A picture's file -> pixels of a model's size, by torchvision's v2 transforms on Pillow's images.

Pillow resizes here because that is how the published accuracies of pretrained networks were measured.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from penjing.data.pictures_decode import opened
from penjing.spec.preprocessing import Preprocessing


def pixels(path: Path, preprocessing: Preprocessing) -> Tensor:
    """(channels, height, width), uint8. Raises whatever Pillow raises."""
    picture = opened(path, preprocessing.channels)
    height, width = preprocessing.size
    if preprocessing.resize is not None or picture.size != (width, height):
        # torchvision takes a second to import, which a process that only reads need not spend.
        picture = _transform(preprocessing)(picture)
    values = np.array(picture)
    return torch.from_numpy(values.reshape(height, width, -1)).permute(2, 0, 1)


@functools.lru_cache(maxsize=8)
def _transform(preprocessing: Preprocessing) -> Callable[[Any], Any]:
    from torchvision.transforms import v2

    interpolation = v2.InterpolationMode(preprocessing.interpolation)
    if preprocessing.resize is None:
        steps = [v2.Resize(list(preprocessing.size), interpolation)]
    else:
        steps = [v2.Resize([preprocessing.resize], interpolation), v2.CenterCrop(list(preprocessing.size))]
    transform: Callable[[Any], Any] = v2.Compose(steps)
    return transform
