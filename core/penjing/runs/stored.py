"""The stored result of a finished run. No torch."""

from __future__ import annotations

from typing import Any

from penjing.spec.files import read_json
from penjing.spec.folders import RunFolder
from penjing.spec.journal import read_journal
from penjing.spec.results import RunResult


def stored_result(folder: RunFolder) -> RunResult | None:
    """The result of a run that is done, or None. Its journal's `done` counts: it is written last."""
    if not any(event["event"] == "done" for event in read_journal(folder.journal)):
        return None
    try:
        return RunResult.from_json(read_json(folder.result_json))
    except (OSError, ValueError, TypeError):
        return None


def for_caller(result: RunResult, folder: RunFolder) -> dict[str, Any]:
    """The result's JSON as a command prints it: with the run's path, and artefacts' paths that can be opened."""
    value = result.to_json()
    value["run"] = str(folder.path)
    value["artefacts"] = {name: str(folder.path / path) for name, path in result.artefacts.items()}
    return value
