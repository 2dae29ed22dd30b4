"""The weights-only view of a `.safetensors` file, from its header alone. No torch: it opens in an instant."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from penjing.models import formats
from penjing.models.source import OpenedModel
from penjing.models.weights_view import Stored, view
from penjing.spec.messages import bad_input
from penjing.spec.references import InputSpec, ModelReference, parse_model

# The format's names of types, torch's, and the bits of one element.
_TYPES = {
    "F64": ("float64", 64), "F32": ("float32", 32), "F16": ("float16", 16), "BF16": ("bfloat16", 16),
    "I64": ("int64", 64), "I32": ("int32", 32), "I16": ("int16", 16), "I8": ("int8", 8), "U64": ("uint64", 64),
    "U32": ("uint32", 32), "U16": ("uint16", 16), "U8": ("uint8", 8), "BOOL": ("bool", 8), "C64": ("complex64", 64),
    "F8_E4M3": ("float8_e4m3fn", 8), "F8_E5M2": ("float8_e5m2", 8), "F4": ("F4", 4), "F6_E2M3": ("F6_E2M3", 6),
    "F6_E3M2": ("F6_E3M2", 6),
}  # fmt: skip


def open_view(parsed: ModelReference, path: Path, inputs: tuple[InputSpec, ...] = ()) -> OpenedModel:
    """What the file holds, tensor by tensor. Raises `Failure` (exit code 2) for a damaged file."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="np") as file:
            found = [_stored(name, file.get_slice(name)) for name in file.keys()]  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise bad_input("models.safetensors_damaged", path=str(path), error=str(error)) from error
    return view(parsed, path, found, "state_dict", inputs=inputs)


def named(reference: str, inputs: Sequence[InputSpec] = ()) -> OpenedModel | None:
    """The view of a reference that names such a file, None for any other reference."""
    parsed = parse_model(reference)
    if parsed.kind != "path":
        return None
    path = Path(parsed.target).expanduser()
    return open_view(parsed, path, tuple(inputs)) if formats.recognise(path) == "safetensors" else None


def _stored(name: str, part: object) -> Stored:
    shape, code = tuple(part.get_shape()), str(part.get_dtype())  # type: ignore[attr-defined]
    dtype, bits = _TYPES.get(code, (code, 8))
    return Stored(name, shape, dtype, math.prod(shape) * bits // 8)
