"""`inspect`, `prunable`, `whatif`: what a model costs, what can be removed, what that would save."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from penjing.commands import options
from penjing.commands.console import figure, note, out, percent, print_json, size, text, warn
from penjing.spec.messages import Failure, Message, bad_input
from penjing.spec.references import parse_input

if TYPE_CHECKING:
    from penjing.models.source import OpenedModel
    from penjing.spec.costs import CostTable
    from penjing.spec.overlay import Overlay

MOST_ROWS = 60


def opened(
    reference: str, weights: Any, inputs: list[str] | None, trust: bool, network: bool = True
) -> OpenedModel:
    """Open a model as the options say; without `network` it may be one to look at alone."""
    specs = tuple(parse_input(one) for one in inputs or ())
    from penjing.models.open import open_model, open_network

    return (open_network if network else open_model)(
        reference, str(weights) if weights else None, specs, trust
    )


def counted(model: OpenedModel) -> CostTable:
    """The model's cost table."""
    from penjing.runs.counting import table_of

    return table_of(model, lambda message: warn([message]))


def inspect(
    model: Annotated[str | None, typer.Argument(show_default=False)] = None,
    input: options.Input = None,
    weights: options.Weights = None,
    trust: options.Trust = False,
    latency: Annotated[
        bool, typer.Option("--latency", help="Measure latency by layer, on one thread.")
    ] = False,
    against: Annotated[
        str | None, typer.Option("--against", metavar="MODEL", help="Compare with another model, by layer.")
    ] = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write the figures by layer as CSV.")] = None,
    netron: Annotated[
        Path | None, typer.Option("--netron", help="Write the figures by layer as Netron's attachment JSON.")
    ] = None,
    overlay: Annotated[
        Path | None,
        typer.Option(
            "--overlay",
            metavar="FILE",
            help="Set your own figures by layer, from CSV or Netron's JSON, beside these.",
        ),
    ] = None,
    self_test: Annotated[
        bool, typer.Option("--self-test", help="Compare counts with torchvision's published figures.")
    ] = False,
    json: options.Json = False,
) -> None:
    """Show what every layer costs."""
    if self_test == (model is not None):
        raise bad_input("cli.model_or_self_test")
    if model is None:
        from penjing.commands.checking import self_test as run_self_test

        raise typer.Exit(run_self_test(json))
    for path in (csv, netron):
        if path is not None and path.is_dir():
            raise bad_input("cli.not_a_file", path=str(path))
    if overlay is not None and against is not None:
        raise bad_input("cli.overlay_or_against")
    source, table = _costs(model, weights, input, trust, latency)
    own = _own_figures(overlay, table)
    written = _written(table, csv, netron)
    if against is not None:
        from penjing.commands.side_by_side import show

        show(table, _other(against, input, trust, latency), json)
    elif json:
        print_json({**table.to_json(), **({"overlay": own.to_json()} if own else {})})
    else:
        warn(source.warnings)
        print_table(table, own)
    for path in written:
        note("cli.written", path=str(path))


def _costs(
    reference: str, weights: Path | None, input: list[str] | None, trust: bool, latency: bool
) -> tuple[OpenedModel, CostTable]:
    if latency:
        source = opened(reference, weights, input, trust)
        return source, _timed(source)
    specs = tuple(parse_input(one) for one in input or ())
    if weights is None:
        from penjing.models.safetensors_file import named

        view = named(reference, specs)
        if view is not None and view.table is not None:  # without the seconds and the memory that torch takes
            return view, view.table
    from penjing.runs.counting import costs_of

    return costs_of(reference, str(weights) if weights else None, specs, trust, lambda one: warn([one]))


def _other(reference: str, input: list[str] | None, trust: bool, latency: bool) -> CostTable:
    """The other model's table: counted, or of a run's artefact from the run's files with what it measured."""
    from penjing.runs.finished import finished_run, run_at

    folder = run_at(reference)
    if folder is None:
        return _costs(reference, None, input, trust, latency)[1]
    run = finished_run(folder)
    return run.table.with_latencies(run.timing.second.layers) if latency and run.timing else run.table


