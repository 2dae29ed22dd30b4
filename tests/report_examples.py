"""A finished run's result, its costs and its folder, written with the shared plain data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from penjing.export import manifest
from penjing.spec import recipe
from penjing.spec.costs import CostTable, Row, sum_totals
from penjing.spec.files import write_json
from penjing.spec.folders import RunFolder
from penjing.spec.journal import JournalWriter
from penjing.spec.references import InputSpec
from penjing.spec.results import RunResult


def result(**changes: Any) -> dict[str, Any]:
    """A finished run in which all is well."""
    value = RunResult(
        run="a-run",
        status="done",
        technique="pruning",
        before={"params": 110_000, "macs": 4_000_000, "weight_bytes": 440_000, "accuracy": 344 / 347},
        after={
            "params": 30_000,
            "macs": 1_000_000,
            "weight_bytes": 120_000,
            "accuracy": 343 / 347,
            "sparsity": 0.0,
        },
        accuracy_steps={"dense": 0.992, "pruned": 0.42, "recalibrated": 0.61, "final": 0.988},
        requested={"target": "macs", "value": 0.25},
        realised={"macs": 0.25, "params": 0.27},
        test_opened_once=True,
        test_samples=347,
        test_pairs={"both": 342, "before_only": 2, "after_only": 1, "neither": 2},
        weights_sha256="9f" * 32,
        latency={
            "threads": 1,
            "batches": {
                "1": {
                    "pairs": 200,
                    "before": {"median_ms": 5.12, "ci95": [5.0, 5.2]},
                    "after": {"median_ms": 2.98, "ci95": [2.9, 3.1]},
                    "ratio": {"median": 1.72, "ci95": [1.68, 1.76]},
                }
            },
            "layers": {"before": {"a": 3.0, "b": 2.0}, "after": {"a": 2.0, "b": 1.0}},
        },
        seconds=41.3,
    ).to_json()
    return value | changes


def table(channels: int) -> CostTable:
    """Two layers; the first with `channels` outputs."""
    rows = (
        Row("a", "Conv2d", 9 * channels, 9 * channels, 576 * channels, 1, 36 * channels, 256 * channels,
            (1, channels, 8, 8), 1, channels),
        Row("b", "Linear", 10 * channels, 10 * channels, 10 * channels, 1, 40 * channels, 40, (1, 10), channels, 10),
    )  # fmt: skip
    return CostTable("sample:digits-cnn", "sample", (InputSpec((1, 8, 8)),), rows, sum_totals(rows, 4096))


def make_run(folder: Path, finished: bool = True, journal: bool = True) -> RunFolder:
    """A run's folder, finished or not, with or without its journal."""
    run = RunFolder(folder)
    folder.mkdir(parents=True)
    recipe.parse(
        {
            "model": {"reference": "sample:digits-cnn"},
            "data": {"reference": "sample:digits"},
            "technique": "pruning",
            "pruning": {"macs": 0.25},
        }
    ).save(run.recipe)
    if journal:
        with JournalWriter(run.journal) as writer:
            writer.write("started", pid=1, threads=1, versions={"torch": "2.14.1"})
            for step in range(1, 41):
                writer.write("step", step=step, loss=2.0 / step, lr=0.01)
            writer.write("epoch", epoch=1, step=20, val_loss=0.9, val_accuracy=0.5, seconds=1.0)
            writer.write("epoch", epoch=9, step=40, val_loss=77.7, val_accuracy=0.01, seconds=1.0)
            writer.write("resumed", step=20, after="restart")
            writer.write("epoch", epoch=2, step=40, val_loss=0.3, val_accuracy=0.9, seconds=1.0)
            writer.write("accuracy", stage="pruned", step=0, val_loss=1.5, val_accuracy=0.42)
            message = {"code": "export.file_missing", "params": {"file": "notes.txt"}}
            writer.write("warning", message=message)
    if finished:
        run.result.mkdir()
        write_json(run.result_json, result())
        write_json(run.costs_before, table(32).to_json())
        write_json(run.costs_after, table(16).to_json())
        (run.result / "model.onnx").write_bytes(b"weights")
        manifest.write(
            run.result,
            [{"file": "model.onnx", "format": "onnx"}],
            input=[{"shape": [1, 8, 8], "dtype": "float32"}],
            batches=[1, 8],
            opset=18,
            failed=[],
        )
    return run
