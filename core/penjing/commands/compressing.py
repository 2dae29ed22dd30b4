"""`prune`, `distill`, `train`, `run`: make a run's folder and carry it out, or go on with one."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any

import typer

from penjing.commands import options
from penjing.commands.console import figure, note, out, percent, print_json, size, text
from penjing.commands.data_options import with_data
from penjing.commands.gathered import gathered, table
from penjing.commands.inspecting import parse_layers
from penjing.commands.progress import RunProgress
from penjing.commands.training_options import with_training
from penjing.runs.make import make_run, making_run
from penjing.runs.stored import for_caller, stored_result
from penjing.spec.folders import RunFolder
from penjing.spec.launch import launched_rank, launched_size
from penjing.spec.messages import FAILED, INTERRUPTED, USAGE, Failure, bad_input
from penjing.spec.recipe import Recipe, load, parse
from penjing.spec.references import parse_input


def recipe_of(
    technique: str,
    section: dict[str, Any],
    model: str,
    weights: Path | None,
    input: list[str] | None,
    data: str | dict[str, Any],
    training: dict[str, Any],
    classes: int | None = None,
) -> Recipe:
    """A recipe from options; those left out (None) take the recipe's defaults. `data` is a reference or a section."""
    return parse(
        {
            "version": 1,
            "model": {
                "reference": model,
                "weights": str(weights.expanduser().resolve()) if weights else None,
                "classes": classes,
                "input": [parse_input(one).to_json() for one in input or ()],
            },
            "data": {"reference": data} if isinstance(data, str) else data,
            "technique": technique,
            **({technique: _given(section)} if technique != "training" else {}),
            "training": _given(training),
        }
    )


def _given(settings: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in settings.items() if value is not None}


def carry_out_recipe(recipe: Recipe, path: Path | None, trust: bool, json: bool) -> dict[str, Any]:
    """Make the run, carry it out, print its result, and end with the exit code that belongs to it.

    Where nothing could be started (exit codes 2 and 3), the folder that was made is removed again.
    """
    with making_run(recipe, path) as folder:
        return carry_out_folder(folder, trust, json, named=path is not None)


def start_recipe(recipe: Recipe, path: Path | None, trust: bool, json: bool, no_start: bool) -> None:
    """`carry_out_recipe`, or with `no_start` make the run's folder and print its path alone."""
    if launched_size() > 1:  # each process would make a folder of its own
        if launched_rank() > 0:
            raise typer.Exit(USAGE)
        raise bad_input("cli.ranks_need_a_folder")
    if not no_start:
        carry_out_recipe(recipe, path, trust, json)
        return
    folder = make_run(recipe, path)
    if json:
        print_json({"run": str(folder.path)})
    else:
        out().print(str(folder.path), markup=False, soft_wrap=True)


def carry_out_folder(
    folder: RunFolder,
    trust: bool,
    json: bool,
    show: bool = True,
    lr: float | None = None,
    named: bool = True,
) -> dict[str, Any]:
    """Carry the run out with progress on stderr, at `lr` from now on; print its result where `show`.

    Where the person has not `named` the folder, a failure says where it is.
    """
    with RunProgress(folder.name, quiet=json) as progress:
        from penjing.runs.carry_out import carry_out

        try:
            result = carry_out(folder.path, progress, trust, lr)
        except Failure as failure:
            if failure.exit_code == FAILED and not named and not json:
                note("cli.run_kept", run=str(folder.path))
            raise
    value = for_caller(result, folder)
    if show:
        if json:
            print_json(value)
        elif result.status == "done":
            print_result(value)
    if result.status == "stopped":
        note("cli.stopped", run=str(folder.path))
        raise typer.Exit(INTERRUPTED)
    return value


def print_result(value: dict[str, Any]) -> None:
    """A finished run's result for a reader."""
    from rich.table import Table

    before, after = value["before"], value["after"]
    view = Table(title=Path(value["run"]).name, box=None, pad_edge=False)
    for code in ("cli.measure", "cli.before", "cli.after", "cli.kept"):
        view.add_column(text(code), justify="left" if code == "cli.measure" else "right")

    def row(code: str, key: str, shown: Any, factor: int = 1) -> None:
        was, now = before.get(key), after.get(key)
        kept = percent(now / was) if was and now is not None else "–"
        view.add_row(
            text(code),
            shown(None if was is None else factor * was),
            shown(None if now is None else factor * now),
            kept,
        )

    row("cli.params", "params", figure)
    row("cli.flops", "macs", figure, 2)
    row("cli.weights", "weight_bytes", size)
    latency = (value.get("latency") or {}).get("batches", {}).get("1")
    if latency:
        was, now = latency["before"]["median_ms"], latency["after"]["median_ms"]
        view.add_row(text("cli.latency_ms"), f"{was:.3f}", f"{now:.3f}", percent(now / was))
    if before.get("accuracy") is not None:
        view.add_row(text("cli.test_accuracy"), percent(before["accuracy"]), percent(after["accuracy"]), "")
    elif before.get("mse") is not None:
        view.add_row("MSE", f"{before['mse']:.4g}", f"{after['mse']:.4g}", "")
    if value.get("agreement"):
        view.add_row(
            text("cli.agreement"), *(percent(value["agreement"][k]) for k in ("before", "after")), ""
        )
    out().print(view)
    out().print(text("cli.run_at", path=value["run"]), markup=False, soft_wrap=True)