def _own_figures(path: Path | None, table: CostTable) -> Overlay | None:
    """A person's own figures for the table's layers; what is for no layer is said."""
    if path is None:
        return None
    from penjing.spec.overlay import read

    own = read(path, [row.name for row in table])
    if own.unmatched:
        names = own.unmatched
        shown = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
        warn([Message("costs.overlay_unmatched", {"path": str(path), "count": len(names), "names": shown})])
    return own


def _timed(source: OpenedModel) -> CostTable:
    from penjing.costs.latency import measure

    table = counted(source)
    measured = measure(source.network(), source.input, batch=1, threads=1)
    return table.with_latencies(measured["layers"])


def _written(table: CostTable, csv: Path | None, netron: Path | None) -> list[Path]:
    from penjing.spec.overlay import write_csv, write_netron

    written = []
    for path, write in ((csv, write_csv), (netron, write_netron)):
        if path is None:
            continue
        try:
            write(table, path)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise  # said by the command line itself
            problem = error.strerror or str(error)
            raise Failure("cli.cannot_write", path=str(path), problem=problem) from error
        written.append(path)
    return written


def print_table(table: CostTable, own: Overlay | None = None) -> None:
    """The cost table for a reader: its first layers, in order, with a person's own figures, and the totals."""
    from rich.table import Table

    totals = table.totals
    view = Table(title=table.model, box=None, pad_edge=False)
    view.add_column(text("cli.layer"))
    view.add_column(text("cli.kind"))
    for code in ("cli.params", "cli.share", "cli.flops", "cli.share", "cli.activations"):
        view.add_column(text(code), justify="right")
    with_latency = any(row.latency_ms is not None for row in table)
    if with_latency:
        view.add_column(text("cli.latency_ms"), justify="right")
    columns = [own.values[column] for column in own.columns] if own else []
    for column in own.columns if own else ():
        view.add_column(column, justify="right")
    rows = [
        row
        for row in table
        if row.params or row.macs or row.macs is None or any(row.name in column for column in columns)
    ]
    for row in rows[:MOST_ROWS]:
        cells = [
            row.name,
            row.kind,
            figure(row.params),
            percent(row.params / totals.params if totals.params else 0.0),
            figure(None if row.macs is None else 2 * row.macs),
            percent(None if row.macs is None or not totals.macs else row.macs / totals.macs),
            size(row.activation_bytes),
        ]
        if with_latency:
            cells.append("–" if row.latency_ms is None else f"{row.latency_ms:.3f}")
        cells += [figure(column.get(row.name), 6) for column in columns]
        view.add_row(*cells)
    out().print(view)
    if len(rows) > MOST_ROWS:
        out().print(text("cli.more_rows", count=len(rows) - MOST_ROWS), markup=False)
    unknown = bool(table.rows) and len(totals.uncounted) == len(table.rows)  # weights without an architecture
    if unknown:
        held = text("cli.weights_only", params=figure(totals.params), weights=size(totals.weight_bytes))
        out().print(held, markup=False, soft_wrap=True)
        return
    at_least = "" if totals.complete else text("cli.at_least") + " "
    out().print(
        text(
            "cli.totals",
            params=figure(totals.params),
            flops=at_least + figure(2 * totals.macs),
            macs=at_least + figure(totals.macs),
            weights=size(totals.weight_bytes),
            peak=size(totals.peak_activation_bytes),
            training=_range(totals.peak_training_bytes),
            input=" + ".join(str(spec) for spec in table.input),
        ),
        markup=False,
        soft_wrap=True,
    )


def _range(bounds: tuple[int, int] | None) -> str:
    return "–" if bounds is None else text("cli.range", low=size(bounds[0]), high=size(bounds[1]))


