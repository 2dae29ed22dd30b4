"""The `penjing` command. Names are fixed by contract; see `docs/command-line.md`.

Exit codes: 0 done, 1 the work failed, 2 bad usage or bad input, 3 needs `--trust`, 130 interrupted. An error is one
line on stderr, `penjing: WHAT: WHY; WHAT TO DO`; a traceback only with `--debug`.
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import nullcontext
from typing import Annotated

import typer

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
from penjing.commands.console import only_documents, printable, text
from penjing.spec import interrupts
from penjing.spec.launch import launched_size
from penjing.spec.messages import DONE, FAILED, INTERRUPTED, USAGE, Failure
from penjing_resources.messages import render, system_language

DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

app = typer.Typer(
    name="penjing",
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


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    if launched_size() > 1:  # torch's own notes, once for each rank; it reads this when it is imported
        os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")
    given = sys.argv[1:] if arguments is None else arguments
    sys.exit(_run([one for one in given if one != "--debug"], "--debug" in given))


def _run(arguments: list[str], debug: bool) -> int:
    try:
        with interrupts.noted(), only_documents() if "--json" in arguments else nullcontext():
            code = app(args=arguments, prog_name="penjing", standalone_mode=False)
    except Failure as failure:
        if debug:
            raise
        return _say(
            render(failure.message.code, failure.message.params, system_language()), failure.exit_code
        )
    except (KeyboardInterrupt, typer.Abort):
        return _say(render("cli.interrupted", {}, system_language()), INTERRUPTED)
    except typer.Exit as end:
        return int(end.exit_code)
    except BrokenPipeError:
        return FAILED
    except OSError as error:
        if debug or error.errno not in DISK_FULL:
            return _unexpected(error, debug)
        return _say(render("cli.disk_full", {}, system_language()), FAILED)
    except Exception as error:
        wording = getattr(error, "format_message", None)
        if callable(wording):  # the command line parser's own refusals
            line = " ".join(str(wording()).split()) or text("cli.no_command")
            return _say(render("cli.usage", {"problem": line.rstrip(".")}, system_language()), USAGE)
        return _unexpected(error, debug)
    return int(code) if isinstance(code, int) else DONE


def _unexpected(error: Exception, debug: bool) -> int:
    if debug:
        raise error
    line = " ".join(str(error).split())[:300] or type(error).__name__
    return _say(
        render("cli.unexpected", {"kind": type(error).__name__, "problem": line}, system_language()), FAILED
    )


def _say(line: str, code: int) -> int:
    sys.stderr.write(f"penjing: {printable(' '.join(line.splitlines()))}\n")
    return code
