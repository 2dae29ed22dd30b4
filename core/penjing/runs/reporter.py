"""The run's voice: every event goes into the journal, and to whoever listens in this process (a terminal)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from penjing.spec.journal import Event, JournalWriter
from penjing.spec.messages import Message

Listener = Callable[[Event], None]


class Reporter:
    """Writes events and passes them on to `listener`."""

    def __init__(self, writer: JournalWriter, listener: Listener | None = None) -> None:
        self._writer = writer
        self._listener = listener

    def __call__(self, event: str, /, **fields: Any) -> None:
        """Report one event; see `penjing.spec.journal` for the names."""
        self._writer.write(event, **fields)
        if self._listener is not None:
            self._listener({"event": event, **fields})

    def warn(self, message: Message) -> None:
        """Report a warning."""
        self("warning", message=message.to_json())
