"""`export`, `verify`, `report`, `runs`: take away, prove, read, list."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from penjing.commands import options
from penjing.commands.console import note, out, percent, print_json, text
from penjing.spec.folders import RunFolder, runs_folder
from penjing.spec.messages import FAILED, bad_input
from penjing.spec.references import parse_input
from penjing_resources.messages import LANGUAGES


def export(
    source: Annotated[str, typer.Argument(metavar="RUN_OR_MODEL")],
    to: Annotated[
        str, typer.Option("--to", help="Formats, as onnx,pt2,safetensors.")
    ] = "onnx,pt2,safetensors",
    out: options.Out = None,
    input: options.Input = None,
    weights: options.Weights = None,
    trust: options.Trust = False,
    json: options.Json = False,
) -> None:
    """Write a run's network, or a model as it is, in the formats asked for."""
    if out is None:
        raise bad_input("cli.out_missing")
    out = out.expanduser().resolve()
    formats = [one.strip() for one in to.split(",") if one.strip()]
    from penjing.runs.exporting import export_model, export_run

    path = Path(source)
    if (path / "recipe.json").is_file():
        made = export_run(RunFolder(path.resolve()), formats, out, trust)
    else:
        inputs = tuple(parse_input(one) for one in input or ())
        made = export_model(source, str(weights) if weights else None, inputs, formats, out, trust)
    if json:
        print_json({"artefacts": {name: str(file) for name, file in made.items()}, "out": str(out)})
        return
    for file in made.values():
        note("cli.written", path=str(file))


def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A run's folder, or an export's.")],
    trust: options.Trust = False,
    json: options.Json = False,
) -> None:
    """Load the artefacts in a fresh process without Penjing and the pruning library; compare their outputs."""
    from penjing.export.verify import verify as prove

    value = prove(folder, trust=trust)
    if json:
        print_json(value)
    else:
        from rich.table import Table

        view = Table(box=None, pad_edge=False)
        for code in ("cli.file", "cli.loads", "cli.difference", "cli.proof"):
            view.add_column(text(code))
        for one in value["artefacts"]:
            difference = one["max_abs_diff"]
            reason = one.get("reason")
            verdict = text("cli.verified") if one["ok"] else text("cli.not_verified")
            if isinstance(reason, dict):
                verdict += ": " + text(reason["code"], **reason.get("params", {}))
            elif reason:
                verdict += f": {reason}"
            view.add_row(
                one["file"],
                text("cli.yes") if one["loads"] else text("cli.no"),
                "–" if difference is None else f"{difference:.1e}",
                verdict,
            )
        out().print(view)
    if not value["ok"]:
        raise typer.Exit(FAILED)


def report(
    run: Annotated[Path, typer.Argument(metavar="RUN")],
    language: Annotated[str, typer.Option("--language", help="en or zh_CN.")] = "en",
    json: options.Json = False,
) -> None:
    """Write the run's report: one file, readable offline."""
    if language not in LANGUAGES:
        raise bad_input("cli.language_unknown", language=language, known=", ".join(LANGUAGES))
    folder = RunFolder(run.resolve())
    if not folder.recipe.is_file():
        raise bad_input("cli.run_without_recipe", path=str(run))
    from penjing.export.report import write

    path = write(folder, language)
    if json:
        print_json({"report": str(path)})
    else:
        out().print(str(path), markup=False, soft_wrap=True)


def runs(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[FOLDER]", help="Default: the runs folder.")
    ] = None,
    json: options.Json = False,
) -> None:
    """List the runs, newest first."""
    from penjing.runs.catalogue import list_runs

    place = folder.expanduser().resolve() if folder is not None else runs_folder()
    if folder is not None and not place.is_dir():
        raise bad_input("cli.folder_not_found", path=str(folder))
    found = list_runs(place)
    if json:
        print_json({"folder": str(place), "runs": found})
        return
    if not found:
        note("cli.no_runs", path=str(place))
        return
    from rich.table import Table

    view = Table(box=None, pad_edge=False)
    for code in (
        "cli.run",
        "cli.technique",
        "cli.status",
        "cli.started",
        "cli.macs_kept",
        "cli.test_accuracy",
    ):
        view.add_column(text(code))
    for one in found:
        result = one["result"] or {}
        realised = result.get("realised") or {}
        started = time.strftime("%Y-%m-%d %H:%M", time.localtime(one["started"])) if one["started"] else "–"
        view.add_row(
            one["name"],
            text(f"cli.{one['technique']}"),
            text(f"cli.status_{one['status']}"),
            started,
            percent(realised.get("macs")),
            percent((result.get("after") or {}).get("accuracy")),
        )
    out().print(view)
