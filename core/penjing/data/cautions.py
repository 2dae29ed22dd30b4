"""What a person should know of a data set before training on it: its classes and targets, seen from their figures."""

from __future__ import annotations

import torch

from penjing.data.columns import FEW_INTEGERS, listed
from penjing.data.open import OpenedData
from penjing.spec.messages import Message

SPLITS = ("train", "validation", "test")
IMBALANCE = 10  # the largest class is more than so many times the smallest
LARGE = 30.0  # root mean square of a regression's targets, with which usual learning rates are too high


def cautions(data: OpenedData, outputs: int | None = None, guessed: bool = False) -> list[Message]:
    """Missing classes, classes of very different size, outputs to spare, and a regression's targets that are
    large, or look like classes where the task was `guessed`."""
    if not data.labelled:
        return []
    found = of_classes(data, balance(data))
    if data.task == "classification" and data.classes is not None and (outputs or 0) > data.classes:
        found.append(Message("data.outputs_spare", {"outputs": outputs, "classes": data.classes}))
    return found + _of_values(data, guessed)


def balance(data: OpenedData) -> dict[str, list[int]] | None:
    """Samples of each class in each split; None where there are no classes."""
    if data.task != "classification" or not data.labelled or data.classes is None:
        return None
    return {
        name: torch.bincount(getattr(data, name).targets, minlength=data.classes).tolist() for name in SPLITS
    }


def of_classes(data: OpenedData, balance: dict[str, list[int]] | None) -> list[Message]:
    """Classes that a split lacks, and a great difference between the sizes of the training split's."""
    if balance is None or data.classes is None:
        return []
    names = data.class_names or tuple(map(str, range(data.classes)))
    found = []
    for split, counts in balance.items():
        missing = [name for name, count in zip(names, counts, strict=True) if count == 0]
        if missing and sum(counts):
            params = {"split": split, "count": len(missing), "classes": listed(missing)}
            found.append(Message("data.class_missing", params))
    there = [(count, name) for count, name in zip(balance["train"], names, strict=True) if count]
    if there:
        most, least = max(there, key=lambda one: one[0]), min(there, key=lambda one: one[0])
        if most[0] > IMBALANCE * least[0]:
            params = {"most": most[1], "most_count": most[0], "least": least[1], "least_count": least[0]}
            found.append(Message("data.imbalanced", params))
    return found


def _of_values(data: OpenedData, guessed: bool) -> list[Message]:
    if data.task != "regression" or not len(data.train):
        return []
    values = data.train.targets.to(torch.float64)
    if guessed and values.ndim == 1 and bool((values == values.round()).all()):
        count = len(torch.unique(values))
        if count <= FEW_INTEGERS:
            return [Message("data.targets_like_classes", {"count": count})]
    if float(values.square().mean().sqrt()) <= LARGE:
        return []
    mean, std = float(values.mean()), float(values.std(correction=0))
    return [Message("data.targets_large", {"mean": f"{mean:.4g}", "std": f"{std:.4g}"})]
