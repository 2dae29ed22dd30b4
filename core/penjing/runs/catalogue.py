"""The catalogue of the runs folder: what each run is and how far it has come. No torch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from penjing.runs.owner import is_owned
from penjing.spec.folders import RunFolder, runs_folder
from penjing.spec.journal import read_journal


def describe(folder: RunFolder) -> dict[str, Any] | None:
    """One run as plain data, or None where the folder holds no recipe.

    `status` is `done`, `stopped`, `failed`, `running`, `interrupted` (its owner died) or `new` (never started);
    `result` is the stored result where there is one.
    """
    try:
        recipe = json.loads(folder.recipe.read_text(encoding="utf-8"))
        model, technique = str(recipe["model"]["reference"]), str(recipe["technique"])
        data = str(recipe["data"]["reference"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    events = read_journal(folder.journal)
    names = {event["event"] for event in events}
    result: dict[str, Any] | None = None
    if "done" in names:
        try:
            result = json.loads(folder.result_json.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            result = None
    if result is not None:
        status = "done"
    elif is_owned(folder):
        status = "running"
    else:
        ends = [e["event"] for e in events if e["event"] in ("started", "resumed", "stopped", "failed")]
        status = {"stopped": "stopped", "failed": "failed"}.get(ends[-1], "interrupted") if ends else "new"
    return {
        "run": str(folder.path),
        "name": folder.name,
        "model": model,
        "data": data,
        "technique": technique,
        "status": status,
        "started": events[0].get("t") if events else None,
        "ended": events[-1].get("t") if events and status != "running" else None,
        "step": max((int(e.get("step", 0)) for e in events), default=0),
        "result": result,
    }


def list_runs(folder: Path | None = None) -> list[dict[str, Any]]:
    """All runs in `folder` (default: the runs folder), newest first."""
    parent = folder or runs_folder()
    if not parent.is_dir():
        return []
    found = [run for path in parent.iterdir() if path.is_dir() and (run := describe(RunFolder(path)))]
    return sorted(found, key=lambda run: (run["started"] or 0, run["name"]), reverse=True)
