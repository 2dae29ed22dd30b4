"""A folder that `datasets` saved to disk -> texts (or ids of tokens) with their labels, in splits. No torch.

Only what lies in the folder is read: nothing is downloaded, no code of the data set is run, no cache is written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from penjing.data import saved_folder
from penjing.data.columns import FEW_INTEGERS, listed, natural
from penjing.data.row_hashes import SHARES, fingerprint
from penjing.data.split_store import split_rows
from penjing.spec.messages import Message, bad_input
from penjing.spec.offline import stay_offline
from penjing.spec.recipe import DataRecipe
from penjing.spec.references import parse_data

SPLITS = {"train": ("train",), "validation": ("validation", "valid", "val", "dev"), "test": ("test",)}
_LABELS = ("label", "labels", "target", "class", "category", "y")
_TEXTS = ("text", "sentence", "content", "review", "document", "body")
_LISTS = ("List", "LargeList", "Sequence")


@dataclass(frozen=True, slots=True)
class Texts:
    """One split: `texts`, or `ids` where they were tokenised already; `labels` are int64 classes or float32 values."""

    texts: tuple[str, ...]
    ids: tuple[tuple[int, ...], ...]
    labels: np.ndarray[Any, Any]
    hashes: tuple[bytes, ...]

    def __len__(self) -> int:
        return len(self.labels)

    def chosen(self, rows: np.ndarray[Any, Any]) -> Texts:
        """Those rows."""
        return Texts(
            tuple(self.texts[row] for row in rows) if self.texts else (),
            tuple(self.ids[row] for row in rows) if self.ids else (),
            self.labels[rows],
            tuple(self.hashes[row] for row in rows),
        )


@dataclass(frozen=True, slots=True)
class TextSet:
    """All splits of a folder; `text` and `label` are the columns that were taken."""

    splits: dict[str, Texts]
    task: str
    class_names: tuple[str, ...]
    text: str
    label: str | None
    fingerprint: str
    warnings: tuple[Message, ...]


def read(recipe: DataRecipe) -> TextSet:
    """Read `hf:DIRECTORY`. Splits that the folder has are kept; those that it lacks are split off by the seed."""
    path = Path(parse_data(recipe.reference).target).expanduser()
    warnings: list[Message] = []
    tables = _tables(path, warnings)
    first = next(iter(tables.values()))
    label = _label(recipe, first, path) if recipe.labels else None
    text = _text(recipe, first, label, path)
    for one in tables.values():
        _check_types(one, text, label, path)
    ready = text == "input_ids"
    raw: dict[str, tuple[list[Any], list[Any]]] = {}
    left_out = 0
    for name, one in tables.items():
        for wanted in (text, label):
            if wanted is not None and wanted not in one.column_names:
                raise _no_column(path, wanted, one)
        columns = one.select_columns([text, *([label] if label else [])]).to_dict()
        rows = list(zip(columns[text], columns[label] if label else [0] * len(one), strict=True))
        # A class of -1 is how published test splits say that their labels are kept back.
        kept = [(content, given) for content, given in rows if content and _is_label(given)]
        left_out += len(rows) - len(kept)
        if kept:
            raw[name] = ([content for content, _ in kept], [given for _, given in kept])
    if left_out:
        warnings.append(Message("data.texts_left_out", {"count": left_out}))
    if not raw or sum(len(contents) for contents, _ in raw.values()) < 10:
        raise bad_input("data.too_few", path=str(path), count=sum(len(one) for one, _ in raw.values()))
    task, names = _task(recipe, first, label, [one for _, labels in raw.values() for one in labels], path)
    place = {name: i for i, name in enumerate(names)}
    found: dict[str, Texts] = {}
    for name, (contents, given) in raw.items():
        values = (
            np.array(given, np.float32)
            if task == "regression"
            else np.array([place[_name(one, first, label)] if label else 0 for one in given], np.int64)
        )
        keys = [
            hashlib.sha256((repr(one) if ready else str(one)).encode("utf-8", "surrogatepass")).digest()
            for one in contents
        ]
        found[name] = Texts(
            () if ready else tuple(map(str, contents)),
            tuple(tuple(map(int, one)) for one in contents) if ready else (),
            values,
            tuple(keys),
        )
    told = fingerprint(
        f"{name} {key.hex()} {value}"
        for name, one in sorted(found.items())
        for key, value in zip(one.hashes, one.labels.tolist(), strict=True)
    )
    splits = _split(found, recipe.split_seed, told, stratify=bool(names))
    return TextSet(splits, task, names, text, label, told, tuple(warnings))


def _tables(path: Path, warnings: list[Message]) -> dict[str, Any]:
    """The folder's splits by our names; one that stands alone is `train`."""
    if not path.is_dir():
        raise bad_input("data.hf_not_found", path=str(path))
    if not any((path / name).is_file() for name in ("dataset_dict.json", "state.json")):
        raise bad_input("data.hf_not_saved", path=str(path))
    stay_offline()
    try:
        import datasets
    except ImportError:
        raise bad_input("data.hf_library", path=str(path)) from None
    saved_folder.check(path)
    datasets.disable_progress_bars()
    datasets.logging.set_verbosity_error()
    try:
        opened = datasets.load_from_disk(str(path.resolve()))
    except Exception as error:  # the library raises many kinds for a damaged folder
        line = (str(error).strip().splitlines() or [type(error).__name__])[0][:200].rstrip(".;: ")
        raise bad_input("data.damaged", path=str(path), error=line) from error
    if not isinstance(opened, datasets.DatasetDict):
        return {"train": opened.with_format(None)}
    found = {
        ours: opened[theirs].with_format(None)
        for ours, names in SPLITS.items()
        for theirs in names
        if theirs in opened
    }
    others = [name for name in opened if not any(name in names for names in SPLITS.values())]
    if "train" not in found:
        if len(opened) != 1:
            raise bad_input("data.hf_no_train", path=str(path), splits=listed(list(opened)))
        return {"train": next(iter(opened.values())).with_format(None)}
    if others:
        warnings.append(Message("data.splits_ignored", {"splits": listed(others)}))
    return found


