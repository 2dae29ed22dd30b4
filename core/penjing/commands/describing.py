"""`data`: what a data set holds, how it is split and balanced, and what to be warned of."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from penjing.commands import options
from penjing.commands.console import err, figure, out, print_json, text, warn
from penjing.commands.data_options import with_data
from penjing.spec.messages import Message

_BAR = 28  # cells of the longest bar
_SHOWN = 30  # rows of a table at most


@with_data
def data(
    data: Annotated[
        Any, typer.Argument(metavar="DATA", help="Data reference, as sample:digits.", parser=str)
    ],
    model: Annotated[str | None, typer.Option("--model", help="Model that the data are for.")] = None,
    input: options.Input = None,
    weights: options.Weights = None,
    trust: options.Trust = False,
    json: options.Json = False,
) -> None:
    """Describe a data set: splits, classes, columns, samples, warnings."""
    from penjing.commands.inspecting import opened
    from penjing.runs.data_view import describe

    source = opened(model, weights, input, trust, network=False) if model is not None else None
    if json:
        print_json(describe(data, model=source))
        return
    with err().status(text("session.reading_data", reference=data["reference"])):
        value = describe(data, model=source)
    print_summary(value)
    warn(Message.from_json(one) for one in value["warnings"])


def print_summary(value: dict[str, Any]) -> None:
    """The data summary for a reader."""
    sizes = value["sizes"]
    out().print(
        text(
            "cli.data_is",
            reference=value["reference"],
            task=text(f"cli.task_{value['task']}"),
            inputs=" + ".join("×".join(map(str, one["shape"])) for one in value["input"]) or "–",
            **{name: f"{count:,}" for name, count in sizes.items()},
        ),
        markup=False,
        soft_wrap=True,
    )
    if value["balance"] is not None:
        _print_balance(value)
    if value.get("target") is not None:
        _print_target(value["target"])
    if value["columns"]:
        _print_columns(value["columns"])
    texts = [one for one in value["samples"] if one["text"]]
    for one in texts[:5]:
        out().print(f"{one['label']}: {one['text']}", markup=False)


def _print_balance(value: dict[str, Any]) -> None:
    from rich.table import Table

    view = Table(box=None, pad_edge=False)
    for code in ("cli.class", "cli.train", "cli.validation", "cli.test"):
        view.add_column(text(code), justify="left" if code == "cli.class" else "right")
    view.add_column("")
    names = value["class_names"] or [str(label) for label in range(value["classes"])]
    train, validation, test = (value["balance"][name] for name in ("train", "validation", "test"))
    most = max(train, default=0) or 1
    for at, name in enumerate(names[:_SHOWN]):
        bar = "█" * max(round(_BAR * train[at] / most), 1 if train[at] else 0)
        view.add_row(name, f"{train[at]:,}", f"{validation[at]:,}", f"{test[at]:,}", bar)
    out().print(view)
    _more(len(names))


def _print_target(target: dict[str, Any]) -> None:
    shown = {name: figure(target[name]) for name in ("min", "max", "mean", "std")}
    out().print(text("cli.target_is", **shown), markup=False)
    counts, edges = target["histogram"]["counts"], target["histogram"]["edges"]
    most = max(counts) or 1
    for at, count in enumerate(counts):
        bar = "█" * max(round(_BAR * count / most), 1 if count else 0)
        out().print(f"{figure(edges[at]):>12} {bar} {count:,}", markup=False)


def _print_columns(columns: list[dict[str, Any]]) -> None:
    from rich.table import Table

    view = Table(box=None, pad_edge=False)
    for code in (
        "cli.column",
        "cli.kind",
        "cli.missing",
        "cli.distinct",
        "cli.mean",
        "cli.std",
        "cli.values",
    ):
        left = code in ("cli.column", "cli.kind", "cli.values")
        view.add_column(text(code), justify="left" if left else "right")
    for one in columns[:_SHOWN]:
        values = ", ".join(one["categories"][:6]) + (" …" if len(one["categories"]) > 6 else "")
        if not values and one["min"] is not None:
            values = f"{figure(one['min'])} … {figure(one['max'])}"
        view.add_row(
            one["name"],
            text(f"cli.column_{one['kind']}"),
            f"{one['missing']:,}",
            f"{one['distinct']:,}",
            figure(one["mean"]),
            figure(one["std"]),
            values,
        )
    out().print(view)
    _more(len(columns))


def _more(count: int) -> None:
    if count > _SHOWN:
        out().print(text("cli.more_of_these", count=count - _SHOWN), style="dim", markup=False)
