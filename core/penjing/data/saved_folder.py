"""A folder that `datasets` saved, looked at before the library opens it: what it names, and where that leads.

Everything has to be a file within the folder. Features and formats are read from JSON as data.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from penjing.data import arrow_stream, room
from penjing.spec.messages import bad_input

MOST_JSON = 32 * 2**20
_MOST_DEEP = 100
_FORMATS = (None, "numpy", "torch", "tensorflow", "tf", "jax", "pandas", "polars", "arrow", "python")


def read_json(path: Path, folder: Path | None, most: int = MOST_JSON) -> Any:
    """The JSON in `path`, a file of at most `most` bytes, within `folder` where one is given.

    Raises `Failure` (exit code 2).
    """
    within(path, folder)
    check_size(path, most)
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        line = (str(error).strip().splitlines() or [""])[0]
        problem = f"{type(error).__name__}: {line}"[:200].rstrip(".;: ")
        raise bad_input("data.damaged", path=str(path), error=problem) from error
    if _deeper(value, _MOST_DEEP):
        raise bad_input("data.json_deep", path=str(path), most=_MOST_DEEP)
    return value


def check_size(path: Path, most: int) -> None:
    """Raise `Failure` (exit code 2) for a file of more than `most` bytes."""
    size = path.stat().st_size
    if size > most:
        raise bad_input("data.json_large", path=str(path), megabytes=round(size / 1e6), most=most // 10**6)


def _deeper(value: Any, most: int) -> bool:
    level = [value]
    for _ in range(most):
        level = [inner for one in level for inner in _children(one)]
        if not level:
            return False
    return True


def _children(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def within(path: Path, folder: Path | None) -> None:
    """Raise `Failure` (exit code 2) where a file is none, or links lead out of `folder`, if one is given."""
    try:
        inside = folder is None or path.resolve(strict=True).is_relative_to(folder.resolve())
        path.stat()
        regular = path.is_file()  # reading a pipe or a device would wait, or never end
    except (OSError, RuntimeError, ValueError):  # RuntimeError: links in a circle
        raise bad_input("data.part_missing", path=str(folder or path.parent), name=path.name[:200]) from None
    if not inside:
        raise bad_input("data.part_outside", path=str(folder), name=path.name[:200])
    if not regular:
        raise bad_input("data.part_special", path=str(path))


def check(folder: Path) -> None:
    """Check the whole folder, with one data set or several. Raises `Failure` (exit code 2)."""
    parts = [folder]
    listing = folder / "dataset_dict.json"
    if listing.exists() or listing.is_symlink():
        value = read_json(listing, folder)
        names = value.get("splits") if isinstance(value, dict) else None
        if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
            raise _wrong(listing, "splits")
        parts = [folder / _plain(name, folder) for name in names]
    total = 0
    for part in parts:
        for file in _files(part, folder):
            within(file, folder)
            total += file.stat().st_size
            if total > room.MOST:
                raise room.too_large(folder, total, room.MOST)
            arrow_stream.check(file)


def _files(part: Path, folder: Path) -> Iterator[Path]:
    state, info = part / "state.json", part / "dataset_info.json"
    value = read_json(state, folder)
    listed = value.get("_data_files") if isinstance(value, dict) else None
    if not isinstance(listed, list):
        raise _wrong(state, "_data_files")
    if value.get("_format_type") not in _FORMATS:
        raise _wrong(state, "_format_type")
    described = read_json(info, folder)
    if not isinstance(described, dict) or not isinstance(described.get("features"), dict | None):
        raise _wrong(info, "features")
    for one in listed:
        name = one.get("filename") if isinstance(one, dict) else None
        if not isinstance(name, str):
            raise _wrong(state, "filename")
        yield part / _plain(name, folder)


def _plain(name: str, folder: Path) -> str:
    """A name of something right in a folder, and of nothing else."""
    if name in ("", ".", "..") or any(mark in name for mark in "/\\:\0"):
        raise bad_input("data.part_outside", path=str(folder), name=name[:200])
    return name


def _wrong(path: Path, key: str) -> Exception:
    return bad_input("data.json_wrong", path=str(path), key=key)
