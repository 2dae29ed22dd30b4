"""A folder of pictures -> opened data: class folders, with or without folders of the splits."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from penjing.data.fingerprint import of_lines
from penjing.data.open import OpenedData, Skipped
from penjing.data.pictures_files import Layout, Picture, find
from penjing.data.pictures_scan import Facts, Progress, scan
from penjing.data.pictures_split import PictureSplit, Wish, resolved
from penjing.data.split_store import split_items
from penjing.spec.messages import Failure, Message, bad_input
from penjing.spec.preprocessing import Preprocessing
from penjing.spec.recipe import DataRecipe
from penjing.spec.references import InputSpec

NAMES = ("train", "validation", "test")
SHARES = (0.7, 0.15, 0.15)
_MANY = 10  # names that a message gives at most


@dataclass(frozen=True, slots=True)
class _Item:
    picture: Picture
    facts: Facts


def open_pictures(path: Path, recipe: DataRecipe, progress: Progress | None = None) -> OpenedData:
    """Open the folder `path`: `CLASS/…/NAME.png`, below `train`, `val` and `test` where it has them.

    Splits that have no folder are split off the training pictures by the recipe's seed. Pictures that cannot be read
    are passed over and listed. Without class folders, or with `labels` False, there are no labels. Raises `Failure`
    (exit code 2), and whatever `progress` raises.
    """
    try:
        layout = find(path)
    except OSError as error:
        raise bad_input(
            "data.folder_unreadable", path=str(path), error=error.strerror or str(error)
        ) from None
    if not layout.pictures:
        raise bad_input("data.no_pictures", path=str(path))
    if recipe.task == "regression" and recipe.labels:
        raise bad_input("data.pictures_regression", path=str(path))
    items, skipped = [], []
    for picture, facts in zip(layout.pictures, scan(path, layout.pictures, progress), strict=True):
        if facts.problem is None:
            items.append(_Item(picture, facts))
        else:
            skipped.append(Skipped(_shown(picture.path), facts.problem))
    if len(items) < 10:
        raise _too_few(path, len(items), skipped)
    labelled = recipe.labels and bool(layout.classes)
    fingerprint = _fingerprint(items, layout.classes if labelled else ())
    parts = _parts(items, layout, recipe.split_seed, labelled, fingerprint)
    wish = Wish(recipe.reference, recipe.size, recipe.mean, recipe.std, recipe.augmentation)
    preprocessing = _own(items, wish)
    train, validation, test = (_split(path, part, labelled, wish, preprocessing) for part in parts)
    warnings = [
        *_unreadable(skipped, len(layout.pictures)),
        *_layout_warnings(layout, items, parts, labelled),
        *(_duplicates(parts) if layout.splits else ()),
    ]
    return OpenedData(
        recipe.reference,
        "classification",
        len(layout.classes) if labelled else None,
        (),
        train,
        validation,
        test,
        class_names=tuple(map(_shown, layout.classes)) if labelled else (),
        labelled=labelled,
        fingerprint=fingerprint,
        warnings=tuple(warnings),
        kind="pictures",
        skipped=tuple(skipped),
    )


def _parts(
    items: list[_Item], layout: Layout, seed: int, labelled: bool, fingerprint: str
) -> list[list[_Item]]:
    """Training, validation and test: the folder's own, and what is missing split off the training pictures."""
    if not layout.splits:
        return _divided(items, SHARES, seed, labelled, fingerprint)
    found = {name: [item for item in items if item.picture.split == name] for name in NAMES}
    missing = [name for name in NAMES[1:] if name not in layout.splits]
    if missing:
        rest = SHARES[: 1 + len(missing)]
        shares = [1 - sum(rest[1:]), *rest[1:]]
        divided = _divided(found["train"], shares, seed, labelled, fingerprint)
        for name, part in zip(("train", *missing), divided, strict=True):
            found[name] = part
    return [found[name] for name in NAMES]


def _divided(
    items: list[_Item], shares: Sequence[float], seed: int, labelled: bool, fingerprint: str
) -> list[list[_Item]]:
    hashes = [bytes.fromhex(item.facts.sha256) for item in items]
    labels = torch.tensor([item.picture.label for item in items]) if labelled else None
    parts = split_items(hashes, labels, shares, seed, fingerprint)
    return [[items[index] for index in part.tolist()] for part in parts]