def _no_column(path: Path, name: str, table: Any) -> Exception:
    return bad_input("data.table_no_column", path=str(path), name=name, columns=listed(table.column_names))


def _dtype(table: Any, name: str) -> str:
    return str(getattr(table.features[name], "dtype", ""))


def _check_types(table: Any, text: str, label: str | None, path: Path) -> None:
    """Only plain values are decoded: pictures and sounds would be read from wherever their rows say."""
    found = table.features.get(text)
    plain = (
        type(found).__name__ in _LISTS and "int" in str(getattr(found.feature, "dtype", ""))
        if text == "input_ids"
        else type(found).__name__ == "Value"
    )
    if found is not None and not plain:
        raise bad_input("data.hf_not_text", path=str(path), name=text, type=type(found).__name__)
    if label in table.features and type(table.features[label]).__name__ not in ("Value", "ClassLabel"):
        raise bad_input("data.hf_labels", path=str(path), name=label)


def _label(recipe: DataRecipe, table: Any, path: Path) -> str:
    if recipe.target is not None:
        if recipe.target not in table.column_names:
            raise _no_column(path, recipe.target, table)
        return recipe.target
    named = [name for name in _LABELS if name in table.column_names]
    marked = [name for name in table.column_names if type(table.features[name]).__name__ == "ClassLabel"]
    if named or len(marked) == 1:
        return (marked if len(marked) == 1 else named)[0]
    raise bad_input("data.hf_no_label", path=str(path), columns=listed(table.column_names))


def _text(recipe: DataRecipe, table: Any, label: str | None, path: Path) -> str:
    if recipe.text is not None:
        if recipe.text not in table.column_names:
            raise _no_column(path, recipe.text, table)
        if recipe.text != "input_ids" and "string" not in _dtype(table, recipe.text):
            raise bad_input(
                "data.hf_not_text",
                path=str(path),
                name=recipe.text,
                type=_dtype(table, recipe.text) or "list",
            )
        return recipe.text
    if "input_ids" in table.column_names and recipe.tokenizer is None:
        return "input_ids"
    strings = [name for name in table.column_names if name != label and "string" in _dtype(table, name)]
    named = [name for name in _TEXTS if name in strings]
    if named or len(strings) == 1:
        return (named or strings)[0]
    if "input_ids" in table.column_names:
        return "input_ids"
    raise bad_input("data.hf_no_text", path=str(path), columns=listed(table.column_names))


def _is_label(value: Any) -> bool:
    if value is None or (isinstance(value, float) and not np.isfinite(value)):
        return False
    return not (isinstance(value, int) and not isinstance(value, bool) and value == -1)


def _name(value: Any, table: Any, label: str | None) -> str:
    names = getattr(table.features[label], "names", None) if label else None
    if names is not None and isinstance(value, int) and value < len(names):
        return str(names[value])
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value)


def _task(
    recipe: DataRecipe, table: Any, label: str | None, labels: Sequence[Any], path: Path
) -> tuple[str, tuple[str, ...]]:
    """The task and the classes' names. Marked classes keep their order, whether or not each occurs."""
    if label is None:
        return ("regression" if recipe.task == "regression" else "classification"), ()
    if isinstance(labels[0], (list, dict)):
        raise bad_input("data.hf_labels", path=str(path), name=label)
    names = getattr(table.features[label], "names", None)
    number = isinstance(labels[0], (int, float)) and not isinstance(labels[0], bool)
    whole = number and all(float(one) == int(one) for one in labels)
    few = whole and isinstance(labels[0], int) and len(set(labels)) <= FEW_INTEGERS
    task = recipe.task
    if task == "auto":
        task = "classification" if names is not None or not number or few else "regression"
    if task == "regression":
        if not number:
            raise bad_input("data.table_target_text", path=str(path), name=label, example=str(labels[0])[:60])
        return task, ()
    found = sorted({_name(one, table, label) for one in labels}, key=natural)
    classes = tuple(map(str, names)) if names is not None else tuple(found)
    if len(found) < 2:
        raise bad_input("data.table_one_class", path=str(path), name=label, value=found[0])
    if len(found) > max(20, len(labels) // 2):
        raise bad_input(
            "data.table_many_classes", path=str(path), name=label, count=len(found), rows=len(labels)
        )
    unknown = [name for name in found if name not in classes]
    if unknown:
        raise bad_input("data.table_new_class", path=str(path), name=label, value=unknown[0])
    return task, classes


def _split(found: dict[str, Texts], seed: int, told: str, stratify: bool) -> dict[str, Texts]:
    """The given splits, and what is missing split off from `train`."""
    train = found["train"] if "train" in found else next(iter(found.values()))
    missing = [name for name in ("validation", "test") if name not in found]
    if not missing:
        return found
    share = SHARES[1]
    cut = split_rows(
        train.hashes,
        train.labels if stratify else None,
        (1 - share * len(missing), *([share] * len(missing))),
        seed,
        told,
    )
    made = {name: train.chosen(rows) for name, rows in zip(("train", *missing), cut, strict=True)}
    return {name: made.get(name) or found[name] for name in ("train", "validation", "test")}
