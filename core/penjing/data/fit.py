"""Whether a data set fits a model: checked before anything is started."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from penjing.data.open import OpenedData
from penjing.spec.messages import Failure, bad_input
from penjing.spec.references import InputSpec


def check(data: OpenedData, inputs: Sequence[InputSpec], outputs: int | None) -> None:
    """Raise a `Failure` (exit code 2) where samples are not of the model's input shape, a label is too
    large, or the training split has one class alone.

    `outputs` is the model's number of classes, None where unknown.
    """
    if data.task == "none":
        return
    if data.inputs and len(inputs) != len(data.inputs):
        raise bad_input("data.several_inputs", reference=data.reference, count=len(inputs))
    for mine, wanted in zip(data.inputs, inputs, strict=False):
        if mine.shape != wanted.shape:
            raise bad_input("data.input_differs", reference=data.reference, data=str(mine), model=str(wanted))
    if (alone := one_class(data)) is not None:
        raise alone
    if data.task == "classification" and outputs is not None and (data.classes or 0) > outputs:
        label = (data.classes or 0) - 1
        params: dict[str, object] = {
            "reference": data.reference,
            "label": label,
            "outputs": outputs,
            "last": outputs - 1,
        }
        first = _first_label(data)
        if first and label - first < outputs:
            raise bad_input("data.labels_from_above", first=first, **params)
        raise bad_input("data.label_out_of_range", **params)


def _first_label(data: OpenedData) -> int:
    """The least label of all splits; 0 where classes have names, which are numbered as they are read."""
    if data.class_names:
        return 0
    parts = (data.train, data.validation, data.test)
    return min(int(part.targets.min()) for part in parts if len(part))


def one_class(data: OpenedData) -> Failure | None:
    """What there is to say where the training split has one class alone."""
    if data.task != "classification" or not data.labelled or len(torch.unique(data.train.targets)) != 1:
        return None
    label = int(data.train.targets[0])
    name = data.class_names[label] if label < len(data.class_names) else str(label)
    return bad_input("data.one_class", reference=data.reference, name=name)
