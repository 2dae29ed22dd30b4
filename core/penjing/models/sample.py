"""The embedded sample: a small convolutional classifier of handwritten digits.

This file stands alone on torch: an export of the sample carries its text, so that the artefact can be rebuilt
where Penjing is not installed.
"""

from __future__ import annotations

import torch
from torch import nn


class DigitsCNN(nn.Module):
    """Four convolutions in two stages, then two linear layers, for (N, 1, 8, 8) images of 0 to 1.

    `width` scales every hidden layer (1.0: about 110,000 parameters). `forward` fixes no channel count, so
    layers may shrink. Output: (N, classes) logits.
    """

    def __init__(self, width: float = 1.0, classes: int = 10) -> None:
        super().__init__()
        narrow, wide, hidden = (max(1, round(width * base)) for base in (32, 64, 176))
        self.stage1 = _stage(1, narrow)
        self.stage2 = _stage(narrow, wide)
        self.hidden = nn.Linear(wide * 2 * 2, hidden)
        self.relu = nn.ReLU()
        self.classifier = nn.Linear(hidden, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits of a batch of images."""
        x = self.stage2(self.stage1(x))
        return self.classifier(self.relu(self.hidden(torch.flatten(x, 1))))  # type: ignore[no-any-return]


def _stage(channels_in: int, channels_out: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, 3, padding=1, bias=False),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(),
        nn.Conv2d(channels_out, channels_out, 3, padding=1, bias=False),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(),
        nn.MaxPool2d(2),
    )
