"""A program's bytes held still: what was hashed is what is loaded, whatever happens to its file meanwhile."""

from __future__ import annotations

import contextlib
import hashlib
import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from penjing.spec.messages import bad_input

IN_MEMORY = 64 * 2**20  # bytes; larger files are held on the disk
_CHUNK = 2**20


@dataclass(frozen=True, slots=True)
class Held:
    """The bytes of a file as they were read once: `file` to read them from, their `sha256` and `size`.

    `copy` is where they lie if they are too large for memory, in a folder that nobody else may open.
    """

    file: BinaryIO
    sha256: str
    size: int
    copy: Path | None = None


@contextlib.contextmanager
def held(path: Path) -> Iterator[Held]:
    """Read a file once, into memory or, from `IN_MEMORY` bytes on, into a private copy that is gone at the end.

    Its name keeps the suffix. Raises `Failure` (exit code 2) where it cannot be read, or not be copied.
    """
    with contextlib.ExitStack() as stack:
        try:
            kept = _read(path, stack)
        except OSError as error:
            problem = error.strerror or str(error)
            raise bad_input("models.unreadable", path=str(path), error=problem) from error
        yield kept


def _read(path: Path, stack: contextlib.ExitStack) -> Held:
    digest = hashlib.sha256()
    with path.open("rb") as source:
        # One byte more: a file that grows meanwhile is not cut.
        first = source.read(IN_MEMORY + 1)
        digest.update(first)
        if len(first) <= IN_MEMORY:
            return Held(io.BytesIO(first), digest.hexdigest(), len(first))
        # Windows deletes no file that is open, which a library may have forgotten to close.
        folder = tempfile.TemporaryDirectory(prefix="penjing-", ignore_cleanup_errors=True)
        copy = Path(stack.enter_context(folder)) / f"held{path.suffix}"
        size = len(first)
        with copy.open("xb") as target:
            target.write(first)
            del first
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                target.write(chunk)
                size += len(chunk)
    return Held(stack.enter_context(copy.open("rb")), digest.hexdigest(), size, copy)
