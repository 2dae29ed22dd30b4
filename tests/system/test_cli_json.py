"""Every command of the contract with `--json`: one document on stdout, the contract's keys, exit code 0."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import NoneType
from typing import Any

import pytest

from terminal import Said, penjing, quick_latency

SAMPLE, DATA = "sample:digits-cnn", "sample:digits"
NUMBER = (int, float)
SIDE = {"params": int, "macs": int, "weight_bytes": int, "accuracy": float}
RESULT = {
    "run": str,
    "status": str,
    "before": SIDE,
    "after": {**SIDE, "sparsity": float},
    "accuracy_steps": {
        "dense": (float, NoneType), "pruned": (float, NoneType), "recalibrated": (float, NoneType),
        "final": float,
    },
    "requested": dict,
    "realised": dict,
    "test_opened_once": bool,
    "weights_sha256": str,
    "artefacts": dict,
}  # fmt: skip
TOTALS = dict.fromkeys(
    ("params", "trainable_params", "macs", "weight_bytes", "activation_bytes", "peak_activation_bytes"), int
)
LAYER = {
    "name": str, "kind": str, "params": int, "macs": int, "calls": int, "weight_bytes": int,
    "activation_bytes": int, "output_shape": list, "latency_ms": (float, NoneType),
}  # fmt: skip
INSPECT = {
    "model": str,
    "format": str,
    "input": [{"shape": list, "dtype": str}],
    "totals": TOTALS,
    "layers": [LAYER],
}
FACTS = (
    "parameter_dense",
    "macs_per_parameter",
    "resource_limited",
    "performance_required",
    "training_limited",
)
RULE = {"id": str, "source": str, "text": str, "says": (str, NoneType), "applies": bool, "because": str}


def check(value: Any, form: Any, where: str = "document") -> None:
    """Hold a JSON value against a form: types, lists of one form, dicts with at least these keys."""
    if isinstance(form, dict):
        assert isinstance(value, dict), where
        for key, inner in form.items():
            assert key in value, f"{where} lacks {key}"
            check(value[key], inner, f"{where}.{key}")
    elif isinstance(form, list):
        assert isinstance(value, list), where
        assert value, where
        for number, one in enumerate(value):
            check(one, form[0], f"{where}[{number}]")
    else:
        assert isinstance(value, form), f"{where} is {value!r}"
        if form is int:
            assert not isinstance(value, bool), where


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    with quick_latency():
        yield


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Said]:
    """A pruning and a distillation run in one folder."""
    folder = tmp_path_factory.mktemp("runs")
    few = ("--data", DATA, "--epochs", 1, "--threads", 1, "--json")
    with quick_latency():
        return {
            "prune": penjing("prune", SAMPLE, "--macs", 0.5, *few, "--out", folder / "pruned"),
            "distill": penjing("distill", SAMPLE, "--student", "auto:width=0.5", *few, "--out", folder / "small"),
        }  # fmt: skip


def test_inspect() -> None:
    said = penjing("inspect", SAMPLE, "--json")
    assert said.code == 0
    value = said.document
    check(value, INSPECT)
    assert value["input"] == [{"shape": [1, 1, 8, 8], "dtype": "float32"}]
    for key in ("params", "macs", "weight_bytes"):
        assert sum(layer[key] for layer in value["layers"]) == value["totals"][key]
    assert {layer["latency_ms"] for layer in value["layers"]} == {None}


def test_inspect_with_latency(monkeypatch: pytest.MonkeyPatch) -> None:
    from penjing.costs import latency

    monkeypatch.setattr(latency, "measure", functools.partial(latency.measure, seconds=0.3))
    value = penjing("inspect", SAMPLE, "--latency", "--json").document
    timed = [layer for layer in value["layers"] if layer["latency_ms"] is not None]
    assert {layer["name"] for layer in timed} >= {layer["name"] for layer in value["layers"] if layer["macs"]}
    assert all(layer["latency_ms"] > 0 for layer in timed)


def test_input_sets_the_shape() -> None:
    value = penjing("inspect", "torchvision:resnet18", "--input", "3,64,64", "--json").document
    assert value["input"] == [{"shape": [1, 3, 64, 64], "dtype": "float32"}]
    whole = penjing("inspect", "torchvision:resnet18", "--json")
    assert whole.document["totals"]["macs"] == 1_814_073_344  # torchvision's figure: 1.814 GMACs
    assert whole.document["totals"]["params"] == 11_689_512


@pytest.mark.parametrize("device", ["phone", "microcontroller"])
def test_advise(device: str) -> None:
    value = penjing("advise", SAMPLE, "--device", device, "--data", DATA, "--json").document
    check(value, {"facts": dict.fromkeys(FACTS, object), "rules": [RULE], "conflicts": list})
    assert value["technique"] in ("pruning", "distillation")
    assert {rule["source"] for rule in value["rules"]} == {"pseudo-code", "prose"}
    if value["plan"] is None:
        assert value["out_of_reach"]
    else:
        from penjing.spec.recipe import parse

        assert parse(value["plan"]).technique == value["technique"]


def test_prunable() -> None:
    value = penjing("prunable", SAMPLE, "--json").document
    form = {"layers": list, "channels": int, "prunable": bool, "reason": (str, NoneType)}
    check(value, {"groups": [form], "ok": bool, "blockers": list, "seconds": NUMBER})
    assert value["ok"]
    assert sum(group["channels"] for group in value["groups"] if group["prunable"]) == 32 * 2 + 64 * 2 + 176


def test_whatif() -> None:
    before = penjing("inspect", SAMPLE, "--json").document
    value = penjing("whatif", SAMPLE, "--ratio", 0.5, "--json").document
    check(value, {**INSPECT, "before": TOTALS})
    assert value["before"] == before["totals"]
    assert value["totals"]["params"] < before["totals"]["params"]


@pytest.mark.parametrize(("command", "technique"), [("prune", "pruning"), ("distill", "distillation")])
def test_prune_and_distill(command: str, technique: str, runs: dict[str, Said]) -> None:
    said = runs[command]
    assert said.code == 0
    value = said.document
    check(value, RESULT)
    assert value["status"] == "done"
    assert value["test_opened_once"] is True
    assert len(value["weights_sha256"]) == 64
    for stage in ("pruned", "recalibrated"):
        assert (value["accuracy_steps"][stage] is None) == (technique == "distillation")
    assert set(value["artefacts"]) >= {"model.onnx", "model.pt2", "model.safetensors", "load_model.py"}
    for path in value["artefacts"].values():
        assert Path(path).is_file()
    for side in ("before", "after"):
        assert 0 <= value[side]["accuracy"] <= 1
    assert value["realised"]["macs"] == value["after"]["macs"] / value["before"]["macs"]


def test_what_a_run_says_is_counted_on_its_artefact(runs: dict[str, Said]) -> None:
    """By other hands: tensors of the file summed, right answers counted with scikit-learn's digits."""
    import torch
    from safetensors.torch import load_file

    from penjing.data.open import open_data
    from penjing.export.load import load_artefact

    value = runs["prune"].document
    state = load_file(value["artefacts"]["model.safetensors"])
    counted = sum(
        one.numel() for name, one in state.items() if "running_" not in name and "num_b" not in name
    )
    assert value["after"]["params"] == counted
    test = open_data(DATA).test
    with torch.no_grad():
        outputs = load_artefact(Path(value["run"]) / "result").eval()(test.x)
    right = int((outputs.argmax(1) == test.y).sum())
    assert value["after"]["accuracy"] == pytest.approx(right / 347, abs=1e-6)
    assert value["test_pairs"]["both"] + value["test_pairs"]["after_only"] == right


