"""Which pictures a folder holds, in which splits and classes. Only names are looked at."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".gif", ".ppm")
SPLITS = {
    "train": "train",
    "val": "validation",
    "validation": "validation",
    "valid": "validation",
    "test": "test",
}
"""Names of sub-folders, and the split that each is."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture's file: its path from the folder on (with `/`), the stamp of its content, split and class.

    `split` is empty where the folder has no splits of its own, `label` -1 where it has no class.
    """

    path: str
    stamp: tuple[int, int, int]
    split: str
    label: int


@dataclass(frozen=True, slots=True)
class Layout:
    """All pictures of a folder in their natural order; `classes` is empty where they are not in class folders.

    `splits` are those with a folder of their own, `ignored` the folders beside these, `loose` the pictures beside class
    folders, which belong to none.
    """

    pictures: list[Picture]
    classes: tuple[str, ...]
    splits: tuple[str, ...]
    loose: int
    ignored: tuple[str, ...]


def natural(name: str) -> tuple[list[tuple[int, int, str]], str]:
    """A key that sorts `class2` before `class10`."""
    parts = re.split(r"([0-9]+)", name.casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part], name


def find(root: Path) -> Layout:
    """Look through `root`. Hidden files and folders are passed over, links are followed.

    `train` is a split where it is alone or beside another split; else it is a class called so. Raises `OSError`.
    """
    folders = _folders(root)
    named = {name: SPLITS[name.casefold()] for name in folders if name.casefold() in SPLITS}
    own = "train" in named.values() and (len(set(named.values())) > 1 or len(folders) == 1)
    places = [(split, name + "/") for name, split in named.items()] if own else [("", "")]
    ignored = tuple(name for name in folders if name not in named) if own else ()
    names = {name for _, place in places for name in _folders(root / place)}
    classes = tuple(sorted(names, key=natural))
    pictures: list[Picture] = []
    loose = 0
    for split, place in places:
        direct = [entry for entry in _entries(root / place) if _is_picture(entry)]
        if classes:
            loose += len(direct)
        else:
            pictures += [_picture(entry, place + entry.name, split, -1) for entry in direct]
        for label, name in enumerate(classes):
            for path, entry in _below(root, place + name, ()):
                pictures.append(_picture(entry, path, split, label))
    splits = tuple(dict.fromkeys(split for split, _ in places if split))
    return Layout(pictures, classes, splits, loose, ignored)


def _below(
    root: Path, folder: str, above: tuple[tuple[int, int], ...]
) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Pictures in `folder` and its sub-folders, and no folder within itself."""
    try:
        status = (root / folder).stat()
        entries = _entries(root / folder)
    except OSError:  # absent from this split, or not ours to read
        return
    here = (status.st_dev, status.st_ino)
    if status.st_ino and here in above:
        return
    for entry in entries:
        path = f"{folder}/{entry.name}"
        if _is_picture(entry):
            yield path, entry
        elif _is(entry.is_dir):
            yield from _below(root, path, (*above, here))


def _picture(entry: os.DirEntry[str], path: str, split: str, label: int) -> Picture:
    status = entry.stat()
    return Picture(path, (status.st_size, status.st_mtime_ns, status.st_ctime_ns), split, label)


def _is_picture(entry: os.DirEntry[str]) -> bool:
    return entry.name.lower().endswith(ENDINGS) and _is(entry.is_file)


def _is(asked: Callable[[], bool]) -> bool:
    try:
        return asked()
    except OSError:  # a link that leads to itself
        return False


def _folders(folder: Path) -> list[str]:
    return [entry.name for entry in _entries(folder) if _is(entry.is_dir)]


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        shown = [entry for entry in entries if not entry.name.startswith((".", "__MACOSX"))]
    return sorted(shown, key=lambda entry: natural(entry.name))
