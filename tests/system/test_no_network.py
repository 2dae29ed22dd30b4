"""Penjing makes no network connection: the whole job works where an internet socket ends the process.

`blocked/sitecustomize.py` sets the blocks up in every Python that the job starts, and in their children.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

BLOCKED = Path(__file__).parent / "blocked"

JOB = """
import json, sys
from penjing.cli import main
from penjing.runs import finish

finish.LATENCY_SECONDS = 0.1

def penjing(*arguments):
    try:
        main([*arguments])
    except SystemExit as end:
        assert not end.code, (arguments, end.code)

sample, data = "sample:digits-cnn", "sample:digits"
few = ["--epochs", "1", "--json"]
penjing("inspect", sample, "--json")
penjing("advise", sample, "--device", "phone", "--json")
penjing("prune", sample, "--data", data, "--macs", "0.5", *few, "--out", "pruned")
penjing("distill", sample, "--student", "auto:width=0.5", "--data", data, *few, "--out", "distilled")
penjing("export", "pruned", "--to", "onnx,safetensors", "--out", "exported", "--json")
penjing("verify", "exported", "--json")
penjing("report", "pruned", "--json")
print("all done")
"""


@pytest.fixture
def attempts(tmp_path: Path) -> Path:
    """Where an attempt is written down."""
    return tmp_path / "attempts"


@pytest.fixture
def environment(attempts: Path) -> dict[str, str]:
    return {**os.environ, "PENJING_TEST_ATTEMPTS": str(attempts), "PYTHONPATH": str(BLOCKED)}


def run(
    arguments: list[str], folder: Path, environment: dict[str, str], seconds: float = 240
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        arguments, cwd=folder, env=environment, timeout=seconds,
        capture_output=True, text=True, encoding="utf-8", stdin=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9), 1)",
        "import socket; socket.getaddrinfo('localhost', 80)",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9/')",
        "import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-c', 'import socket; socket.socket()']))",
    ],
)
def test_the_block_blocks(code: str, tmp_path: Path, environment: dict[str, str], attempts: Path) -> None:
    assert run([sys.executable, "-c", code], tmp_path, environment).returncode != 0
    assert attempts.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's filter is Linux's")
def test_the_block_blocks_native_code_and_isolated_children(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    known = "import sitecustomize, sys; sys.exit(0 if sitecustomize.FILTERED else 99)"
    if run([sys.executable, "-c", known], tmp_path, environment).returncode == 99:
        pytest.skip("no filter on this machine")
    native = "import ctypes; ctypes.CDLL(None).socket(2, 1, 0)"
    child = f"import subprocess, sys; sys.exit(-subprocess.call([sys.executable, '-I', '-c', {native!r}]))"
    assert run([sys.executable, "-c", native], tmp_path, environment).returncode == -31  # SIGSYS
    assert run([sys.executable, "-c", child], tmp_path, environment).returncode == 31


def test_the_job_in_the_terminal_makes_no_connection(
    tmp_path: Path, environment: dict[str, str], attempts: Path
) -> None:
    done = run([sys.executable, "-c", JOB], tmp_path, environment)
    assert not attempts.exists(), attempts.read_text(encoding="utf-8")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    assert done.stdout.rstrip().endswith("all done")
    result = json.loads((tmp_path / "pruned" / "result.json").read_text(encoding="utf-8"))
    assert result["status"] == "done"


def test_the_window_makes_no_connection(tmp_path: Path, environment: dict[str, str], attempts: Path) -> None:
    window = [sys.executable, "-m", "penjing_gui", "sample:digits-cnn", "--exit-when-shown"]
    done = run(window, tmp_path, environment)
    assert not attempts.exists(), attempts.read_text(encoding="utf-8")
    assert done.returncode == 0, done.stderr[-3000:]


ONNX = """
import sys
from pathlib import Path
from penjing.export import standalone
standalone.open_onnx(Path("."), Path("relu.onnx"))
"""


def test_onnx_runtime_reports_to_nobody(tmp_path: Path, environment: dict[str, str]) -> None:
    """From 1.32 on it sends usage events, minutes later too; the session it opens for them leaves a file at once."""
    onnx = pytest.importorskip("onnx")
    helper, number = onnx.helper, onnx.TensorProto.FLOAT
    ends = [helper.make_tensor_value_info(name, number, [1, 4]) for name in "xy"]
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "relu", ends[:1], ends[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, tmp_path / "relu.onnx")
    untold = {
        name: value for name, value in environment.items() if name not in ("ORT_DISABLE_TELEMETRY", "CI")
    }
    untold |= {"TMPDIR": str(tmp_path), "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}

    run([sys.executable, "-c", ONNX], tmp_path, untold).check_returncode()
    assert [path.name for path in tmp_path.rglob("*")] == ["relu.onnx"]