def prunable(
    model: str,
    input: options.Input = None,
    weights: options.Weights = None,
    trust: options.Trust = False,
    json: options.Json = False,
) -> None:
    """Dry run: what can be pruned, what cannot, and why."""
    source = opened(model, weights, input, trust)
    counted(source)  # says where the input does not fit
    from penjing.pruning.groups import find_groups
    from penjing.runs.opening import example_inputs

    grouping = find_groups(source.network(), example_inputs(source.input))
    if json:
        print_json(grouping.to_json())
        return
    from rich.table import Table

    view = Table(title=str(source.reference), box=None, pad_edge=False)
    view.add_column(text("cli.group"))
    view.add_column(text("cli.channels"), justify="right")
    view.add_column(text("cli.coupled"))
    view.add_column(text("cli.prunable"))
    for group in grouping.groups:
        others = [name for name in group.layers if name != group.id]
        shown = ", ".join(others[:4]) + (f" … (+{len(others) - 4})" if len(others) > 4 else "")
        verdict = text("cli.yes") if group.prunable else text(group.reason or "cli.no")
        view.add_row(group.id, str(group.channels), shown, verdict)
    out().print(view)
    for blocker in grouping.blockers:
        out().print(text(blocker.code, **blocker.params), markup=False, soft_wrap=True)


def whatif(
    model: str,
    ratio: Annotated[
        float | None, typer.Option("--ratio", help="Share of channels removed in every group.")
    ] = None,
    macs: Annotated[float | None, typer.Option("--macs", help="Share of MACs kept.")] = None,
    params: Annotated[float | None, typer.Option("--params", help="Share of parameters kept.")] = None,
    round_to: Annotated[
        int, typer.Option("--round-to", min=1, help="Channel counts are multiples of this.")
    ] = 1,
    layer: Annotated[list[str] | None, typer.Option("--layer", metavar="NAME=RATIO")] = None,
    input: options.Input = None,
    weights: options.Weights = None,
    trust: options.Trust = False,
    json: options.Json = False,
) -> None:
    """Predict the costs after pruning, without pruning."""
    targets = [
        (name, value)
        for name, value in (("ratio", ratio), ("macs", macs), ("params", params))
        if value is not None
    ]
    if len(targets) != 1 and not (not targets and layer):
        raise bad_input("cli.one_target")
    kind, value = targets[0] if targets else ("ratio", 0.0)
    if not 0 <= value < 1 or (kind != "ratio" and value == 0):
        raise bad_input("cli.share_out_of_range", option=f"--{kind}", value=value)
    layers = parse_layers(layer)
    source = opened(model, weights, input, trust)
    table = counted(source)
    from penjing.pruning.groups import find_groups
    from penjing.runs.opening import example_inputs
    from penjing.whatif.allocate import allocate
    from penjing.whatif.predict import predict

    grouping = find_groups(source.network(), example_inputs(source.input))
    if not grouping.ok:
        blocker = grouping.blockers[0].to_json() if grouping.blockers else None
        raise bad_input("runs.not_prunable", model=source.title, reason=blocker)
    kept = allocate(table, grouping.groups, kind, value, round_to, layers)
    after = predict(table, grouping.groups, kept)
    if json:
        print_json({**after.to_json(), "before": table.totals.to_json(), "kept": dict(kept)})
        return
    print_table(after)
    out().print(
        text(
            "cli.whatif",
            params=percent(after.totals.params / table.totals.params),
            macs=percent(after.totals.macs / table.totals.macs if table.totals.macs else None),
        ),
        markup=False,
    )


def parse_layers(given: list[str] | None) -> dict[str, float]:
    """`NAME=RATIO` options as a mapping. Raises `Failure` (exit code 2)."""
    layers = {}
    for one in given or ():
        name, separator, number = one.rpartition("=")
        try:
            value = float(number)
        except ValueError:
            value = -1.0
        if not separator or not name or not 0 <= value < 1:
            raise bad_input("cli.layer_malformed", text=one)
        layers[name] = value
    return layers
