"""Whether torchrun started this process, and as which of its ranks. No torch."""

from __future__ import annotations

import os


def launched_size() -> int:
    """How many processes were started together to train one network; 1 where this one was started alone."""
    if not all(name in os.environ for name in ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")):
        return 1
    size = os.environ["WORLD_SIZE"]
    return int(size) if size.isdecimal() and int(size) > 0 else 1


def launched_rank() -> int:
    """Which of them this is; rank 0 leads."""
    return int(os.environ["RANK"]) if launched_size() > 1 else 0
