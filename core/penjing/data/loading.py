"""Batches of a split, read here or by spawned processes. Which of the two has no part in what a batch holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from penjing.data.items import Batch, Inputs, Split


@dataclass(frozen=True, slots=True)
class Augment:
    """Whose augmentation: the run's seed and the epoch; the rest is each sample's index."""

    seed: int
    epoch: int


Order = tuple[Tensor, Augment | None]


class _Orders(Sampler[Order]):
    """What the workers are asked for: set anew for each pass."""

    def __init__(self) -> None:
        self.orders: Sequence[Order] = ()

    def __iter__(self) -> Iterator[Order]:
        return iter(self.orders)

    def __len__(self) -> int:
        return len(self.orders)


class _Batches(Dataset[Inputs]):
    """A split whose items are whole batches."""

    def __init__(self, split: Split) -> None:
        self._split = split

    def __getitem__(self, order: Order) -> Inputs:
        return read(self._split, *order)


def read(split: Split, indices: Tensor, augment: Augment | None) -> Inputs:
    """One batch's inputs."""
    if augment is None:
        return split.inputs(indices)
    return split.augmented(indices, augment.seed, augment.epoch)


def _one_thread(worker: int) -> None:
    del worker
    torch.set_num_threads(1)


class Loader:
    """Reads batches of `split`; with `workers`, that many spawned processes read ahead and stay until `close`.

    A split in memory is read in place, whatever `workers` says.
    """

    def __init__(self, split: Split, workers: int = 0) -> None:
        self.split = split
        self._workers = 0 if split.in_memory else workers
        self._orders = _Orders()
        self._loader: DataLoader[Inputs] | None = None

    def batches(self, indices: Sequence[Tensor], augment: Augment | None = None) -> Iterator[Batch]:
        """One batch for each tensor of indices, in order."""
        if self._workers == 0:
            for chosen in indices:
                yield Batch(read(self.split, chosen, augment), self.split.targets[chosen])
            return
        self._orders.orders = [(chosen, augment) for chosen in indices]
        # A generator of its own: DataLoader would draw its workers' base seed from the global one.
        for chosen, inputs in zip(indices, self._started(), strict=True):
            yield Batch(cast(Inputs, tuple(inputs)), self.split.targets[chosen])

    def _started(self) -> DataLoader[Inputs]:
        if self._loader is None:
            self._loader = DataLoader(
                _Batches(self.split),
                batch_size=None,
                sampler=self._orders,
                num_workers=self._workers,
                multiprocessing_context="spawn",
                persistent_workers=True,
                worker_init_fn=_one_thread,
                generator=torch.Generator().manual_seed(0),
            )
        return self._loader

    def close(self) -> None:
        """End the workers."""
        loader, self._loader = self._loader, None
        iterator = getattr(loader, "_iterator", None)
        if iterator is not None:
            iterator._shutdown_workers()
