"""What a file is, told by its content and without running anything in it."""

from __future__ import annotations

import re
import stat
import zipfile
from pathlib import Path
from typing import Literal

from penjing.spec.messages import Failure, bad_input

Kind = Literal[
    "safetensors", "torch", "torch-legacy", "torchscript", "pt2", "onnx", "npz", "npy", "zip", "pickle",
    "hdf5", "gguf", "tflite", "html", "lfs", "python", "text", "image", "compressed", "empty",
    "directory", "special", "unknown",
]  # fmt: skip

# torch's files from before 1.6 start with this pickled number (torch/serialization.py, MAGIC_NUMBER).
_LEGACY_MAGIC = b"\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
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
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            return "directory"
        if not stat.S_ISREG(found.st_mode):
            return "special"  # reading a pipe or a device would wait, or never end
        size = found.st_size
        with path.open("rb") as file:
            head = file.read(4096)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise bad_input("models.not_found", path=str(path)) from error
    except (OSError, ValueError) as error:  # ValueError: a name with a null byte
        problem = getattr(error, "strerror", None) or str(error)
        raise bad_input("models.unreadable", path=str(path), error=problem) from error
    if not head:
        return "empty"
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _zip_kind(path, head)
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
    if size < 10 or head[8:9] != b"{":
        return False
    # A header that is cut off, or longer than any is, is found when the file is opened. In a text the eight bytes of
    # the length would all be characters.
    return head[9:10] in (b'"', b"}", b" ") and any(byte < 9 or byte > 126 for byte in head[:8])


def _zip_kind(path: Path, head: bytes) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return "torch" if b"data.pkl" in head else "zip"  # cut off: its first entry is there still
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
    "special": "models.file_special",
    "unknown": "models.file_unknown",
}


def refusal(path: Path, kind: Kind) -> Failure:
    """The failure (exit code 2) that says what `path` is, and what to open instead."""
    return bad_input(_REFUSALS.get(kind, "models.file_unknown"), path=str(path))
