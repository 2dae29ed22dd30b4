"""How child processes are started: the same interpreter, or in a frozen build its console worker executable."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import IO, Any


def command(*arguments: str) -> list[str]:
    """The command line that runs `penjing ARGUMENTS` in a child process."""
    if getattr(sys, "frozen", False):
        name = "penjing-worker.exe" if os.name == "nt" else "penjing-worker"
        return [str(Path(sys.executable).with_name(name)), *arguments]
    # Without -P the folder that a person works in would come first: a numpy.py there would run.
    return [sys.executable, "-P", "-m", "penjing", *arguments]


def run_command(folder: Path, trust: bool = False) -> list[str]:
    """The command that carries out or resumes the run in `folder`; `trust` passes on a person's consent."""
    return command("run", str(folder), "--json", *(["--trust"] if trust else []))


def session_command() -> list[str]:
    """The command of the session worker."""
    return command("session-worker")


def environment() -> dict[str, str]:
    """The child's environment: UTF-8 forced, output unbuffered."""
    return {**os.environ, "PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1"}


def start_run(folder: Path, log: IO[bytes], trust: bool = False) -> subprocess.Popen[bytes]:
    """Start the run in `folder` in a session of its own, so that it survives the process that started it.

    Its output goes to `log`; its stdin is empty.
    """
    options: dict[str, Any] = {}
    if os.name == "nt":
        options["creationflags"] = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS  # type: ignore[attr-defined]
    else:
        options["start_new_session"] = True
    return subprocess.Popen(
        run_command(folder, trust),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        env=environment(),
        close_fds=True,
        **options,
    )