def test_run_of_a_finished_folder_prints_the_stored_result(runs: dict[str, Said]) -> None:
    value = runs["prune"].document
    journal = Path(value["run"]) / "journal.jsonl"
    before = journal.read_bytes()
    said = penjing("run", value["run"], "--json")
    assert (said.code, said.document) == (0, value)
    assert journal.read_bytes() == before


def test_run_of_a_recipe_file(tmp_path: Path, runs: dict[str, Said]) -> None:
    """The recipe of a run, as JSON, makes the same weights again."""
    value = runs["prune"].document
    again = penjing("run", Path(value["run"]) / "recipe.json", "--out", tmp_path / "again", "--json")
    assert again.code == 0
    assert again.document["weights_sha256"] == value["weights_sha256"]
    assert again.document["run"] == str(tmp_path / "again")


def test_export_verify_and_report_of_a_run(tmp_path: Path, runs: dict[str, Said]) -> None:
    run = Path(runs["distill"].document["run"])
    out = tmp_path / "deep" / "out"
    exported = penjing("export", run, "--to", "onnx,safetensors", "--out", out, "--json")
    assert exported.code == 0
    assert {Path(path).parent for path in exported.document["artefacts"].values()} == {out}
    assert all(Path(path).is_file() for path in exported.document["artefacts"].values())
    assert not (out / "model.pt2").exists()
    for folder, files in ((run, 3), (out, 2)):
        said = penjing("verify", folder, "--json")
        assert said.code == 0
        check(said.document, {"artefacts": [{"file": str, "loads": bool, "max_abs_diff": float, "ok": bool}]})
        assert len(said.document["artefacts"]) == files
        assert said.document["ok"] is True
    report = penjing("report", run, "--json")
    assert report.code == 0
    assert "<html" in Path(report.document["report"]).read_text(encoding="utf-8")
    chinese = penjing("report", run, "--language", "zh_CN", "--json")
    assert 'lang="zh' in Path(chinese.document["report"]).read_text(encoding="utf-8")


