"""A run half way with every kind of curve, shown in the live view, and runs with a journal of their own."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtWidgets import QApplication

from penjing.spec.folders import RunFolder, runs_folder
from penjing.spec.journal import JournalWriter
from penjing_gui.state import Workbench
from run_examples import recipe, view

TOTAL = 400


def series(steps: int = 300, seed: int = 3, total: int = TOTAL) -> dict[str, Any]:
    """Losses, a rate, validation and speed, up to a step."""
    x = np.arange(1.0, steps + 1)
    loss = (3 * np.exp(-x / total * 5) + 0.1) * np.random.default_rng(seed).uniform(0.8, 1.25, steps)
    ends = np.arange(40.0, steps + 1, 40.0)
    return {
        "loss": (x, loss),
        "ce": (x, 0.5 * loss),
        "kd": (x, 1.5 * loss),
        "lr": (x, 0.1 * (1 - x / total)),
        "val_loss": (ends, 3 * np.exp(-ends / total * 5) + 0.2),
        "val_accuracy": (ends, 0.9 + ends / 10_000),
        "val_top5": (ends, 0.95 + ends / 10_000),
        "samples_per_s": (ends, 1000 + ends),
        "memory_bytes": (ends, 2e9 + 1e6 * ends),
    }


def show(bench: Workbench, folder: Path, **changes: Any) -> None:
    """Let a workbench watch such a run."""
    given = {"series": series(), "step": 300, "total_steps": TOTAL, "total_epochs": 10, **changes}
    bench.run_view = view(folder, **given)
    bench.run_view_changed.emit(bench.run_view)
    QApplication.processEvents()


def write_run(
    name: str, steps: int, seed: int = 9, restart_at: int | None = None, ended: bool = True
) -> RunFolder:
    """A run with its journal in the runs folder, as a process would have written it."""
    folder = RunFolder(runs_folder() / name)
    folder.path.mkdir(parents=True)
    folder.recipe.write_text(json.dumps(recipe()))
    losses = np.random.default_rng(seed).uniform(0.5, 2.0, steps + 1)
    with JournalWriter(folder.journal) as journal:
        journal.write("started", pid=os.getpid(), total_steps=TOTAL, total_epochs=10)
        if restart_at is not None:
            for i in range(1, restart_at + 7):
                journal.write("step", step=i, loss=float(losses[i]) if i <= restart_at else 99.0)
            journal.write("resumed", step=restart_at, after="restart", pid=os.getpid())
        for i in range((restart_at or 0) + 1, steps + 1):
            journal.write("step", step=i, loss=float(losses[i]))
            if i % 40 == 0:
                journal.write("epoch", epoch=i // 40, step=i, val_loss=1.0, val_accuracy=i / 1000)
        if ended:
            journal.write("stopped", step=steps)
    return folder
