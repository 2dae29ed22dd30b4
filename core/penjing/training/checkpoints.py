"""Checkpoints: one folder each, whole or not there, loadable with `weights_only=True`.

A checkpoint is written into a folder with a temporary name, every file fsynced, then renamed. `state.json` holds
counters and decisions, `tensors.pt` the model, optimizer and generators. The two newest are kept, and any that a
kept one names as its best.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import torch
from torch.serialization import get_crc32_options, set_crc32_options

from penjing.spec.files import fsync_folder, sha256_file

KEEP = 2


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One checkpoint on disk: its folder and its `state.json`."""

    path: Path
    state: Mapping[str, Any]

    @property
    def sequence(self) -> int:
        """Its place in the order of writing."""
        return int(self.state["sequence"])

    def check(self) -> None:
        """Raise where `tensors.pt` is damaged, be it by one byte (torch does not look)."""
        if sha256_file(self.path / "tensors.pt") != self.state.get("tensors_sha256"):
            raise ValueError("damaged")

    def tensors(self) -> dict[str, Any]:
        """Load `tensors.pt` onto the CPU. Raises on a damaged file."""
        self.check()
        value: dict[str, Any] = torch.load(self.path / "tensors.pt", map_location="cpu", weights_only=True)
        return value


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def save(folder: Path, name: str, state: Mapping[str, Any], tensors: Mapping[str, Any]) -> Checkpoint:
    """Write checkpoint `name` into `folder`, then remove those no longer needed.

    Raises OSError where the disk is full; nothing half-written stays under a final name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target, temporary = folder / name, folder / f".{name}.part"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    try:
        _save_tensors(temporary / "tensors.pt", tensors)
        known = {**state, "tensors_sha256": sha256_file(temporary / "tensors.pt")}
        (temporary / "state.json").write_text(json.dumps(known), encoding="utf-8")
        _sync(temporary / "tensors.pt")
        _sync(temporary / "state.json")
        fsync_folder(temporary)
        if target.exists():  # a damaged one that the run had to go back behind
            shutil.rmtree(target)
        temporary.rename(target)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    fsync_folder(folder)
    _remove_old(folder)
    return Checkpoint(target, state)


class _Written:
    """A file that remembers why it could not be written: torch says "unexpected pos" of a full disk."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.error: OSError | None = None
        self.flush = file.flush

    def write(self, data: bytes) -> int:
        try:
            return self._file.write(data)
        except OSError as error:
            self.error = error
            raise


@contextmanager
def _without_crc32() -> Iterator[None]:
    """The file's SHA-256 is kept and checked; the sums within it, which nothing reads, cost more time than writing."""
    before = get_crc32_options()
    set_crc32_options(False)
    try:
        yield
    finally:
        set_crc32_options(before)


def _save_tensors(path: Path, tensors: Mapping[str, Any]) -> None:
    with path.open("wb", buffering=0) as file:
        written = _Written(file)
        try:
            with _without_crc32():
                torch.save(dict(tensors), written)  # type: ignore[arg-type]
        except Exception:
            if written.error is not None:
                raise written.error from None
            raise


def existing(folder: Path) -> list[Checkpoint]:
    """Whole checkpoints in `folder`, oldest first. Leftovers of killed writes are not among them."""
    found = []
    for path in folder.glob("step-*"):
        try:
            state = json.loads((path / "state.json").read_text(encoding="utf-8"))
            int(state["sequence"])
            found.append(Checkpoint(path, state))
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return sorted(found, key=lambda checkpoint: checkpoint.sequence)


def latest(folder: Path) -> tuple[Checkpoint, dict[str, Any]] | None:
    """The newest checkpoint that loads, with its tensors. None where there is none.

    Damaged ones are passed over, and so are those whose best one is damaged or gone.
    """
    whole = {checkpoint.path.name: checkpoint for checkpoint in existing(folder)}
    for checkpoint in reversed(whole.values()):
        try:
            if best := checkpoint.state.get("best"):
                whole[best["checkpoint"]].check()
            return checkpoint, checkpoint.tensors()
        except Exception:  # torch raises many kinds for a damaged file
            continue
    return None


def clean(folder: Path) -> None:
    """Remove what killed writes left behind."""
    for path in folder.glob(".*.part"):
        shutil.rmtree(path, ignore_errors=True)


def _remove_old(folder: Path) -> None:
    checkpoints = existing(folder)
    kept = checkpoints[-KEEP:]
    names = {checkpoint.path.name for checkpoint in kept}
    names |= {str(best["checkpoint"]) for one in kept if (best := one.state.get("best"))}
    for checkpoint in checkpoints:
        if checkpoint.path.name not in names:
            # Renamed first, so that a kill in the middle leaves no folder that looks whole.
            doomed = checkpoint.path.with_name(f".{checkpoint.path.name}.part")
            shutil.rmtree(doomed, ignore_errors=True)
            checkpoint.path.rename(doomed)
            shutil.rmtree(doomed, ignore_errors=True)