def test_export_of_a_model_and_one_changed_byte(tmp_path: Path) -> None:
    out = tmp_path / "out"
    made = penjing("export", SAMPLE, "--to", "safetensors", "--out", out, "--json")
    assert made.code == 0
    weights = Path(made.document["artefacts"]["safetensors"])
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    said = penjing("verify", out, "--json")
    assert said.code == 1
    assert said.document["ok"] is False
    assert [one["ok"] for one in said.document["artefacts"]] == [False]


def test_runs(runs: dict[str, Said], monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(runs["prune"].document["run"]).parent
    value = penjing("runs", folder, "--json").document
    found = {one["name"]: one for one in value["runs"]}
    assert set(found) == {"pruned", "small"}
    assert found["pruned"]["status"] == "done"
    assert found["pruned"]["technique"] == "pruning"
    assert found["pruned"]["result"]["weights_sha256"] == runs["prune"].document["weights_sha256"]
    monkeypatch.chdir(folder.parent)
    assert penjing("runs", folder.name, "--json").document == value  # paths in it hold from anywhere
    assert penjing("runs", "--json").document["runs"] == []


def test_tables_for_a_reader(runs: dict[str, Said], tmp_path: Path) -> None:
    """Without `--json`: figures on stdout, and no traceback or JSON anywhere."""
    run = runs["prune"].document["run"]
    for arguments, wanted in (
        (("inspect", SAMPLE), "112.2 k parameters · 3.08 M FLOPs (1.54 M MACs)"),
        (("advise", SAMPLE, "--device", "phone"), "Recommendation: "),
        (("prunable", SAMPLE), "hidden"),
        (("whatif", SAMPLE, "--ratio", 0.5), "predicted: 25.6 % of parameters and 25.3 % of MACs kept"),
        (("run", run), "Test accuracy"),
        (("verify", run), "verified"),
        (("report", run), "report.html"),
        (("runs", Path(run).parent), "pruned"),
    ):
        said = penjing(*arguments)
        assert said.code == 0, said
        assert wanted in said.out, said
        assert said.err.strip() == "", said


def test_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PENJING_LANG", "zh_CN")
    assert "参数" in penjing("inspect", SAMPLE).out
    said = penjing("inspect", "nowhere.pt")
    assert said.code == 2
    assert said.err.startswith("penjing: ")
    assert any("\u4e00" <= character <= "\u9fff" for character in said.err)


def test_what_a_model_prints_does_not_reach_the_document(tmp_path: Path) -> None:
    """In a process of its own: prints of Python, of descriptor 1 and of a child, while it is built and called."""
    (tmp_path / "loud.py").write_text(
        "import os, subprocess, sys\n"
        "from torch import nn\n"
        "print('imported')\n"
        "class Loud(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.a = nn.Linear(4, 3)\n"
        "    def forward(self, x):\n"
        "        print('python')\n"
        "        os.write(1, b'descriptor\\n')\n"
        "        subprocess.run([sys.executable, '-S', '-c', 'print(\"child\")'])\n"
        "        sys.stdout.flush()\n"
        "        return self.a(x)\n"
    )
    arguments = ["inspect", "py:loud.py:Loud", "--input", "4", "--trust", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "penjing", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["totals"]["macs"] == 12
    for word in ("imported", "python", "descriptor", "child"):
        assert word in done.stderr
