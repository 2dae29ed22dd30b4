"""A data set seen closely: what the session's `data` method and `penjing data` say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from penjing.data.open import open_data
from penjing.data.summary import summary
from penjing.data.text_tokens import with_tokenizer
from penjing.models.source import OpenedModel
from penjing.spec.recipe import DataRecipe, from_validation


def describe(
    section: Mapping[str, Any],
    folder: Path | None = None,
    model: OpenedModel | None = None,
    tick: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Any]:
    """The data summary of a recipe's section `data`, against `model` where one is open.

    `folder` takes small pictures of samples; `tick` is told (done, total) and may raise to stop. Raises `Failure`
    (exit code 2).
    """
    try:
        recipe = DataRecipe.model_validate(dict(section))
    except ValidationError as error:
        raise from_validation(error) from None
    if model is not None:
        recipe = with_tokenizer(recipe, str(model.reference))
    tick(0, 1)
    return summary(open_data(recipe, tick), recipe, folder, model, tick)
