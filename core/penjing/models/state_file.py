"""A state dict without an architecture (`.safetensors`, `.pt`, `.pth`): its weights-only view."""

from __future__ import annotations

import warnings
from pathlib import Path

import torch

from penjing.models import formats, safetensors_file
from penjing.models.archive import damaged
from penjing.models.dense import dense
from penjing.models.source import OpenedModel
from penjing.models.unwrapping import unwrap
from penjing.models.weights_view import stored, view
from penjing.spec.messages import bad_input
from penjing.spec.references import InputSpec, ModelReference


def open_state(
    parsed: ModelReference, path: Path, kind: formats.Kind, inputs: tuple[InputSpec, ...]
) -> OpenedModel:
    """The weights-only view of a file that loads as data. Its numbers are not read.

    Raises `Failure` (exit code 2) for a damaged file and one without named tensors.
    """
    if kind == "safetensors":
        return safetensors_file.open_view(parsed, path, inputs)
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
