"""Make a run's folder from a recipe. No torch: the recipe is on disk before torch is imported."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from penjing.runs.support import check
from penjing.spec.folders import RunFolder, new_run_path
from penjing.spec.messages import NEEDS_TRUST, USAGE, Failure, bad_input
from penjing.spec.recipe import DataRecipe, Recipe
from penjing.spec.references import parse_data, parse_model


def claim(path: Path) -> None:
    """Make the folder `path`. Raises `Failure` (exit code 2) where it holds anything or cannot be made."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        if any(path.iterdir()):
            raise bad_input("runs.out_not_empty", path=str(path))
    except OSError as error:
        raise bad_input("runs.out_unusable", path=str(path), problem=error.strerror or str(error)) from None


@contextmanager
def claimed(path: Path, resumable: bool = False) -> Iterator[None]:
    """`claim`, taken back on an error: what was made is removed again.

    A `resumable` folder stays unless the input turned out bad (exit codes 2 and 3), or it could not be begun.
    """
    missing = [one for one in (path, *path.parents) if not one.exists()]
    claim(path)
    try:
        yield
    except BaseException as error:
        bad = isinstance(error, Failure) and error.exit_code in (USAGE, NEEDS_TRUST)
        if isinstance(error, Failure) and error.message.code == "runs.in_use":
            raise  # another process claimed it in the same instant, and it is that one's now
        if bad or not (resumable and RunFolder(path).recipe.exists()):
            for inside in list(path.iterdir()):
                shutil.rmtree(inside) if inside.is_dir() else inside.unlink()
            for folder in missing:
                with suppress(OSError):  # something else was put there meanwhile
                    folder.rmdir()
        raise


def resolved(recipe: Recipe) -> Recipe:
    """The recipe with thread count and paths settled, so that it can be repeated and from any folder."""
    from penjing.training.threads import resolve_threads

    threads = resolve_threads(recipe.training.threads)
    model, data, pruning, distillation = recipe.model, recipe.data, recipe.pruning, recipe.distillation
    if pruning is not None and pruning.teacher not in ("self", "none"):
        pruning = pruning.model_copy(update={"teacher": _absolute(pruning.teacher)})
    if distillation is not None:
        distillation = distillation.model_copy(
            update={
                "student": _absolute(distillation.student),
                "student_weights": _absolute_path(distillation.student_weights),
            }
        )
    return recipe.model_copy(
        update={
            "model": model.model_copy(
                update={
                    "reference": _absolute(model.reference),
                    "weights": _absolute_path(model.weights),
                }
            ),
            "data": _settled(data, model.reference),
            "pruning": pruning,
            "distillation": distillation,
            "training": recipe.training.model_copy(update={"threads": threads}),
        }
    )


def _settled(data: DataRecipe, model: str) -> DataRecipe:
    """Data with absolute paths, the tokenizer that belongs to the model, and what is fitted on training rows."""
    from penjing.data.tables_load import fit_table
    from penjing.data.text_tokens import with_tokenizer

    parsed = parse_data(data.reference)
    reference = data.reference
    if parsed.kind in ("path", "hf"):
        reference = str(replace(parsed, target=str(_absolute_path(parsed.target))))
    data = data.model_copy(update={"reference": reference, "tokenizer": _absolute_path(data.tokenizer)})
    return fit_table(with_tokenizer(data, model))


def _absolute_path(path: str | None) -> str | None:
    return str(Path(path).expanduser().resolve()) if path is not None else None


def _absolute(reference: str) -> str:
    """A model reference with the path in it made absolute; others, and `auto:` students, as they are."""
    if reference.startswith("auto:"):
        return reference
    parsed = parse_model(reference)
    if parsed.kind not in ("py", "path", "hf"):
        return reference
    return str(replace(parsed, target=str(_absolute_path(parsed.target))))


def make_run(recipe: Recipe, path: Path | None = None) -> RunFolder:
    """Check the recipe, make its folder (a new one in the runs folder where no `path` is given), write it there."""
    check(recipe)
    recipe = resolved(recipe)  # before there is a folder: a table that cannot be fitted leaves none
    target = path or _new_path(recipe)
    claim(target)
    return _written(recipe, target)


@contextmanager
def making_run(recipe: Recipe, path: Path | None = None) -> Iterator[RunFolder]:
    """`make_run`, for a `with` that carries the run out: where the input turns out bad, no folder stays."""
    check(recipe)
    recipe = resolved(recipe)
    target = path or _new_path(recipe)
    with claimed(target, resumable=True):
        yield _written(recipe, target)


def _new_path(recipe: Recipe) -> Path:
    return new_run_path(parse_model(recipe.model.reference).title, recipe.technique)


def _written(recipe: Recipe, path: Path) -> RunFolder:
    folder = RunFolder(path.resolve())
    recipe.save(folder.recipe)
    return folder
