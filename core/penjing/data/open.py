"""Data reference -> opened data: tensors for training, validation and test."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch

from penjing.data import archive, digits
from penjing.data.splits import TensorSplit, split
from penjing.spec.messages import bad_input
from penjing.spec.references import InputSpec, parse_data

SAMPLES = ("digits",)


@dataclass(frozen=True, slots=True)
class OpenedData:
    """A data set, split once. Training sees `train` only; checkpoints are chosen on `validation`.

    `classes` is None for a regression. `input` is one sample's shape and dtype. With reference `none`,
    `task` is "none", `input` is None and every split is empty.
    """

    reference: str
    task: Literal["classification", "regression", "none"]
    classes: int | None
    input: InputSpec | None
    train: TensorSplit
    validation: TensorSplit
    test: TensorSplit
    class_names: tuple[str, ...] = ()

    @property
    def sizes(self) -> dict[str, int]:
        """Samples in each split."""
        return {"train": len(self.train), "validation": len(self.validation), "test": len(self.test)}


def open_data(reference: str, split_seed: int = 0) -> OpenedData:
    """Open `sample:digits`, an `.npz` file with `x` and `y`, or `none`.

    An `.npz` is split 70 / 15 / 15 by `split_seed`, class by class. The sample's splits are fixed whatever
    the seed, since its shipped model was trained on its training split. Raises `Failure` (exit code 2).
    """
    parsed = parse_data(reference)
    if parsed.kind == "none":
        empty = TensorSplit(torch.empty(0), torch.empty(0, dtype=torch.int64))
        return OpenedData("none", "none", None, None, empty, empty, empty)
    if parsed.kind == "sample":
        if parsed.target not in SAMPLES:
            known = ", ".join(f"sample:{name}" for name in SAMPLES)
            raise bad_input("data.sample_unknown", name=parsed.target, known=known)
        train, validation, test = digits.splits()
        names = tuple(map(str, range(10)))
        return OpenedData(
            str(parsed), "classification", 10, InputSpec((1, 8, 8)), train, validation, test, names
        )
    if parsed.kind == "hf":
        raise bad_input("data.hf_closed", reference=str(parsed))
    x, y = archive.read(Path(parsed.target).expanduser())
    classification = not y.is_floating_point()
    train, validation, test = split(x, y, (0.7, 0.15, 0.15), split_seed, stratify=classification)
    return OpenedData(
        str(parsed),
        "classification" if classification else "regression",
        int(y.max()) + 1 if classification else None,
        InputSpec(tuple(x.shape[1:]), str(x.dtype).removeprefix("torch.")),
        train,
        validation,
        test,
    )
