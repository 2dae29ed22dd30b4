"""The quarantine: weights out of a risky file, in a process that can do no harm."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from corpus import make
from penjing.models import quarantine
from penjing.spec.files import sha256_file
from penjing.spec.messages import Failure
from terminal import penjing, refused

HOSTILE = """
import os, pathlib, socket, subprocess, time
from torch import nn

TRIED = pathlib.Path(__file__).with_name("harm")

def attempts():
    yield lambda: os.system(f"touch '{TRIED}'")
    yield lambda: subprocess.run(["touch", str(TRIED)])
    yield lambda: TRIED.write_text("x")
    yield lambda: os.rename(__file__, TRIED)
    yield lambda: os.mkdir(TRIED)
    yield lambda: socket.socket()
    yield lambda: socket.getaddrinfo("localhost", 80)
    yield lambda: os.execv("/bin/true", ["true"])
    yield lambda: os.fork()
    yield lambda: os.kill(os.getppid(), 9)

class Net(nn.Linear):
    def __setstate__(self, state):
        super().__setstate__(state)
        for number, attempt in enumerate(attempts()):
            try:
                attempt()
            except PermissionError:
                continue
            self.bias.data[0] = 100 + number  # word gets out in the weights alone

class Slow(nn.Linear):
    def __setstate__(self, state):
        super().__setstate__(state)
        time.sleep(600)

class Greedy(nn.Linear):
    def __setstate__(self, state):
        super().__setstate__(state)
        self.held = []
        while True:
            self.held.append(bytearray(os.urandom(2**20)) * 64)
            time.sleep(0.01)

class Crashing(nn.Linear):
    def __setstate__(self, state):
        os._exit(7)

class Quitting(nn.Linear):
    def __setstate__(self, state):
        raise SystemExit("enough")
"""


def saved(folder: Path, name: str) -> Path:
    """A module of a class in `beside_trap.py`, pickled beside it."""
    (folder / "beside_trap.py").write_text(HOSTILE)
    program = f"import torch, beside_trap; torch.save(beside_trap.{name}(3, 2), 'trap.pth')"
    subprocess.run([sys.executable, "-c", program], cwd=folder, check=True)
    return folder / "trap.pth"


def test_a_pickled_module_becomes_plain_weights(tmp_path: Path) -> None:
    path, out = tmp_path / "whole.pth", tmp_path / "out"
    network = make.network()
    network[2].weight = network[2].weight  # as it is
    torch.save(network, path)
    assert "torch.nn.modules.linear.Linear" in refused("convert", path, "--out", out, code=3)
    assert not out.exists()
    said = penjing("convert", path, "--out", out, "--trust", "--json")
    assert said.code == 0, said.err
    manifest = json.loads((out / "manifest.json").read_text())
    assert said.document == {**manifest, "out": str(out)}
    assert manifest["source"] == {
        "file": "whole.pth", "format": "torch", "bytes": path.stat().st_size, "sha256": sha256_file(path),
    }  # fmt: skip
    assert "torch.nn.modules.linear.Linear" in manifest["referred_to"]
    assert manifest["weights"]["sha256"] == sha256_file(out / "model.safetensors")
    assert manifest["versions"]["torch"] == torch.__version__.partition("+")[0]
    tensors = load_file(out / "model.safetensors")
    wanted = network.state_dict()
    assert set(tensors) == set(wanted)
    assert all(torch.equal(tensors[name], one) for name, one in wanted.items())


@pytest.mark.parametrize("name", ["good_checkpoint.pt", "good_script.ts", "good.pt2"])
def test_what_is_data_needs_no_trust(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    make.GOOD[name][1](path)
    (tmp_path / "out").mkdir()
    manifest = quarantine.convert(path, tmp_path / "out")
    assert manifest["referred_to"] == []
    wanted = make.network().state_dict()
    tensors = load_file(tmp_path / "out" / "model.safetensors")
    assert all(torch.equal(tensors[key], one) for key, one in wanted.items())
    assert bool(manifest["notes"]) == (name == "good_checkpoint.pt")


def test_tied_weights_are_saved(tmp_path: Path) -> None:
    network = nn.Sequential(nn.Linear(4, 4, bias=False), nn.Linear(4, 4, bias=False))
    network[1].weight = network[0].weight
    torch.save(network, tmp_path / "tied.pth")
    (tmp_path / "out").mkdir()
    quarantine.convert(tmp_path / "tied.pth", tmp_path / "out", trust=True)
    assert set(load_file(tmp_path / "out" / "model.safetensors")) == {"0.weight", "1.weight"}


def test_code_in_the_file_does_no_harm(tmp_path: Path) -> None:
    path = saved(tmp_path, "Net")
    (tmp_path / "out").mkdir()
    quarantine.convert(path, tmp_path / "out", trust=True)
    tensors = load_file(tmp_path / "out" / "model.safetensors")
    assert tensors["bias"][0] < 100, f"attempt {tensors['bias'][0] - 100} went through"
    assert not (tmp_path / "harm").exists()
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == ["manifest.json", "model.safetensors"]


@pytest.mark.parametrize("name", ["os_system.pt", "eval.pt", "nested.pt", "alias.pt"])
def test_what_runs_programs_is_not_opened_here_either(name: str, tmp_path: Path) -> None:
    path, out = tmp_path / name, tmp_path / "out"
    make.HOSTILE[name][1](path)
    assert "(--trust) does not let" in refused("convert", path, "--out", out, "--trust", code=2)
    assert not out.exists()
    assert not list(tmp_path.glob("canary*"))


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Slow", "models.convert_too_long"),
        ("Greedy", "models.convert_too_large"),
        ("Crashing", "models.convert_failed"),
        ("Quitting", "models.pickle_failed"),
    ],
)
def test_a_child_that_does_not_come_to_an_end(name: str, code: str, tmp_path: Path) -> None:
    path = saved(tmp_path, name)
    (tmp_path / "out").mkdir()
    seconds = 8.0 if name == "Slow" else 60.0
    with pytest.raises(Failure) as caught:
        quarantine.convert(path, tmp_path / "out", trust=True, seconds=seconds, memory=2 * 2**30)
    assert caught.value.message.code == code
    assert not list((tmp_path / "out").iterdir())


def test_files_without_weights_are_refused_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("just words")
    for name in ("notes.txt", "nowhere.pt"):
        assert name in refused("convert", tmp_path / name, "--out", tmp_path / "out", "--trust")
    assert "--out" in refused("convert", tmp_path / "notes.txt")
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's filter is Linux's")
def test_the_kernel_refuses_native_code_too() -> None:
    program = (
        "import ctypes, os, socket, sys\n"
        "from penjing.models.confinement import _filter_system_calls\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "assert _filter_system_calls()\n"
        "assert libc.socket(2, 1, 0) == -1 and ctypes.get_errno() == 1\n"
        "assert libc.execv(b'/bin/true', (ctypes.c_char_p * 2)(b'true', None)) == -1 and ctypes.get_errno() == 1\n"
        "import threading\n"
        "thread = threading.Thread(target=lambda: None); thread.start(); thread.join()\n"  # those go on
        "print('held')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "held\n", done.stderr
