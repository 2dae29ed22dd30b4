"""Whether the programs of an export may run: at once where it was written here, else with consent. No torch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from penjing.export import manifest as manifests
from penjing.export.standalone import LOADER, is_program, needed, strays, unchanged
from penjing.spec import origin
from penjing.spec.messages import NEEDS_TRUST, Failure
from penjing.spec.trust import covers


def written_here(manifest: Mapping[str, Any]) -> bool:
    """Whether Penjing wrote this manifest on this machine, whatever it says of itself."""
    return origin.remembered(manifests.digest(manifest))


def consent(folder: Path, manifest: Mapping[str, Any], trust: bool | str) -> None:
    """Raise `Failure` (exit code 3) for programs that came from elsewhere, unless there is `trust`.

    `trust` may be a SHA-256: of the programs as the manifest states them, which is what the failure carries. A program
    that is not as stated is not run by anyone who asks here.
    """
    files = manifest["files"]
    stated = {name: str(files[name].get("sha256")) for name in sorted(files) if is_program(name)}
    sha256 = hashlib.sha256(json.dumps(stated, sort_keys=True).encode()).hexdigest()
    if not stated or covers(trust, sha256) or written_here(manifest):
        return
    raise Failure(
        "export.needs_trust",
        NEEDS_TRUST,
        folder=str(folder),
        names=", ".join(stated),
        globals=list(stated),
        programs=stated,
        sha256=sha256,
    )


def as_written(folder: Path) -> bool:
    """Whether the folder's `load_model.py` and all that it loads are as Penjing wrote them here."""
    manifest = manifests.read(folder)
    if manifest is None or not manifests.well_formed(manifest) or not written_here(manifest):
        return False
    return as_stated(folder, manifest)


def as_stated(folder: Path, manifest: dict[str, Any]) -> bool:
    """Whether the folder's `load_model.py` and all that it loads are as its manifest states them."""
    names = [name for name in needed("safetensors", "", manifest) if name]
    same = LOADER in manifest["files"] and all(unchanged(folder, manifest, name) for name in names)
    return same and not strays(folder, manifest)
