"""Zip archives read with care: what they would unpack to is added up first, and no entry is written anywhere."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import BinaryIO

from penjing.spec.messages import Failure, bad_input

MOST_ENTRIES = 200_000
FREE = 64 * 2**20  # what any archive may unpack to
RATIO = 4  # what a larger one may, times its size: torch's archives are not compressed at all


def check_zip(path: Path, file: BinaryIO | None = None) -> None:
    """Raise `Failure` (exit code 2) for an archive that is damaged, or that would unpack to far more than it holds.

    `file` is what holds its bytes where they are not to be read from `path`.
    """
    try:
        with zipfile.ZipFile(file or path) as archive:
            entries = archive.infolist()
        packed = path.stat().st_size if file is None else file.seek(0, io.SEEK_END)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise damaged(path, error) from error
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or unpacked > max(FREE, RATIO * packed):
        raise bad_input("models.zip_bomb", path=str(path), packed=packed / 1e6, unpacked=unpacked / 1e6)


def check_entries(archive: zipfile.ZipFile) -> None:
    """Raise `ValueError` where two entries have one name: two readers may each take another of them."""
    names = archive.namelist()
    if len(set(map(str.casefold, names))) < len(names):
        raise ValueError("two entries have one name")


def damaged(path: Path, error: BaseException) -> Failure:
    """The failure for a torch archive that cannot be read."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    within = re.search(r"WeightsUnpickler error:\s*(.+)", text)  # torch's long advice stands around it
    lines = (within.group(1) if within else text).strip().splitlines() or [type(error).__name__]
    return bad_input("models.torch_damaged", path=str(path), error=lines[0][:200])


def read_entry(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """One entry's bytes. Raises `ValueError` where it is missing, or larger than `most`."""
    try:
        entry = archive.getinfo(name)
    except KeyError:
        raise ValueError(f"{name} is missing") from None
    if entry.file_size > most:
        raise ValueError(f"{name} has {entry.file_size} bytes")
    return archive.read(entry)


def top_folder(archive: zipfile.ZipFile) -> str:
    """The folder in which torch put everything, with its slash; "" where there is none."""
    names = archive.namelist()
    first = names[0].partition("/")[0] + "/" if names and "/" in names[0] else ""
    return first if all(name.startswith(first) for name in names) else ""
