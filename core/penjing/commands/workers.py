"""`app` and `session-worker`: start the window, or be the process that answers it."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from penjing.spec.messages import bad_input


def app(
    model: Annotated[str | None, typer.Argument(metavar="[MODEL]")] = None,
    exit_when_shown: Annotated[
        bool, typer.Option("--exit-when-shown", help="Quit after the first paint.")
    ] = False,
) -> None:
    """Open the window."""
    if getattr(sys, "frozen", False):
        program = [str(Path(sys.executable).with_name("penjing-gui" + (".exe" if os.name == "nt" else "")))]
    elif importlib.util.find_spec("penjing_gui") is not None:
        program = [sys.executable, "-m", "penjing_gui.app"]
    else:
        raise bad_input("cli.no_window")
    arguments = [*([model] if model else []), *(["--exit-when-shown"] if exit_when_shown else [])]
    raise typer.Exit(subprocess.call([*program, *arguments]))


def session_worker(
    folder: Annotated[Path | None, typer.Option("--folder", help="Takes large arrays.")] = None,
) -> None:
    """Answer the window's questions on stdin and stdout (started by the window)."""
    from penjing.runs.session import main

    main(folder)
