"""All commands under their names, as the one command line that `penjing.cli` runs."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from penjing import __version__
from penjing.commands import (
    advising,
    artefacts,
    compressing,
    converting,
    demonstrating,
    describing,
    identifying,
    inspecting,
    workers,
)


class _Commands(TyperGroup):
    """Passes Ctrl+C on: the library would end the command without a word."""

    def make_context(self, *arguments: Any, **options: Any) -> Any:
        try:
            return super().make_context(*arguments, **options)
        except KeyboardInterrupt:
            raise typer.Abort from None

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise typer.Abort from None


app = typer.Typer(
    name="penjing",
    cls=_Commands,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Make a trained PyTorch network smaller, offline: inspect, decide, compress, compare.",
)


def _version(value: bool) -> None:
    if value:
        sys.stdout.write(f"penjing {__version__}\n")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True)] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback with an error.")] = False,
) -> None:
    del version, debug


for command in (
    workers.app,
    inspecting.inspect,
    identifying.identify,
    advising.advise,
    inspecting.prunable,
    inspecting.whatif,
    describing.data,
    compressing.prune,
    compressing.distill,
    compressing.train,
    compressing.run,
    artefacts.export,
    converting.convert,
    artefacts.verify,
    artefacts.report,
    artefacts.runs,
    demonstrating.demo,
):
    app.command()(command)
app.command("session-worker", hidden=True)(workers.session_worker)
app.command("convert-worker", hidden=True)(converting.convert_worker)
