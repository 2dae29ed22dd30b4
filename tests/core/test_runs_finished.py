"""A finished run beside a model: its artefact's costs and what it measured, from its files alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from penjing.commands.inspecting import _other
from penjing.runs.finished import finished_run, run_at
from penjing.spec.messages import Failure
from penjing.spec.pair_timing import PairTiming
from run_examples import table, write_run


def test_a_run_is_named_by_its_folder_or_its_result(tmp_path: Path) -> None:
    run = write_run(tmp_path, "run")
    (tmp_path / "other").mkdir()
    for reference in (str(run.path), f"{run.path}/", str(run.result)):
        found = run_at(reference)
        assert found is not None and found.path == run.path
    for reference in ("torchvision:resnet18", str(tmp_path), str(tmp_path / "other"), str(run.recipe), ""):
        assert run_at(reference) is None


def test_the_artefacts_costs_and_the_models_it_was_measured_against(tmp_path: Path) -> None:
    run = finished_run(write_run(tmp_path, "run", after=(2, 4), ms=2.5))
    assert run.model == "sample:digits-cnn"
    assert run.table.totals.params == table(2, 4).totals.params
    timing = run.timing
    assert timing is not None and timing.differs
    assert (timing.first.ms, timing.second.ms, timing.second.ci95) == (5.12, 2.5, (2.45, 2.55))
    assert timing.second.layers == {"a": 0.5, "b": 3.3} and timing.first.layers["b"] == 3.0
    assert timing.ratio == pytest.approx(5.12 / 2.5)
    assert PairTiming.from_json(timing.to_json()) == timing
    other = timing.swapped()
    assert (other.first, other.second, other.ratio) == (timing.second, timing.first, 1 / timing.ratio)
    assert other.ci95[0] < other.ratio < other.ci95[1]


def test_a_run_that_has_not_measured_or_has_made_nothing(tmp_path: Path) -> None:
    folder = write_run(tmp_path, "run")
    whole = json.loads(folder.result_json.read_text())
    for latency in (None, {}, {"batches": {}}, {"batches": {"1": {"before": 3}}}, "fast", []):
        folder.result_json.write_text(json.dumps({**whole, "latency": latency}))
        assert finished_run(folder).timing is None
    folder.result_json.unlink()
    assert finished_run(folder).timing is None
    for damage in ("{", "{}", "[]", '{"layers": 3}'):
        folder.costs_after.write_text(damage)
        with pytest.raises(Failure) as caught:
            finished_run(folder)
        assert (caught.value.message.code, caught.value.exit_code) == ("costs.no_artefact", 2)


def test_the_ratio_that_holds_one_is_no_difference(tmp_path: Path) -> None:
    timing = finished_run(write_run(tmp_path, "run", ms=5.11)).timing
    assert timing is not None and not timing.differs


def test_inspect_takes_a_run_as_the_other_model(tmp_path: Path) -> None:
    run = write_run(tmp_path, "run")
    assert _other(str(run.path), None, False, False).row("b").latency_ms is None  # type: ignore[union-attr]
    timed = _other(str(run.result), None, False, True)
    assert timed.row("b").latency_ms == 3.3  # type: ignore[union-attr]
    assert timed.totals.macs == table(4, 8).totals.macs
    assert _other("sample:digits-cnn", None, False, False).totals.macs == 1_539_808
