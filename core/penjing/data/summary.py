"""What a data set is, for a reader: its sizes, balance, columns, samples, and what to be warned of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import torch

from penjing.data import cautions, fit, samples
from penjing.data.cautions import SPLITS
from penjing.data.open import OpenedData
from penjing.spec.messages import Failure, Message
from penjing.spec.preprocessing import Preprocessing
from penjing.spec.recipe import DataRecipe
from penjing.spec.references import InputSpec

_BINS = 24


class Model(Protocol):
    """What of an open model data has to fit."""

    @property
    def input(self) -> tuple[InputSpec, ...]:
        """Its inputs."""

    @property
    def outputs(self) -> int | None:
        """Its classes or values, where known."""

    @property
    def preprocessing(self) -> Preprocessing | None:
        """How it wants pictures."""


def summary(
    data: OpenedData,
    recipe: DataRecipe,
    folder: Path | None,
    model: Model | None = None,
    tick: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Any]:
    """The data summary as plain JSON values.

    `folder` takes small pictures of samples. `model` adds what does not fit it. `tick` is told (done, total) and may
    raise to stop. Of the test split, only counts and exact hashes are looked at.
    """
    warnings = list(data.warnings)
    fitted = data
    if model is not None and data.task != "none":
        fitted = _fitted(data, model, warnings)
    if not any(one.code == "data.duplicate_across_splits" for one in warnings):
        warnings += _duplicates(data, tick)
    warnings += _contradictions(data, tick)
    if (alone := fit.one_class(data)) is not None:
        warnings.append(alone.message)
    balance = cautions.balance(data)
    found = cautions.cautions(data, guessed=recipe.task == "auto")
    # A run tells of it where its targets stay as they are; here that is known only where it is said.
    scaled = recipe.target_scale != "none" or "target_scale" not in recipe.model_fields_set
    warnings += [one for one in found if not (scaled and one.code == "data.targets_large")]
    said = [one.to_json() for one in warnings]
    return {
        "reference": data.reference,
        "kind": data.kind,
        "task": data.task,
        "labelled": data.labelled,
        "classes": data.classes,
        "class_names": list(data.class_names),
        "input": [one.to_json() for one in fitted.inputs],
        "sizes": data.sizes,
        "fingerprint": data.fingerprint,
        "balance": balance,
        "target": _target(data) if data.task == "regression" and data.labelled else None,
        "columns": _columns(data, recipe),
        "samples": samples.samples(data, folder, tick) if data.task != "none" else [],
        "skipped": [{"path": one.path, "problem": one.problem} for one in data.skipped],
        "warnings": [one for at, one in enumerate(said) if one not in said[:at]],
        "preprocessing": fitted.train.preprocessing.to_json() if fitted.train.preprocessing else None,
    }


def _fitted(data: OpenedData, model: Model, warnings: list[Message]) -> OpenedData:
    """The data as the model wants them; where they do not fit, they as they are, and a warning that says why."""
    try:
        fitted = data.for_model(model.input, model.preprocessing)
        fit.check(fitted, model.input, model.outputs)
    except Failure as failure:
        warnings.append(failure.message)
        return data
    warnings[:] = fitted.warnings
    if model.outputs is not None and data.labelled:
        if data.task == "classification" and data.classes is not None and data.classes < model.outputs:
            warnings.append(
                Message("data.outputs_spare", {"outputs": model.outputs, "classes": data.classes})
            )
        elif data.task == "regression":
            wanted = int(data.train.targets[0].numel())
            if wanted != model.outputs:
                warnings.append(
                    Message("data.output_does_not_fit", {"outputs": model.outputs, "wanted": wanted})
                )
    return fitted


def _duplicates(data: OpenedData, tick: Callable[[int, int], None]) -> list[Message]:
    """Samples that lie in two splits: what is learnt by heart would count as understood."""
    first: dict[bytes, tuple[str, int]] = {}
    pairs: list[tuple[str, str]] = []
    for name in SPLITS:
        tick(0, 1)
        for index, key in enumerate(samples.hashes(getattr(data, name), tick) or ()):
            split, place = first.setdefault(key, (name, index))
            if split != name:
                pairs.append((f"{split} {place}", f"{name} {index}"))
    if not pairs:
        return []
    one, other = pairs[0]
    return [Message("data.duplicate_across_splits", {"count": len(pairs), "first": one, "second": other})]


def _contradictions(data: OpenedData, tick: Callable[[int, int], None]) -> list[Message]:
    """Training samples that are the same in all but their class: one of the two has to be wrong."""
    if data.task != "classification" or not data.labelled:
        return []
    labels = data.train.targets.tolist()
    first: dict[bytes, int] = {}
    pairs: list[tuple[int, int]] = []
    for index, key in enumerate(samples.hashes(data.train, tick) or ()):
        place = first.setdefault(key, index)
        if labels[place] != labels[index]:
            pairs.append((place, index))
    if not pairs:
        return []
    params = {"count": len(pairs), "first": pairs[0][0], "second": pairs[0][1]}
    return [Message("data.labels_contradict", params)]


def _target(data: OpenedData) -> dict[str, Any]:
    """A regression's targets in the training split."""
    values = data.train.targets.to(torch.float64).reshape(-1)
    low, high = float(values.min()), float(values.max())
    ends = (low, high) if low < high else (low - 0.5, high + 0.5)
    counts = torch.histc(values, _BINS, *ends)
    return {
        "min": low,
        "max": high,
        "mean": float(values.mean()),
        "std": float(values.std(correction=0)),
        "histogram": {
            "edges": torch.linspace(*ends, _BINS + 1, dtype=torch.float64).tolist(),
            "counts": [int(one) for one in counts],
        },
    }


def _columns(data: OpenedData, recipe: DataRecipe) -> Sequence[dict[str, Any]]:
    if data.kind != "table":
        return []
    from penjing.data.tables import TableSplit, described

    assert isinstance(data.train, TableSplit)
    return described(data.train, recipe.table or data.train.fitted)
