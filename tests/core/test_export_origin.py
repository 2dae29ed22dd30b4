"""Consent to the programs of an export holds for all that its loader may run, and for nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from penjing.export.origin import consent
from penjing.export.standalone import check
from penjing.spec.files import sha256_file
from penjing.spec.messages import NEEDS_TRUST, Failure

LOADED = (
    "architecture/fast.so",
    "architecture/more.pyc",
    "architecture.onnx",
    "architecture.pth",
    "extra.pt2",
)
DATA = ("architecture/config.json", "model.safetensors", "proof.npz")


def asked(tmp_path: Path, **files: str) -> dict[str, Any]:
    """What a person is asked for an export from elsewhere."""
    stated = {"load_model.py": {"sha256": "0"}} | {name: {"sha256": one} for name, one in files.items()}
    with pytest.raises(Failure) as caught:
        consent(tmp_path, {"files": stated}, False)
    assert caught.value.exit_code == NEEDS_TRUST
    consent(tmp_path, {"files": stated}, caught.value.message.params["sha256"])
    return dict(caught.value.message.params)


@pytest.mark.parametrize("name", LOADED)
def test_other_bytes_of_what_is_loaded_are_asked_for_anew(name: str, tmp_path: Path) -> None:
    first, second = asked(tmp_path, **{name: "1"}), asked(tmp_path, **{name: "2"})
    assert name in first["programs"] and first["sha256"] != second["sha256"]


@pytest.mark.parametrize("name", DATA)
def test_data_are_no_programs(name: str, tmp_path: Path) -> None:
    first, second = asked(tmp_path, **{name: "1"}), asked(tmp_path, **{name: "2"})
    assert name not in first["programs"] and first["sha256"] == second["sha256"]


@pytest.mark.parametrize("name", LOADED[:2])
def test_no_loader_runs_beside_a_library_that_was_changed(name: str, tmp_path: Path) -> None:
    (tmp_path / "load_model.py").write_text(
        "from pathlib import Path\nPath(__file__).with_name('ran').touch()\n"
    )
    (tmp_path / "architecture").mkdir()
    for one in (name, "model.safetensors", "proof.npz"):
        (tmp_path / one).write_bytes(b"")
    written = ("load_model.py", "model.safetensors", "proof.npz", name)
    files = {one: {"sha256": sha256_file(tmp_path / one)} for one in written}
    (tmp_path / name).write_bytes(b"other")
    manifest = {
        "files": files,
        "artefacts": [{"file": "model.safetensors", "format": "safetensors"}],
        "batches": [],
        "input": [],
    }
    row = check(tmp_path, manifest, "model.safetensors")
    assert row["reason"] == {"code": "export.file_changed", "params": {"file": name}}
    assert not (tmp_path / "ran").exists()
