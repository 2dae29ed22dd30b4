"""Forks ranks that train together, from a parent that has torch loaded already.

Reads JSON lines `{"arguments": […], "size": N, "log": PATH}` on stdin. For each it forks N children with the
environment that torchrun sets, which do what `penjing ARGUMENTS` does, prints their process ids, and, when all are
gone, their exit codes (negative: the signal that killed one), both as JSON lists. With `{"gradients": PATH, …}` each
child trains a small network instead and writes its gradients.

Rank r prints into LOG-r.txt. What ranks from 1 on write into the run's folder is named there as well: `WROTE PATH`.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import traceback
from pathlib import Path
from typing import Any


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def watched(folder: str) -> None:
    """Print what this process writes below `folder`, makes there, moves or removes."""
    changing = ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.truncate", "os.link", "os.symlink")

    def hear(name: str, arguments: tuple[Any, ...]) -> None:
        if name == "open":
            path, mode, flags = arguments
            changes = bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)) or bool(
                set("wax+") & set(mode or "")
            )
        else:
            path, changes = arguments[0] if arguments else "", name in changing
        if changes and isinstance(path, str | bytes | Path) and os.fsdecode(path).startswith(folder):
            os.write(2, f"WROTE {os.fsdecode(path)}\n".encode())

    sys.addaudithook(hear)


def child(order: dict[str, Any], rank: int, port: int) -> int:
    """What rank `rank` does; its exit code."""
    os.setsid()
    log = os.open(f"{order['log']}-{rank}.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    size = str(order["size"])
    os.environ |= {"RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": size, "LOCAL_WORLD_SIZE": size}
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    if "gradients" in order:
        gradients(order, rank)
        return 0
    if rank > 0:
        watched(order["arguments"][1])
    from penjing.cli import main

    try:
        main(order["arguments"])
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def net(seed: int) -> Any:
    """A network without batch norm, whose step on two ranks is that on one; its last parameter is not used."""
    import torch
    from torch import nn

    torch.manual_seed(seed)
    made = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 3))
    made.register_parameter("unused", nn.Parameter(torch.ones(2)))
    return made


def steps_of(accumulate: int, clip: float | None, ranks: Any) -> list[list[Any]]:
    """Each step's loss and gradients, over two epochs of unequal shares; the last batch is of two samples."""
    import torch
    from torch.nn import functional

    from penjing.data.items import TensorSplit
    from penjing.spec.recipe import TrainingRecipe
    from penjing.training.loop import Loop, Position

    def objective(module: Any, inputs: Any, targets: Any) -> dict[str, Any]:
        loss = functional.cross_entropy(module(*inputs), targets)
        return {"loss": loss, "doubled": 2 * loss.detach()}

    generator = torch.Generator().manual_seed(1)
    x = torch.randn(41, 6, generator=generator)
    y = (x[:, 0] > 0).long() + (x[:, 1] > 0).long()
    settings = TrainingRecipe(
        epochs=2, batch_size=13, lr=0.5, schedule="constant", accumulate=accumulate, clip_norm=clip, seed=4
    )
    loop = Loop(net(3 + ranks.rank), objective, TensorSplit(x, y), settings, 8, Position(), ranks=ranks)
    found: list[list[Any]] = []

    def note(step: Any) -> None:
        values = [one.detach().clone() for one in loop.module.parameters()]
        unused, *used = loop.module.parameters()
        assert unused.grad is None
        gradients = [one.grad.clone() for one in used if one.grad is not None]
        found.append([step.parts["loss"], step.parts["doubled"], step.samples, *gradients, *values])

    steps = (step for _ in range(2) for step in loop.epoch())
    if ranks.rank == 0:
        for step in steps:
            note(step)
        ranks.leave()
        return found
    while ranks.ordered()[0] == "step":
        note(next(steps))
    return found


def gradients(order: dict[str, Any], rank: int) -> None:
    """Train, and write every step's losses and gradients."""
    import torch

    from penjing.training.ranks import joined

    with joined() as ranks:
        if rank == 0:
            ranks.command({"do": "train"})
        else:
            ranks.commanded()
        found = steps_of(order["accumulate"], order["clip"], ranks)
        torch.save(found, f"{order['gradients']}-{rank}.pt")
        if rank > 0:
            ranks.commanded()


def main() -> None:
    """Serve until stdin ends."""
    os.environ["TORCH_CPP_LOG_LEVEL"] = "ERROR"  # as the command sets it before it imports torch
    import penjing.cli
    import penjing.commands.line
    import penjing.runs.carry_out
    import penjing.runs.ranks_follow  # noqa: F401 - imported once, here
    from penjing.runs import finish, keeper

    finish.LATENCY_SECONDS, finish.FORMATS = 0.05, ("safetensors",)
    keeper.SPARING = 0  # a short run has many checkpoints
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        port, pids = free_port(), []
        for rank in range(order["size"]):
            pid = os.fork()
            if pid == 0:
                signal.signal(signal.SIGINT, signal.default_int_handler)
                try:
                    code = child(order, rank, port)
                except BaseException:
                    traceback.print_exc()
                    code = 99
                os._exit(code)
            pids.append(pid)
        print(json.dumps(pids), flush=True)
        codes = {pid: os.waitstatus_to_exitcode(status) for pid, status in (os.wait() for _ in pids)}
        print(json.dumps([codes[pid] for pid in pids]), flush=True)


if __name__ == "__main__":
    main()
