"""How commands speak: results on stdout, everything else on stderr; with `--json` one document and nothing more."""

from __future__ import annotations

import functools
import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from penjing_resources.messages import render, system_language

if TYPE_CHECKING:
    from rich.console import Console


@functools.cache
def err() -> Console:
    """The terminal for progress and log lines."""
    return _console(stderr=True)


@functools.cache
def out() -> Console:
    """The terminal for results."""
    return _console(stderr=False)


def _console(stderr: bool) -> Console:
    """A terminal to which text is text: names in a file can be neither markup nor orders to the terminal."""
    from rich.console import Console
    from rich.text import Text

    class Plain(Console):
        def render_str(self, text: str, **options: Any) -> Text:
            return super().render_str(printable(text), **options)

    return Plain(stderr=stderr, highlight=False, markup=False, emoji=False)


def text(code: str, /, **params: Any) -> str:
    """A message's sentence in the terminal's language."""
    return render(code, params, system_language())


def printable(told: str) -> str:
    """Text without what would steer a terminal or turn the direction of reading: such characters as their numbers."""
    return _STEERING.sub(lambda one: one.group().encode("unicode_escape", "backslashreplace").decode(), told)


_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_documents: list[IO[str]] = []  # where documents go, while `only_documents` keeps all else away from there


@contextmanager
def only_documents() -> Iterator[None]:
    """Within it stdout takes what `print_json` writes and nothing else.

    Whatever else is written there goes to stderr: prints of a model's own code, of native code, and of children.
    """
    before = sys.stdout
    document: IO[str] = before
    moved = _is_descriptor_1(before)
    if moved:
        before.flush()
        document = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
    sys.stdout = sys.stderr
    _documents.append(document)
    try:
        yield
    finally:
        _documents.pop()
        sys.stdout = before
        if moved:
            os.dup2(document.fileno(), 1)
            document.close()


def _is_descriptor_1(stream: IO[str]) -> bool:
    try:
        os.fstat(2)
        return stream.fileno() == 1
    except (OSError, ValueError, AttributeError):  # closed, or not a file at all
        return False


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    stream = _documents[-1] if _documents else sys.stdout
    json.dump(value, stream, ensure_ascii=False, indent=2)
    stream.write("\n")
    stream.flush()


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
