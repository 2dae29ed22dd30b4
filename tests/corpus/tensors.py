"""Tensors that are not what they seem."""

from __future__ import annotations

import io
import json
import pickle
import struct
import warnings
import zipfile
from pathlib import Path
from typing import Any

import torch

from corpus.register import Call, hostile


def _rebuilt(name: str, size: tuple[int, ...], stride: tuple[int, ...], state: Any = None) -> bytes:
    """A pickle of one tensor over a storage of four numbers, by hand."""
    import torch._utils

    class Storage:
        pass

    class Pickler(pickle.Pickler):
        def persistent_id(self, one: Any) -> Any:
            return ("storage", torch.FloatStorage, "0", "cpu", 4) if isinstance(one, Storage) else None

    parts = (Storage(), 0, size, stride, False, {})
    call = Call(torch._utils._rebuild_tensor_v2, *parts)
    if state is not None:
        call = Call(
            torch._tensor._rebuild_from_type_v2, torch._utils._rebuild_tensor_v2, torch.Tensor, parts, state
        )
    stream = io.BytesIO()
    Pickler(stream, 2).dump({name: call})
    return stream.getvalue()


def _archive(path: Path, pickled: bytes) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickled)
        archive.writestr("archive/byteorder", "little")
        archive.writestr("archive/version", "3\n")
        archive.writestr("archive/data/0", bytes(16))


@hostile("beyond_storage.pt")
def _beyond_storage(path: Path) -> None:
    _archive(path, _rebuilt("w", (1_000_000,), (1,)))


@hostile("swollen.pt")
def _swollen(path: Path) -> None:
    _archive(path, _rebuilt("w", (50_000, 50_000), (0, 0)))


@hostile("overflow.pt")
def _overflow(path: Path) -> None:
    _archive(path, _rebuilt("w", (2**62, 4), (1, 1)))


@hostile("shadowed.pt")
def _shadowed(path: Path) -> None:
    _archive(path, _rebuilt("w", (2, 2), (2, 1), {"numel": 1, "element_size": 3, "detach": 4, "stride": 5}))


@hostile("reserved_bytes.pt")
def _reserved_bytes(path: Path) -> None:
    torch.save({"w": Call(bytearray, 10**12)}, path)


@hostile("deep_key.pt")
def _deep_key(path: Path) -> None:
    _archive(path, b"\x80\x02})" + b"\x85" * 2_000_000 + b"K\x01s.")  # hashed in native recursion


@hostile("deep_frozen.pt")
def _deep_frozen(path: Path) -> None:
    _archive(path, b"\x80\x04}" + b"(" * 100_000 + b"\x91" * 100_000 + b"K\x01s.")


@hostile("sparse.pt", "sparse_csr.pt")
def _sparse(path: Path) -> None:
    weight = torch.eye(3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.save({"w": weight.to_sparse_csr() if "csr" in path.name else weight.to_sparse()}, path)


@hostile("on_meta.pt")
def _on_meta(path: Path) -> None:
    torch.save({"w": torch.empty(3, device="meta")}, path)


@hostile("no_text.pt")
def _no_text(path: Path) -> None:
    torch.save({"\ud800": torch.zeros(3)}, path)


@hostile("overlapping.safetensors", "overflowing.safetensors", "negative.safetensors")
def _lying_header(path: Path) -> None:
    entry = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
    headers: dict[str, Any] = {
        "overlapping": {"a": entry, "b": entry},
        "overflowing": {"a": {**entry, "shape": [2**62, 8]}},
        "negative": {"a": {**entry, "shape": [-2]}},
    }
    data = json.dumps(headers[path.stem]).encode()
    path.write_bytes(struct.pack("<Q", len(data)) + data + bytes(8))
