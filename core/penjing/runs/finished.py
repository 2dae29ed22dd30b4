"""A finished run's artefact as the other model of a comparison: its costs from the run's files. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from penjing.spec.costs import CostTable
from penjing.spec.files import read_json
from penjing.spec.folders import RunFolder
from penjing.spec.messages import bad_input
from penjing.spec.pair_timing import PairTiming


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """What a run made: the artefact's `table`, named after the run, and the reference it began with.

    `timing` is of that model against the artefact, as the run measured them; None where it did not.
    """

    folder: RunFolder
    model: str
    table: CostTable
    timing: PairTiming | None


def run_at(reference: str) -> RunFolder | None:
    """The run whose folder, or whose `result` folder, a reference names; None where it names neither."""
    path = Path(reference).expanduser()
    for folder in (RunFolder(path), RunFolder(path.parent)):
        if folder.recipe.is_file() and path in (folder.path, folder.result):
            return folder
    return None


def finished_run(folder: RunFolder) -> FinishedRun:
    """Read a run's artefact. Raises `Failure` (exit code 2) where the run has made none, or it cannot be read."""
    try:
        table = CostTable.from_json(read_json(folder.costs_after))
        model = str(read_json(folder.recipe)["model"]["reference"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise bad_input("costs.no_artefact", run=folder.name, path=str(folder.costs_after)) from error
    return FinishedRun(folder, model, table, _timing(folder))


def _timing(folder: RunFolder) -> PairTiming | None:
    """As the run's result stores it; a run need not have measured."""
    try:
        return PairTiming.compared(read_json(folder.result_json)["latency"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
