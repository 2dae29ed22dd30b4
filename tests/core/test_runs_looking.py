"""What a file would run, told without running it; consent that holds for the same bytes alone; weights taken out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from corpus import make
from penjing.models.identify import identify_file
from penjing.runs.looking import look, program_of, still_agreed
from penjing.runs.session import Call
from penjing.runs.session_methods import Session
from penjing.runs.taking_out import take_out
from penjing.spec.files import sha256_file
from penjing.spec.messages import Failure

SOURCE = '''"""A file."""
import torch, os
from .near import more
LEVEL = 3
os.system("touch {canary}")
if LEVEL: print("x")

@torch.no_grad()
def build(width=3): ...
def wants(width): ...
def _hidden(): ...
def keyed(*, width): ...
class Net(torch.nn.Module):
    def __init__(self, width=2): super().__init__()
class Wide(torch.nn.Module):
    def __init__(self, width): super().__init__()
'''


class Quiet(Call):
    """A call that nobody listens to."""

    def __init__(self, give_up: bool = False) -> None:
        self.said: list[str] = []
        self._give_up = give_up

    def check(self) -> None:
        if self._give_up and "session.taking_out" in self.said:
            raise InterruptedError

    def progress(self, done: float, total: float, code: str = "session.working", **params: Any) -> None:
        self.check()
        self.said.append(code)


def test_a_python_file_is_read_and_not_run(tmp_path: Path) -> None:
    path, canary = tmp_path / "net.py", tmp_path / "canary"
    path.write_text(SOURCE.replace("{canary}", str(canary)))
    found = look(path)
    assert [one["name"] for one in found["factories"]] == ["build", "Net"]
    assert found["factories"][0]["line"] == 9
    assert found["imports"] == ["torch", "os", ".near"]
    assert found["statements"][0].startswith("5: os.system('touch")
    assert found["statements"][2] == "8: @torch.no_grad()" and len(found["statements"]) == 3
    assert found["sha256"] == sha256_file(path) and not canary.exists()
    path.write_text("(" * 5000)
    assert look(path)["factories"] == [] and look(path)["kind"] == "python"


def test_pickles_and_programs_are_listed(tmp_path: Path) -> None:
    for name in ("os_system.pt", "script_call.ts"):
        (make.HOSTILE | make.GOOD)[name][1](tmp_path / name)
    assert "system" in look(tmp_path / "os_system.pt")["names"][0]
    script = look(tmp_path / "script_call.ts")
    assert script["kind"] == "torchscript" and all(one.startswith("code/") for one in script["names"])
    assert not list(tmp_path.glob(f"{make.CANARY}*"))
    folder = tmp_path / "folder"
    folder.mkdir()
    assert look(folder)["kind"] == "directory"
    (folder / "config.json").write_text("{}")
    assert look(folder)["kind"] == "hf"
    with pytest.raises(Failure, match="not_found"):
        look(tmp_path / "nowhere")


def test_consent_holds_for_the_same_bytes_alone(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text("from torch import nn\ndef build(): return nn.Linear(4, 2)\n")
    assert program_of(f"py:{path}:build", None) == path and program_of("timm:x", str(path)) == path
    session = Session()
    open_ = session.method("open")
    assert open_ is not None
    asked = {"reference": f"py:{path}:build", "input": ["4"], "trust": True, "sha256": sha256_file(path)}
    assert open_(asked, Quiet())["network"] is True
    path.write_text("import os\nos.abort()\n")
    assert not still_agreed(asked["reference"], None, asked["sha256"])
    with pytest.raises(Failure) as caught:
        open_(asked, Quiet())
    assert caught.value.exit_code == 3 and caught.value.message.params["sha256"] == sha256_file(path)


def test_a_view_says_what_the_file_is(tmp_path: Path) -> None:
    path = tmp_path / "weights.pt"
    torch.save(nn.Linear(4, 2).state_dict(), path)
    session = Session()
    open_ = session.method("open")
    assert open_ is not None
    reply = open_({"reference": str(path)}, Quiet())
    assert reply["network"] is False
    assert [one["code"] for one in reply["view"]] == ["models.is_state_dict", "models.remedy_architecture"]


def test_the_session_identifies(tmp_path: Path) -> None:
    import torchvision

    path = tmp_path / "weights.pt"
    torch.save(torchvision.models.squeezenet1_1(num_classes=7).state_dict(), path)
    method = Session().method("identify")
    assert method is not None
    call = Quiet()
    reply = method({"path": str(path)}, call)
    assert reply["matches"] == [one.to_json() for one in identify_file(path)]
    assert (
        reply["matches"][0]["reference"] == "torchvision:squeezenet1_1"
        and reply["matches"][0]["classes"] == 7
    )
    assert reply["tensors"] == 52 and call.said == ["session.reading_names", "session.matching"]


def test_weights_are_taken_out_with_consent_for_these_bytes(tmp_path: Path) -> None:
    path = tmp_path / "net.pt"
    torch.save(nn.Sequential(nn.Linear(4, 2)), path)
    with pytest.raises(Failure) as caught:
        take_out(path, tmp_path / "out", "0" * 64, lambda *_: None)
    assert caught.value.exit_code == 3 and not (tmp_path / "out").exists()
    said: list[float] = []
    reply = take_out(path, tmp_path / "out", sha256_file(path), lambda done, total: said.append(done / total))
    assert Path(reply["path"]).is_file() and json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert said and max(said) <= 1


def test_taking_out_can_be_given_up(tmp_path: Path) -> None:
    path = tmp_path / "net.pt"
    torch.save(nn.Sequential(nn.Linear(4, 2)), path)
    method = Session().method("convert")
    assert method is not None
    with pytest.raises(InterruptedError):
        method({"path": str(path), "out": str(tmp_path / "out"), "sha256": sha256_file(path)}, Quiet(True))
    assert not (tmp_path / "out").exists() and path.exists()