_TARGETS = frozenset({"ratio", "macs", "params", "sparsity", "bytes", "latency_ms"})
_PRUNING = {
    **table(
        when=(str, "before, after, gradual or rewind."),
        granularity=(str, "channel, weight, block or N:M."),
        criterion=(str, "l2, l1, random, …"),
        ratio=(float, "Share of channels removed in every group."),
        macs=(float, "Share of MACs kept."),
        params=(float, "Share of parameters kept."),
        sparsity=(float, "Share of weights that are zero."),
        bytes=(int, "Bytes of weights allowed."),
        latency_ms=(float, "Milliseconds allowed."),
        scope=(str, "local or global."),
        round_to=(int, "Channel counts are multiples of this."),
        steps=(int, "Rounds of pruning and fine-tuning."),
        layer=(list[str], "0 locks a layer.", "NAME=RATIO"),
        recovery=(str, "finetune, recalibrate or none."),
        teacher=(str, "self, none or a model reference."),
    ),
    "temperature": options.Temperature,
    "alpha": options.Alpha,
}


@with_training
@gathered("pruning", _PRUNING)
@with_data
def prune(
    model: str,
    data: options.Data,
    *,
    out: options.Out = None,
    pruning: dict[str, Any],
    input: options.Input = None,
    weights: options.Weights = None,
    trust: options.Trust = False,
    no_start: options.NoStart = False,
    json: options.Json = False,
    training: dict[str, Any],
) -> None:
    """A pruning run: remove channels, recover, choose on validation, export, test once."""
    layers = pruning.pop("layer", None)
    if not _TARGETS & pruning.keys() and not layers:
        raise bad_input("cli.one_target")
    section = {**pruning, "layers": parse_layers(layers)}
    recipe = recipe_of("pruning", section, model, weights, input, data, training)
    start_recipe(recipe, out, trust, json, no_start)


@with_training
@with_data
def distill(
    teacher: str,
    student: Annotated[
        str, typer.Option("--student", help="A model reference, auto:width=W, auto:macs=R, auto:params=R.")
    ],
    data: options.Data,
    out: options.Out = None,
    loss: Annotated[
        list[str] | None, typer.Option("--loss", metavar="NAME[=WEIGHT]", help="kd or hard.")
    ] = None,
    temperature: options.Temperature = None,
    alpha: options.Alpha = None,
    tap: Annotated[list[str] | None, typer.Option("--tap", metavar="STUDENT_LAYER=TEACHER_LAYER")] = None,
    input: options.Input = None,
    weights: options.Weights = None,
    trust: options.Trust = False,
    no_start: options.NoStart = False,
    json: options.Json = False,
    *,
    training: dict[str, Any],
) -> None:
    """A distillation run: train a student under the teacher, choose on validation, export, test once."""
    section = {
        "student": student,
        "losses": _losses(loss),
        "temperature": temperature,
        "alpha": alpha,
        "taps": dict(_pair(one) for one in tap or ()),
    }
    recipe = recipe_of("distillation", section, teacher, weights, input, data, training)
    start_recipe(recipe, out, trust, json, no_start)


@with_training
@with_data
def train(
    model: str,
    data: options.Data,
    out: options.Out = None,
    input: options.Input = None,
    weights: options.Weights = None,
    classes: Annotated[
        int | None,
        typer.Option("--classes", help="Outputs of a zoo's model; default: as many as the data need."),
    ] = None,
    trust: options.Trust = False,
    no_start: options.NoStart = False,
    json: options.Json = False,
    *,
    training: dict[str, Any],
) -> None:
    """A plain training run: train the model itself, choose on validation, export, test once."""
    recipe = recipe_of("training", {}, model, weights, input, data, training, classes)
    start_recipe(recipe, out, trust, json, no_start)


def _losses(given: list[str] | None) -> dict[str, float] | None:
    if not given:
        return None
    losses = {}
    for one in given:
        name, separator, number = one.partition("=")
        try:
            losses[name] = float(number) if separator else 1.0
        except ValueError:
            raise bad_input("cli.loss_malformed", text=one) from None
    return losses


def _pair(text: str) -> tuple[str, str]:
    student, separator, teacher = text.partition("=")
    if not separator or not student or not teacher:
        raise bad_input("cli.tap_malformed", text=text)
    return student, teacher


def run(
    run: Annotated[Path, typer.Argument(help="A run's folder, or a recipe file.")],
    out: options.Out = None,
    lr: Annotated[
        float | None, typer.Option("--lr", help="A new highest learning rate, from where the run goes on.")
    ] = None,
    trust: options.Trust = False,
    no_start: options.NoStart = False,
    json: options.Json = False,
) -> None:
    """Carry out or resume a run's folder, or make one from a recipe file."""
    if launched_rank() > 0 and not run.is_file():  # rank 0 says what there is to say
        from penjing.runs.ranks_follow import follow

        raise typer.Exit(follow(run, trust))
    if lr is not None and not (math.isfinite(lr) and lr > 0):
        raise bad_input("recipe.bad_value", key="lr", problem="a number above 0")
    if run.is_file():
        if lr is not None:
            raise bad_input("cli.lr_with_recipe", path=str(run))
        start_recipe(load(run), out, trust, json, no_start)
        return
    if out is not None:
        raise bad_input("cli.out_with_folder", path=str(run))
    if not run.exists():
        raise bad_input("cli.run_not_found", path=str(run))
    if no_start:
        raise bad_input("cli.no_start_with_folder", path=str(run))
    folder = RunFolder(run.resolve())
    if not folder.recipe.is_file():
        raise bad_input("cli.run_without_recipe", path=str(run))
    if lr is not None and stored_result(folder) is not None:
        note("cli.lr_too_late")
    carry_out_folder(folder, trust, json, lr=lr)
