"""Batches of a split, read here or by spawned processes. Which of the two has no part in what a batch holds."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from penjing.data.items import Batch, Inputs, Split
from penjing.spec.messages import Failure


@dataclass(frozen=True, slots=True)
class Augment:
    """Whose augmentation: the run's seed and the epoch; the rest is each sample's index."""

    seed: int
    epoch: int


Order = tuple[np.ndarray[Any, np.dtype[np.int64]], Augment | None]
"""A batch's indices, as an array: a tensor would be sent through shared memory."""

_Answer = Inputs | dict[str, Any]
"""A batch's inputs, or a failure as JSON: raised in a worker, DataLoader would make it a traceback."""


class _Orders(Sampler[Order]):
    """What the workers are asked for: set anew for each pass."""

    def __init__(self) -> None:
        self.orders: Sequence[Order] = ()

    def __iter__(self) -> Iterator[Order]:
        return iter(self.orders)

    def __len__(self) -> int:
        return len(self.orders)


class _Batches(Dataset[_Answer]):
    """A split whose items are whole batches."""

    def __init__(self, split: Split) -> None:
        self._split = split

    def __getitem__(self, order: Order) -> _Answer:
        try:
            indices, augment = order
            return read(self._split, torch.from_numpy(indices), augment)
        except Failure as failure:
            return failure.to_json()


def read(split: Split, indices: Tensor, augment: Augment | None) -> Inputs:
    """One batch's inputs."""
    if augment is None:
        return split.inputs(indices)
    return split.augmented(indices, augment.seed, augment.epoch)


class Loader:
    """Reads batches of `split`; with `workers`, that many spawned processes read ahead and stay until `close`.

    A split in memory is read in place, whatever `workers` says. One pass at a time: a new one ends the one before.
    """

    def __init__(self, split: Split, workers: int = 0) -> None:
        self.split = split
        self._workers = 0 if split.in_memory else workers
        self._orders = _Orders()
        self._loader: DataLoader[_Answer] | None = None
        self._iterator: Any = None
        self._pass: object = None

    def batches(self, indices: Sequence[Tensor], augment: Augment | None = None) -> Iterator[Batch]:
        """One batch for each tensor of indices, in order.

        Raises `Failure` `data.worker_died` where a worker has ended, and whatever failure the split raises.
        """
        if self._workers == 0:
            for chosen in indices:
                yield Batch(read(self.split, chosen, augment), self.split.targets[chosen])
            return
        mine = self._pass = object()
        self._orders.orders = [(chosen.numpy(), augment) for chosen in indices]
        for number, chosen in enumerate(indices):
            if self._pass is not mine:
                raise RuntimeError("another pass of this loader has begun")
            yield Batch(self._next(begin=number == 0), self.split.targets[chosen])

    def _next(self, begin: bool) -> Inputs:
        try:
            if begin:
                self._begin()
            answer: _Answer = next(self._iterator)
        except (RuntimeError, OSError, EOFError) as error:
            # A killed worker's connections close a moment before it can be seen to have ended.
            if not wait([worker.sentinel for worker in self._processes()], timeout=1):
                raise
            self.close()
            raise Failure("data.worker_died", error=str(error).partition(". ")[0]) from None
        if isinstance(answer, dict):
            raise Failure.from_json(answer)
        return tuple(answer)

    def _begin(self) -> None:
        if self._loader is not None:
            self._iterator = iter(self._loader)  # the same workers; what they had read ahead is dropped
            return
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # more workers than cores may be what is wanted: pictures on slow disks
            self._loader = self._make()
            with _starting():
                self._iterator = iter(self._loader)

    def _make(self) -> DataLoader[_Answer]:
        return DataLoader(
            _Batches(self.split),
            batch_size=None,
            sampler=self._orders,
            num_workers=self._workers,
            multiprocessing_context="spawn",
            persistent_workers=True,
            worker_init_fn=_begin_worker,
            # Of its own: DataLoader would draw its workers' base seed from the global one.
            generator=torch.Generator().manual_seed(0),
        )

    def _processes(self) -> list[Any]:
        return list(getattr(self._iterator, "_workers", ()))

    def close(self) -> None:
        """End the workers. Those that are in the midst of a batch for more than some seconds are killed."""
        iterator, processes = self._iterator, self._processes()
        self._loader = self._iterator = self._pass = None
        if iterator is not None:
            iterator._shutdown_workers()
        for process in processes:
            if process.is_alive():
                process.kill()
            process.join()


@contextmanager
def _starting() -> Iterator[None]:
    """While workers are started: Ctrl+C and SIGTERM are made not to reach them; DataLoader's signal handler is undone.

    Their owner goes on to where it can stop, and needs them until then; torchrun signals a rank with all its processes.

    That handler raises from wherever the main thread happens to be when a worker dies. Waiting for a batch finds the
    death as well, within five seconds, and only there.
    """
    if os.name == "nt" or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGCHLD)
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL if before is None else before)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _begin_worker(worker: int) -> None:
    """In a new worker: one thread, and an end together with its owner, however that one ends."""
    del worker
    torch.set_num_threads(1)
    owner = multiprocessing.parent_process()
    if owner is not None:
        threading.Thread(target=_end_with, args=(owner,), name="owner", daemon=True).start()


def _end_with(owner: multiprocessing.process.BaseProcess) -> None:
    # DataLoader's own watch looks every five seconds, and not while a batch is being read.
    owner.join()
    os._exit(1)
