"""Where things are kept: Penjing's home, the runs folder, and what lies in a run's folder."""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass
from datetime import date
from pathlib import Path


def home() -> Path:
    """Where runs, settings and trust decisions live: `PENJING_HOME`, or the platform's data folder."""
    chosen = os.environ.get("PENJING_HOME")
    if chosen:
        return Path(chosen).expanduser()
    from platformdirs import user_data_path

    return user_data_path("penjing", appauthor=False)


def runs_folder() -> Path:
    """The folder in which runs are made when no other is named."""
    return home() / "runs"


def new_run_path(title: str, technique: str, folder: Path | None = None) -> Path:
    """A path that does not exist yet, as `2026-11-23-resnet18-prune-7f3a`, in `folder` or the runs folder."""
    verb = {"pruning": "prune", "distillation": "distil"}.get(technique, technique)
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", title).strip("-.") or "model"
    parent = folder or runs_folder()
    while True:
        path = parent / f"{date.today().isoformat()}-{safe}-{verb}-{secrets.token_hex(2)}"
        if not path.exists():
            return path


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The names inside one run's folder. It reads and writes nothing."""

    path: Path

    @property
    def name(self) -> str:
        """The folder's own name: the run's name everywhere."""
        return self.path.name

    @property
    def recipe(self) -> Path:
        """Written before torch is imported, never changed."""
        return self.path / "recipe.json"

    @property
    def journal(self) -> Path:
        """Append-only events, one JSON object a line."""
        return self.path / "journal.jsonl"

    @property
    def control(self) -> Path:
        """What the owner is asked to do; replaced atomically."""
        return self.path / "control.json"

    @property
    def lock(self) -> Path:
        """Held by the process that carries the run out."""
        return self.path / "owner.lock"

    @property
    def checkpoints(self) -> Path:
        """One folder a checkpoint."""
        return self.path / "checkpoints"

    @property
    def result(self) -> Path:
        """Artefacts, proof, and costs before and after."""
        return self.path / "result"

    @property
    def result_json(self) -> Path:
        """The stored result: the JSON that `penjing run` prints."""
        return self.path / "result.json"

    @property
    def costs_before(self) -> Path:
        """Cost table (JSON of `inspect`) of the model as opened, or of the teacher."""
        return self.result / "costs-before.json"

    @property
    def costs_after(self) -> Path:
        """Cost table of the artefact loaded again."""
        return self.result / "costs-after.json"

    @property
    def plan_costs(self) -> Path:
        """Predicted cost table, written before anything is removed."""
        return self.path / "costs-planned.json"

    @property
    def report(self) -> Path:
        """Self-contained report."""
        return self.path / "report.html"

    @property
    def log(self) -> Path:
        """What the worker printed."""
        return self.path / "log.txt"
