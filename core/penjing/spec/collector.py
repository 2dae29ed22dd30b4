"""Python's collector of cycles, held back where many objects are made and few cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held_back() -> Iterator[None]:
    """No collection within: each would look through all that torch has loaded, and find next to nothing.

    What was made meanwhile is counted among the old objects, which a full collection looks through: else the next
    one of the young would look at all of it at once.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            if not gc.get_freeze_count():  # else somebody keeps objects there, and wants them kept
                gc.freeze()
                gc.unfreeze()
            gc.enable()
