"""Pickled modules: what they refer to, classes beside the file, consent to these bytes alone."""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import py_compile
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from torch import nn

from file_examples import FOUR, failure
from penjing.export.verify import verify
from penjing.models.open import open_model
from penjing.spec.messages import Failure
from penjing.spec.references import InputSpec
from terminal import penjing, refused


def test_a_pickled_module_names_what_it_refers_to(tmp_path: Path) -> None:
    path = tmp_path / "whole.pth"
    torch.save(nn.Sequential(nn.Linear(4, 3), nn.ReLU()), path)
    said = failure(path)
    assert said.exit_code == 3
    assert said.message.params["globals"] == [
        "torch.nn.modules.activation.ReLU",
        "torch.nn.modules.container.Sequential",
        "torch.nn.modules.linear.Linear",
    ]
    assert len(said.message.params["sha256"]) == 64
    assert "--input" in refused("inspect", path, "--trust")
    model = open_model(str(path), inputs=FOUR, trust=True)
    assert isinstance(model.network()[0], nn.Linear)
    assert not model.network().training
    assert (model.format, model.outputs) == ("pickle", 3)


NEIGHBOUR = """
import torch
from torch import nn

def double(x):
    return 2 * x

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 3)
        self.hook = double

    def forward(self, x):
        return self.hook(self.layer(x))
"""


def test_a_class_beside_the_file_is_found_and_a_function_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "beside_net.py").write_text(NEIGHBOUR)
    path = tmp_path / "net.pth"
    program = "import torch, beside_net; torch.save(beside_net.Net(), 'net.pth')"
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)
    monkeypatch.chdir("/")
    assert failure(path).message.params["globals"][:2] == ["beside_net.Net", "beside_net.double"]
    model = open_model(str(path), inputs=FOUR, trust=True)
    assert torch.equal(model.network()(torch.zeros(1, 4)), 2 * model.network().layer.bias[None])
    assert model.source.neighbours == (str(tmp_path / "beside_net.py"),)
    out = tmp_path / "out"
    assert penjing("export", path, "--trust", "--input", 4, "--to", "safetensors", "--out", out).code == 0
    assert (out / "architecture" / "beside_net.py").read_text() == NEIGHBOUR
    assert verify(out)["ok"]


@pytest.mark.parametrize("steps", [["module"], ["model"], ["ema", "module"]])
def test_a_module_is_found_within_what_trainers_save(steps: list[str], tmp_path: Path) -> None:
    value: object = nn.Linear(4, 3)
    if steps[-1] == "module":
        value = nn.DataParallel(value)  # type: ignore[arg-type]
    if steps[0] != "module":
        value = {steps[0]: value, "model" if steps[0] == "ema" else "epoch": None}
    torch.save(value, tmp_path / "saved.pt")
    model = open_model(str(tmp_path / "saved.pt"), inputs=FOUR, trust=True)
    assert isinstance(model.network(), nn.Linear)
    assert model.source.kwargs == {"steps": steps}


def test_a_checkpoint_with_settings_is_weights_once_it_is_trusted(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pt"
    torch.save({"model": {"a": torch.ones(2)}, "args": argparse.Namespace(lr=1)}, path)
    assert failure(path).message.params["globals"] == ["argparse.Namespace"]
    assert open_model(str(path), trust=True).module is None
    line = refused("inspect", "sample:digits-cnn", "--weights", path, code=3)
    assert "penjing convert" in line


def test_a_pruned_pickled_resnet_proves_itself_without_us(tmp_path: Path) -> None:
    from torchvision.models import resnet18

    path, out = tmp_path / "r18.pth", tmp_path / "run"
    torch.save(resnet18(num_classes=10), path)
    said = penjing(
        "prune", path, "--trust", "--input", "3,32,32", "--data", "none", "--epochs", 0, "--ratio", 0.7,
        "--recovery", "none", "--out", out, "--json",
    )  # fmt: skip
    assert said.code == 0, said.err
    assert said.document["after"]["params"] < 0.2 * said.document["before"]["params"]
    proof = verify(out)
    assert proof["ok"] and {one["file"] for one in proof["artefacts"]} >= {"model.safetensors"}
    kept = out / "result" / "architecture.pth"
    assert kept.read_bytes() == path.read_bytes()
    with kept.open("ab") as file:
        file.write(b"\0")
    proof = verify(out)
    assert not proof["ok"]
    script = [sys.executable, str(out / "result" / "load_model.py")]
    done = subprocess.run(script, capture_output=True, text=True)
    assert done.returncode == 1
    assert "architecture.pth is not the file" in done.stderr


def test_a_run_does_not_go_on_with_another_file(tmp_path: Path) -> None:
    path = tmp_path / "net.pth"
    torch.save(nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2)), path)
    model = open_model(str(path), inputs=FOUR, trust=True)
    torch.save(nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2)), path)
    from penjing.export.artefacts import export

    with pytest.raises(Failure) as caught:
        export(model.network(), model.source, model.input, ["safetensors"], tmp_path / "out")
    assert caught.value.message.code == "export.source_changed"


def test_opening_takes_no_time_for_nothing(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    start = time.monotonic()
    assert failure(path).message.code == "models.file_special"
    assert time.monotonic() - start < 60


def test_a_consent_to_other_bytes_is_none(tmp_path: Path) -> None:
    code, pickled = tmp_path / "net.py", tmp_path / "net.pth"
    code.write_text("from torch import nn\ndef make():\n    return nn.Linear(4, 2)\n")
    torch.save(nn.Linear(4, 2), pickled)
    for reference, path in ((f"py:{code}:make", code), (str(pickled), pickled)):
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        assert open_model(reference, inputs=(InputSpec((4,)),), trust=sha256).module is not None
        with pytest.raises(Failure) as caught:
            open_model(reference, inputs=(InputSpec((4,)),), trust="0" * 64)
        assert caught.value.exit_code == 3


def test_byte_code_beside_a_trusted_file_does_not_run(tmp_path: Path) -> None:
    code, evil, canary = tmp_path / "net.py", tmp_path / "evil.py", tmp_path / "canary"
    code.write_text("from torch import nn\ndef make():\n    return nn.Linear(4, 2)\n")
    evil.write_text(f"open({str(canary)!r}, 'w')\n")
    compiled = bytearray(Path(py_compile.compile(str(evil), str(tmp_path / "evil.pyc")) or "").read_bytes())
    compiled[8:16] = struct.pack("<II", int(code.stat().st_mtime), code.stat().st_size)  # as of the source
    place = Path(importlib.util.cache_from_source(str(code)))
    place.parent.mkdir()
    place.write_bytes(compiled)
    assert open_model(f"py:{code}:make", inputs=(InputSpec((4,)),), trust=True).module is not None
    assert not canary.exists()
