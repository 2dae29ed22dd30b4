"""`manifest.json`: what an export holds, with the size and SHA-256 of every file. No torch.

The manifest carries the SHA-256 of its own values (`digest`), so that a change in it shows too.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath
from typing import Any

from penjing.spec import origin
from penjing.spec.files import sha256_file, write_json

NAME = "manifest.json"
VERIFICATION = "verify.json"  # the last verification of a run, beside its result.json
VERSION = 1
TOLERANCE = 1e-4
FORMATS = ("onnx", "pt2", "safetensors")
TOOLS = ("penjing", "torch", "torchvision", "onnx", "onnxscript", "onnxruntime", "safetensors", "numpy")


def digest(manifest: Mapping[str, Any]) -> str:
    """SHA-256 over the values of a manifest without its `digest`."""
    rest = {key: value for key, value in manifest.items() if key != "digest"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def tool_versions() -> dict[str, str]:
    """Versions of Python and of every package that took part."""
    found = {"python": platform.python_version()}
    for tool in TOOLS:
        try:
            found[tool] = version(tool)
        except PackageNotFoundError:
            continue
    return found


def write(folder: Path, artefacts: Sequence[Mapping[str, Any]], **fields: Any) -> None:
    """Write the manifest of everything that lies in `folder`, and remember that it was written here."""
    files = {
        file.relative_to(folder).as_posix(): {"bytes": file.stat().st_size, "sha256": sha256_file(file)}
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
    manifest = {"version": VERSION, **fields, "tolerance": TOLERANCE, "artefacts": list(artefacts)}
    manifest |= {"files": files, "versions": tool_versions()}
    told = digest(manifest)
    origin.remember(
        told
    )  # first: a kill in between leaves no export of one's own that is taken for a stranger's
    write_json(folder / NAME, {**manifest, "digest": told})


def read(folder: Path) -> dict[str, Any] | None:
    """The manifest, or None where there is none or it is not one."""
    try:
        manifest = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return manifest if isinstance(manifest, dict) else None


def well_formed(manifest: Mapping[str, Any]) -> bool:
    """Whether a manifest has everything that its readers use, and names no file outside its folder."""
    try:
        names = [*manifest["files"], *(entry["file"] for entry in manifest["artefacts"])]
        forms = [entry["format"] for entry in manifest["artefacts"]]
        plain = all(not PurePosixPath(name).is_absolute() and ".." not in name.split("/") for name in names)
        dtypes = [one["dtype"] for one in manifest["input"]]
        whole = [*manifest["batches"], *(entry["bytes"] for entry in manifest["files"].values())]
    except (KeyError, TypeError, AttributeError):
        return False
    known = all(form in FORMATS for form in forms) and all(isinstance(one, str) for one in dtypes)
    return plain and known and all(isinstance(one, int) for one in whole)
