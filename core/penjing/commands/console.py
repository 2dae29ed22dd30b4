"""How commands speak: results on stdout, everything else on stderr; with `--json` one document and nothing more."""

from __future__ import annotations

import functools
import json
import sys
from typing import TYPE_CHECKING, Any

from penjing_resources.messages import render, system_language

if TYPE_CHECKING:
    from rich.console import Console


@functools.cache
def err() -> Console:
    """The terminal for progress and log lines."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


@functools.cache
def out() -> Console:
    """The terminal for results."""
    from rich.console import Console

    return Console(highlight=False)


def text(code: str, /, **params: Any) -> str:
    """A message's sentence in the terminal's language."""
    return render(code, params, system_language())


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
    sys.stdout.flush()


def note(code: str, /, **params: Any) -> None:
    """One line on stderr."""
    err().print(text(code, **params), markup=False, soft_wrap=True)


def warn(messages: Any) -> None:
    """Warnings of an opened model, a line each, on stderr."""
    for message in messages:
        err().print(
            "penjing: " + render(message.code, message.params, system_language()),
            style="yellow",
            markup=False,
            soft_wrap=True,
        )


def figure(value: float | None, digits: int = 4) -> str:
    """A headline figure with its prefix (`138.4 M`), or a dash where there is none."""
    if value is None:
        return "–"
    for scale, symbol in ((1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k")):
        if abs(value) >= scale:
            return f"{value / scale:.{digits}g}{symbol}"
    return f"{value:.{digits}g}"


def size(value: float | None) -> str:
    """Bytes in decimal units: `553.4 MB`."""
    if value is None:
        return "–"
    for scale, symbol in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if value >= scale:
            return f"{value / scale:.1f} {symbol}"
    return f"{value:.0f} B"


def percent(value: float | None, digits: int = 1) -> str:
    """A share as percent, or a dash."""
    return "–" if value is None else f"{100 * value:.{digits}f} %"
