"""What is wrong with a recipe or with how its data are read, at which field, and in the person's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication

from penjing.spec.messages import Failure

_SETTINGS = {  # where the setting is that this version does not offer
    "criterion": "pruning.criterion",
    "target": "pruning.target",
    "loss": "distillation.loss",
}


def check(recipe: Mapping[str, Any]) -> Failure | None:
    """What is wrong with a recipe (JSON values), None where a run can be made from it."""
    from penjing.runs.support import check as supported
    from penjing.spec.recipe import parse

    try:
        supported(parse(dict(recipe)))
    except Failure as failure:
        return failure
    return None


def check_data(section: Mapping[str, Any]) -> Failure | None:
    """What is wrong with a data section, None where it can be read."""
    from pydantic import ValidationError

    from penjing.spec.recipe import DataRecipe, from_validation

    try:
        DataRecipe.model_validate(dict(section))
    except Failure as failure:
        return failure
    except ValidationError as error:
        return from_validation(error)
    return None


def field_of(failure: Failure) -> str | None:
    """The dotted key of the field that a failure speaks of, where it does."""
    code, params = failure.message.code, failure.message.params
    if code == "runs.not_offered":
        return _SETTINGS.get(str(params.get("setting")), f"training.{params.get('setting')}")
    if "key" in params:
        return str(params["key"])
    if code.startswith("data.") or code in ("runs.distillation_needs_data", "runs.epochs_need_data"):
        return "data.reference"
    if code == "whatif.out_of_reach":
        return "pruning"
    return "distillation.student" if code.startswith("models.") else None


def problem_text(failure: Failure) -> str:
    """What a value has to be, for a limit that the recipe's own validation names; empty for any other failure."""
    if failure.message.code != "recipe.bad_value":
        return ""
    translate = QCoreApplication.translate
    problem = str(failure.message.params.get("problem", ""))
    limits = {  # the longer beginnings first
        "Input should be greater than or equal to ": translate("Recipe", "It has to be at least {limit}."),
        "Input should be greater than ": translate("Recipe", "It has to be more than {limit}."),
        "Input should be less than or equal to ": translate("Recipe", "It has to be at most {limit}."),
        "Input should be less than ": translate("Recipe", "It has to be less than {limit}."),
    }
    for beginning, text in limits.items():
        if problem.startswith(beginning):
            return text.format(limit=problem.removeprefix(beginning))
    if problem.startswith(("Input should be a valid number", "Input should be a finite number")):
        return translate("Recipe", "It has to be a number.")
    if problem.startswith(("Input should be a valid integer", "Input should be a valid tuple")):
        return translate("Recipe", "It has to be a whole number, or several.")
    return ""
