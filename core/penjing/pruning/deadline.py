"""A call that ends when its time is up, even where the called code never would.

Torch-Pruning's graph search does not end on some models. The call runs in a thread of its own; when the
time is up an exception is raised inside that thread, which stops any loop of Python code. The caller's
thread is never touched, nothing is copied, and it works alike on every platform.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
_GRACE_S = 5.0
_TICK_S = 0.02


class OutOfTimeError(Exception):
    """The call did not end in time and was stopped."""


class _Stop(BaseException):
    """Raised inside the thread. A BaseException, so that `except Exception` in the called code lets it
    through."""


def call(function: Callable[[], T], limit_s: float, meanwhile: Callable[[], None] | None = None) -> T:
    """What `function()` returns or raises, or `OutOfTimeError` after `limit_s` seconds.

    `meanwhile` is called in the caller's thread, some fifty times a second, while it waits. The thread is stopped too
    where the caller itself is interrupted while it waits.
    """
    results: list[T] = []
    errors: list[BaseException] = []

    def body() -> None:
        try:
            results.append(function())
        except BaseException as error:  # handed to the caller below
            errors.append(error)

    thread = threading.Thread(target=body, name="penjing-deadline", daemon=True)
    thread.start()
    late = True
    try:
        _wait(thread, limit_s, meanwhile)
        late = thread.is_alive()
    finally:
        if late:
            _stop(thread)
    if late:  # whatever it returned: the stop may have been swallowed half-way
        raise OutOfTimeError
    if errors:
        raise errors[0]
    return results[0]


def _wait(thread: threading.Thread, limit_s: float, meanwhile: Callable[[], None] | None) -> None:
    """Wait for the thread's end, for so long at most."""
    if meanwhile is None:
        thread.join(min(limit_s, threading.TIMEOUT_MAX))
        return
    end = time.monotonic() + limit_s
    while thread.is_alive() and (left := end - time.monotonic()) > 0:
        thread.join(min(_TICK_S, left))
        meanwhile()


def _stop(thread: threading.Thread) -> None:
    """Raise inside the thread until it ends; a bare `except:` in the called code may need it more than
    once."""
    end = time.monotonic() + _GRACE_S
    while thread.is_alive() and time.monotonic() < end:
        if thread.ident is not None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(_Stop))
        thread.join(0.05)
