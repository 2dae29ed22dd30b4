"""What a `.pt2` file would call when torch loads and runs it, found without loading it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

import torch

from penjing.models.archive import check_entries, check_zip, damaged, top_folder
from penjing.models.arithmetic import is_arithmetic
from penjing.models.carriers import MOST_JSON, is_raw, listed, place
from penjing.models.denied import UNKNOWN, denied, denied_object
from penjing.models.pickle_walk import Walk
from penjing.spec.nested import objects

# Below the folder that torch puts everything in: programs, and what torch reads as text. All else is a pickle to it.
_PROGRAMS = re.compile(r"models/|serialized_exported_program\.json$")
_TEXTS = re.compile(
    r"(archive_format|archive_version|version|byteorder|\.format_version|\.storage_alignment)$|\.data/|extra/|extra_files/"
    r"|data/(weights|constants)/[^/]*_config\.json$"
)
_NATIVE = re.compile(
    r"(^|/)(aotinductor|executorch|mtia)(/|$)|\.(so|dll|dylib|pyd|cubin|hsaco)$", re.IGNORECASE
)
_BINARIES = (b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
_LEGACY_PICKLES = 5
_CALLING = ("call", "attrgetter", "itemgetter", "methodcaller")


def native_parts(path: Path, file: BinaryIO | None = None) -> list[str]:
    """The compiled code in a `.pt2`, by entry: libraries of AOTInductor and the like; torch would load them.

    `file` is what holds the bytes where they are not to be read from `path`. Raises `Failure` (exit code 2) for a
    damaged file.
    """
    try:
        with zipfile.ZipFile(file or path) as archive:
            return [one.filename for one in archive.infolist() if _is_native(archive, one)]
    except Exception as error:  # a damaged file can raise anything
        raise damaged(path, error) from error


def _is_native(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    if _NATIVE.search(entry.filename.rstrip("/")):
        return True
    if "/weights/" in entry.filename or "/constants/" in entry.filename:
        return False  # numbers may begin with anything; torch does not run them
    with archive.open(entry) as stream:
        return stream.read(4).startswith(_BINARIES)


def exported_names(path: Path, file: BinaryIO | None = None) -> list[str]:
    """What a `.pt2` would call, as far as its pickles, its operators and its expressions tell; sorted.

    Expressions of sizes are evaluated by torch; one that is more than arithmetic counts as `?`, as does what is neither
    numbers nor JSON nor a pickle that can be read. `file` as for `native_parts`. Raises `Failure` (exit code 2) for a
    damaged file.
    """
    check_zip(path, file)
    walk = Walk()
    try:
        with zipfile.ZipFile(file or path) as archive:
            check_entries(archive)
            top, raw = top_folder(archive), _raw(archive)
            for one in archive.infolist():
                below = one.filename.removeprefix(top)
                if one.is_dir() or raw.get(one.filename):
                    continue
                if one.file_size > MOST_JSON:
                    walk.names.add(UNKNOWN)
                elif _PROGRAMS.match(below):
                    _check_program(json.loads(archive.read(one)), walk)
                elif one.filename in raw or not _TEXTS.match(below):
                    _walk_pickle(archive.read(one), walk)
    except Exception as error:  # a damaged file can raise anything
        raise damaged(path, error) from error
    return sorted(walk.names - set(torch._weights_only_unpickler._get_allowed_globals()))


def _raw(archive: zipfile.ZipFile) -> dict[str, bool]:
    """Entries that configurations name: whether each is numbers, by all that is said of it."""
    found: dict[str, bool] = {}
    for name, _, entry in listed(archive):
        at = place(name, entry)
        found[at] = found.get(at, True) and is_raw(name, entry)
    return found


def _walk_pickle(data: bytes, walk: Walk) -> None:
    if not data:
        return
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as inner:
            # torch would hand TorchScript on to its own loader, which runs it.
            if any(name.endswith("constants.pkl") for name in inner.namelist()):
                walk.names.add(UNKNOWN)
        walk.read_zip(io.BytesIO(data))
        return
    stream = io.BytesIO(data)
    for number in range(_LEGACY_PICKLES):
        alone = Walk()
        alone.read(stream)
        walk.names |= alone.names
        if (alone.damaged or alone.deep) and number == 0:
            walk.names.add(UNKNOWN)
        if alone.damaged or alone.deep or stream.tell() == len(data):
            return


def _check_program(value: Any, walk: Walk) -> None:
    for one in objects(value):
        text = one.get("expr_str")
        if isinstance(text, str) and not is_arithmetic(text):
            walk.names.add(UNKNOWN)
        target = one.get("target")
        if isinstance(target, str) and "inputs" in one and (detour := _detour(target)):
            walk.names.add(detour)


def _detour(target: str) -> str:
    """What an operator's name leads to where that runs programs; "" where it is an operator.

    torch looks names up from `torch`, `operator` and `math` on, through all modules that they import
    (`torch.cuda.os.system`), and takes whatever can be called (torch/_export/serde/serialize.py).
    """
    first, *names = target.split(".")
    if "__" in target:
        return UNKNOWN
    if first.startswith(("_operator", "math")):
        return UNKNOWN if len(names) != 1 or names[0] in _CALLING else ""
    if not first.startswith("torch"):
        return ""  # torch finds nothing by it
    if names[:1] == ["ops"]:
        return UNKNOWN if len(names) < 3 else ""  # `torch.ops.load_library` and its like are no operators
    found: Any = torch
    for name in names:
        if not hasattr(found, name):
            return ""
        found = getattr(found, name)
    plain = f"torch.{'.'.join(names)}"
    if denied(plain):
        return plain
    full = f"{getattr(found, '__module__', '')}.{getattr(found, '__qualname__', '')}"
    return (full if denied(full) else UNKNOWN) if denied_object(found) else ""
