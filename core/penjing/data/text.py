"""Texts as opened data: rows of token ids of the length that the model takes, with a mask where it takes one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, cast

import torch
from torch import Tensor

from penjing.data import text_read
from penjing.data.fingerprint import of_lines
from penjing.data.items import Inputs, Split, TensorSplit
from penjing.data.open import OpenedData
from penjing.data.text_tokens import Encoder, open_tokenizer
from penjing.spec.messages import Message, bad_input
from penjing.spec.preprocessing import Preprocessing
from penjing.spec.recipe import DataRecipe
from penjing.spec.references import InputSpec

LONGEST = 128  # tokens where neither the recipe nor a model says how many


class TextSplit(Split):
    """Texts (or ids made before) that wait for a model: `for_model` makes them tensors of its length."""

    def __init__(self, part: text_read.Texts, encoder: Encoder, max_length: int | None) -> None:
        self.targets = torch.from_numpy(part.labels)
        self.texts = part.texts
        self.hashes = part.hashes
        self._contents: Sequence[Any] = part.texts or part.ids
        self._encoder = encoder
        self._max_length = max_length

    @cached_property
    def _own(self) -> TensorSplit:
        length = self._max_length or min(LONGEST, self._encoder.longest(self._contents))
        return self._made(length, length, 2)

    def inputs(self, indices: Tensor) -> Inputs:
        """Ids and mask of those texts, as long as the recipe says or as the longest of them needs."""
        return self._own.inputs(indices)

    def for_model(self, inputs: Sequence[InputSpec], preprocessing: Preprocessing | None) -> Split:
        """Tensors for a model: ids, and the mask where it takes two inputs. Raises `Failure` (exit code 2)."""
        del preprocessing
        widths = {one.shape for one in inputs}
        numbers = all(one.dtype in ("int64", "int32") for one in inputs)
        shape = next(iter(widths), ())
        if len(inputs) not in (1, 2) or len(widths) != 1 or len(shape) != 1 or not numbers:
            raise bad_input("data.text_inputs", inputs=" + ".join(map(str, inputs)))
        width = shape[0]
        if self._max_length is not None and self._max_length > width:
            raise bad_input("data.text_too_long", length=self._max_length, width=width)
        return self._made(self._max_length or width, width, len(inputs))

    def _made(self, length: int, width: int, count: int) -> TensorSplit:
        ids, mask, cut = self._encoder.rows(self._contents, length, width)
        made = TensorSplit(tuple(torch.from_numpy(one) for one in (ids, mask)[:count]), self.targets)
        if cut:
            share = round(100 * cut / len(self), 1)
            made.notes = (
                Message(
                    "data.texts_cut", {"count": cut, "total": len(self), "share": share, "length": length}
                ),
            )
        return made


def open_text(recipe: DataRecipe) -> OpenedData:
    """Open a folder saved by `datasets`. Its tokenizer is the recipe's; ids that were made before need none."""
    found = text_read.read(recipe)
    if found.text == "input_ids":
        encoder = Encoder(None)
    elif recipe.tokenizer is None:
        raise bad_input("data.tokenizer_needed", reference=recipe.reference)
    else:
        encoder = open_tokenizer(Path(recipe.tokenizer).expanduser())
    parts = {name: TextSplit(one, encoder, recipe.max_length) for name, one in found.splits.items()}
    return OpenedData(
        reference=recipe.reference,
        kind="text",
        task=cast(Literal["classification", "regression"], found.task),
        classes=len(found.class_names) or None,
        inputs=(),
        train=parts["train"],
        validation=parts["validation"],
        test=parts["test"],
        class_names=found.class_names,
        labelled=found.label is not None,
        fingerprint=of_lines([found.fingerprint, encoder.told()]),
        warnings=found.warnings,
    )
