"""The session's `convert`: the weights of a risky file, taken out in a limited process, with progress and cancel."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from penjing.models import quarantine
from penjing.runs.make import claimed
from penjing.spec.files import sha256_file

EVERY = 0.25  # seconds between two words of progress


def take_out(
    path: Path, out: Path, sha256: str | None, progress: Callable[[float, float], None]
) -> dict[str, Any]:
    """Convert into `out`, which must not exist or be empty; the manifest, with the path of the weights.

    `sha256` is of the bytes that a person agreed to have opened; without it nothing in the file may run. `progress`
    gets the seconds gone and the seconds allowed, and may raise to give up. Raises `Failure` as `convert` does.
    """
    quarantine.referenced(path)  # says what is no such file before a folder is made
    trust = bool(sha256) and sha256_file(path) == sha256
    began = said = time.monotonic()

    def tick() -> None:
        nonlocal said
        now = time.monotonic()
        if now - said >= EVERY:
            said = now
            progress(min(now - began, quarantine.SECONDS), quarantine.SECONDS)

    with claimed(out):
        manifest = quarantine.convert(path, out, trust, tick=tick)
    return {**manifest, "out": str(out), "path": str(out / quarantine.WEIGHTS)}
