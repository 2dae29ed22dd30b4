"""Forks processes that carry runs out, from a parent that has torch loaded already.

Reads `RUN_FOLDER` lines on stdin. For each it forks a child that carries the run out exactly as `penjing run` does,
prints `pid N`, and, when the child is gone, `gone CODE` (negative: the signal that killed it). Forking saves the
seconds that importing torch takes; nothing else differs from a process of its own.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

import onnx  # noqa: F401 - what a run imports late, imported once
import onnxruntime  # noqa: F401
import onnxscript  # noqa: F401

import penjing.runs.finish as finish
from penjing.runs.carry_out import carry_out

finish.LATENCY_SECONDS = 0.2  # how long latency is measured has no part in what the run comes to


def child(folder: str) -> int:
    """Carry the run out; the exit code."""
    log = os.open(Path(folder).parent / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    try:
        carry_out(Path(folder))
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def main() -> None:
    """Serve until stdin ends."""
    print("ready", flush=True)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            os._exit(child(line.strip()))
        print(f"pid {pid}", flush=True)
        _, status = os.waitpid(pid, 0)
        print(f"gone {os.waitstatus_to_exitcode(status)}", flush=True)


if __name__ == "__main__":
    main()
