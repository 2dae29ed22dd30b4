"""Export again what a finished run made, in the formats asked for, into another folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from penjing.costs.count import count
from penjing.export import manifest as manifests
from penjing.export.artefacts import export
from penjing.export.load import load_artefact
from penjing.export.origin import as_stated, as_written, consent
from penjing.models.open import open_network
from penjing.models.source import ModelSource
from penjing.runs.jobs import make_job
from penjing.runs.make import claimed
from penjing.runs.opening import open_recipe
from penjing.runs.stored import stored_result
from penjing.spec.folders import RunFolder
from penjing.spec.messages import Failure, bad_input
from penjing.spec.recipe import load
from penjing.spec.references import InputSpec

FORMATS = ("safetensors", "pt2", "onnx")


def check_formats(formats: Sequence[str]) -> None:
    """Raise `Failure` (exit code 2) for a format that is not offered, or none at all."""
    if not formats:
        raise bad_input("runs.format_missing", known=", ".join(FORMATS))
    for name in formats:
        if name not in FORMATS:
            raise bad_input("runs.format_unknown", name=name, known=", ".join(FORMATS))


def export_run(
    folder: RunFolder,
    formats: Sequence[str],
    out: Path,
    trust: bool = False,
    programs: bool | str | None = None,
) -> dict[str, Path]:
    """Export the network of a finished run. Raises `Failure` (exit code 2) for a run that is not done.

    `trust` is in the code of the recipe's models; `programs` in those of the run's folder, the same unless given: True,
    or their SHA-256 as the failure tells it.
    """
    programs = trust if programs is None else programs
    check_formats(formats)
    recipe = load(folder.recipe)
    if stored_result(folder) is None:
        raise bad_input("runs.not_done", run=folder.name)
    opened = open_recipe(recipe, trust)
    if programs is not True and not as_written(folder.result):
        manifest = manifests.read(folder.result)
        if manifest is None or not manifests.well_formed(manifest):
            raise bad_input("export.manifest_missing", folder=str(folder.result))
        consent(folder.result, manifest, programs)
        if not as_stated(folder.result, manifest):
            raise Failure("export.loader_changed", folder=str(folder.result))
    module = load_artefact(folder.result).eval()
    source: ModelSource = make_job(recipe, opened, trust).source()
    with claimed(out):
        return export(module, source, opened.inputs, tuple(formats), out)


def export_model(
    reference: str,
    weights: str | None,
    inputs: tuple[InputSpec, ...],
    formats: Sequence[str],
    out: Path,
    trust: bool = False,
) -> dict[str, Path]:
    """Export a model as it is."""
    check_formats(formats)
    opened = open_network(reference, weights, inputs, trust)
    count(
        opened.network(), inputs or opened.input, model=reference, format=opened.format
    )  # says what does not fit
    with claimed(out):
        return export(opened.network(), opened.source, inputs or opened.input, tuple(formats), out)
