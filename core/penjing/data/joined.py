"""Several splits read by the same worker processes: training and evaluation take turns, so one set is enough."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from penjing.data.items import Batch, Inputs, Split
from penjing.data.loading import Augment, Loader


class Joined(Split):
    """The samples of several splits in a row. A batch is always of one of them."""

    def __init__(self, parts: Sequence[Split]) -> None:
        self.parts = tuple(parts)
        self.targets = torch.cat([one.targets for one in parts])
        self.in_memory = all(one.in_memory for one in parts)
        sizes = torch.tensor([0, *(len(one) for one in parts)])
        self.starts: list[int] = sizes.cumsum(0)[:-1].tolist()

    def _place(self, indices: Tensor) -> tuple[Split, Tensor]:
        number = max(n for n, start in enumerate(self.starts) if start <= int(indices[0]))
        return self.parts[number], indices - self.starts[number]

    def inputs(self, indices: Tensor) -> Inputs:
        """Those of the split that the indices fall in."""
        part, own = self._place(indices)
        return part.inputs(own)

    def augmented(self, indices: Tensor, seed: int, epoch: int) -> Inputs:
        """The same as training sees them; by each sample's index in its own split."""
        part, own = self._place(indices)
        return part.augmented(own, seed, epoch)


class PartLoader(Loader):
    """Reads one split of a `Joined` through the loader of the whole, which it leaves open."""

    def __init__(self, whole: Loader, split: Split, start: int) -> None:
        super().__init__(split)
        self._whole = whole
        self._start = start

    def batches(self, indices: Sequence[Tensor], augment: Augment | None = None) -> Iterator[Batch]:
        """One batch for each tensor of indices, in order."""
        return self._whole.batches([one + self._start for one in indices], augment)


def part_loaders(parts: dict[str, Split], workers: int) -> tuple[Loader, dict[str, Loader]]:
    """A loader for all of the splits, to be closed at the end, and one for each of them.

    Splits in memory are read in place and need no worker.
    """
    kept = {name: split for name, split in parts.items() if len(split)}
    joined = Joined(list(kept.values()))
    whole = Loader(joined, workers)
    loaders: dict[str, Loader] = {name: Loader(split) for name, split in parts.items()}
    for (name, split), start in zip(kept.items(), joined.starts, strict=True):
        loaders[name] = PartLoader(whole, split, start)
    return whole, loaders
