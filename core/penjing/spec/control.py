"""`control.json`: the only way to ask anything of the process that carries a run out.

Each order has a number one higher than the last, and replaces the file atomically. The owner journals the number
of each order that it has carried out, so an order given before a restart is not carried out twice. An order may
follow another before that was read, so `settings` gather up: each order carries all that were ever given.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from penjing.spec.files import write_json

Command = Literal["pause", "resume", "stop", "settings"]


@dataclass(frozen=True, slots=True)
class Order:
    """One numbered order. `settings` are what was asked to change while the run goes on: `lr`."""

    number: int
    command: Command
    settings: Mapping[str, float] = field(default_factory=dict)


def read_order(path: Path) -> Order | None:
    """The order in the file, or None where there is none or it is not one."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        number, command = value["number"], value["command"]
        settings = {str(name): float(one) for name, one in value.get("settings", {}).items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    if not all(math.isfinite(one) and one > 0 for one in settings.values()):
        return None
    if isinstance(number, int) and command in get_args(Command):
        return Order(number, command, settings)
    return None


def give_order(path: Path, command: Command, settings: Mapping[str, float] | None = None) -> Order:
    """Replace the file with the next order and return it. `settings` belong to the command `settings`."""
    last = read_order(path)
    gathered = {**(last.settings if last else {}), **(settings or {})}
    order = Order((last.number if last else 0) + 1, command, gathered)
    value = {"number": order.number, "command": order.command}
    write_json(path, {**value, "settings": gathered} if gathered else value)
    return order
