"""A state dict in several files: the index that Hugging Face and timm write beside its shards."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import torch

from penjing.spec.messages import bad_input

State = dict[str, torch.Tensor]
_CAP = 50_000_000  # bytes; the index of a model of 100,000 tensors takes 10 MB


def is_index(path: Path) -> bool:
    """Whether a file looks like such an index: text that starts as JSON does, with the map of weights in it."""
    if path.suffix != ".json" or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(1024).lstrip()[:1] == b"{"


def files_of(path: Path) -> dict[str, list[str]]:
    """Names of tensors by the file that they are in. Every file lies beside the index.

    Raises `Failure` (exit code 2) for an index that cannot be read, or that leads out of its folder.
    """
    try:
        if path.stat().st_size > _CAP:
            raise ValueError(f"> {_CAP:,} bytes")
        places = json.loads(path.read_text(encoding="utf-8"))["weight_map"]
        by_file: dict[str, list[str]] = {}
        for name, file in places.items():
            if not isinstance(file, str):
                raise TypeError(f"weight_map[{name!r}]")
            by_file.setdefault(file, []).append(str(name))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise bad_input(
            "models.index_damaged", path=str(path), error=f"{type(error).__name__}: {error}"[:200]
        ) from error
    for file in by_file:
        plain = PurePosixPath(file).name == file and "\\" not in file and file not in ("", ".", "..")
        if not plain or not (path.parent / file).resolve().is_relative_to(path.parent.resolve()):
            raise bad_input("models.index_outside", path=str(path), file=file)
        if not (path.parent / file).is_file():
            raise bad_input("models.index_missing", path=str(path), file=file)
    return by_file


def read(path: Path, read_one: Callable[[Path], State]) -> State:
    """The whole state dict, each shard read by `read_one`. Raises `Failure` as that does, and as `files_of`."""
    state: State = {}
    for file, names in files_of(path).items():
        shard = read_one(path.parent / file)
        absent = [name for name in names if name not in shard]
        if absent:
            raise bad_input("models.shard_incomplete", path=str(path), file=file, name=absent[0])
        state.update({name: shard[name] for name in names})
    return state
