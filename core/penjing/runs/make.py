"""Make a run's folder from a recipe. No torch: the recipe is on disk before torch is imported."""

from __future__ import annotations

from pathlib import Path

from penjing.runs.support import check
from penjing.spec.folders import RunFolder, new_run_path
from penjing.spec.messages import bad_input
from penjing.spec.recipe import Recipe
from penjing.spec.references import parse_model


def claim(path: Path) -> None:
    """Make the folder `path`. Raises `Failure` (exit code 2) where it holds anything or cannot be made."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        if any(path.iterdir()):
            raise bad_input("runs.out_not_empty", path=str(path))
    except OSError as error:
        raise bad_input("runs.out_unusable", path=str(path), problem=error.strerror or str(error)) from None


def resolved(recipe: Recipe) -> Recipe:
    """The recipe with its thread count settled, so that it can be repeated elsewhere."""
    from penjing.training.threads import resolve_threads

    threads = resolve_threads(recipe.training.threads)
    return recipe.model_copy(update={"training": recipe.training.model_copy(update={"threads": threads})})


def make_run(recipe: Recipe, path: Path | None = None) -> RunFolder:
    """Check the recipe, make its folder (a new one in the runs folder where no `path` is given), write it there."""
    check(recipe)
    target = path or new_run_path(parse_model(recipe.model.reference).title, recipe.technique)
    claim(target)
    folder = RunFolder(target.resolve())
    resolved(recipe).save(folder.recipe)
    return folder
