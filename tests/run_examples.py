"""A small network's costs and groups, and a run of it, for tests of the window."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from penjing.spec.costs import CostTable, Row, sum_totals
from penjing.spec.folders import RunFolder
from penjing.spec.groups import CoupledGroup, Member
from penjing.spec.references import InputSpec
from penjing_gui.run_view import RunView
from penjing_gui.state import OpenModel, Workbench

REFERENCE = "sample:digits-cnn"


def table(a: int = 8, b: int = 16) -> CostTable:
    """conv a (1 → a channels) and conv b (a → b), 3 × 3 on 8 × 8 maps without bias, then a linear layer to 10."""
    conv_a, conv_b, head = 9 * a, 9 * a * b, b * 10 + 10
    rows = (
        Row("a", "Conv2d", conv_a, conv_a, 64 * conv_a, 1, 4 * conv_a, 4 * 64 * a, (1, a, 8, 8), 1, a, 1),
        Row("b", "Conv2d", conv_b, conv_b, 64 * conv_b, 1, 4 * conv_b, 4 * 64 * b, (1, b, 8, 8), a, b, 1),
        Row("head", "Linear", head, head, b * 10, 1, 4 * head, 40, (1, 10), b, 10, 1),
    )
    return CostTable(
        REFERENCE, "sample", (InputSpec((1, 8, 8)),), rows, sum_totals(rows, 4 * 64 * (a + b)),
        {"": "Net"}, (("a", "b"), ("b", "head")),
    )  # fmt: skip


GROUPS = (
    CoupledGroup("a", 8, (Member("a", "out"), Member("b", "in"))),
    CoupledGroup("b", 16, (Member("b", "out"), Member("head", "in"))),
)


def open_model(bench: Workbench, data: str | None = "sample:digits") -> None:
    """Open the network without a worker, its groups known."""
    costs = table()
    bench.model = OpenModel(
        REFERENCE, "digits-cnn", "shipped", "sample", "0" * 64, costs.input, "classification", 10, data, ()
    )
    bench.table, bench.groups, bench.groups_known = costs, GROUPS, True
    bench.model_changed.emit(bench.model)
    bench.table_changed.emit(costs)
    bench.groups_changed.emit(GROUPS)


def recipe(**pruning: Any) -> dict[str, Any]:
    """A whole pruning recipe, as `Recipe.to_json` writes it."""
    from penjing.spec.recipe import parse

    return parse(
        {
            "model": {"reference": REFERENCE},
            "data": {"reference": "sample:digits"},
            "technique": "pruning",
            "pruning": {"macs": 0.3, **pruning},
            "training": {"epochs": 4, "threads": 1},
        }
    ).to_json()


def event(name: str, t: float = 0.0, **fields: Any) -> dict[str, Any]:
    """A line of a run's journal."""
    return {"t": t, "event": name, **fields}


def view(folder: Path, **changes: Any) -> RunView:
    """A run half way: 40 of 80 steps, two of four epochs."""
    steps = np.arange(1.0, 41.0)
    values: dict[str, Any] = {
        "folder": RunFolder(folder),
        "recipe": recipe(),
        "status": "running",
        "phase": "train",
        "step": 40,
        "total_steps": 80,
        "epoch": 2,
        "total_epochs": 4,
        "series": {
            "loss": (steps, 2.0 / steps),
            "lr": (steps, np.full(40, 0.01)),
            "val_loss": (np.array([20.0, 40.0]), np.array([0.5, 0.232])),
            "val_accuracy": (np.array([20.0, 40.0]), np.array([0.97, 0.986])),
        },
        "checkpoints": np.array([0.0, 20.0, 40.0]),
        "best_epoch": 2,
        "stages": {
            "dense": {"accuracy": 0.991, "seconds": 2.0, "step": 0},
            "pruned": {"accuracy": 0.523, "seconds": 0.8, "step": 0},
            "recalibrated": {"accuracy": 0.968, "seconds": 4.1, "step": 0},
        },
        "channels": {"a": (8, 4), "b": (16, 8)},
        "eta": (361.0, 330.0, 410.0),
        "speed": 1.9,
        "memory": 1_420_000_000,
        "last_checkpoint_age": 2.0,
        "log": ((0.0, "started, worker 1"), (1.0, "dense: validation 99.1 %")),
        "log_total": 2,
        "costs_planned": table(4, 8),
    }
    return RunView(**{**values, **changes})


def result(after: tuple[int, int] = (4, 8), ms: float = 2.98, right: int = 338) -> dict[str, Any]:
    """A run's result; 343 of 347 test samples are right before, `right` after, none of those wrong before."""
    old, new = table(), table(*after)

    def side(one: CostTable, accuracy: float) -> dict[str, Any]:
        totals = one.totals
        return {
            "params": totals.params,
            "macs": totals.macs,
            "weight_bytes": totals.weight_bytes,
            "accuracy": accuracy,
            "peak_activation_bytes": totals.peak_activation_bytes,
        }

    def times(before: float, now: float) -> dict[str, Any]:
        speed = before / now
        return {
            "pairs": 200,
            "before": {"median_ms": before, "ci95": [before - 0.1, before + 0.1]},
            "after": {"median_ms": now, "ci95": [now - 0.05, now + 0.05]},
            "ratio": {"median": speed, "ci95": [speed - 0.04, speed + 0.04]},
        }

    return {
        "run": "x",
        "status": "done",
        "technique": "pruning",
        "before": side(old, 343 / 347),
        "after": {**side(new, right / 347), "sparsity": 0.0},
        "accuracy_steps": {"dense": 0.991, "pruned": 0.523, "recalibrated": 0.968, "final": 0.98},
        "requested": {"target": "macs", "value": 0.3, "layers": {}},
        "realised": {
            "params": new.totals.params / old.totals.params,
            "macs": new.totals.macs / old.totals.macs,
        },
        "test_opened_once": True,
        "test_samples": 347,
        "test_pairs": {"both": right, "before_only": 343 - right, "after_only": 0, "neither": 4},
        "weights_sha256": "9f4c21ab" * 8,
        "artefacts": {"model.onnx": "result/model.onnx", "model.safetensors": "result/model.safetensors"},
        "latency": {
            "threads": 1,
            "batches": {"1": times(5.12, ms), "32": times(120.0, 119.9)},
            "layers": {"before": {"a": 1.0, "b": 3.0}, "after": {"a": 0.5, "b": 3.3}},
        },
        "seconds": 9.5,
    }


def write_run(parent: Path, name: str, **changes: Any) -> RunFolder:
    """A finished run's folder."""
    folder = RunFolder(parent / name)
    folder.result.mkdir(parents=True)
    folder.recipe.write_text(json.dumps(recipe()))
    folder.result_json.write_text(json.dumps(result(**changes)))
    folder.costs_before.write_text(json.dumps(table().to_json()))
    folder.costs_after.write_text(json.dumps(table(*changes.get("after", (4, 8))).to_json()))
    (folder.result / "model.onnx").write_bytes(b"o" * 8000)
    (folder.result / "model.safetensors").write_bytes(b"s" * 7900)
    return folder
