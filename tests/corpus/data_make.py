"""Makes data sets, tokenizers, pictures, tables and arrays that are hostile or broken into a folder.

`make(folder)` returns the recipes to open, by name. What each has to say is in `data_expected.json`, which
`python tests/corpus/data_outcomes.py` writes anew.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from corpus import data_files, data_sets, data_tokenizers
from corpus.data_register import DATA, good_set, good_tokenizer

__all__ = ["DATA", "KINDS", "make"]

KINDS = (data_sets, data_tokenizers, data_files)  # each lists its makers when it is imported


def make(folder: Path) -> dict[str, dict[str, Any]]:
    """Write everything into `folder`; the recipe of each by name, and that of the good set."""
    good_set(folder / "good_set")
    good_tokenizer(folder / "good_tokenizer")
    found = {"good": {"reference": f"hf:{folder / 'good_set'}", "tokenizer": str(folder / "good_tokenizer")}}
    for name, entry in DATA.items():
        path = folder / name
        entry.maker(path)
        places = {"path": path, "folder": folder}
        settings = {key: value.format(**places) for key, value in entry.settings.items()}
        found[name] = {"reference": entry.reference.format(**places), **settings}
    return found
