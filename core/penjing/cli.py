"""The `penjing` command. Names are fixed by contract; see `docs/command-line.md`.

Exit codes: 0 done, 1 the work failed, 2 bad usage or bad input, 3 needs `--trust`, 130 interrupted. An error is one
line on stderr, `penjing: WHAT: WHY; WHAT TO DO`; a traceback only with `--debug`.

Little is imported here: the commands are where a Ctrl+C that comes meanwhile already ends the process as it should.
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import nullcontext

from penjing.commands.console import only_documents, printable, text
from penjing.spec import interrupts
from penjing.spec.launch import launched_size
from penjing.spec.messages import DONE, FAILED, INTERRUPTED, USAGE, Failure
from penjing.spec.offline import stay_silent
from penjing_resources.messages import render, system_language

DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    if launched_size() > 1:  # torch's own notes, once for each rank; it reads this when it is imported
        os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")
    stay_silent()
    given = sys.argv[1:] if arguments is None else arguments
    sys.exit(_run([one for one in given if one != "--debug"], "--debug" in given))


def _run(arguments: list[str], debug: bool) -> int:
    try:
        with interrupts.noted(), only_documents() if "--json" in arguments else nullcontext():
            from penjing.commands.line import app

            code = app(args=arguments, prog_name="penjing", standalone_mode=False)
            if interrupts.pending() and code != INTERRUPTED:
                raise KeyboardInterrupt  # it came where a library swallowed it: said late, but said
    except Failure as failure:
        if debug:
            raise
        return _say(
            render(failure.message.code, failure.message.params, system_language()), failure.exit_code
        )
    except KeyboardInterrupt:
        return _interrupted()
    except BrokenPipeError:
        return FAILED
    except OSError as error:
        if debug or error.errno not in DISK_FULL:
            return _unexpected(error, debug)
        return _say(render("cli.disk_full", {}, system_language()), FAILED)
    except Exception as error:
        from typer import Abort, Exit

        if isinstance(error, Abort):
            return _interrupted()
        if isinstance(error, Exit):
            return int(error.exit_code)
        wording = getattr(error, "format_message", None)
        if callable(wording):  # the command line parser's own refusals
            line = " ".join(str(wording()).split()) or text("cli.no_command")
            return _say(render("cli.usage", {"problem": line.rstrip(".")}, system_language()), USAGE)
        return _unexpected(error, debug)
    return int(code) if isinstance(code, int) else DONE


def _interrupted() -> int:
    return _say(render("cli.interrupted", {}, system_language()), INTERRUPTED)


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
