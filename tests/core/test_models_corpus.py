"""The corpus of hostile, broken and good files: nothing runs, and each says exactly what it has to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from corpus import make
from corpus.outcomes import EXPECTED, PROGRAMS, control, outcomes
from penjing.models.weights import state_sha256
from penjing_resources.messages import LANGUAGES, parts

NAMES = sorted({**make.HOSTILE, **make.GOOD})
TABLE: dict[str, dict[str, dict[str, Any]]] = json.loads(EXPECTED.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return outcomes(tmp_path_factory.mktemp("corpus"))


def test_nothing_runs_and_nothing_is_written(found: dict[str, Any]) -> None:
    assert found["executions"] == []
    assert found["canaries"] == []


def test_the_watch_would_have_seen_it(tmp_path: Path) -> None:
    seen = control(tmp_path)
    assert [event for _, event, _ in seen["executions"]] == ["os.system"]
    assert seen["outcomes"]["control"] == {"opens": "refused by the watch"}


@pytest.mark.parametrize("name", NAMES)
def test_each_file_comes_to_what_the_table_says(name: str, found: dict[str, Any]) -> None:
    assert found["outcomes"][name] == TABLE[name]
    for outcome in found["outcomes"][name].values():
        if "code" in outcome:
            for language in LANGUAGES:
                assert all(parts(outcome["code"], outcome["params"], language))


def test_trust_opens_exactly_what_is_a_program(found: dict[str, Any]) -> None:
    opened = {name for name, one in found["outcomes"].items() if "opens" in one["opened"]}
    trusted = {name for name, one in found["outcomes"].items() if "opens" in one.get("trusted", {})}
    assert trusted - opened == {"good_pickle.pt", "good_namespace.pt"}
    harmless = {
        "calls_itself.onnx",
        "calls_doubling.onnx",
        "many_nodes.onnx",
        "shadowed.pt",
    }  # broken, no programs
    assert harmless <= opened & trusted
    opened -= harmless
    # Looked at, they are weights; trusted, torch would have run what is in them.
    assert opened - trusted == {
        "pickled_samples.pt2",
        "expression.pt2",
        "operator.pt2",
        "other_program.pt2",
        "compiled_beside.pt2",
        "compiled_elsewhere.pt2",
    }
    assert opened - set(make.GOOD) == opened - trusted
    assert set(make.GOOD) <= trusted
    for name, one in found["outcomes"].items():
        if name not in PROGRAMS and one["opened"].get("exit_code") == 3:
            assert "opens" in one["trusted"] or one["trusted"]["exit_code"] == 2


def test_good_weights_are_read_as_they_are(found: dict[str, Any]) -> None:
    wanted = state_sha256(make.network().state_dict())
    for name in make.GOOD:
        one = found["outcomes"][name]
        if name == "good_pickle.pt":
            assert one["trusted"]["state"] == wanted
        elif name != "good_namespace.pt" and one["opened"]["opens"] != "onnx":
            assert one["opened"]["state"] == wanted, name
    graphs = ("good_pickle.pt", "good_script.ts", "good.pt2")
    assert {found["outcomes"][name]["trusted"]["macs"] for name in graphs} == {4 * 8 + 8 * 2}


def test_the_corpus_writes_in_the_same_way_each_time() -> None:
    assert torch.equal(make.network()[0].weight, make.network()[0].weight)
    assert set(NAMES) <= set(TABLE)
