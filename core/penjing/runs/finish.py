"""From the final network to a result: artefacts, their costs, their speed, and the one opening of the test split.

Each part ends in a file written atomically, so a run killed here goes on with the next part. The test split is
opened once: weights are final before it, and a run that was killed inside it only finishes that opening.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from penjing.costs.count import count
from penjing.costs.latency import compare
from penjing.export.artefacts import export
from penjing.export.load import load_artefact
from penjing.export.origin import as_written
from penjing.models.weights import state_sha256
from penjing.runs.execution import Execution
from penjing.runs.jobs import Job
from penjing.runs.opening import Opened
from penjing.runs.reporter import Reporter
from penjing.spec.costs import CostTable
from penjing.spec.files import read_json, write_json
from penjing.spec.folders import RunFolder
from penjing.spec.journal import read_journal
from penjing.spec.messages import Failure, Message
from penjing.spec.recipe import Recipe
from penjing.spec.results import RunResult, Side
from penjing.training.metrics import Assessment

FORMATS = ("safetensors", "pt2", "onnx")
LATENCY_SECONDS = 2.0


class Finish:
    """The last part of a run. `execution` gives phases and control, `job` the final network."""

    def __init__(
        self,
        folder: RunFolder,
        recipe: Recipe,
        opened: Opened,
        job: Job,
        execution: Execution,
        report: Reporter,
    ) -> None:
        self._folder = folder
        self._recipe = recipe
        self._opened = opened
        self._job = job
        self._execution = execution
        self._report = report

    def run(self) -> RunResult:
        """Carry out what is left to do and return the result."""
        sha256 = state_sha256(self._job.module.state_dict())
        artefacts = self._export()
        loaded = load_artefact(self._folder.result).eval()
        if state_sha256(loaded.state_dict()) != sha256:
            raise Failure("runs.artefact_differs", path=str(self._folder.result))
        before, after = self._costs(loaded)
        latency = self._latency(loaded)
        test = self._test(loaded, sha256)
        kind = "mse" if self._opened.task == "regression" else "accuracy"
        return RunResult(
            run=self._folder.name,
            status="done",
            technique=self._recipe.technique,
            before=_side(before, **{kind: test["before"]}).to_json(self._opened.task),
            after=_side(after, sparsity=_sparsity(loaded), **{kind: test["after"]}).to_json(
                self._opened.task, after=True
            ),
            accuracy_steps={
                stage: self._execution.state.accuracies.get(stage)
                for stage in ("dense", "pruned", "recalibrated", "final")
            },
            requested=self._requested(),
            realised=_shares(before, after),
            test_opened_once=test["opened_once"],
            test_samples=test["samples"],
            test_pairs=test["pairs"],
            metrics=test.get("metrics"),
            agreement=test.get("agreement"),
            weights_sha256=sha256,
            artefacts=artefacts,
            latency=latency,
        )

    def _export(self) -> dict[str, str]:
        self._execution.phase("export")
        if not as_written(self._folder.result):  # none yet, or one from elsewhere, which is not run
            # A format that cannot be written is a warning: the trained network is not lost for it.
            export(
                self._job.module,
                self._job.source(),
                self._opened.inputs,
                FORMATS,
                self._folder.result,
                keep_going=True,
            )
        for failed in read_json(self._folder.result / "manifest.json").get("failed", []):
            self._report.warn(Message.from_json(failed))
        names = {}
        for file in sorted(self._folder.result.iterdir()):
            if file.name.startswith("model.") or file.name == "load_model.py":
                path = f"result/{file.name}"
                names[file.name] = path
                self._report("artefact", name=file.name, path=path, bytes=file.stat().st_size)
        return names

    def _costs(self, loaded: nn.Module) -> tuple[CostTable, CostTable]:
        model, inputs = self._opened.model, self._opened.inputs
        before = count(model.network(), inputs, model=str(model.reference), format=model.format)
        after = count(loaded, inputs, model=self._folder.name, format="artefact")
        write_json(self._folder.costs_before, before.to_json())
        write_json(self._folder.costs_after, after.to_json())
        return before, after

    def _latency(self, loaded: nn.Module) -> dict[str, Any]:
        path = self._folder.path / "latency.json"
        if path.exists():
            stored: dict[str, Any] = read_json(path)
            return stored
        self._execution.phase("measure")
        threads = torch.get_num_threads()
        try:
            measured = dict(
                compare(self._opened.model.network(), loaded, self._opened.inputs, seconds=LATENCY_SECONDS)
            )
        finally:
            torch.set_num_threads(threads)
        write_json(path, measured)
        return measured

    def _test(self, loaded: nn.Module, sha256: str) -> dict[str, Any]:
        if self._opened.data.task == "none":
            return {"before": None, "after": None, "opened_once": None, "samples": None, "pairs": None}
        path = self._folder.path / "test.json"
        if path.exists():
            stored: dict[str, Any] = read_json(path)
            return {**stored, "opened_once": self._opened_once()}
        self._execution.phase("test")
        openings = [e for e in read_journal(self._folder.journal) if e["event"] == "test_opened"]
        if not any(event.get("weights_sha256") == sha256 for event in openings):
            self._report("test_opened", weights_sha256=sha256)
        judge = self._execution.judge
        before, after = (judge.assess(one, "test") for one in (self._opened.model.network(), loaded))
        value: dict[str, Any] = {
            "before": before.metrics.figure,
            "after": after.metrics.figure,
            "samples": len(self._opened.data.test),
            "pairs": self._pairs(before, after),
            "metrics": {"before": before.metrics.to_json(), "after": after.metrics.to_json()},
        }
        if not self._opened.data.labelled:
            steps = dict(self._execution.state.agreements)
            value["agreement"] = {
                "before": before.metrics.agreement,
                "after": after.metrics.agreement,
                "steps": steps,
            }
        write_json(path, value)
        return {**value, "opened_once": self._opened_once()}

    def _pairs(self, before: Assessment, after: Assessment) -> dict[str, int] | None:
        """Test samples by who was right; None for a regression and without labels."""
        if before.answers is None or after.answers is None or not self._opened.data.labelled:
            return None
        targets = self._opened.data.test.targets
        was, now = before.answers == targets, after.answers == targets
        return {
            "both": int((was & now).sum()),
            "before_only": int((was & ~now).sum()),
            "after_only": int((~was & now).sum()),
            "neither": int((~was & ~now).sum()),
        }

    def _opened_once(self) -> bool:
        openings = [e for e in read_journal(self._folder.journal) if e["event"] == "test_opened"]
        return len(openings) == 1

    def _requested(self) -> dict[str, Any]:
        if self._recipe.pruning is not None:
            kind, value = self._recipe.pruning.target
            return {"target": kind, "value": value, "layers": dict(self._recipe.pruning.layers)}
        if self._recipe.distillation is None:
            return {"target": "training", "value": self._recipe.training.epochs}
        return {"target": "student", "value": self._recipe.distillation.student}


def _side(table: CostTable, **figures: float | None) -> Side:
    return Side(
        params=table.totals.params,
        macs=table.totals.macs if table.totals.complete else None,
        weight_bytes=table.totals.weight_bytes,
        peak_activation_bytes=table.totals.peak_activation_bytes,
        **figures,
    )


def _sparsity(module: nn.Module) -> float:
    values = [parameter.detach() for parameter in module.parameters()]
    total = sum(value.numel() for value in values)
    return sum(int((value == 0).sum()) for value in values) / total if total else 0.0


def _shares(before: CostTable, after: CostTable) -> dict[str, float]:
    """Shares kept, counted."""
    shares = {}
    for name in ("params", "macs", "weight_bytes"):
        whole = getattr(before.totals, name)
        if whole:
            shares[name] = getattr(after.totals, name) / whole
    return shares
