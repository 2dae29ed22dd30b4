"""`verify`: a fresh process tells an artefact that is the trained model from one that is not."""

from __future__ import annotations

import importlib.util
import json
import py_compile
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from penjing.export import manifest as manifests
from penjing.export.artefacts import export
from penjing.export.verify import verify
from penjing.models import sample
from penjing.models.sample import DigitsCNN
from penjing.models.source import ModelSource
from penjing.spec import origin
from penjing.spec.files import sha256_file, write_json
from penjing.spec.messages import USAGE, Failure
from penjing.spec.references import InputSpec

ALL = ("onnx", "pt2", "safetensors")


def prune_by_hand(module: nn.Module, shape: tuple[int, ...]) -> None:
    """A quarter of the output channels of every convolution that can lose them."""
    import torch_pruning as tp

    graph = tp.DependencyGraph().build_dependency(module, torch.zeros(1, *shape))
    for layer in list(module.modules()):
        if isinstance(layer, nn.Conv2d):
            gone = list(range(0, layer.out_channels, 4))
            group = graph.get_pruning_group(layer, tp.prune_conv_out_channels, gone)
            if graph.check_pruning_group(group):
                group.prune()


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pruned sample in all formats."""
    torch.manual_seed(0)
    module = DigitsCNN().eval()
    prune_by_hand(module, (1, 8, 8))
    folder = tmp_path_factory.mktemp("sample") / "out"
    code = Path(sample.__file__).read_text(encoding="utf-8")
    export(module, ModelSource("sample", "DigitsCNN", code=code), (InputSpec((1, 8, 8)),), ALL, folder)
    return folder


@pytest.fixture
def only(exported: Path, tmp_path: Path) -> Callable[[str], Path]:
    """A copy of the export with one format in its manifest, so that one process opens one file."""

    def make(form: str) -> Path:
        folder = tmp_path / "out"
        shutil.copytree(exported, folder)
        manifest = manifests.read(folder) or {}
        manifest["artefacts"] = [one for one in manifest["artefacts"] if one["format"] == form]
        sign(folder, manifest)
        return folder

    return make


def sign(folder: Path, manifest: dict[str, Any] | None = None, *changed: str) -> None:
    """Make the manifest agree with files that were changed: what is left to find is in the outputs."""
    manifest = manifest or manifests.read(folder) or {}
    for name in changed:
        path = folder / name
        manifest["files"][name] = {"bytes": path.stat().st_size, "sha256": sha256_file(path)}
    origin.remember(manifests.digest(manifest))
    write_json(folder / "manifest.json", {**manifest, "digest": manifests.digest(manifest)})


def flip(path: Path, position: int) -> None:
    """Change one byte."""
    data = bytearray(path.read_bytes())
    data[position] ^= 0x40
    path.write_bytes(data)


def test_a_pruned_zoo_network_is_proved_in_all_formats(tmp_path: Path) -> None:
    import torchvision

    torch.manual_seed(0)
    module = torchvision.models.resnet18(weights=None).eval()
    prune_by_hand(module, (3, 64, 64))
    source = ModelSource("torchvision", "torchvision.models.resnet18", imports=("import torchvision",))
    export(module, source, (InputSpec((3, 64, 64)),), ALL, tmp_path / "result")
    seen: list[tuple[int, int, str]] = []
    found = verify(tmp_path, progress=lambda *news: seen.append(news))  # a run's folder: its result
    assert found["ok"] is True and found["reason"] is None
    assert [one["file"] for one in found["artefacts"]] == ["model.onnx", "model.pt2", "model.safetensors"]
    for row in found["artefacts"]:
        assert row["loads"] and row["ok"] and row["sha256_ok"] and 0 <= row["max_abs_diff"] < 1e-4
    assert (3, 3, "model.safetensors") in seen
    kept = json.loads((tmp_path / "verify.json").read_text(encoding="utf-8"))
    assert kept == json.loads(json.dumps(found, allow_nan=False))


@pytest.mark.parametrize(
    "file", ["model.onnx", "model.pt2", "model.safetensors", "load_model.py", "proof.npz"]
)
@pytest.mark.parametrize("place", [0.0, 0.5])
def test_one_changed_byte_fails(file: str, place: float, only: Callable[[str], Path]) -> None:
    form = Path(file).suffix[1:]
    folder = only(form if form in ALL else "safetensors")
    flip(folder / file, int(place * (folder / file).stat().st_size))
    found = verify(folder)
    (row,) = found["artefacts"]
    assert found["ok"] is False and row["ok"] is False and row["sha256_ok"] is False
    assert row["reason"] == {"code": "export.file_changed", "params": {"file": file}} == found["reason"]


def test_a_changed_value_of_the_manifest_fails(only: Callable[[str], Path]) -> None:
    folder = only("onnx")
    manifest = manifests.read(folder) or {}
    manifest["opset"] = 19
    write_json(folder / "manifest.json", manifest)
    assert verify(folder)["reason"]["code"] == "export.manifest_changed"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"files": 1, "artefacts": [], "batches": [], "input": []}',
        '{"files": {"../x": {}}}',
    ],
)
def test_a_manifest_that_is_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    found = verify(tmp_path)
    assert found["ok"] is False and found["reason"]["code"] == "export.manifest_damaged"


@pytest.mark.parametrize("form", ALL)
@pytest.mark.parametrize("damage", ["truncated", "garbage", "missing"])
def test_a_damaged_artefact_is_a_row_with_a_reason(
    form: str, damage: str, only: Callable[[str], Path]
) -> None:
    folder = only(form)
    path = folder / f"model.{form}"
    data = path.read_bytes()
    path.write_bytes({"truncated": data[: len(data) // 2], "garbage": b"\x93NUMPY" * 500}.get(damage, b""))
    if damage == "missing":
        path.unlink()
    else:
        sign(folder, None, path.name)  # so that it is opened at all
    found = verify(folder)
    (row,) = found["artefacts"]
    assert (found["ok"], row["loads"], row["ok"], row["max_abs_diff"]) == (False, False, False, None)
    assert row["reason"]["code"] == ("export.file_missing" if damage == "missing" else "export.does_not_open")
    assert row["reason"]["params"]["file"] == path.name


def test_other_weights_under_a_right_hash_are_found_in_the_outputs(only: Callable[[str], Path]) -> None:
    from safetensors.torch import load_file, save_file

    folder = only("safetensors")
    path = folder / "model.safetensors"
    tensors = load_file(path)
    tensors["classifier.bias"] += 0.01
    save_file(tensors, path)
    sign(folder, None, path.name)
    (row,) = verify(folder)["artefacts"]
    assert row["loads"] and row["sha256_ok"] and not row["ok"]
    assert row["max_abs_diff"] == pytest.approx(0.01, rel=1e-3)
    assert row["reason"]["code"] == "export.outputs_differ"


def test_outputs_that_are_not_numbers_are_not_agreement(only: Callable[[str], Path]) -> None:
    from safetensors.torch import load_file, save_file

    folder = only("safetensors")
    path = folder / "model.safetensors"
    tensors = load_file(path)
    tensors["classifier.bias"] += torch.nan
    save_file(tensors, path)
    sign(folder, None, path.name)
    found = verify(folder)
    assert not found["ok"] and found["artefacts"][0]["max_abs_diff"] is None
    json.dumps(found, allow_nan=False)


def rewrite(folder: Path, first: str) -> None:
    """Put a statement at the start of load()."""
    path = folder / "load_model.py"
    text = path.read_text(encoding="utf-8")
    mark = "    tensors = read(path)\n"
    assert text.count(mark) == 1
    path.write_text(text.replace(mark, f"    {first}\n{mark}"), encoding="utf-8")
    sign(folder, None, "load_model.py")


@pytest.mark.parametrize("name", ["penjing.spec.files", "torch_pruning"])
def test_what_an_artefact_must_not_need_cannot_be_imported(name: str, only: Callable[[str], Path]) -> None:
    folder = only("safetensors")
    rewrite(folder, f"import {name}")
    (row,) = verify(folder)["artefacts"]
    assert not row["ok"] and row["reason"]["code"] == "export.does_not_open"
    assert "ModuleNotFoundError" in row["reason"]["params"]["problem"]


def test_what_a_model_prints_gets_nowhere(
    only: Callable[[str], Path], capfd: pytest.CaptureFixture[str]
) -> None:
    folder = only("safetensors")
    rewrite(folder, 'import os; print("{}"); os.write(1, b"[1]\\n"); os.write(2, b"noise\\n")')
    assert verify(folder)["ok"] is True
    captured = capfd.readouterr()
    assert captured.out == "" and captured.err == ""
    assert not list(folder.rglob("__pycache__"))


def test_a_process_that_dies_costs_one_row(exported: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    shutil.copytree(exported, folder)
    manifest = manifests.read(folder) or {}
    manifest["artefacts"] = manifest["artefacts"][2:] + manifest["artefacts"][:1]
    sign(folder, manifest)
    rewrite(folder, "import os, signal; os.kill(os.getpid(), getattr(signal, 'SIGKILL', signal.SIGTERM))")
    found = verify(folder)
    dead, alive = found["artefacts"]
    assert dead["file"] == "model.safetensors" and not dead["ok"] and not dead["loads"]
    assert dead["reason"]["code"] == "export.process_ended"
    assert alive["ok"] is True and found["ok"] is False


def test_a_process_that_hangs_is_ended(only: Callable[[str], Path]) -> None:
    folder = only("safetensors")
    rewrite(folder, "import time; time.sleep(600)")
    start = time.monotonic()
    found = verify(folder, timeout=4)
    assert time.monotonic() - start < 300
    assert found["artefacts"][0]["reason"] == {
        "code": "export.timed_out",
        "params": {"file": "model.safetensors"},
    }


def test_an_exception_from_progress_cancels(only: Callable[[str], Path]) -> None:
    import psutil

    folder = only("safetensors")
    rewrite(folder, "import time; time.sleep(600)")

    class Cancelled(Exception):
        pass

    def cancel(done: int, total: int, file: str) -> None:
        raise Cancelled

    before = psutil.Process().children(recursive=True)
    with pytest.raises(Cancelled):
        verify(folder, progress=cancel)
    assert set(psutil.Process().children(recursive=True)) <= set(before)


def test_nothing_to_verify_is_bad_input(tmp_path: Path) -> None:
    for folder, code in ((tmp_path / "no", "export.folder_missing"), (tmp_path, "export.manifest_missing")):
        with pytest.raises(Failure) as caught:
            verify(folder)
        assert caught.value.message.code == code and caught.value.exit_code == USAGE


def test_verify_itself_needs_no_torch() -> None:
    code = "import penjing.export.verify, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def stranger(folder: Path, canary: Path) -> None:
    """Make an export one that came from elsewhere, whose program leaves a file when it runs."""
    script = folder / "load_model.py"
    script.write_text(
        script.read_text(encoding="utf-8") + f"\nopen({str(canary)!r}, 'w')\n", encoding="utf-8"
    )
    manifest = manifests.read(folder) or {}
    manifest["files"]["load_model.py"] = {"bytes": script.stat().st_size, "sha256": sha256_file(script)}
    write_json(folder / "manifest.json", {**manifest, "digest": manifests.digest(manifest)})


def test_programs_from_elsewhere_run_with_consent_alone(only: Callable[[str], Path], tmp_path: Path) -> None:
    folder, canary = only("safetensors"), tmp_path / "canary"
    stranger(folder, canary)
    with pytest.raises(Failure) as caught:
        verify(folder)
    assert (caught.value.message.code, caught.value.exit_code) == ("export.needs_trust", 3)
    assert caught.value.message.params["globals"] == ["load_model.py", "model.pt2"]
    stated, agreed = caught.value.message.params["programs"], caught.value.message.params["sha256"]
    assert stated == {name: sha256_file(folder / name) for name in ("load_model.py", "model.pt2")}
    verify(folder, trust=agreed)
    assert canary.exists()
    canary.unlink()
    script = folder / "load_model.py"
    script.write_text(script.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert verify(folder, trust=agreed)["ok"] is False  # what is not as the manifest states does not run
    stranger(folder, canary)  # and another manifest is another question
    with pytest.raises(Failure):
        verify(folder, trust=agreed)
    assert not canary.exists()


def test_an_export_of_this_machine_verifies_wherever_it_lies(exported: Path, tmp_path: Path) -> None:
    shutil.copytree(exported, tmp_path / "elsewhere" / "copy")
    assert verify(tmp_path / "elsewhere" / "copy")["ok"] is True


def test_a_file_added_beside_the_authors_is_not_imported(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(
        "from torch import nn\ntry:\n    import extra\nexcept ImportError:\n    pass\n"
        "def build():\n    return nn.Linear(3, 2)\n"
    )
    source = ModelSource("py", "build", file=str(tmp_path / "net.py"))
    export(torch.nn.Linear(3, 2).eval(), source, (InputSpec((3,)),), ("safetensors",), tmp_path / "out")
    assert verify(tmp_path / "out")["ok"] is True
    canary = tmp_path / "canary"
    (tmp_path / "out" / "architecture" / "extra.py").write_text(f"open({str(canary)!r}, 'w')")
    found = verify(tmp_path / "out")
    assert not canary.exists()
    assert found["reason"] == {"code": "export.file_changed", "params": {"file": "architecture/extra.py"}}


def test_byte_code_beside_a_source_is_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text("from torch import nn\ndef build():\n    return nn.Linear(3, 2)\n")
    source = ModelSource("py", "build", file=str(tmp_path / "net.py"))
    export(torch.nn.Linear(3, 2).eval(), source, (InputSpec((3,)),), ("safetensors",), tmp_path / "out")
    written, canary = tmp_path / "out" / "architecture" / "net.py", tmp_path / "canary"
    stat = written.stat()
    evil = tmp_path / "evil.py"
    evil.write_text(f"open({str(canary)!r}, 'w')\n")
    code = bytearray(Path(py_compile.compile(str(evil), cfile=str(tmp_path / "evil.pyc")) or "").read_bytes())
    code[8:16] = struct.pack("<II", int(stat.st_mtime) & 0xFFFFFFFF, stat.st_size)  # as of the source
    place = Path(importlib.util.cache_from_source(str(written)))
    place.parent.mkdir()
    place.write_bytes(code)
    assert verify(tmp_path / "out")["ok"] is True
    assert not canary.exists()