def _split(
    root: Path, items: list[_Item], labelled: bool, wish: Wish, preprocessing: Preprocessing
) -> PictureSplit:
    labels = [item.picture.label if labelled else 0 for item in items]
    targets: Tensor = torch.tensor(labels, dtype=torch.int64)
    return PictureSplit(str(root), [item.picture.path for item in items], targets, wish, preprocessing)


def _own(items: list[_Item], wish: Wish) -> Preprocessing:
    """How the pictures are before a model has its say: in the commonest size, grey where all of them are."""
    (width, height), _ = Counter((item.facts.width, item.facts.height) for item in items).most_common(1)[0]
    channels = len(wish.mean or wish.std or ())
    if channels not in (1, 3):
        channels = 1 if all(item.facts.grey for item in items) else 3
    return resolved(wish, (InputSpec((channels, height, width)),), None)


def _fingerprint(items: list[_Item], classes: tuple[str, ...]) -> str:
    """Over each readable picture's relative path and hash, and the classes, which may be empty."""
    lines = [f"picture\t{item.picture.path}\t{item.facts.sha256}" for item in items]
    return of_lines([*lines, *(f"class\t{label}\t{name}" for label, name in enumerate(classes))])


# Warnings


def _told(problem: str) -> str | dict[str, Any]:
    """What Pillow said, in words of our own where it is one of its usual sentences."""
    for begins, message in (
        ("cannot identify image file", Message("data.picture_of_no_format")),
        ("image file is truncated", Message("data.picture_torn")),
        ("Truncated File Read", Message("data.picture_torn")),
    ):
        if problem.startswith(begins):
            return message.to_json()
    return problem


def _too_few(path: Path, count: int, skipped: list[Skipped]) -> Failure:
    if not skipped:
        return bad_input("data.too_few", path=str(path), count=count)
    first = skipped[0]
    params = {"unread": len(skipped), "first": first.path, "problem": _told(first.problem)}
    return bad_input("data.too_few_readable", path=str(path), count=count, **params)


def _unreadable(skipped: list[Skipped], total: int) -> list[Message]:
    if not skipped:
        return []
    first = skipped[0]
    params = {"count": len(skipped), "total": total, "path": first.path, "problem": _told(first.problem)}
    return [Message("data.skipped", params)]


def _layout_warnings(
    layout: Layout, items: list[_Item], parts: list[list[_Item]], labelled: bool
) -> list[Message]:
    found = []
    if layout.loose:
        found.append(Message("data.loose_pictures", {"count": layout.loose}))
    if layout.ignored:
        found.append(
            Message("data.folders_ignored", {"folders": ", ".join(map(_shown, layout.ignored[:_MANY]))})
        )
    if layout.splits:
        for name, part in zip(NAMES, parts, strict=True):
            if name not in layout.splits:
                found.append(Message("data.split_off", {"split": name, "count": len(part)}))
    if labelled:
        filled = {item.picture.label for item in items}
        empty = [_shown(name) for label, name in enumerate(layout.classes) if label not in filled]
        if empty:
            found.append(
                Message("data.class_empty", {"count": len(empty), "classes": ", ".join(empty[:_MANY])})
            )
    return found


def _duplicates(parts: list[list[_Item]]) -> list[Message]:
    """The same picture in two of the folder's own splits: what is learnt by heart would count as understood."""
    first: dict[str, tuple[int, str]] = {}
    pairs: list[tuple[str, str]] = []
    for number, part in enumerate(parts):
        for item in part:
            where, path = first.setdefault(item.facts.sha256, (number, item.picture.path))
            if where != number:
                pairs.append((path, item.picture.path))
    if not pairs:
        return []
    one, other = map(_shown, pairs[0])
    return [Message("data.duplicate_across_splits", {"count": len(pairs), "first": one, "second": other})]


def _shown(path: str) -> str:
    """A path as text that can be written down, whatever bytes its names have."""
    return os.fsencode(path).decode("utf-8", "replace")
