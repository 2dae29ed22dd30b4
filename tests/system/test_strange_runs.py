"""A run's folder that came from elsewhere: its programs do not run without consent, whichever command is given it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from penjing.export import manifest as manifests
from penjing.runs.carry_out import carry_out
from penjing.runs.exporting import export_run
from penjing.runs.make import make_run
from penjing.spec import origin
from penjing.spec.files import sha256_file, write_json
from penjing.spec.folders import RunFolder, home
from penjing.spec.messages import Failure
from penjing.spec.recipe import parse
from terminal import quick_latency


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    with quick_latency(("safetensors",)):
        yield


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of the sample, without data."""
    recipe = parse(
        {
            "version": 1,
            "model": {"reference": "sample:digits-cnn"},
            "data": {"reference": "none"},
            "technique": "pruning",
            "pruning": {"ratio": 0.5},
            "training": {"epochs": 0},
        }
    )
    folder = make_run(recipe, tmp_path_factory.mktemp("finished") / "run")
    with quick_latency(("safetensors",)):
        carry_out(folder.path)
    return folder.path


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> RunFolder:
    """A copy of it, to be changed."""
    shutil.copytree(finished, tmp_path / "run")
    return RunFolder(tmp_path / "run")


def strange(run: RunFolder, canary: Path) -> None:
    """Give it another program, as a stranger would who signs what was changed."""
    script = run.result / "load_model.py"
    script.write_text(
        script.read_text(encoding="utf-8") + f"\nopen({str(canary)!r}, 'w')\n", encoding="utf-8"
    )
    manifest = json.loads((run.result / manifests.NAME).read_text(encoding="utf-8"))
    manifest["files"]["load_model.py"] = {"bytes": script.stat().st_size, "sha256": sha256_file(script)}
    write_json(run.result / manifests.NAME, {**manifest, "digest": manifests.digest(manifest)})


def test_exporting_a_strangers_run_asks(run: RunFolder, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    export_run(run, ["safetensors"], tmp_path / "own")
    strange(run, canary)
    with pytest.raises(Failure) as caught:
        export_run(run, ["safetensors"], tmp_path / "out")
    assert (caught.value.message.code, caught.value.exit_code) == ("export.needs_trust", 3)
    assert not canary.exists()
    agreed = caught.value.message.params["sha256"]
    export_run(run, ["safetensors"], tmp_path / "out", programs=agreed)
    assert canary.exists()


def test_a_changed_program_in_ones_own_run_is_said(run: RunFolder, tmp_path: Path) -> None:
    with (run.result / "load_model.py").open("a", encoding="utf-8") as file:
        file.write(f"\nopen({str(tmp_path / 'canary')!r}, 'w')\n")
    with pytest.raises(Failure) as caught:
        export_run(run, ["safetensors"], tmp_path / "out")
    assert caught.value.message.code == "export.loader_changed"
    assert not (tmp_path / "canary").exists()


def test_going_on_with_a_strangers_run_writes_the_result_anew(run: RunFolder, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    strange(run, canary)
    lines = run.journal.read_text(encoding="utf-8").splitlines(keepends=True)
    run.journal.write_text("".join(one for one in lines if '"done"' not in one), encoding="utf-8")
    run.result_json.unlink()
    assert carry_out(run.path).status == "done"
    assert not canary.exists()
    assert str(canary) not in (run.result / "load_model.py").read_text(encoding="utf-8")


def test_a_link_out_of_the_folder_is_not_written_to(run: RunFolder, tmp_path: Path) -> None:
    lines = run.journal.read_text(encoding="utf-8").splitlines(keepends=True)
    outside = tmp_path / "outside"
    outside.write_text("".join(one for one in lines if '"done"' not in one), encoding="utf-8")
    before = outside.read_bytes()
    run.journal.unlink()
    run.journal.symlink_to(outside)
    with pytest.raises(Failure) as caught:
        carry_out(run.path)
    assert (caught.value.message.code, caught.value.exit_code) == ("runs.link_outside", 3)
    assert outside.read_bytes() == before
    assert carry_out(run.path, trust=True).status == "done"


def test_where_the_home_cannot_be_written_to_a_run_is_made_all_the_same(
    run: RunFolder, tmp_path: Path
) -> None:
    manifest = manifests.read(run.result) or {}
    assert origin.remembered(manifest["digest"])
    shutil.rmtree(home())
    home().write_text("no folder")
    origin.remember(manifest["digest"])
    assert not origin.remembered(manifest["digest"])
