"""Forks processes that carry runs out, from a parent that has torch loaded already.

Reads JSON lines `{"folder": PATH, "hold": …, "plain": …}` on stdin. For each it forks a child that carries the run
out exactly as `penjing run` does, prints `pid N`, and, when the child is gone, `gone CODE` (negative: the signal that
killed it). Forking saves the seconds that importing torch takes; nothing else differs from a process of its own.

A run on `hold` is to be killed: it waits for that after its result, where it would write its report, and says that it
waits by a file PATH.held. So a killer that is late on a busy machine is not too late.

A `plain` run writes safetensors alone, and measures for an instant only. Beside the run's folder `orders.json` may say
which learning rates are asked for, by the step after which each is.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any


def orders(folder: Path) -> Callable[[dict[str, Any]], None] | None:
    """A listener that gives the orders, each once over all lives of the run."""
    from penjing.spec.control import give_order, read_order

    path = folder.parent / "orders.json"
    if not path.exists():
        return None
    wanted = {int(step): rate for step, rate in json.loads(path.read_text()).items()}
    numbers = {step: number for number, step in enumerate(sorted(wanted), 1)}
    control = folder / "control.json"

    def listen(event: dict[str, Any]) -> None:
        if event["event"] != "step" or event["step"] not in wanted:
            return
        last = read_order(control)
        if (last.number if last else 0) < numbers[event["step"]]:
            give_order(control, "settings", {"lr": wanted[event["step"]]})

    return listen


def hold(folder: Any) -> None:
    """Wait to be killed."""
    Path(f"{folder.path}.held").touch()
    time.sleep(600)


def child(order: dict[str, Any]) -> int:
    """Carry the run out; the exit code."""
    from penjing.runs import carry_out as module
    from penjing.runs import finish
    from penjing.runs.carry_out import carry_out

    folder = order["folder"]
    if order["hold"]:
        module.write_report = hold
    if order["plain"]:
        finish.LATENCY_SECONDS, finish.FORMATS = 0.05, ("safetensors",)
    log = os.open(Path(folder).parent / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    try:
        carry_out(Path(folder), orders(Path(folder)))
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def main() -> None:
    """Serve until stdin ends."""
    import onnx  # noqa: F401 - what a run imports late, imported once
    import onnxruntime  # noqa: F401
    import onnxscript  # noqa: F401

    import penjing.runs.carry_out  # noqa: F401
    import penjing.runs.finish as finish
    from penjing.runs import keeper

    keeper.SPARING = (
        3  # a short run has many checkpoints, and still some epochs whose best network waits for one
    )
    finish.LATENCY_SECONDS = 0.2  # how long latency is measured has no part in what the run comes to
    print("ready", flush=True)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            os._exit(child(json.loads(line)))
        print(f"pid {pid}", flush=True)
        _, status = os.waitpid(pid, 0)
        print(f"gone {os.waitstatus_to_exitcode(status)}", flush=True)


if __name__ == "__main__":
    main()
