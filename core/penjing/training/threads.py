"""How many threads torch uses. Bit-exact resume holds only for a fixed number, so a run records it."""

from __future__ import annotations

import os


def resolve_threads(wanted: int) -> int:
    """`wanted`, or for 0 the cores this process may use less one, so that the window stays responsive."""
    if wanted > 0:
        return wanted
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # not on every platform
        cores = os.cpu_count() or 1
    return max(1, cores - 1)
