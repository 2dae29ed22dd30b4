"""What a file is, told by its content and without running anything in it."""

from __future__ import annotations

import pickle
import pickletools
import re
import zipfile
from pathlib import Path
from typing import Literal

import torch

from penjing.spec.messages import Failure, bad_input

Kind = Literal[
    "safetensors", "torch", "torch-legacy", "torchscript", "pt2", "onnx", "npz", "npy", "zip", "pickle",
    "hdf5", "gguf", "tflite", "html", "lfs", "python", "text", "image", "compressed", "empty",
    "directory", "unknown",
]  # fmt: skip

# torch's files from before 1.6 start with this pickled number (torch/serialization.py, MAGIC_NUMBER).
_LEGACY_MAGIC = b"\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
_HEADER_CAP = 100_000_000  # the same cap as safetensors' own
_STARTS: tuple[tuple[bytes, Kind], ...] = (
    (b"\x89HDF\r\n", "hdf5"),
    (b"\x93NUMPY", "npy"),
    (b"GGUF", "gguf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"\x1f\x8b", "compressed"),
    (b"BZh", "compressed"),
    (b"\xfd7zXZ", "compressed"),
    (b"7z\xbc\xaf", "compressed"),
    (b"version https://git-lfs", "lfs"),
)


def recognise(path: Path) -> Kind:
    """The kind of the file at `path`. Raises `Failure` (exit code 2) where it is missing or cannot be
    read.
    """
    if path.is_dir():
        return "directory"
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(4096)
    except FileNotFoundError as error:
        raise bad_input("models.not_found", path=str(path)) from error
    except OSError as error:
        raise bad_input("models.unreadable", path=str(path), error=error.strerror or str(error)) from error
    if not head:
        return "empty"
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _zip_kind(path)
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if _is_safetensors(head, size):
        return "safetensors"
    if head[:1] == b"\x80" and head[1] in range(2, 6):
        return "torch-legacy" if head[2:].startswith(_LEGACY_MAGIC) else "pickle"
    if head[4:8] == b"TFL3":
        return "tflite"
    # A serialised ONNX ModelProto: field 1 (the IR version, a small varint), then field 2, 5, 7 or 8.
    if len(head) > 2 and head[0] == 0x08 and head[1] < 0x20 and head[2] in (0x12, 0x2A, 0x3A, 0x42):
        return "onnx"
    return _text_kind(head, path)


def _is_safetensors(head: bytes, size: int) -> bool:
    if len(head) < 10 or head[8:9] != b"{":
        return False
    length = int.from_bytes(head[:8], "little")
    return 2 <= length <= min(_HEADER_CAP, size - 8)


def _zip_kind(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return "torch" if path.suffix in (".pt", ".pth", ".bin", ".ckpt") else "zip"
    tails = {name.partition("/")[2] for name in names} | set(names)
    if "archive_format" in tails or any("serialized_exported_program" in name for name in names):
        return "pt2"
    if "constants.pkl" in tails or any(tail.startswith("code/") for tail in tails):
        return "torchscript"
    if "data.pkl" in tails:
        return "torch"
    if names and all(name.endswith(".npy") for name in names):
        return "npz"
    return "zip"


def _text_kind(head: bytes, path: Path) -> Kind:
    if b"\0" in head:
        return "unknown"
    try:
        text = head.decode("utf-8", errors="strict" if len(head) < 4096 else "ignore").lstrip("\ufeff \t\r\n")
    except UnicodeDecodeError:
        return "unknown"
    if re.match(r"(<!--|<\?xml|<!doctype html|<html|<head)", text, re.IGNORECASE):
        return "html"
    return "python" if path.suffix == ".py" else "text"


_REFUSALS: dict[Kind, str] = {
    "torchscript": "models.file_torchscript",
    "pt2": "models.file_pt2",
    "onnx": "models.file_onnx",
    "npz": "models.file_npz",
    "npy": "models.file_npz",
    "zip": "models.file_zip",
    "pickle": "models.file_pickle",
    "hdf5": "models.file_hdf5",
    "gguf": "models.file_gguf",
    "tflite": "models.file_tflite",
    "html": "models.file_html",
    "lfs": "models.file_lfs",
    "python": "models.file_python",
    "text": "models.file_text",
    "image": "models.file_image",
    "compressed": "models.file_compressed",
    "empty": "models.file_empty",
    "directory": "models.file_directory",
    "unknown": "models.file_unknown",
}


def refusal(path: Path, kind: Kind) -> Failure:
    """The failure (exit code 2) that says what `path` is, and what to open instead."""
    return bad_input(_REFUSALS.get(kind, "models.file_unknown"), path=str(path))


def unsafe_globals(path: Path) -> list[str]:
    """Names of the code that a torch file's pickle references beyond what weights need, without running it.

    Empty for a state dict, and for a file too damaged to tell (loading then says so).
    """
    try:
        return sorted(torch.serialization.get_unsafe_globals_in_checkpoint(str(path)))
    except Exception:  # a damaged archive, or a file from before torch 1.6
        return _legacy_globals(path)


def _legacy_globals(path: Path) -> list[str]:
    """As `unsafe_globals`, for a file from before torch 1.6: a row of pickles, then raw bytes."""
    try:
        torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        first = set(re.findall(r"GLOBAL ([\w.]+)", str(error)))
    except Exception:  # damaged: loading it says how
        return []
    else:
        return []
    allowed = torch._weights_only_unpickler._get_allowed_globals()
    try:
        with path.open("rb") as file:
            found = {
                str(argument).replace(" ", ".")
                for _ in range(4)  # magic number, protocol, system, and the object itself
                for code, argument, _ in pickletools.genops(file)
                if code.name == "GLOBAL"
            }
    except ValueError:
        found = set()
    return sorted(first | {name for name in found if name not in allowed})
