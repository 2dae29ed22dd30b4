"""What the makers of hostile data share: where they are listed, and the good folders that they start from."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Maker = Callable[[Path], None]
# A long row of one letter is what makes some expressions try ever more ways to cut it.
TEXTS = [f"text {i} says a few words" for i in range(39)] + ["a" * 3000 + "b"]


@dataclass(frozen=True)
class Entry:
    """One data set: its maker, its reference with `{path}`, and settings of its recipe; folders as `{folder}`."""

    maker: Maker
    reference: str = "{path}"
    settings: dict[str, Any] = field(default_factory=dict)


DATA: dict[str, Entry] = {}


def data(*names: str, tokenizer: str) -> Callable[[Maker], Maker]:
    """Register a maker of a saved data set, under several names."""

    def register(maker: Maker) -> Maker:
        for name in names:
            DATA[name] = Entry(maker, "hf:{path}", {"tokenizer": f"{{folder}}/{tokenizer}"})
        return maker

    return register


def tokenizer(*names: str) -> Callable[[Maker], Maker]:
    """Register a maker of a tokenizer's folder."""

    def register(maker: Maker) -> Maker:
        for name in names:
            DATA[name] = Entry(maker, "hf:{folder}/good_set", {"tokenizer": "{path}"})
        return maker

    return register


def file(*names: str) -> Callable[[Maker], Maker]:
    """Register a maker of a file, or a folder of pictures."""

    def register(maker: Maker) -> Maker:
        for name in names:
            DATA[name] = Entry(maker)
        return maker

    return register


def copied(name: str, path: Path) -> None:
    """A copy of a good folder."""
    shutil.copytree(path.parent / name, path)


def good_set(path: Path) -> None:
    """A data set as `save_to_disk` leaves it, written without that library."""
    import json

    import pyarrow
    from pyarrow import ipc

    path.mkdir()
    table = pyarrow.table({"text": TEXTS, "label": [i % 2 for i in range(len(TEXTS))]})
    name = "data-00000-of-00001.arrow"
    with pyarrow.OSFile(str(path / name), "wb") as sink, ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    text, label = {"dtype": "string", "_type": "Value"}, {"names": ["no", "yes"], "_type": "ClassLabel"}
    (path / "dataset_info.json").write_text(json.dumps({"features": {"text": text, "label": label}}))
    state: dict[str, Any] = {"_data_files": [{"filename": name}], "_fingerprint": "0", "_split": None}
    state |= {
        "_format_columns": None,
        "_format_kwargs": {},
        "_format_type": None,
        "_output_all_columns": False,
    }
    (path / "state.json").write_text(json.dumps(state))


def good_tokenizer(path: Path) -> None:
    """A tokenizer that knows letters and cuts at spaces."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    path.mkdir()
    words = {word: i for i, word in enumerate(["[PAD]", "[UNK]", "text", "says", "a", "few", "words"])}
    made = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.save(str(path / "tokenizer.json"))
