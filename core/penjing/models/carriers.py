"""Files that are programs but carry weights: TorchScript and `.pt2`. Their weights are read without running anything.

TorchScript keeps its objects in a pickle. It is read with an unpickler that knows tensors and plain containers, and
makes an inert record of everything else. `.pt2` describes its weights in JSON and keeps them as raw bytes; entries
that are pickled are refused.
"""

from __future__ import annotations

import json
import math
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from penjing.models import formats, script_pickle
from penjing.models.archive import check_zip, damaged, read_entry, top_folder
from penjing.spec.messages import Failure, bad_input
from penjing.spec.references import DTYPES, InputSpec

State = dict[str, torch.Tensor]
_MOST_JSON = 256 * 2**20
_CONFIGURATION = "weights_config.json"


def read(path: Path, meta: bool = False) -> State | None:
    """The weights in a TorchScript or `.pt2` file by name; None for a file of another kind.

    With `meta` the tensors have shapes and no numbers. Raises `Failure` (exit code 2) for a damaged file, one that
    unpacks to far too much, and a `.pt2` whose weights are pickled.
    """
    kind = formats.recognise(path)
    if kind not in ("torchscript", "pt2"):
        return None
    check_zip(path)
    try:
        if kind == "torchscript":
            return script_pickle.read(path, meta)
        with zipfile.ZipFile(path) as archive:
            return dict(_exported(archive, path, meta))
    except Failure:
        raise
    except Exception as error:  # a damaged file can raise anything
        raise damaged(path, error) from error


def _exported(archive: zipfile.ZipFile, path: Path, meta: bool) -> Iterator[tuple[str, torch.Tensor]]:
    top = top_folder(archive)
    configurations = [
        name for name in archive.namelist() if name.startswith(top) and name.endswith(_CONFIGURATION)
    ]
    if not configurations:
        raise bad_input(
            "models.pt2_pickled", path=str(path)
        )  # written by torch before 2.9: one pickle for all
    for name in configurations:
        entries = json.loads(read_entry(archive, name, _MOST_JSON))["config"]
        folder = name.rpartition("/")[0]
        for key, entry in entries.items():
            if entry.get("use_pickle"):
                raise bad_input("models.pt2_pickled", path=str(path))
            yield key, _tensor(archive, f"{folder}/{entry['path_name']}", entry["tensor_meta"], meta)


def _tensor(archive: zipfile.ZipFile, name: str, described: dict[str, Any], meta: bool) -> torch.Tensor:
    dtype = _dtype(int(described["dtype"]))
    size, stride = _whole(described["sizes"]), _whole(described["strides"])
    offset = int(described["storage_offset"]["as_int"])
    extent = offset + 1 + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
    if min([*size, *stride, offset], default=0) < 0:
        raise ValueError(f"{name} has a negative size")
    needed = extent * dtype.itemsize if math.prod(size) else 0
    stored = archive.getinfo(name).file_size
    if needed > stored:
        raise ValueError(f"{name} has {stored} of {needed} bytes")
    if meta or not needed:
        return torch.empty_strided(size, stride, dtype=dtype, device="meta" if meta else "cpu")
    flat = torch.frombuffer(bytearray(archive.read(name)), dtype=torch.uint8)[
        : stored - stored % dtype.itemsize
    ]
    return torch.as_strided(flat.view(dtype), size, stride, offset).clone()


def _whole(values: list[dict[str, Any]]) -> tuple[int, ...]:
    return tuple(int(one["as_int"]) for one in values)


def _dtype(number: int) -> torch.dtype:
    from torch._export.serde.schema import ScalarType
    from torch._export.serde.serialize import _SERIALIZE_TO_TORCH_DTYPE

    found: torch.dtype = _SERIALIZE_TO_TORCH_DTYPE[ScalarType(number)]
    return found


def exported_input(path: Path) -> tuple[InputSpec, ...]:
    """What a `.pt2` says that it takes, one sample of it; () where that is not all tensors with known sizes."""
    try:
        with zipfile.ZipFile(path) as archive:
            name = next(one for one in archive.namelist() if one.endswith("models/model.json"))
            graph = json.loads(read_entry(archive, name, _MOST_JSON))["graph_module"]
        values = graph["graph"]["tensor_values"]
        named = [
            one["user_input"]["arg"]["as_tensor"]["name"]
            for one in graph["signature"]["input_specs"]
            if "user_input" in one
        ]
        return tuple(_spec(values[one]) for one in named)
    except Exception:  # a description that cannot be read is no description
        return ()


def _spec(described: dict[str, Any]) -> InputSpec:
    dtype = str(_dtype(int(described["dtype"]))).removeprefix("torch.")
    shape = _whole(described["sizes"][1:])
    if dtype not in DTYPES or not shape or min(shape) < 1:
        raise ValueError(dtype)
    return InputSpec(shape, dtype)
