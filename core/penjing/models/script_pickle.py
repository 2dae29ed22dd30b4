"""The objects of a TorchScript archive, read without its code: tensors by name, everything else as inert records."""

from __future__ import annotations

import io
import math
import pickle
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from penjing.models.archive import read_entry, top_folder
from penjing.models.pickle_walk import Walk

_MOST_PICKLE = 512 * 2**20
_MOST_DEPTH = 64


class Record:
    """Stands for an object whose class is not loaded. It keeps what was set on it, and does nothing."""

    def __init__(self, *_arguments: Any, **_named: Any) -> None:
        self.state: Any = None

    def __setstate__(self, state: Any) -> None:
        self.state = state

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def append(self, value: Any) -> None:
        """Take an item and forget it."""

    def extend(self, values: Any) -> None:
        """Take items and forget them."""

    def add(self, value: Any) -> None:
        """Take an item and forget it."""


class Reader(pickle.Unpickler):
    """An unpickler in which no name leads to anything but a tensor, a plain container, or a `Record`."""

    def __init__(self, archive: zipfile.ZipFile, top: str, meta: bool) -> None:
        data = read_entry(archive, f"{top}data.pkl", _MOST_PICKLE)
        walk = Walk()
        walk.read(io.BytesIO(data))
        if walk.damaged or walk.crowded or walk.deep:
            raise ValueError(f"data.pkl: {walk.damaged or 'it reserves or nests more than weights do'}")
        super().__init__(io.BytesIO(data))
        self._archive, self._top, self._meta = archive, top, meta
        self._storages: dict[str, torch.UntypedStorage] = {}

    def find_class(self, module: str, name: str) -> Any:
        """What stands for a global."""
        if module == "torch._utils" and name in ("_rebuild_tensor_v2", "_rebuild_tensor"):
            return self._tensor
        if module == "torch._utils" and name in ("_rebuild_parameter", "_rebuild_parameter_with_state"):
            return _first
        if module == "torch.jit._pickle" and name.startswith("build_"):
            return _first
        if module == "torch.jit._pickle" and name == "restore_type_tag":
            return _first
        if module == "collections" and name == "OrderedDict":
            return dict
        if module == "torch" and name.endswith("Storage"):
            return _Storage(name)
        return Record

    def persistent_load(self, pid: Any) -> Any:
        """A storage: `("storage", class, key, device, elements)`."""
        kind, storage, key, _device, elements = pid
        if kind != "storage" or not isinstance(storage, _Storage):
            raise pickle.UnpicklingError(str(kind))
        return storage, str(key), int(elements)

    def _tensor(
        self, stored: tuple[_Storage, str, int], offset: int, size: Any, stride: Any, *_rest: Any
    ) -> torch.Tensor:
        storage, key, elements = stored
        dtype = storage.dtype
        size, stride = tuple(map(int, size)), tuple(map(int, stride))
        if min([*size, *stride, int(offset)]) < 0:
            raise ValueError(f"data/{key} has a negative size")
        extent = int(offset) + 1 + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
        if math.prod(size) and extent > elements:
            raise ValueError(f"data/{key} has {elements} of {extent} elements")
        untyped = self._bytes(key, elements * dtype.itemsize)
        tensor = torch.empty(0, dtype=dtype, device=untyped.device)
        return tensor.set_(untyped, int(offset), size, stride)

    def _bytes(self, key: str, needed: int) -> torch.UntypedStorage:
        if key not in self._storages:
            name = f"{self._top}data/{key}"
            if self._archive.getinfo(name).file_size < needed:
                raise ValueError(f"{name} is shorter than {needed} bytes")
            if self._meta:
                self._storages[key] = torch.UntypedStorage(needed, device="meta")  # type: ignore[no-untyped-call]
            elif needed == 0:
                self._storages[key] = torch.UntypedStorage(0)  # type: ignore[no-untyped-call]
            else:
                whole = torch.frombuffer(bytearray(self._archive.read(name)), dtype=torch.uint8)
                self._storages[key] = whole.untyped_storage()
        return self._storages[key]


class _Storage:
    """`torch.FloatStorage` and the like, as a data type."""

    def __init__(self, name: str) -> None:
        known = {"Bool": torch.bool, "BFloat16": torch.bfloat16, "Half": torch.half, "Float": torch.float}
        known |= {"Double": torch.double, "Char": torch.int8, "Short": torch.short, "Int": torch.int}
        known |= {"Long": torch.long, "Byte": torch.uint8, "ComplexFloat": torch.cfloat}
        known |= {"ComplexDouble": torch.cdouble}
        dtype = known.get(name.removesuffix("Storage"))
        if dtype is None:
            raise pickle.UnpicklingError(name)
        self.dtype = dtype


def _first(value: Any, *_rest: Any) -> Any:
    return value


def read(path: Path, meta: bool) -> dict[str, torch.Tensor]:
    """The tensors of a TorchScript archive, named as its module's state dict names them."""
    with zipfile.ZipFile(path) as archive:
        root = Reader(archive, top_folder(archive), meta).load()
        return dict(_named(root, "", _MOST_DEPTH))


def _named(value: Any, prefix: str, depth: int) -> Iterator[tuple[str, torch.Tensor]]:
    if isinstance(value, torch.Tensor):
        yield prefix, value
    elif isinstance(value, Record) and isinstance(value.state, dict) and depth:
        for name, one in value.state.items():
            yield from _named(one, f"{prefix}.{name}" if prefix else str(name), depth - 1)
