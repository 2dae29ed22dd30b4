"""Which files a person has agreed to run, remembered by the SHA-256 of their bytes. No torch: the window reads it too.

The decisions are `trust.json` in Penjing's home. A file that cannot be read counts as no decision at all. A changed
file has another SHA-256, and is asked about again.
"""

from __future__ import annotations

import re
import time
from dataclasses import asdict, dataclass
from importlib.machinery import all_suffixes
from pathlib import Path
from typing import Any

from filelock import FileLock

from penjing.spec.files import read_json, write_json
from penjing.spec.folders import home

NAME = "trust.json"


@dataclass(frozen=True, slots=True)
class Decision:
    """A yes: the file's SHA-256, where it lay, what it named (as it was shown), and when (seconds since the epoch)."""

    sha256: str
    path: str
    what: str
    when: float


def remembered(sha256: str, path: str | Path) -> bool:
    """Whether a person has agreed to run the file with these bytes.

    A program imports what lies beside it. So a yes holds for the same bytes at another `path` only where nothing lies
    there that could be imported.
    """
    found = next((one for one in decisions() if one.sha256 == sha256), None)
    if found is None:
        return False
    place = Path(path).expanduser().absolute()
    return Path(found.path).expanduser().absolute() == place or _alone(place)


def _alone(path: Path) -> bool:
    """Whether neither modules nor folders lie beside a file."""
    try:
        return not any(
            one.is_dir() or one.name.endswith(tuple(all_suffixes()))
            for one in path.parent.iterdir()
            if one.name != path.name
        )
    except OSError:
        return False


def covers(trust: bool | str, sha256: str) -> bool:
    """Whether a consent holds for a file with this SHA-256: a consent to any, or to exactly these bytes."""
    return trust is True or (isinstance(trust, str) and trust == sha256)


def remember(sha256: str, path: str | Path, what: str) -> Decision:
    """Keep a yes. Raises `ValueError` for what is no SHA-256, `OSError` where it cannot be kept."""
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise ValueError(sha256)
    decision = Decision(sha256, str(path), what, time.time())
    with _locked():
        _write([*(one for one in decisions() if one.sha256 != sha256), decision])
    return decision


def revoke(sha256: str) -> bool:
    """Take a yes back; False where there was none."""
    with _locked():
        found = decisions()
        rest = [one for one in found if one.sha256 != sha256]
        if len(rest) == len(found):
            return False
        _write(rest)
    return True


def decisions() -> list[Decision]:
    """All that were remembered, oldest first."""
    try:
        value = read_json(home() / NAME)
        return [_decision(one) for one in value["decisions"]]
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return []


def _decision(value: dict[str, Any]) -> Decision:
    return Decision(str(value["sha256"]), str(value["path"]), str(value["what"]), float(value["when"]))


def _write(found: list[Decision]) -> None:
    write_json(home() / NAME, {"version": 1, "decisions": [asdict(one) for one in found]})


def _locked() -> FileLock:
    home().mkdir(parents=True, exist_ok=True)
    return FileLock(home() / f".{NAME}.lock", timeout=10)
