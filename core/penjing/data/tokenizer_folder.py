"""A tokenizer's folder looked at before a library opens it: what would run, lead elsewhere, or swell beyond measure."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from penjing.data.saved_folder import check_size, read_json, within
from penjing.spec.messages import bad_input
from penjing.spec.nested import objects

FILES = ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "vocab.json", "tokenizer.model")
SETTINGS = ("tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "config.json")
_PASSED_OVER = ("special_tokens_map_file", "tokenizer_config_file")
_CODE = ("auto_map", "custom_pipelines")
MOST = 512 * 2**20  # bytes of a vocabulary
_MOST_SWELLING = 1000  # times that a text may grow by replacing
_MOST_PIECES = 100  # that a template adds to a text


def settings(folder: Path) -> dict[str, dict[str, Any]]:
    """What the JSON files beside a vocabulary say, by file; {} for those that are not there.

    Raises `Failure` (exit code 2) for code of its own, and for what cannot be read.
    """
    found: dict[str, dict[str, Any]] = {}
    for name in SETTINGS:
        value = read_json(folder / name, None) if os.path.lexists(folder / name) else {}
        found[name] = value if isinstance(value, dict) else {}
        for one in objects(value):
            if any(one.get(key) for key in _CODE):
                raise bad_input("data.tokenizer_code", path=str(folder))
    return found


def check_named(said: dict[str, dict[str, Any]], folder: Path) -> None:
    """Raise `Failure` (exit code 2) where settings name files elsewhere, which transformers would read.

    Paths of the machine that saved a tokenizer stand in many; those of `special_tokens_map_file` it passes over.
    """
    for one in objects(list(said.values())):
        for key, name in one.items():
            if not key.endswith("_file") or key in _PASSED_OVER or not isinstance(name, str):
                continue
            if "/" in name or "\\" in name or not (folder / name).is_file():
                raise bad_input("data.part_outside", path=str(folder), name=name[:200])


def check_files(folder: Path) -> None:
    """Raise `Failure` (exit code 2) where any file in the folder is none, or is too large."""
    for one in sorted(folder.iterdir()):
        if one.is_dir():
            continue
        within(one, None)  # links are how the hub's cache keeps files
        if one.suffix in (".json", ".txt", ".model", ".vocab"):
            check_size(one, MOST)


def check_swelling(tokenizer: dict[str, Any], folder: Path) -> None:
    """Raise `Failure` (exit code 2) where a `tokenizer.json` would make texts grow beyond all measure."""
    growth = 1
    for one in objects([tokenizer.get("normalizer"), tokenizer.get("pre_tokenizer")]):
        if one.get("type") in ("Replace", "Prepend"):
            added = one.get("content", one.get("prepend"))
            growth *= max(1, len(added) if isinstance(added, str) else 1)
    if growth > _MOST_SWELLING:
        raise bad_input("data.tokenizer_swells", path=str(folder), growth=growth)
    for one in objects([tokenizer.get("post_processor")]):
        for key in ("single", "pair", "ids", "tokens"):
            pieces = one.get(key)
            if isinstance(pieces, list) and len(pieces) > _MOST_PIECES:
                raise bad_input("data.tokenizer_swells", path=str(folder), growth=len(pieces))
