"""Whether the programs of an export may run: at once where it was written here, else with consent. No torch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from penjing.export import manifest as manifests
from penjing.export.standalone import LOADER, needed, strays, unchanged
from penjing.spec import origin
from penjing.spec.messages import NEEDS_TRUST, Failure

_PROGRAMS = (".py", ".pth", ".pt2")


def written_here(manifest: Mapping[str, Any]) -> bool:
    """Whether Penjing wrote this manifest on this machine, whatever it says of itself."""
    return origin.remembered(manifests.digest(manifest))


def consent(folder: Path, manifest: Mapping[str, Any], trust: bool) -> None:
    """Raise `Failure` (exit code 3) for programs that came from elsewhere, unless there is `trust`."""
    found = sorted(name for name in manifest["files"] if name.endswith(_PROGRAMS))
    if trust or not found or written_here(manifest):
        return
    stated = json.dumps({name: manifest["files"][name]["sha256"] for name in found}, sort_keys=True)
    raise Failure(
        "export.needs_trust",
        NEEDS_TRUST,
        folder=str(folder),
        names=", ".join(found),
        globals=found,
        sha256=hashlib.sha256(stated.encode()).hexdigest(),
    )


def as_written(folder: Path) -> bool:
    """Whether the folder's `load_model.py` and all that it loads are as Penjing wrote them here."""
    manifest = manifests.read(folder)
    if manifest is None or not manifests.well_formed(manifest) or not written_here(manifest):
        return False
    names = [name for name in needed("safetensors", "", manifest) if name]
    same = LOADER in manifest["files"] and all(unchanged(folder, manifest, name) for name in names)
    return same and not strays(folder, manifest)
