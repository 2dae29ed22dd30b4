"""A state dict without an architecture (`.safetensors`, `.pt`, `.pth`): its weights-only view."""

from __future__ import annotations

import math
import warnings
from pathlib import Path

import torch

from penjing.models import formats
from penjing.models.archive import damaged
from penjing.models.dense import dense
from penjing.models.source import OpenedModel
from penjing.models.unwrapping import unwrap
from penjing.models.weights_view import Stored, stored, view
from penjing.spec.messages import bad_input
from penjing.spec.references import InputSpec, ModelReference

_TYPES = {
    "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "I64": "int64", "I32": "int32",
    "I16": "int16", "I8": "int8", "U8": "uint8", "U16": "uint16", "U32": "uint32", "U64": "uint64", "BOOL": "bool",
    "C64": "complex64", "F8_E4M3": "float8_e4m3fn", "F8_E5M2": "float8_e5m2",
}  # fmt: skip
_HALVES = {"F4": 4, "F6_E2M3": 6, "F6_E3M2": 6}  # bits of what no whole byte holds


def open_state(
    parsed: ModelReference, path: Path, kind: formats.Kind, inputs: tuple[InputSpec, ...]
) -> OpenedModel:
    """The weights-only view of a file that loads as data. Its numbers are not read.

    Raises `Failure` (exit code 2) for a damaged file and one without named tensors.
    """
    if kind == "safetensors":
        return view(parsed, path, _safetensors(path), "state_dict", inputs=inputs)
    return view_of(parsed, path, load(path, kind), inputs)


def load(path: Path, kind: formats.Kind) -> object:
    """What a torch file of plain data holds, its numbers left on the disk where torch can map them."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch's own notes on rare kinds of tensors
            return torch.load(path, map_location="cpu", weights_only=True, mmap=kind == "torch")
    except Exception as error:  # torch raises many kinds for a damaged file
        raise damaged(path, error) from error


def view_of(parsed: ModelReference, path: Path, value: object, inputs: tuple[InputSpec, ...]) -> OpenedModel:
    """The weights-only view of a state dict, alone or within what a training script saved."""
    found = unwrap(value)
    if found is None:
        raise bad_input("models.no_state_dict", path=str(path), found=type(value).__name__)
    return view(parsed, path, stored(dense(path, found.state).items()), "state_dict", found.notes, inputs)


def _safetensors(path: Path) -> list[Stored]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="np") as file:
            return [_stored(name, file.get_slice(name)) for name in file.keys()]  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise bad_input("models.safetensors_damaged", path=str(path), error=str(error)) from error


def _stored(name: str, part: object) -> Stored:
    shape, code = tuple(part.get_shape()), str(part.get_dtype())  # type: ignore[attr-defined]
    dtype = _TYPES.get(code, code)
    bits = _HALVES.get(code) or getattr(torch, dtype, torch.uint8).itemsize * 8
    return Stored(name, shape, dtype, math.prod(shape) * bits // 8)
