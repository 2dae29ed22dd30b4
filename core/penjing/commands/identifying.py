"""`penjing identify`: whose weights a file holds."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from penjing.commands import options
from penjing.commands.console import out, percent, print_json, text


def identify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of weights, or an index of shards.")],
    json: options.Json = False,
) -> None:
    """Name the architectures of torchvision and timm that a file's weights are of."""
    from penjing.models.identify import identify_file

    matches = identify_file(file)
    if json:
        print_json({"file": str(file), "matches": [one.to_json() for one in matches]})
        return
    if not matches:
        out().print(text("cli.identified_none", file=str(file)), markup=False, soft_wrap=True)
        return
    from rich.table import Table

    view = Table(box=None, pad_edge=False)
    view.add_column(text("cli.model"))
    for code in ("cli.alike", "cli.alike_names", "cli.alike_shapes", "cli.classes"):
        view.add_column(text(code), justify="right")
    for one in matches:
        classes = "–" if one.classes is None else str(one.classes)
        view.add_row(one.reference, percent(one.score), percent(one.by_name), percent(one.by_shape), classes)
    out().print(view)
    best = matches[0]
    if best.tied:
        tied = [one.reference for one in matches if one.score > best.score - 1e-9]
        out().print(text("cli.identified_tied", models=", ".join(tied)), markup=False, soft_wrap=True)
    command = f"penjing inspect {best.reference} --weights {shlex.quote(str(file))}"
    out().print(text("cli.identified", command=command), markup=False, soft_wrap=True)
