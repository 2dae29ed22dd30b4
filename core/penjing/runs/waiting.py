"""Requests that wait for the session worker, in order; short ones may be taken out of turn."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

Request = dict[str, Any]


class Waiting:
    """A queue between the reader's thread and the worker's. None at its end: nobody asks any more.

    `short` tells by the method's name which requests may be taken out of turn.
    """

    def __init__(self, short: Callable[[str], bool]) -> None:
        self._short = short
        self._requests: deque[Request | None] = deque()
        self._changed = threading.Condition()

    def put(self, request: Request | None) -> None:
        """Add one at the end."""
        with self._changed:
            self._requests.append(request)
            self._changed.notify()

    def take(self) -> Request | None:
        """The next one; waits for it."""
        with self._changed:
            while not self._requests:
                self._changed.wait()
            return self._requests.popleft()

    def come(self, seconds: float) -> bool:
        """Whether one waits, or comes within so many seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: bool(self._requests), seconds)

    def take_short(self) -> Request | None:
        """The first short one, or None. None that waits behind an `open` is taken: it may be about that model."""
        with self._changed:
            for index, request in enumerate(self._requests):
                if request is None or request.get("method") == "open":
                    return None
                if self._short(str(request.get("method"))):
                    del self._requests[index]
                    return request
        return None
