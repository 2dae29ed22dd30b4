"""Ctrl+C that cannot get lost, nor tear an import apart.

The first seconds of a command are spent importing libraries. A KeyboardInterrupt that is raised inside an import may be
swallowed by it, leave a half-made module behind (which then fails for a reason of its own), or end the process without
a word. So one that comes there is put off until the import is done; a second one is raised at once. Each is written
down as well: whoever comes to a place where it can stop asks `pending`.
"""

from __future__ import annotations

import _thread
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

IMPORTING = "<frozen importlib._bootstrap>"
AGAIN = 0.02  # seconds between two looks whether the import is done

_seen = threading.Event()
_over = threading.Event()
_knocking = threading.Event()
_knockers: list[threading.Thread] = []


@contextmanager
def noted() -> Iterator[None]:
    """Note every SIGINT inside, and raise KeyboardInterrupt outside of imports. Main thread only, else nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    for event in (_seen, _over, _knocking):
        event.clear()
    before = signal.signal(signal.SIGINT, _interrupt)
    try:
        yield
    finally:
        _over.set()
        while _knockers:
            _knockers.pop().join()
        _seen.clear()
        signal.signal(signal.SIGINT, before)


def pending() -> bool:
    """Whether there has been a SIGINT inside `noted`."""
    return _seen.is_set()


def _interrupt(number: int, frame: FrameType | None) -> None:
    knocked = _knocking.is_set()
    _knocking.clear()
    if knocked and _over.is_set():
        return
    first = not _seen.is_set()
    _seen.set()
    if (first or knocked) and _importing(frame):
        if first:
            _knockers.append(threading.Thread(target=_knock, name="interrupt put off", daemon=True))
            _knockers[-1].start()
        return
    _over.set()
    signal.default_int_handler(number, frame)


def _importing(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename == IMPORTING:
            return True
        frame = frame.f_back
    return False


def _knock() -> None:
    """Deliver the interrupt again outside of imports, until it is raised or somebody else answers for SIGINT.

    One knock at a time: of two that are under way at once the second would pass for a second Ctrl+C, and be raised.
    """
    main = threading.main_thread().ident or 0
    while not _over.wait(AGAIN) and signal.getsignal(signal.SIGINT) is _interrupt:
        if not _knocking.is_set() and not _importing(sys._current_frames().get(main)):
            _knocking.set()
            _again()


def _again() -> None:
    """SIGINT to the main thread; where there are signals for threads, one that also ends its waiting."""
    if sys.platform == "win32":
        _thread.interrupt_main()
    else:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
