"""The weights-only view: what a file holds, tensor by tensor, where no architecture says how they are used.

Every tensor is a row with its parameters and bytes. What it costs to run is not known: `macs` is None throughout.
The numbers themselves are not read, so that a file of any size opens at once; hence the view has no SHA-256.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from penjing.models.source import ModelSource, OpenedModel
from penjing.spec.costs import CostTable, Row, sum_totals
from penjing.spec.messages import Message
from penjing.spec.references import InputSpec, ModelReference

if TYPE_CHECKING:
    import torch

# torch's batch norms keep these beside their parameters; they are counted in bytes alone, as in a network.
_BUFFERS = ("running_mean", "running_var", "num_batches_tracked")


@dataclass(frozen=True, slots=True)
class Stored:
    """A tensor in a file: its name, shape and type, and its bytes (0 where another tensor brought them already)."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    bytes: int


def stored(tensors: Iterable[tuple[str, torch.Tensor]]) -> list[Stored]:
    """Tensors as they lie in a file. Those that share their numbers are counted once."""
    import torch

    seen: set[tuple[object, ...]] = set()
    found = []
    for name, one in tensors:
        key: tuple[object, ...] = (one._cdata,)
        if one.device.type == "cpu" and one.layout is torch.strided and one.numel():
            key = (one.data_ptr(), tuple(one.shape), one.stride(), one.dtype)
        size = 0 if key in seen else one.numel() * one.element_size()
        seen.add(key)
        found.append(Stored(name, tuple(one.shape), str(one.dtype).removeprefix("torch."), size))
    return found


def view(
    parsed: ModelReference,
    path: Path,
    tensors: Iterable[Stored],
    format: str,
    warnings: tuple[Message, ...] = (),
    inputs: tuple[InputSpec, ...] = (),
) -> OpenedModel:
    """The model of a file that holds weights and no network."""
    rows = tuple(_row(one) for one in tensors)
    table = CostTable(str(parsed), format, inputs, rows, sum_totals(rows, 0), {"": "Weights"})
    return viewed(parsed, path, table, warnings)


def viewed(
    parsed: ModelReference, path: Path, table: CostTable, warnings: tuple[Message, ...] = ()
) -> OpenedModel:
    """The model of a file of which there is a cost table and no network."""
    return OpenedModel(
        module=None,
        reference=parsed,
        title=parsed.title,
        format=table.format,
        input=table.input,
        sha256="",
        weights_label=path.name,
        source=ModelSource("none", ""),
        warnings=warnings,
        table=table,
    )


def _row(one: Stored) -> Row:
    buffer = one.name.rpartition(".")[2] in _BUFFERS
    count = 0 if buffer or not one.bytes else math.prod(one.shape)
    kind = "Buffer" if buffer else "Tensor"
    shape = "×".join(map(str, one.shape)) or "1"
    return Row(
        name=one.name,
        kind=f"{kind} {shape}" + ("" if one.dtype == "float32" else f" {one.dtype}"),
        params=count,
        trainable_params=count if one.dtype.startswith(("float", "bfloat", "complex")) else 0,
        macs=None,
        calls=0,
        weight_bytes=one.bytes,
    )
