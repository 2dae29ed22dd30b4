"""`penjing demo`: the whole job on the sample, and what it claims, counted again by other hands."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from penjing.data.digits import splits
from penjing.export.load import load_artefact
from penjing.models.open import open_model
from terminal import Said, penjing, quick_latency


def accuracy(module: torch.nn.Module) -> float:
    test = splits()[2]
    with torch.no_grad():
        return float((module.eval()(test.x).argmax(1) == test.y).float().mean())


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Said:
    with quick_latency():
        return penjing("demo", "--out", tmp_path_factory.mktemp("demo") / "out", "--json")


@pytest.mark.timeout(300)
def test_it_does_the_whole_job(demo: Said) -> None:
    assert demo.code == 0, demo.err
    value = demo.document
    assert set(value) >= {"inspect", "advise", "prune", "distill", "verify"}
    assert value["inspect"]["totals"]["macs"] == 1_539_808
    assert value["advise"]["technique"] in ("pruning", "distillation")
    for name in ("prune", "distill"):
        assert value[name]["status"] == "done"
        assert value[name]["test_opened_once"] is True
        assert "<html" in Path(value["reports"][name]).read_text(encoding="utf-8")
    proofs = value["verify"]["artefacts"]
    assert value["verify"]["ok"] is True
    assert sorted(one["file"] for one in proofs) == sorted(
        f"{name}/model.{kind}" for name in ("prune", "distill") for kind in ("onnx", "pt2", "safetensors")
    )
    assert all(one["loads"] and one["ok"] and one["max_abs_diff"] < 1e-4 for one in proofs)


def test_what_it_claims_holds_on_the_artefacts_loaded_again(demo: Said) -> None:
    value = demo.document
    dense = accuracy(open_model("sample:digits-cnn").module)
    assert dense == pytest.approx(value["prune"]["before"]["accuracy"], abs=1e-6)
    for name in ("prune", "distill"):
        module = load_artefact(Path(value[name]["run"]) / "result")
        assert accuracy(module) == pytest.approx(value[name]["after"]["accuracy"], abs=1e-6)
        assert accuracy(module) >= dense - 0.01
        state = load_file(value[name]["artefacts"]["model.safetensors"])
        assert state.keys() == module.state_dict().keys()
        if name == "distill":
            assert sum(one.numel() for one in module.parameters()) <= 0.3 * 112_186
    assert value["prune"]["after"]["macs"] <= 0.3 * value["prune"]["before"]["macs"]
    assert value["distill"]["after"]["params"] <= 0.3 * value["distill"]["before"]["params"]


def test_one_changed_byte_of_the_weights_fails(demo: Said, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(demo.document["prune"]["run"], run)
    path = run / "result" / "model.safetensors"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    said = penjing("verify", run, "--json")
    assert said.code == 1
    found = {one["file"]: one["ok"] for one in said.document["artefacts"]}
    assert found == {"model.safetensors": False, "model.onnx": True, "model.pt2": True}
    assert said.document["ok"] is False


def test_the_table_for_a_reader(demo: Said) -> None:
    """From what it found, without doing it again."""
    import contextlib
    import io

    from penjing.commands.demonstrating import _print

    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        _print(demo.document)
    for words in ("dense", "pruned", "distilled", "verified", "report.html", "99.4 %"):
        assert words in out.getvalue()
