"""`convert`: the weights of a file that may run code, taken out once in a limited process."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from penjing.commands import options
from penjing.commands.console import note, print_json
from penjing.spec.messages import bad_input


def convert(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that holds weights.")],
    out: options.Out = None,
    trust: options.Trust = False,
    json: options.Json = False,
) -> None:
    """Save the weights in a file as safetensors, opening it once in a limited process."""
    if out is None:
        raise bad_input("cli.out_missing")
    out = out.expanduser().resolve()
    from penjing.models import quarantine
    from penjing.runs.make import claimed

    file = file.expanduser()
    quarantine.referenced(file)  # says what is no such file before a folder is made
    with claimed(out):
        manifest = quarantine.convert(file, out, trust)
    if json:
        print_json({**manifest, "out": str(out)})
        return
    for name in (quarantine.WEIGHTS, quarantine.MANIFEST):
        note("cli.written", path=str(out / name))


def convert_worker(
    file: Path,
    folder: Path,
    seconds: Annotated[float, typer.Option("--seconds")] = 300.0,
    trust: options.Trust = False,
) -> None:
    """Do the work of `convert` (started by it)."""
    from penjing.models.quarantine import work

    work(file, folder, trust, seconds)
