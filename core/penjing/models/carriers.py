"""Files that are programs but carry weights: TorchScript and `.pt2`. Their weights are read without running anything.

TorchScript keeps its objects in a pickle. It is read with an unpickler that knows tensors and plain containers, and
makes an inert record of everything else. `.pt2` describes its weights in JSON and keeps them as raw bytes; entries
that are pickled are refused.
"""

from __future__ import annotations

import json
import math
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import torch

from penjing.models import formats, script_pickle
from penjing.models.archive import check_entries, check_zip, damaged, read_entry
from penjing.spec.messages import NEEDS_TRUST, Failure, bad_input
from penjing.spec.references import DTYPES, InputSpec

State = dict[str, torch.Tensor]
MOST_JSON = 256 * 2**20
_CONFIGURATION = re.compile(r"(^|/)data/(weights|constants)/[^/]*(weights|constants)_config\.json$")
_WEIGHTS, _CONSTANTS = "weights_config.json", "constants_config.json"


def read(path: Path, meta: bool = False, file: BinaryIO | None = None) -> State | None:
    """The weights in a TorchScript or `.pt2` file by name; None for a file of another kind.

    `file` is what holds a `.pt2`'s bytes where they are not to be read from `path`.

    With `meta` the tensors have shapes and no numbers. Raises `Failure` (exit code 2) for a damaged file, one that
    unpacks to far too much; exit code 3 for a `.pt2` in which weights or constants are pickled.
    """
    kind = formats.recognise(path) if file is None else "pt2"
    if kind not in ("torchscript", "pt2"):
        return None
    check_zip(path, file)
    try:
        if kind == "torchscript":
            return script_pickle.read(path, meta)
        with zipfile.ZipFile(file or path) as archive:
            return dict(_exported(archive, path, meta))
    except Failure:
        raise
    except Exception as error:  # a damaged file can raise anything
        raise damaged(path, error) from error


def _exported(archive: zipfile.ZipFile, path: Path, meta: bool) -> Iterator[tuple[str, torch.Tensor]]:
    check_entries(archive)
    found = list(listed(archive))
    names = archive.namelist()
    if not _configured(names):
        if not any("serialized_exported_program" in name or "models/" in name for name in names):
            raise bad_input("models.pt2_compiled", path=str(path))
        raise Failure(
            "models.pt2_pickled", NEEDS_TRUST, path=str(path)
        )  # before torch 2.9 one pickle held all
    if not all(is_raw(name, entry) for name, _, entry in found):
        raise Failure("models.pt2_pickled", NEEDS_TRUST, path=str(path))
    for name, key, entry in found:
        if name.endswith(_WEIGHTS):
            yield key, _tensor(archive, place(name, entry), entry["tensor_meta"], meta)


def _configured(names: list[str]) -> bool:
    return any(_CONFIGURATION.search(name) and name.endswith(_WEIGHTS) for name in names)


def is_raw(configuration: str, entry: dict[str, Any]) -> bool:
    """Whether a described entry holds plain numbers, under a name by which torch takes them for such.

    In any other case torch may unpickle it (torch/export/pt2_archive/_package.py).
    """
    constants = "data/constants/" in configuration
    name = str(entry["path_name"])
    return not entry.get("use_pickle") and name.startswith("tensor_" if constants else "weight_")


def listed(archive: zipfile.ZipFile) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The entries of all configurations of weights and constants, each with its configuration's name and its own."""
    for name in archive.namelist():
        if _CONFIGURATION.search(name):
            for key, entry in json.loads(read_entry(archive, name, MOST_JSON))["config"].items():
                yield name, key, entry


def place(configuration: str, entry: dict[str, Any]) -> str:
    """The entry that is described, by its name in the archive."""
    return f"{configuration.rpartition('/')[0]}/{entry['path_name']}"


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


def exported_input(path: Path, file: BinaryIO | None = None) -> tuple[InputSpec, ...]:
    """What a `.pt2` says that it takes, one sample of it; () where that is not all tensors with known sizes.

    `file` is what holds its bytes where they are not to be read from `path`.
    """
    try:
        with zipfile.ZipFile(file or path) as archive:
            name = next(one for one in archive.namelist() if one.endswith("models/model.json"))
            graph = json.loads(read_entry(archive, name, MOST_JSON))["graph_module"]
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
