"""What names in a file can do to a terminal, and a pipe given as a file to a command: nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from penjing.cli import main
from penjing.commands.console import printable
from penjing.spec.workers import command


def run(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    said = capfd.readouterr()
    return int(ended.value.code or 0), said.out, said.err


def test_names_are_neither_markup_nor_orders(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "names.safetensors"
    save_file(
        {"[/]": torch.zeros(2), "[red]x": torch.zeros(1), "\x1b]0;title\x07\u202e": torch.zeros(1)}, path
    )
    code, out, err = run(capfd, "inspect", str(path))
    assert code == 0, err
    assert "[/]" in out and "[red]x" in out and "\\x1b]0;title" in out
    assert not {"\x1b", "\x07", "\u202e"} & set(out)


def test_an_error_is_one_line_whatever_the_path(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capfd, "inspect", str(tmp_path / "a\nb\x1b[2Jc.pt"))
    assert code == 2
    assert err.count("\n") == 1 and "\x1b" not in err


def test_text_in_every_script_stays_as_it_is() -> None:
    for text in ("模型", "נמודל", "نموذج", "🌱", "a\tb"):
        assert printable(text) == text


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("x.toml", ["advise", "sample:digits-cnn", "--device", "{path}"]),
        ("x.npz", ["data", "{path}"]),
        ("x.csv", ["data", "{path}"]),
        ("x.pt", ["inspect", "{path}"]),
        ("x.json", ["inspect", "torchvision:resnet18", "--weights", "{path}"]),
        ("x.py", ["inspect", "py:{path}:make"]),
        ("x.toml", ["run", "{path}"]),
        ("x.pt", ["verify", "{path}"]),
        ("x.pt", ["identify", "{path}"]),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, list) else one,
)
def test_a_pipe_is_refused_at_once(
    name: str, arguments: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / name)
    code, _, err = run(capfd, *(one.format(path=tmp_path / name) for one in arguments))
    assert code == 2, err


def test_a_child_imports_nothing_of_the_working_folder(tmp_path: Path) -> None:
    for name in ("filelock", "numpy", "psutil", "torch", "typer"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'canary')!r}, 'w')\n")
    done = subprocess.run(command("--version"), cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert command()[0] == sys.executable
    assert not (tmp_path / "canary").exists()
