"""Finished runs, read from their folders: what they were asked, what came of it."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from penjing.spec.costs import CostTable
from penjing.spec.files import read_json
from penjing.spec.folders import RunFolder, runs_folder


@dataclass(frozen=True, eq=False)
class FinishedRun:
    """One run that is done."""

    folder: RunFolder
    recipe: dict[str, Any]
    result: dict[str, Any]

    @property
    def key(self) -> str:
        """What names the run in lists and plots."""
        return str(self.folder.path)

    @property
    def technique(self) -> str:
        """`pruning`, `distillation` or `training`."""
        return str(self.recipe.get("technique", "pruning"))

    @property
    def model(self) -> str:
        """The model reference that it began with."""
        return str(self.recipe.get("model", {}).get("reference", ""))

    def costs(self) -> tuple[CostTable | None, CostTable | None]:
        """The cost tables before and after, as the run wrote them; read once."""
        return self._costs

    @functools.cached_property
    def _costs(self) -> tuple[CostTable | None, CostTable | None]:
        return _table(self.folder.costs_before), _table(self.folder.costs_after)

    def verification(self) -> dict[str, Any] | None:
        """The outcome of the last `verify` of this run, None where there was none."""
        with contextlib.suppress(OSError, ValueError):
            value = read_json(self.folder.path / "verify.json")
            return value if isinstance(value, dict) else None
        return None


def _table(path: Path) -> CostTable | None:
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        return CostTable.from_json(read_json(path))
    return None


# What was read of a folder, and of when its result was: a full runs folder is not read again at each look.
_known: dict[Path, tuple[int, FinishedRun | None]] = {}


def read_run(path: Path) -> FinishedRun | None:
    """The run in a folder, None where it is not done or cannot be read."""
    try:
        stamp = RunFolder(path).result_json.stat().st_mtime_ns
    except OSError:
        return None
    known = _known.get(path)
    if known is None or known[0] != stamp:
        known = _known[path] = stamp, _read(path)
    return known[1]


def _read(path: Path) -> FinishedRun | None:
    folder = RunFolder(path)
    try:
        recipe, result = read_json(folder.recipe), read_json(folder.result_json)
    except (OSError, ValueError):
        return None
    if not isinstance(recipe, dict) or not isinstance(result, dict) or result.get("status") != "done":
        return None
    return FinishedRun(folder, recipe, result) if result.get("before") and result.get("after") else None


def finished_runs(reference: str | None, folder: Path | None = None) -> list[FinishedRun]:
    """Runs in `folder` (default: the runs folder) that are done, newest first; of one model where it is named.

    Only recipes and results are read, not journals, so that a full runs folder does not hold the window up.
    """
    parent = folder or runs_folder()
    with contextlib.suppress(OSError):
        paths = sorted((path for path in parent.iterdir() if path.is_dir()), key=_age, reverse=True)
        found = [run for path in paths if (run := read_run(path)) is not None]
        return [run for run in found if reference is None or run.model == reference]
    return []


def _age(path: Path) -> float:
    try:
        return (path / "result.json").stat().st_mtime
    except OSError:
        return 0.0


def short_names(runs: Sequence[FinishedRun]) -> dict[str, str]:
    """A short name for each run by key: what it does and how much it keeps; equal ones get the folder's tail."""
    names = {run.key: _short(run) for run in runs}
    taken: dict[str, int] = {}
    for name in names.values():
        taken[name] = taken.get(name, 0) + 1
    return {
        key: name if taken[name] == 1 else f"{name} {Path(key).name.rsplit('-', 1)[-1]}"
        for key, name in names.items()
    }


def _short(run: FinishedRun) -> str:
    if run.technique == "distillation":
        student = str((run.recipe.get("distillation") or {}).get("student", ""))
        _, _, number = student.removeprefix("auto:").partition("=")
        return f"kd-{_percent(number)}" if student.startswith("auto:") else f"kd-{student.split(':')[-1]}"
    if run.technique == "training":
        return f"train-{(run.recipe.get('training') or {}).get('epochs', 0)}"
    pruning = run.recipe.get("pruning") or {}
    for name in ("macs", "params"):
        if pruning.get(name) is not None:
            return f"prune-{_percent(pruning[name])}"
    return f"trim-{_percent(pruning.get('ratio') or 0)}"


def _percent(value: Any) -> str:
    try:
        return f"{100 * float(value):.3g}"
    except (TypeError, ValueError):
        return str(value)
