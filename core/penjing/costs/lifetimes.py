"""What is alive during a pass: bytes of storages, and which rows made a tensor."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from functools import partial
from typing import Any

import torch

from penjing.costs.meta import storages


class Memory:
    """Bytes of the tensors alive at once, by the lifetimes of their storages; the `known` are not counted."""

    def __init__(self, known: Iterable[torch.Tensor]) -> None:
        self._known = {id(one): one for tensor in known for one in storages(tensor)}
        self._alive: dict[int, tuple[weakref.ref[Any], int]] = {}
        self.now = 0
        self.peak = 0

    def add(self, tensors: Iterable[torch.Tensor]) -> None:
        """Count the storages of new tensors until they are freed; a storage already counted is not counted
        again.
        """
        for tensor in tensors:
            for storage in storages(tensor):
                key = id(storage)
                if key in self._known or key in self._alive:
                    continue
                size = storage.nbytes()
                self._alive[key] = (weakref.ref(storage, partial(self._drop, key)), size)
                self.now += size
                if self.now > self.peak:
                    self.peak = self.now

    def reach(self, most: int) -> None:
        """Count so many bytes more than now as having been alive at once."""
        if self.now + most > self.peak:
            self.peak = self.now + most

    def forget(self) -> None:
        """Watch nothing any more; `peak` stays."""
        self._alive.clear()

    def _drop(self, key: int, reference: weakref.ref[Any]) -> None:
        del reference
        _, size = self._alive.pop(key)
        self.now -= size


class Origins:
    """Names of the rows that made a tensor, while it lives."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[weakref.ref[torch.Tensor], tuple[str, ...]]] = {}

    def set(self, tensors: Iterable[torch.Tensor], names: tuple[str, ...]) -> None:
        """Say that they were made by the rows of those names."""
        for one in tensors:
            key = id(one)
            self._known[key] = (weakref.ref(one, partial(self._drop, key)), names)

    def get(self, tensor: torch.Tensor) -> tuple[str, ...]:
        """The names of the rows that made a tensor."""
        known = self._known.get(id(tensor))
        return () if known is None else known[1]

    def of(self, tensors: Iterable[torch.Tensor]) -> tuple[str, ...]:
        """The names of the rows that made any of them."""
        found: tuple[str, ...] = ()
        for one in tensors:
            names = self.get(one)
            if names and names != found:
                found = tuple({*found, *names}) if found else names
        return found

    def forget(self) -> None:
        """Watch nothing any more."""
        self._known.clear()

    def _drop(self, key: int, reference: weakref.ref[torch.Tensor]) -> None:
        known = self._known.get(key)
        if known is not None and known[0] is reference:
            del self._known[key]
