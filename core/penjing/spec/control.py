"""`control.json`: the only way to ask anything of the process that carries a run out.

Each order has a number one higher than the last, and replaces the file atomically. The owner journals the number
of each order that it has carried out, so an order given before a restart is not carried out twice.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from penjing.spec.files import write_json

Command = Literal["pause", "resume", "stop"]


@dataclass(frozen=True, slots=True)
class Order:
    """One numbered order."""

    number: int
    command: Command


def read_order(path: Path) -> Order | None:
    """The order in the file, or None where there is none or it is not one."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        number, command = value["number"], value["command"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if isinstance(number, int) and command in ("pause", "resume", "stop"):
        return Order(number, command)
    return None


def give_order(path: Path, command: Command) -> Order:
    """Replace the file with the next order and return it."""
    last = read_order(path)
    order = Order((last.number if last else 0) + 1, command)
    write_json(path, {"number": order.number, "command": order.command})
    return order
