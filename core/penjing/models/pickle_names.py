"""What a torch file's pickle refers to beyond what weights need, without running it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import torch

from penjing.models.archive import check_zip, damaged, read_entry, top_folder
from penjing.models.pickle_walk import MOST_DEEP, Walk, current_name
from penjing.spec.messages import bad_input

_MOST_PICKLE = 512 * 2**20
_LEGACY_PICKLES = 5  # magic number, protocol, system, the object, the keys of its storages


def unsafe_globals(path: Path) -> list[str]:
    """Names of the code that a torch file refers to, sorted; empty for weights. `?` is a name made while it runs.

    Raises `Failure` (exit code 2) for an archive that is damaged or would unpack to far too much.
    """
    with path.open("rb") as file:
        zipped = file.read(4) == b"PK\x03\x04"  # as torch tells them apart
    found = _zipped(path) if zipped else _legacy(path)
    return sorted(found - _harmless())


def _harmless() -> set[str]:
    """What torch's restricted unpickler lets in and weights are made of. `bytearray(N)` takes any amount of memory."""
    return set(torch._weights_only_unpickler._get_allowed_globals()) - {"builtins.bytearray"}


def _zipped(path: Path) -> set[str]:
    check_zip(path)
    walk = Walk()
    with zipfile.ZipFile(path) as archive:
        try:
            data = read_entry(archive, f"{top_folder(archive)}data.pkl", _MOST_PICKLE)
        except (ValueError, zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError) as error:
            raise damaged(path, error) from error
    walk.read(io.BytesIO(data))
    _check(walk, path)
    try:  # torch's own list, read by torch's own reader: an archive that two readers read differently is no secret
        listed = torch.serialization.get_unsafe_globals_in_checkpoint(str(path))
    except Exception:  # it knows the opcodes of weights alone
        listed = []
    return walk.names | {current_name(*one.rpartition(".")[::2]) for one in listed}


def _legacy(path: Path) -> set[str]:
    walk = Walk()
    with path.open("rb") as file:
        for _ in range(_LEGACY_PICKLES):
            walk.read(file)
            _check(walk, path)
    return walk.names


def _check(walk: Walk, path: Path) -> None:
    if walk.crowded:
        raise bad_input("models.pickle_crowded", path=str(path))
    if walk.deep:
        raise bad_input("models.pickle_deep", path=str(path), most=MOST_DEEP)
    if walk.damaged:
        raise damaged(path, ValueError(walk.damaged))
