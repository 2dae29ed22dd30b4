"""Reads every picture once: its hash, its size, and whether it can be read. What was found is kept for next time."""

from __future__ import annotations

import hashlib
import json
import os
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from penjing.data.pictures_decode import content_of, decoded
from penjing.data.pictures_files import Picture
from penjing.spec.files import write_bytes
from penjing.spec.folders import home

Progress = Callable[[int, int], None]
"""Told (pictures read, pictures in all); what it raises ends the reading."""

_VERSION = 1
_AT_ONCE = 64  # pictures between two reports


@dataclass(frozen=True, slots=True)
class Facts:
    """What a picture's file holds. `problem` is what its reader said where it cannot be read."""

    sha256: str
    width: int = 0
    height: int = 0
    grey: bool = False
    problem: str | None = None


def scan(root: Path, pictures: Sequence[Picture], progress: Progress | None = None) -> list[Facts]:
    """The facts of each picture, in order. Those whose size and times are as they were are not read again.

    The cache is one file for each folder under Penjing's home, `cache/pictures-….json`.
    """
    name = hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:24]
    path = home() / "cache" / f"pictures-{name}.json"
    known = _load(path)
    found: dict[str, list[Any]] = {}
    todo: list[Picture] = []
    for one in pictures:
        stored = known.get(one.path)
        if stored is not None and tuple(stored[:3]) == one.stamp:
            found[one.path] = stored
        else:
            todo.append(one)
    done = len(pictures) - len(todo)
    if progress is not None:
        progress(done, len(pictures))
    if todo:
        try:
            # Pillow warns of pictures that are merely large, and of odd metadata; what matters is a problem below.
            with warnings.catch_warnings(), ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
                warnings.simplefilter("ignore")
                for start in range(0, len(todo), _AT_ONCE):
                    some = todo[start : start + _AT_ONCE]
                    for one, facts in zip(
                        some, pool.map(lambda one: _read(root / one.path), some), strict=True
                    ):
                        found[one.path] = [*one.stamp, *_row(facts)]
                    if progress is not None:
                        progress(done + start + len(some), len(pictures))
        finally:
            # What the system would not give may be there the next time.
            _store(path, {key: row for key, row in found.items() if row[3]})
    return [Facts(*found[one.path][3:]) for one in pictures]


def _row(facts: Facts) -> list[Any]:
    return [facts.sha256, facts.width, facts.height, facts.grey, facts.problem]


def _read(path: Path) -> Facts:
    try:
        content = content_of(path)
    except OSError as error:
        return Facts("", problem=error.strerror or str(error))
    except ValueError as error:
        return Facts("", problem=str(error))
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        with decoded(content) as picture:
            grey = picture.mode in ("1", "L", "I", "F", "I;16", "I;16B", "I;16L")
            return Facts(sha256, picture.width, picture.height, grey)
    except Exception as error:  # decoders raise all kinds of things on files that are not whole
        # A text that names the object in memory would differ from one reading to the next.
        text = str(error).partition(" <_io")[0].strip()
        return Facts(sha256, problem=(text or type(error).__name__)[:200])


def _load(path: Path) -> dict[str, list[Any]]:
    with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        stored = json.loads(path.read_bytes())
        if stored["version"] == _VERSION:
            return {str(key): list(value) for key, value in stored["files"].items() if len(value) == 8}
    return {}


def _store(path: Path, found: dict[str, list[Any]]) -> None:
    with suppress(OSError):  # the next opening reads them again
        write_bytes(path, json.dumps({"version": _VERSION, "files": found}).encode())
