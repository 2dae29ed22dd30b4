"""The catalogue of the runs folder, and how a run's folder is made."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from penjing.runs.catalogue import describe, list_runs
from penjing.runs.make import claim, make_run, making_run, resolved
from penjing.runs.owner import Owner, is_owned
from penjing.runs.stored import for_caller, stored_result
from penjing.spec.folders import RunFolder
from penjing.spec.journal import JournalWriter
from penjing.spec.messages import Failure, bad_input
from penjing.spec.recipe import Recipe, load, parse
from penjing.spec.results import RunResult


def recipe(**changes: Any) -> Recipe:
    return parse(
        {
            "model": {"reference": "sample:digits-cnn"},
            "data": {"reference": "sample:digits"},
            "technique": "pruning",
            "pruning": {"ratio": 0.5},
            **changes,
        }
    )


def journal(folder: RunFolder, *events: str) -> None:
    with JournalWriter(folder.journal) as writer:
        for number, name in enumerate(events):
            writer.write(name, step=number)


STATUSES = {
    (): "new",
    ("started",): "interrupted",
    ("started", "step", "stopped"): "stopped",
    ("started", "stopped", "resumed"): "interrupted",
    ("started", "stopped", "resumed", "step", "failed"): "failed",
    ("started", "failed", "resumed", "stopped"): "stopped",
    ("failed",): "failed",
    ("started", "done"): "interrupted",  # done, but its result is not there: it has to be made again
}


@pytest.mark.parametrize("events", STATUSES)
def test_a_status_is_the_last_end(events: tuple[str, ...], tmp_path: Path) -> None:
    folder = make_run(recipe(), tmp_path / "run")
    journal(folder, *events)
    found = describe(folder)
    assert found is not None
    assert found["status"] == STATUSES[events]
    assert found["result"] is None
    assert found["step"] == max(0, len(events) - 1)
    assert (found["model"], found["data"], found["technique"]) == (
        "sample:digits-cnn",
        "sample:digits",
        "pruning",
    )
    with Owner(folder):
        owned = describe(folder)
        assert owned is not None
        assert owned["status"] == "running"
        assert owned["ended"] is None


def test_a_finished_one_has_its_result(tmp_path: Path) -> None:
    folder = make_run(recipe(), tmp_path / "run")
    result = RunResult(run="run", status="done", technique="pruning", artefacts={"a": "result/a"})
    folder.result_json.write_text(json.dumps(result.to_json()))
    journal(folder, "started")
    assert stored_result(folder) is None  # `done` is what counts: it is written last
    journal(folder, "done")
    assert stored_result(folder) == result
    found = describe(folder)
    assert found is not None
    assert (found["status"], found["result"]["technique"]) == ("done", "pruning")
    value = for_caller(result, folder)
    assert value["run"] == str(folder.path)
    assert value["artefacts"] == {"a": str(folder.path / "result/a")}


def test_what_is_no_run_is_passed_over(tmp_path: Path) -> None:
    make_run(recipe(), tmp_path / "good")
    for number, text in enumerate(("", "{", "[]", "null", "1", "{}", '{"model": 1}', '{"model": {}, "data": []}',
                                   json.dumps({**recipe().to_json(), "data": None}))):  # fmt: skip
        folder = tmp_path / f"bad-{number}"
        folder.mkdir()
        (folder / "recipe.json").write_text(text)
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")
    assert [one["name"] for one in list_runs(tmp_path)] == ["good"]
    assert list_runs(tmp_path / "nowhere") == []


@pytest.mark.parametrize(
    "line", ['{"event": "step"}', '{"event": "step", "step": 3}', "{", "\xff", "[]", "1"]
)
def test_an_odd_journal_does_not_hide_a_run(line: str, tmp_path: Path) -> None:
    folder = make_run(recipe(), tmp_path / "run")
    folder.journal.write_bytes(line.encode("latin-1") + b"\n")
    assert [one["name"] for one in list_runs(tmp_path)] == ["run"]


def test_the_newest_is_first(tmp_path: Path) -> None:
    for name, time in (("b", 2.0), ("a", 1.0), ("c", 3.0)):
        folder = make_run(recipe(), tmp_path / name)
        folder.journal.write_text(json.dumps({"t": time, "event": "started"}) + "\n")
    make_run(recipe(), tmp_path / "new")
    assert [one["name"] for one in list_runs(tmp_path)] == ["c", "b", "a", "new"]


def test_a_lock_is_seen_from_another_process_and_ends_with_its_holder(tmp_path: Path) -> None:
    folder = make_run(recipe(), tmp_path / "run")
    ask = (
        "import sys; from pathlib import Path; from penjing.runs.owner import is_owned;"
        "from penjing.spec.folders import RunFolder; sys.exit(is_owned(RunFolder(Path(sys.argv[1]))))"
    )
    assert not is_owned(folder)
    with Owner(folder):
        assert subprocess.run([sys.executable, "-c", ask, str(folder.path)], check=False).returncode == 1
        with pytest.raises(Failure) as failure, Owner(folder):
            pass
        assert (failure.value.message.code, failure.value.exit_code) == ("runs.in_use", 2)
    assert subprocess.run([sys.executable, "-c", ask, str(folder.path)], check=False).returncode == 0


def test_a_recipe_is_on_disk_before_torch_is_imported(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from penjing.runs.make import make_run;"
        "from penjing.spec.recipe import load; make_run(load(Path('recipe.json')), Path('run'));"
        "sys.exit('torch' in sys.modules)"
    )
    recipe().save(tmp_path / "recipe.json")
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False).returncode == 0
    assert load(tmp_path / "run" / "recipe.json").training.threads >= 1


def test_paths_in_a_recipe_become_absolute_and_other_references_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    one = resolved(
        recipe(
            model={"reference": "py:net.py:make", "weights": "w.pt"},
            data={"reference": "data.npz"},
            pruning={"ratio": 0.5, "teacher": "py:big.py:make"},
        )
    )
    assert one.model.reference == f"py:{tmp_path}/net.py:make"
    assert one.model.weights == f"{tmp_path}/w.pt"
    assert one.data.reference == f"{tmp_path}/data.npz"
    assert one.pruning is not None
    assert one.pruning.teacher == f"py:{tmp_path}/big.py:make"
    for student, wanted in (("auto:width=0.5", "auto:width=0.5"), ("torchvision:resnet18", "torchvision:resnet18"),
                            ("py:s.py:f", f"py:{tmp_path}/s.py:f")):  # fmt: skip
        section = {"student": student, "student_weights": "s.pt"}
        other = resolved(recipe(technique="distillation", pruning=None, distillation=section))
        assert other.distillation is not None
        assert other.distillation.student == wanted
        assert other.distillation.student_weights == f"{tmp_path}/s.pt"
    plain = recipe(training={"threads": 3})
    assert resolved(plain) == plain
    assert resolved(recipe(data={"reference": "none"}, training={"epochs": 0})).data.reference == "none"
    assert resolved(one) == one


def test_what_bad_input_made_is_taken_back(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    for path in (tmp_path / "a" / "b" / "c", tmp_path / "mine"):
        with pytest.raises(Failure), making_run(recipe(), path) as folder:
            (folder.path / "checkpoints").mkdir()
            (folder.path / "checkpoints" / "x").write_text("x")
            raise bad_input("runs.no_such_thing")
    assert [one.name for one in tmp_path.rglob("*")] == ["mine"]


@pytest.mark.parametrize(
    "error", [Failure("runs.disk_full", path=""), KeyboardInterrupt(), OSError(28, "full")]
)
def test_what_failed_work_made_stays_to_be_resumed(error: BaseException, tmp_path: Path) -> None:
    with pytest.raises(type(error)), making_run(recipe(), tmp_path / "run"):
        raise error
    assert (tmp_path / "run" / "recipe.json").exists()


def test_a_folder_is_claimed_once(tmp_path: Path) -> None:
    claim(tmp_path / "new" / "run")
    claim(tmp_path / "new" / "run")  # empty still
    (tmp_path / "new" / "run" / "x").write_text("x")
    with pytest.raises(Failure) as failure:
        claim(tmp_path / "new" / "run")
    assert failure.value.message.code == "runs.out_not_empty"
