"""One split of a data set, whatever it is made of: samples by index, and all targets at hand."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from penjing.spec.messages import Message
from penjing.spec.preprocessing import Preprocessing
from penjing.spec.references import InputSpec

Inputs = tuple[Tensor, ...]
"""A batch of a model's inputs, in the order of its forward's arguments; each (batch, …)."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Samples that go through the model together. `targets`: (batch,) int64, or (batch, …) float32."""

    inputs: Inputs
    targets: Tensor

    def __len__(self) -> int:
        return len(self.targets)

    def to(self, device: torch.device | str) -> Batch:
        """The batch on another device."""
        return Batch(
            tuple(one.to(device, non_blocking=True) for one in self.inputs),
            self.targets.to(device, non_blocking=True),
        )


class Split(ABC):
    """Samples with their targets.

    `targets` are all targets: (N,) int64 classes, or (N, …) float32 values of a regression. `in_memory` says that
    reading a batch costs next to nothing, so that processes of their own would not help. A split can be pickled: the
    loader's workers are spawned. `specs` are the shapes of a sample where the split makes them so, `preprocessing` how
    it reads pictures, `notes` what a person should know of that.
    """

    targets: Tensor
    in_memory: bool = True
    preprocessing: Preprocessing | None = None
    notes: tuple[Message, ...] = ()

    @property
    def specs(self) -> tuple[InputSpec, ...]:
        """The shapes of one sample's inputs where this split has made them so; else empty."""
        return ()

    def __len__(self) -> int:
        return len(self.targets)

    @abstractmethod
    def inputs(self, indices: Tensor) -> Inputs:
        """The inputs of the samples `indices` (int64, one axis), as they are evaluated."""

    def augmented(self, indices: Tensor, seed: int, epoch: int) -> Inputs:
        """The same as training sees them: each a function of (seed, epoch, its index) alone. Plain, unless overridden.

        Global generators are left as they were.
        """
        del seed, epoch
        return self.inputs(indices)

    def for_model(self, inputs: Sequence[InputSpec], preprocessing: Preprocessing | None) -> Split:
        """The same samples as a model with these inputs wants them (pictures' size, text's length). Itself, unless
        overridden.
        """
        del inputs, preprocessing
        return self

    def batch(self, indices: Tensor) -> Batch:
        """The samples `indices` with their targets, as they are evaluated."""
        return Batch(self.inputs(indices), self.targets[indices])

    def first(self, count: int) -> Batch:
        """The first samples."""
        return self.batch(torch.arange(min(count, len(self))))


class TensorSplit(Split):
    """Samples that lie in memory: `x` is one tensor (N, …), or one for each of the model's inputs."""

    def __init__(self, x: Tensor | Inputs, targets: Tensor) -> None:
        self.tensors: Inputs = x if isinstance(x, tuple) else (x,)
        self.targets = targets

    @property
    def x(self) -> Tensor:
        """The first input's tensor."""
        return self.tensors[0]

    @property
    def y(self) -> Tensor:
        """The targets."""
        return self.targets

    def inputs(self, indices: Tensor) -> Inputs:
        """Those rows."""
        return tuple(tensor[indices] for tensor in self.tensors)
