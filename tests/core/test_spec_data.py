"""Plain data survive the pipe: cost tables, groups, results, messages. And: where runs lie."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penjing.spec.costs import CostTable, Row, sum_totals
from penjing.spec.folders import RunFolder, home, new_run_path, runs_folder
from penjing.spec.groups import CoupledGroup, Member
from penjing.spec.messages import FAILED, NEEDS_TRUST, USAGE, Failure, Message, bad_input
from penjing.spec.references import InputSpec
from penjing.spec.results import RunResult, Side

COUNT = st.integers(0, 2**53)
NAME = st.text(min_size=1, max_size=12)
OPTIONAL = st.none() | st.integers(1, 4096)
ROWS = st.builds(
    Row,
    name=NAME,
    kind=st.sampled_from(["Conv2d", "Linear", "BatchNorm2d"]),
    params=COUNT,
    trainable_params=COUNT,
    macs=st.none() | COUNT,
    calls=st.integers(1, 9),
    weight_bytes=COUNT,
    activation_bytes=COUNT,
    output_shape=st.none() | st.lists(st.integers(1, 999), max_size=4).map(tuple),
    in_channels=OPTIONAL,
    out_channels=OPTIONAL,
    groups=OPTIONAL,
    heads=OPTIONAL,
    latency_ms=st.none() | st.floats(0, 1e6),
)


def through_json(value: Any) -> Any:
    """What the other end of a pipe or a file gets."""
    return json.loads(json.dumps(value, allow_nan=False))


@given(st.lists(ROWS, max_size=6))
def test_a_cost_table_survives_the_pipe(rows: list[Row]) -> None:
    table = CostTable(
        model="sample:digits-cnn",
        format="sample",
        input=(InputSpec((1, 8, 8)), InputSpec((128,), "int64")),
        rows=tuple(rows),
        totals=sum_totals(rows, 17),
        modules={"": "Net", "blocks": "Sequential"},
        edges=(("a", "b"), ("b", "c")),
    )
    assert CostTable.from_json(through_json(table.to_json())) == table


@given(st.lists(ROWS, max_size=6))
def test_the_rows_add_up_to_the_totals(rows: list[Row]) -> None:
    totals = sum_totals(rows, 5)
    for name in ("params", "trainable_params", "weight_bytes", "activation_bytes"):
        assert getattr(totals, name) == sum(getattr(row, name) for row in rows)
    assert totals.macs == sum(row.macs for row in rows if row.macs is not None)
    assert totals.uncounted == tuple(row.name for row in rows if row.macs is None)
    assert totals.complete is (not totals.uncounted)
    assert totals.peak_activation_bytes == 5


def test_latencies_are_filled_in_by_name() -> None:
    rows = (Row("a", "Conv2d", latency_ms=1.0), Row("b", "Linear"))
    table = CostTable("m", "sample", (), rows, sum_totals(rows, 0)).with_latencies({"b": 0.5})
    assert [row.latency_ms for row in table] == [1.0, 0.5]
    assert table.row("b") == Row("b", "Linear", latency_ms=0.5)
    assert table.row("c") is None


def test_a_coupled_group_survives_the_pipe() -> None:
    members = (Member("conv1", "out"), Member("bn1", "out"), Member("conv2", "in"), Member("fc", "in", 16))
    group = CoupledGroup("conv1", 32, members, False, "pruning.output_layer")
    value = group.to_json()
    assert value["layers"] == ["conv1", "bn1", "conv2", "fc"]
    assert CoupledGroup.from_json(through_json(value)) == group


def test_a_result_survives_its_file() -> None:
    before = Side(params=100, macs=None, weight_bytes=400, accuracy=0.99)
    result = RunResult(run="r", status="done", technique="pruning", before=before.to_json(), seconds=1.5)
    assert RunResult.from_json({**through_json(result.to_json()), "later": 1}) == result
    assert result.accuracy_steps == {"dense": None, "pruned": None, "recalibrated": None, "final": None}


def test_a_side_has_the_measure_of_its_task() -> None:
    side = Side(params=100, macs=200, weight_bytes=400, accuracy=0.99, mse=0.1, sparsity=0.5)
    assert {"accuracy"} <= side.to_json().keys() and "mse" not in side.to_json()
    assert {"mse"} <= side.to_json("regression").keys() and "accuracy" not in side.to_json("regression")
    assert "sparsity" not in side.to_json()
    assert side.to_json(after=True)["sparsity"] == 0.5


@pytest.mark.parametrize("code", [FAILED, USAGE, NEEDS_TRUST])
def test_a_failure_survives_the_pipe(code: int) -> None:
    failure = Failure("models.not_found", code, path="a.pth", size=3)
    again = Failure.from_json(through_json(failure.to_json()))
    assert (again.message, again.exit_code) == (failure.message, code)
    assert Message.from_json(through_json(failure.message.to_json())) == failure.message
    assert bad_input("models.not_found").exit_code == USAGE


def test_runs_lie_in_penjings_home(penjing_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert home() == penjing_home
    assert runs_folder() == penjing_home / "runs"
    monkeypatch.delenv("PENJING_HOME")
    assert home().name == "penjing"


@pytest.mark.parametrize(
    ("title", "technique", "pattern"),
    [
        ("resnet18", "pruning", r"resnet18-prune"),
        ("digits-cnn", "distillation", r"digits-cnn-distil"),
        ("a/b c:d", "pruning", r"a-b-c-d-prune"),
        ("..", "pruning", r"model-prune"),
        ("盆景", "pruning", r"model-prune"),
    ],
)
def test_a_run_is_named_by_day_model_and_technique(title: str, technique: str, pattern: str) -> None:
    path = new_run_path(title, technique)
    assert re.fullmatch(rf"{date.today().isoformat()}-{pattern}-[0-9a-f]{{4}}", path.name)
    assert path.parent == runs_folder()
    assert new_run_path(title, technique, path.parent) != path


def test_everything_of_a_run_lies_in_its_folder(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "2026-11-23-x-prune-7f3a")
    places = {
        name: getattr(run, name) for name, value in vars(RunFolder).items() if isinstance(value, property)
    }
    assert places.pop("name") == "2026-11-23-x-prune-7f3a"
    assert len(set(places.values())) == len(places)
    assert all(place.is_relative_to(run.path) for place in places.values())
    assert run.recipe.name == "recipe.json" and run.journal.name == "journal.jsonl"
