"""Counts held against torchvision's published figures, model by model."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from typing import Any

from penjing.costs.count import count
from penjing.models.published import Published, published
from penjing.spec.messages import Message


def check_counts(progress: Callable[[int, int, str], None] | None = None) -> dict[str, Any]:
    """`{"models": [{"name", "weights", "input", "params", "published_params", "macs", "published_gmacs", "complete",
    "ok", "seconds"}], "ok"}`. `progress` is told how many are done, of how many, and the next one's name.
    """
    entries = list(published())
    found = []
    for done, entry in enumerate(entries):
        if progress:
            progress(done, len(entries), entry.name)
        found.append(_checked(entry))
    return {"models": found, "ok": all(one["ok"] for one in found)}


def _checked(entry: Published) -> dict[str, Any]:
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of builders, about initial weights that are never made
        module = entry.build()
    said: list[Message] = []
    totals = count(module, entry.input, warn=said.append).totals
    return {
        "name": entry.name,
        "weights": entry.weights,
        "input": [spec.to_json() for spec in entry.input],
        "params": totals.params,
        "published_params": entry.params,
        "macs": totals.macs,
        "published_gmacs": entry.gmacs,
        "complete": totals.complete and not said,
        "ok": entry.agrees(totals.params, totals.macs) and totals.complete,
        "seconds": time.perf_counter() - start,
    }
