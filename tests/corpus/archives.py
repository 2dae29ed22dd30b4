"""Damaged archives and headers, zip bombs, and things that are no files."""

from __future__ import annotations

import json
import os
import struct
import zipfile
from pathlib import Path

import torch

from corpus.register import hostile, network, writing
from corpus.sound import good_script


@hostile("bomb.pt")
def _bomb(path: Path) -> None:
    torch.save({"w": torch.zeros(4)}, path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("archive/data/1", "w", force_zip64=True) as file:
            for _ in range(100):
                file.write(bytes(2**20))


@hostile("bomb.ts")
def _bomb_script(path: Path) -> None:
    good_script(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("good_script/data/9", bytes(100 * 2**20))


@hostile("torn.pt")
def _torn(path: Path) -> None:
    torch.save({"w": torch.zeros(10_000)}, path)
    path.write_bytes(path.read_bytes()[:9_000])


@hostile("torn_legacy.pt")
def _torn_legacy(path: Path) -> None:
    torch.save({"w": torch.zeros(1000)}, path, _use_new_zipfile_serialization=False)
    path.write_bytes(path.read_bytes()[:300])


@hostile("no_tensors.pt")
def _no_tensors(path: Path) -> None:
    torch.save([1, 2, 3], path)


@hostile("header_too_long.safetensors")
def _header_long(path: Path) -> None:
    path.write_bytes(struct.pack("<Q", 2**40) + b'{"a": {}}')


@hostile("header_torn.safetensors")
def _header_torn(path: Path) -> None:
    path.write_bytes(struct.pack("<Q", 5000) + b'{"a": {"dtype": "F32", ')


@hostile("header_no_json.safetensors")
def _header_no_json(path: Path) -> None:
    path.write_bytes(struct.pack("<Q", 10) + b'{"a": nope' + bytes(100))


@hostile("offsets.safetensors")
def _offsets(path: Path) -> None:
    header = json.dumps({"a": {"dtype": "F32", "shape": [1000], "data_offsets": [0, 4000]}}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(10))


@hostile("deep.safetensors")
def _deep(path: Path) -> None:
    header = b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    path.write_bytes(struct.pack("<Q", len(header)) + header)


@hostile("empty.pt", "empty.safetensors", "empty.onnx")
def _empty(path: Path) -> None:
    path.write_bytes(b"")


@hostile("folder.pt")
def _folder(path: Path) -> None:
    path.mkdir()


@hostile("missing.pt")
def _missing(path: Path) -> None:
    del path


@hostile("cycle.pt")
def _cycle(path: Path) -> None:
    other = path.with_name("cycle-back.pt")
    path.symlink_to(other.name)
    other.symlink_to(path.name)


@hostile("dangling.pt")
def _dangling(path: Path) -> None:
    path.symlink_to("nowhere.pt")


if hasattr(os, "mkfifo"):

    @hostile("pipe.pt")
    def _pipe(path: Path) -> None:
        os.mkfifo(path)


if hasattr(os, "geteuid") and os.geteuid() != 0:

    @hostile("unreadable.pt")
    def _unreadable(path: Path) -> None:
        torch.save(network().state_dict(), path)
        path.chmod(0)


@hostile("page.pt")
def _page(path: Path) -> None:
    path.write_text("<!DOCTYPE html><html>404</html>")


@hostile("pointer.safetensors")
def _pointer(path: Path) -> None:
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\n")


@hostile("file.py")
def _python(path: Path) -> None:
    path.write_text(writing(path) + "\n")


@hostile("factory.py")
def _factory(path: Path) -> None:
    path.write_text(f"{writing(path)}\ndef make():\n    raise SystemExit\n")
