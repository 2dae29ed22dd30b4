"""Data reference -> opened data: tensors for training, validation and test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import torch

from penjing.data import archive, digits, tables_read
from penjing.data.items import Split, TensorSplit
from penjing.data.split_store import split_items
from penjing.spec.messages import Message, bad_input
from penjing.spec.preprocessing import Preprocessing
from penjing.spec.recipe import DataRecipe
from penjing.spec.references import InputSpec, parse_data

SAMPLES = ("digits",)
Kind = Literal["sample", "pictures", "table", "text", "arrays"]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was passed over, and what its reader said."""

    path: str
    problem: str


@dataclass(frozen=True, slots=True)
class OpenedData:
    """A data set, split once. Training sees `train` only; checkpoints are chosen on `validation`.

    `classes` is None for a regression. `inputs` are one sample's shapes and dtypes, empty where they are as the model
    wants them (pictures, text: `for_model` makes them so). With reference `none`, `task` is "none" and every split is
    empty. Without labels, `labelled` is False and the targets are zeros until a teacher's answers take their place.
    `fingerprint` tells this data from any other, `warnings` what a person should know before training on it, `skipped`
    which files could not be read.
    """

    reference: str
    task: Literal["classification", "regression", "none"]
    classes: int | None
    inputs: tuple[InputSpec, ...]
    train: Split
    validation: Split
    test: Split
    class_names: tuple[str, ...] = ()
    labelled: bool = True
    fingerprint: str = ""
    warnings: tuple[Message, ...] = ()
    kind: Kind = "arrays"
    skipped: tuple[Skipped, ...] = ()

    @property
    def sizes(self) -> dict[str, int]:
        """Samples in each split."""
        return {"train": len(self.train), "validation": len(self.validation), "test": len(self.test)}

    def for_model(self, inputs: tuple[InputSpec, ...], preprocessing: Preprocessing | None) -> OpenedData:
        """The same data as a model with these inputs wants it."""
        parts = {
            name: getattr(self, name).for_model(inputs, preprocessing)
            for name in ("train", "validation", "test")
        }
        train = parts["train"]
        return replace(
            self,
            inputs=self.inputs or train.specs or inputs,
            warnings=(*self.warnings, *(note for note in train.notes if note not in self.warnings)),
            **parts,
        )


def open_data(data: DataRecipe | str, progress: Callable[[int, int], None] | None = None) -> OpenedData:
    """Open `sample:digits`, a folder of pictures, an `.npz` file with `x` and `y`, or `none`.

    `progress` is told (pictures read, pictures in all); what it raises ends the opening.

    An `.npz` is split 70 / 15 / 15 by the recipe's split seed, class by class. The sample's splits are fixed whatever
    the seed, since its shipped model was trained on its training split. Raises `Failure` (exit code 2).
    """
    recipe = data if isinstance(data, DataRecipe) else DataRecipe(reference=data)
    parsed = parse_data(recipe.reference)
    if parsed.kind == "none":
        empty = TensorSplit(torch.empty(0), torch.empty(0, dtype=torch.int64))
        return OpenedData("none", "none", None, (), empty, empty, empty)
    if parsed.kind == "sample":
        if parsed.target not in SAMPLES:
            known = ", ".join(f"sample:{name}" for name in SAMPLES)
            raise bad_input("data.sample_unknown", name=parsed.target, known=known)
        train, validation, test = digits.splits()
        names = tuple(map(str, range(10)))
        return OpenedData(
            str(parsed),
            "classification",
            10,
            (InputSpec((1, 8, 8)),),
            train,
            validation,
            test,
            names,
            fingerprint=digits.fingerprint(),
            kind="sample",
        )
    if parsed.kind == "hf":
        from penjing.data.text import open_text

        return open_text(recipe)
    if tables_read.is_table(Path(parsed.target)):
        from penjing.data.tables import open_table

        return open_table(recipe)
    path = Path(parsed.target).expanduser()
    if path.is_dir():
        from penjing.data.pictures import open_pictures

        return open_pictures(path, recipe, progress)
    return _open_arrays(str(parsed), path, recipe)


def _open_arrays(reference: str, path: Path, recipe: DataRecipe) -> OpenedData:
    arrays = archive.read(path, recipe.labels)
    x, y = arrays.x, arrays.y
    if recipe.task == "regression":
        y = y.to(torch.float32)
    elif recipe.task == "classification" and y.ndim == 1 and bool((y == y.round()).all() and y.min() >= 0):
        y = y.to(torch.int64)
    elif recipe.task == "classification":
        raise bad_input("data.labels_not_whole", path=str(path))
    classification = not y.is_floating_point()
    labels = y if classification and arrays.labelled else None
    parts = split_items(arrays.hashes, labels, (0.7, 0.15, 0.15), recipe.split_seed, arrays.fingerprint)
    train, validation, test = (TensorSplit(x[part], y[part]) for part in parts)
    return OpenedData(
        reference,
        "classification" if classification else "regression",
        int(y.max()) + 1 if labels is not None else None,
        (InputSpec(tuple(x.shape[1:]), str(x.dtype).removeprefix("torch.")),),
        train,
        validation,
        test,
        labelled=arrays.labelled,
        fingerprint=arrays.fingerprint,
    )
