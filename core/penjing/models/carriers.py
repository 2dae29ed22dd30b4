"""Files that are programs but carry weights: TorchScript and `.pt2`. Their weights are read without running anything.

TorchScript keeps its objects in a pickle. It is read with an unpickler that knows tensors and plain containers, and
makes an inert record of everything else. `.pt2` describes its weights in JSON and keeps them as raw bytes; entries
that are pickled are refused.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from penjing.models import formats, script_pickle
from penjing.models.archive import check_zip, damaged, read_entry
from penjing.models.arithmetic import is_arithmetic
from penjing.models.denied import UNKNOWN
from penjing.models.pickle_walk import Walk
from penjing.spec.messages import NEEDS_TRUST, Failure
from penjing.spec.references import DTYPES, InputSpec

State = dict[str, torch.Tensor]
_MOST_JSON = 256 * 2**20
_WEIGHTS, _CONSTANTS = "weights_config.json", "constants_config.json"


def read(path: Path, meta: bool = False) -> State | None:
    """The weights in a TorchScript or `.pt2` file by name; None for a file of another kind.

    With `meta` the tensors have shapes and no numbers. Raises `Failure` (exit code 2) for a damaged file, one that
    unpacks to far too much; exit code 3 for a `.pt2` in which weights or constants are pickled.
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
    listed = list(_listed(archive))
    described = any(name.endswith(_WEIGHTS) for name in archive.namelist())
    if not described or any(entry.get("use_pickle") for _, _, entry in listed):
        # Before torch 2.9 one pickle held all.
        raise Failure("models.pt2_pickled", NEEDS_TRUST, path=str(path))
    for name, key, entry in listed:
        if name.endswith(_WEIGHTS):
            yield key, _tensor(archive, _place(name, entry), entry["tensor_meta"], meta)


def _listed(archive: zipfile.ZipFile) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The entries of all configurations of weights and constants, each with its configuration's name and its own."""
    for name in archive.namelist():
        if name.endswith((_WEIGHTS, _CONSTANTS)):
            for key, entry in json.loads(read_entry(archive, name, _MOST_JSON))["config"].items():
                yield name, key, entry


def _place(configuration: str, entry: dict[str, Any]) -> str:
    return f"{configuration.rpartition('/')[0]}/{entry['path_name']}"


def exported_names(path: Path) -> list[str]:
    """What a `.pt2` would call when torch loads it, as far as pickles in it and its expressions tell; sorted.

    Expressions of sizes are evaluated by torch; one that is more than arithmetic counts as `?`. Raises `Failure` (exit
    code 2) for a damaged file.
    """
    check_zip(path)
    walk = Walk()
    try:
        with zipfile.ZipFile(path) as archive:
            raw = {_place(name, entry) for name, _, entry in _listed(archive) if not entry.get("use_pickle")}
            for one in archive.infolist():
                if one.filename in raw or one.file_size > _MOST_JSON:
                    continue
                data = archive.read(one)
                if data[:4] == b"PK\x03\x04":
                    walk.read_zip(io.BytesIO(data))
                elif data[:1] == b"\x80":
                    walk.read(io.BytesIO(data))
                elif one.filename.endswith("model.json"):
                    _check_expressions(json.loads(data), walk)
    except Exception as error:  # a damaged file can raise anything
        raise damaged(path, error) from error
    return sorted(walk.names - set(torch._weights_only_unpickler._get_allowed_globals()))


def _check_expressions(value: Any, walk: Walk) -> None:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            text = one.get("expr_str")
            if isinstance(text, str) and not is_arithmetic(text):
                walk.names.add(UNKNOWN)
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


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
