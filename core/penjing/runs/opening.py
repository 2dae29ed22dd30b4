"""Open what a recipe names, and check that model and data fit each other before anything is started."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch

from penjing.costs import meta
from penjing.data.fit import check as check_fit
from penjing.data.open import OpenedData, open_data
from penjing.data.text_tokens import with_tokenizer
from penjing.models.open import open_network
from penjing.models.source import OpenedModel
from penjing.runs import vocabulary
from penjing.spec.messages import bad_input
from penjing.spec.recipe import Recipe
from penjing.spec.references import InputSpec, parse_model

ZOOS = ("torchvision", "timm")
"""Kinds of models that are built for a number of classes."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The recipe's model (for distillation: the teacher) and data, checked against each other."""

    model: OpenedModel
    data: OpenedData
    inputs: tuple[InputSpec, ...]
    task: str


def open_recipe(recipe: Recipe, trust: bool = False) -> Opened:
    """Open model and data. Raises `Failure` (exit code 2) where they do not fit or are not what the recipe saw."""
    given = tuple(one.spec() for one in recipe.model.input)
    data = open_data(with_tokenizer(recipe.data, recipe.model.reference))
    if not recipe.data.labels:
        data = replace(data, labelled=False)
    wanted = given or data.inputs
    # A zoo model's own input stays, unless the recipe or the data say otherwise.
    model = open_network(
        recipe.model.reference, recipe.model.weights, wanted, trust, outputs=outputs_wanted(recipe, data)
    )
    if recipe.model.sha256 is not None and recipe.model.sha256 != model.sha256:
        raise bad_input("runs.model_changed", model=recipe.model.reference)
    task = data.task if data.task != "none" else (model.task or "classification")
    if data.task != "none":
        data = data.for_model(wanted or model.input, model.preprocessing)
        check_data(model, data)
    return Opened(model, data, wanted or model.input, task)


def outputs_wanted(recipe: Recipe, data: OpenedData) -> int | None:
    """Outputs that a zoo's model is built with: as the recipe says, or for plain training as the data need.

    Raises `Failure` (exit code 2) where the recipe asks for classes of a model that has its own.
    """
    zoo = parse_model(recipe.model.reference).kind in ZOOS
    if recipe.model.classes is not None:
        if not zoo:
            raise bad_input(
                "models.classes_need_a_zoo",
                reference=recipe.model.reference,
                classes=recipe.model.classes,
            )
        return recipe.model.classes
    if not zoo or recipe.technique != "training" or data.task == "none" or not len(data.train):
        return None
    return data.classes if data.task == "classification" else int(data.train.targets[0].numel())


def opened_with(model: OpenedModel, data: OpenedData | str) -> Opened:
    """A model that is open already, with its data. Raises `Failure` (exit code 2) where they do not fit."""
    if isinstance(data, str):
        data = open_data(data)
    task = data.task if data.task != "none" else (model.task or "classification")
    if data.task != "none":
        data = data.for_model(model.input, model.preprocessing)
        check_data(model, data)
    return Opened(model, data, model.input, task)


def check_data(model: OpenedModel, data: OpenedData) -> None:
    """Raise `Failure` (exit code 2) where the data is not for the model: shapes, classes, or a pass that fails."""
    check_fit(data, model.input, model.outputs)
    _check_pass(model, data)


def _check_pass(model: OpenedModel, data: OpenedData) -> None:
    for name, part in (("train", data.train), ("validation", data.validation), ("test", data.test)):
        if len(part) == 0:
            raise bad_input("runs.split_empty", split=name, data=data.reference)
    sample = data.train.first(2)
    network = model.network()
    rows: dict[int, int] = {}
    try:
        with torch.no_grad(), vocabulary.embeddings_met(network, sample.inputs) as rows:
            outputs = network(*sample.inputs)
    except Exception as error:  # whatever a model raises on data that is not for it
        vocabulary.check(data, rows)
        line = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        shape = ", ".join("×".join(map(str, one.shape[1:])) for one in sample.inputs)
        raise bad_input("runs.data_does_not_fit", data=data.reference, shape=shape, problem=line) from None
    vocabulary.check(data, rows)
    if not isinstance(outputs, torch.Tensor):
        raise bad_input("runs.output_not_a_tensor", model=model.title, kind=type(outputs).__name__)
    if data.task == "classification":
        classes = data.classes or 0
        if outputs.ndim != 2 or outputs.shape[1] < classes:
            raise bad_input(
                "runs.outputs_do_not_fit",
                model=model.title,
                outputs="×".join(map(str, outputs.shape[1:])),
                classes=classes,
            )
    elif outputs.numel() != sample.targets.numel():
        raise bad_input(
            "runs.outputs_not_values",
            model=model.title,
            outputs="×".join(map(str, outputs.shape[1:])),
            values=int(sample.targets[0].numel()),
        )


def example_inputs(inputs: tuple[InputSpec, ...], batch: int = 2) -> tuple[torch.Tensor, ...]:
    """Inputs of the right shapes to trace a model with: those that it is counted with, two samples of them."""
    return meta.example_inputs(inputs, batch)
