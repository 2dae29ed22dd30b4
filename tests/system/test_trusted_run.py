"""A consent given in the window holds for the run of that model, and for no other."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import hands
import pytest
from PySide6.QtWidgets import QApplication

from penjing.spec.recipe import parse
from penjing_gui.state import Workbench

FACTORY = """
    import torch

    def make():
        torch.manual_seed(0)
        return torch.nn.Sequential(
            torch.nn.Conv2d(1, 16, 3, padding=1), torch.nn.BatchNorm2d(16), torch.nn.ReLU(),
            torch.nn.AdaptiveAvgPool2d(2), torch.nn.Flatten(), torch.nn.Linear(64, 10),
        )
"""


@pytest.fixture
def bench(qapp: QApplication) -> Iterator[Workbench]:
    made = Workbench()
    yield made
    made.close()
    hands.wait(lambda: not made.session.isRunning(), "the session to end")


def test_a_run_has_the_consent_that_its_model_was_opened_with(bench: Workbench, tmp_path: Path) -> None:
    file = tmp_path / "network.py"
    file.write_text(textwrap.dedent(FACTORY), encoding="utf-8")
    bench.open(f"py:{file}:make", None, ("1,8,8",), trust=True)
    hands.wait(lambda: bench.groups_known, "the model")
    assert bench.model is not None
    plan = {
        "model": bench.model.recipe(),
        "data": {"reference": "sample:digits"},
        "technique": "pruning",
        "pruning": {"ratio": 0.5},
        "training": {"epochs": 1},
    }
    bench.set_plan(parse(plan).to_json())
    bench.start_run()
    hands.wait(lambda: bench.run_view is not None and bench.run_view.ended, "the run")
    assert bench.run_view is not None and bench.run_view.status == "done", bench.run_view.failure

    # The plan of another file of code is not covered by it.
    other = tmp_path / "other.py"
    canary = tmp_path / "it ran"
    other.write_text(f"open({str(canary)!r}, 'w')\n" + textwrap.dedent(FACTORY), encoding="utf-8")
    plan["model"] = {**bench.model.recipe(), "reference": f"py:{other}:make"}
    bench.set_plan(parse(plan).to_json())
    first = bench.run_view.folder.path
    bench.start_run()
    hands.wait(
        lambda: bench.run_view is not None and bench.run_view.ended and bench.run_view.folder.path != first,
        "the refusal",
    )
    assert bench.run_view.status == "failed"
    assert bench.run_view.failure is not None and bench.run_view.failure.exit_code == 3
    assert not canary.exists()
