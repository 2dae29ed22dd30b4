"""`advise`: which technique suits the model, by the founding document's rules, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from penjing.commands import options
from penjing.commands.console import err, figure, out, percent, print_json, text, warn
from penjing.commands.data_options import with_data
from penjing.commands.inspecting import counted, opened
from penjing_resources.messages import system_language

if TYPE_CHECKING:
    from penjing.advice.advise import Advice
    from penjing.models.source import OpenedModel


@with_data
def advise(
    model: str,
    device: Annotated[str, typer.Option("--device", help="A shipped profile's name, or FILE.toml.")],
    max_size_mb: Annotated[float | None, typer.Option("--max-size-mb", help="Weights allowed, MB.")] = None,
    max_macs: Annotated[float | None, typer.Option("--max-macs", help="MACs allowed for one sample.")] = None,
    max_latency_ms: Annotated[
        float | None, typer.Option("--max-latency-ms", help="Latency allowed, ms.")
    ] = None,
    min_accuracy: Annotated[
        float | None, typer.Option("--min-accuracy", help="Least accuracy, 0 to 1.")
    ] = None,
    max_accuracy_drop: Annotated[
        float | None, typer.Option("--max-accuracy-drop", help="Largest drop, as a share of 1.")
    ] = None,
    training_hours: Annotated[float | None, typer.Option("--training-hours", help="Hours there are.")] = None,
    strict_limits: Annotated[
        bool, typer.Option("--strict-limits", help="Size and compute are strict.")
    ] = False,
    data: Annotated[str | None, typer.Option("--data", help="Data reference for the plan.")] = None,
    fact: Annotated[list[str] | None, typer.Option("--fact", metavar="NAME=yes|no", help="Override.")] = None,
    input: options.Input = None,
    weights: options.Weights = None,
    trust: options.Trust = False,
    json: options.Json = False,
) -> None:
    """Recommend pruning or distillation, with the reasons and a ready plan."""
    from penjing.advice.limits import Limits, parse_overrides

    limits = Limits(
        max_size_mb=max_size_mb,
        max_macs=max_macs,
        max_latency_ms=max_latency_ms,
        min_accuracy=min_accuracy,
        max_accuracy_drop=max_accuracy_drop,
        training_hours=training_hours,
        strict=strict_limits,
    )
    overrides = parse_overrides(fact or [])
    advice = make_advice(model, device, limits, overrides, data, weights, input, trust, quiet=json)
    if json:
        print_json(advice.to_json(system_language()))
    else:
        print_advice(advice)


def make_advice(
    model: str,
    device: str,
    limits: Any,
    overrides: dict[str, bool],
    data: str | dict[str, Any] | None = None,
    weights: Any = None,
    input: list[str] | None = None,
    trust: bool = False,
    quiet: bool = False,
    given: OpenedModel | None = None,
) -> Advice:
    """Open, count, find groups, measure what the device and limits ask for, and evaluate the rules.

    `given` is a model that is open already; `model` is then only its name. `data` is a reference or a recipe's section.
    """
    from penjing.advice.advise import advise as evaluate
    from penjing.advice.devices import THIS_MACHINE, load
    from penjing.advice.limits import TrainingTime
    from penjing.spec.recipe import InputRecipe, ModelRecipe, parse

    load(device)  # a device that does not exist is said before the model is opened
    source = given or opened(model, weights, input, trust)
    network = source.network()
    if not quiet:
        warn(source.warnings)
    table = counted(source)
    from penjing.pruning.groups import find_groups
    from penjing.runs.opening import example_inputs

    grouping = find_groups(network, example_inputs(source.input))
    rates: dict[str, float] = {}
    if device == THIS_MACHINE:
        from penjing.runs.machine import measure_machine

        measured = measure_machine()
        rates = {"macs_per_s": measured["macs_per_s"], "bytes_per_s": measured["bytes_per_s"]}
    profile = load(device, **rates)
    recipe = ModelRecipe(
        reference=model,
        weights=str(weights) if weights else None,
        sha256=source.sha256,
        input=tuple(InputRecipe(shape=one.shape, dtype=one.dtype) for one in source.input),
    )
    section = {"reference": data} if isinstance(data, str) else dict(data or {})
    reference = section.get("reference") or source.suggested_data

    def evaluated(time: TrainingTime | None) -> Advice:
        found = evaluate(table, grouping.groups, profile, limits, time, overrides, recipe, reference)
        if found.plan is not None and found.plan.recipe["data"]["reference"] == section.get("reference"):
            found.plan.recipe["data"].update(section)
        return found

    advice = evaluated(None)
    if limits.training_hours is not None and advice.plan is not None and reference and reference != "none":
        from penjing.data.open import open_data
        from penjing.runs.opening import open_recipe, opened_with
        from penjing.runs.training_time import estimate

        plan = parse(advice.plan.recipe)
        whole = open_recipe(plan, trust) if given is None else opened_with(given, open_data(plan.data))
        time = TrainingTime.from_json(estimate(plan, whole, trust))
        advice = evaluated(time)
    return advice


def print_advice(advice: Advice) -> None:
    """The advice for a reader: technique, rules with their reasons, conflicts, plan."""
    from rich.table import Table

    value = advice.to_json(system_language())
    out().print(
        text("cli.recommends", technique=text(f"cli.{value['technique']}"), leaf=value["leaf"]),
        style="bold",
        markup=False,
    )
    view = Table(box=None, pad_edge=False)
    for code in ("cli.rule", "cli.rule_text", "cli.says", "cli.because"):
        view.add_column(text(code))
    for rule in value["rules"]:
        says = rule["says"] or rule["sets"] or "–"
        known = ("pruning", "distillation", "accuracy-floor", "budgets")
        said = text(f"cli.{says.replace('-', '_')}") if says in known else says
        view.add_row(
            rule["id"],
            rule["text"],
            said if rule["applies"] else text("cli.silent"),
            rule["because"],
            style="" if rule["applies"] else "dim",
        )
    out().print(view)
    for conflict in value["conflicts"]:
        out().print(text("cli.conflict", text=conflict["text"]), style="yellow", markup=False)
    for one in value["out_of_reach"] or ():
        err().print(one["text"], style="yellow", markup=False)
    if value["plan"] is not None and value["predicted"] is not None:
        from penjing.advice.command import command_line

        totals = value["predicted"]["totals"]
        out().print(
            text(
                "cli.plan",
                share=percent(value["predicted"]["share"], 0),
                target=value["predicted"]["target"],
                params=figure(totals["params"]),
                flops=figure(2 * totals["macs"]),
            ),
            markup=False,
        )
        out().print("  " + command_line(value["plan"]), markup=False, soft_wrap=True)
