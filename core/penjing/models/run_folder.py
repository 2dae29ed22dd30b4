"""A run's folder given as a model: it says which reference and weights name its network."""

from __future__ import annotations

from pathlib import Path

from penjing.spec.folders import RunFolder
from penjing.spec.messages import Failure, bad_input
from penjing.spec.recipe import load


def refusal(path: Path) -> Failure | None:
    """The `Failure` (exit code 2) for the run's folder `path`; None where it is no run's folder."""
    folder = RunFolder(path)
    if not folder.recipe.is_file():
        return None
    try:
        recipe = load(folder.recipe)
    except Failure:
        return None
    reference = recipe.model.reference
    student = recipe.distillation.student if recipe.distillation is not None else None
    if recipe.technique == "pruning" or (student or "").startswith("auto:"):
        return bad_input("models.a_run_changed", path=str(path), reference=reference)
    weights = path / "result" / "model.safetensors"
    return bad_input("models.a_run", path=str(path), reference=student or reference, weights=str(weights))
