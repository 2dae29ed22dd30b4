"""Ctrl+C that cannot get lost.

The first seconds of a command are spent importing libraries, and a KeyboardInterrupt that is raised inside some of
their callbacks is swallowed. So it is written down as well: whoever comes to a place where it can stop asks `pending`.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_seen = threading.Event()


@contextmanager
def noted() -> Iterator[None]:
    """Note every SIGINT inside, and raise KeyboardInterrupt as usual. Main thread only, else nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _seen.clear()
    before = signal.signal(signal.SIGINT, _interrupt)
    try:
        yield
    finally:
        _seen.clear()
        signal.signal(signal.SIGINT, before)


def pending() -> bool:
    """Whether there has been a SIGINT inside `noted`."""
    return _seen.is_set()


def _interrupt(number: int, frame: FrameType | None) -> None:
    _seen.set()
    signal.default_int_handler(number, frame)
