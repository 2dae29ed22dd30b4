"""Writes down what runs or writes meanwhile, and refuses it: an audit hook for the children that open a corpus."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

EXECUTIONS = (
    "os.system",
    "subprocess.",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.fork",
    "socket.",
    "pty.",
)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Watch:
    """The hook. `current` names what is being opened, "" nothing; files may be written below `allowed` alone."""

    def __init__(self, allowed: Path | None = None) -> None:
        self.current = ""
        self.seen: list[list[str]] = []
        self._allowed = None if allowed is None else str(allowed) + os.sep

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Write down and refuse what runs something or writes a file."""
        if not self.current:
            return
        if event.startswith(EXECUTIONS) or (event == "open" and self._writes(*arguments)):
            self.seen.append([self.current, event, repr(arguments)[:200]])
            raise PermissionError(event)

    def _writes(self, path: Any, mode: Any, flags: Any) -> bool:
        writes = (isinstance(flags, int) and bool(flags & WRITING)) or (
            isinstance(mode, str) and bool(set(mode) & set("wax+"))
        )
        inside = self._allowed is not None and str(path).startswith(self._allowed)
        return writes and not inside
