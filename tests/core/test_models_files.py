"""Files as models: weights alone, programs, ONNX, pickled modules, and what each is good for."""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import py_compile
import struct
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import onnx
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from penjing.costs.count import count
from penjing.export.verify import verify
from penjing.models import carriers
from penjing.models.open import open_model
from penjing.models.sample import DigitsCNN
from penjing.models.weights import state_sha256
from penjing.runs.counting import costs_of
from penjing.spec.messages import Failure
from penjing.spec.references import InputSpec
from terminal import penjing, refused

FOUR = [InputSpec((4,))]


@pytest.fixture(autouse=True)
def own_modules() -> Iterator[None]:
    """Classes that lie beside a file are forgotten again."""
    path, modules = list(sys.path), set(sys.modules)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if name.startswith("beside"):
            del sys.modules[name]


def failure(reference: Path | str, **options: object) -> Failure:
    with pytest.raises(Failure) as caught:
        open_model(str(reference), **options)  # type: ignore[arg-type]
    return caught.value


def script(module: nn.Module, path: Path, *example: torch.Tensor) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TorchScript is deprecated, and still met
        made = torch.jit.trace(module, example) if example else torch.jit.script(module)
        torch.jit.save(made, str(path))


# Weights alone


@pytest.mark.parametrize("kind", ["safetensors", "zip", "legacy", "script", "pt2"])
def test_weights_alone_are_a_table_of_tensors(kind: str, tmp_path: Path) -> None:
    network, path = DigitsCNN().eval(), tmp_path / "weights"
    if kind == "safetensors":
        save_file(network.state_dict(), path)
    elif kind == "script":
        script(network, path)
    elif kind == "pt2":
        torch.export.save(torch.export.export(network, (torch.zeros(1, 1, 8, 8),)), path.with_suffix(".pt2"))
        path = path.with_suffix(".pt2")
    else:
        torch.save(network.state_dict(), path, _use_new_zipfile_serialization=kind == "zip")
    model, table = costs_of(str(path))
    assert model.module is None
    assert model.sha256 == ""  # nobody read the numbers
    assert table.totals.params == sum(one.numel() for one in network.parameters())
    assert table.totals.weight_bytes == sum(one.nbytes for one in network.state_dict().values())
    assert not table.totals.complete
    assert set(table.totals.uncounted) == set(network.state_dict())
    assert all(row.macs is None for row in table)
    row = table.row("stage1.0.weight")
    assert row is not None and row.kind == "Tensor 32×1×3×3"
    buffer = table.row("stage1.1.running_mean")
    assert buffer is not None and (buffer.kind, buffer.params, buffer.weight_bytes) == ("Buffer 32", 0, 128)


def test_tied_weights_are_counted_once(tmp_path: Path) -> None:
    weight = torch.zeros(10, 4, dtype=torch.float16)
    torch.save({"embedding": weight, "head": weight, "part": weight[:2]}, tmp_path / "tied.pt")
    table = costs_of(str(tmp_path / "tied.pt"))[1]
    assert [row.params for row in table] == [40, 0, 8]
    assert table.rows[0].kind == "Tensor 10×4 float16"


def test_a_wrapped_state_is_taken_out_and_said(tmp_path: Path) -> None:
    torch.save({"epoch": 1, "state_dict": {"module.a": torch.ones(3)}}, tmp_path / "checkpoint.pt")
    model = open_model(str(tmp_path / "checkpoint.pt"))
    assert [one.code for one in model.warnings] == ["models.taken_from", "models.prefix_removed"]
    assert model.table is not None and [row.name for row in model.table] == ["a"]


def test_two_gigabytes_open_at_once(tmp_path: Path) -> None:
    path, each = tmp_path / "large.safetensors", 2**28
    header = {
        f"layer{n}": {"dtype": "F32", "shape": [each // 4], "data_offsets": [n * each, (n + 1) * each]}
        for n in range(8)
    }
    text = json.dumps(header).encode()
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(8 + len(text) + 8 * each)  # a sparse file: zeros that take no room
    program = (
        "import sys, time, psutil\n"
        "from penjing.models.open import open_model\n"
        "process = psutil.Process()\n"
        "before, start = process.memory_info().rss, time.perf_counter()\n"
        "table = open_model(sys.argv[1]).table\n"
        "seconds, after = time.perf_counter() - start, process.memory_info().rss\n"
        # Without the libraries' own files, which are mapped: torch's alone are some hundred megabytes.
        "print(table.totals.params, seconds, after - before, process.memory_full_info().uss)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
    )
    params, seconds, more, own = map(float, done.stdout.split())
    assert params == 2**29
    assert seconds < 60
    assert more < 50e6
    assert own < 500e6


# Looked at, and no more


@pytest.mark.parametrize("kind", ["state_dict", "torchscript", "pt2", "onnx"])
def test_what_has_no_network_says_what_it_is_and_what_to_do(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "file.bin"
    network = nn.Sequential(nn.Linear(4, 3)).eval()
    if kind == "state_dict":
        torch.save(network.state_dict(), path)
    elif kind == "torchscript":
        script(network, path)
    elif kind == "pt2":
        path = path.with_suffix(".pt2")
        torch.export.save(torch.export.export(network, (torch.zeros(1, 4),)), path)
    else:
        torch.onnx.export(network, (torch.zeros(1, 4),), path, dynamo=True, verbose=False)
    run = ("--data", "sample:digits", "--epochs", 1, "--out", tmp_path / "out")
    for command in (
        ("prunable", path),
        ("whatif", path, "--ratio", 0.5),
        ("advise", path, "--device", "phone"),
        ("prune", path, "--ratio", 0.5, *run),
        ("distill", path, "--student", "auto:width=0.5", *run),
        ("distill", "sample:digits-cnn", "--student", path, *run),
        ("prune", "sample:digits-cnn", "--ratio", 0.5, "--teacher", path, *run),
        ("export", path, "--out", tmp_path / "out"),
        ("inspect", path, "--latency"),
    ):
        line = refused(*command)
        assert str(path) in line
        assert ("--weights FILE" in line) == (kind != "onnx")
    assert not (tmp_path / "out").exists()
    said = penjing("inspect", path, "--json")
    assert said.document["totals"]["params"] == 15
    assert said.document["format"] == kind


# Carriers


class Odd(nn.Module):
    """Shared, strided, sliced and half-precision weights, and a buffer."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.embedding = nn.Embedding(6, 4)
        self.head = nn.Linear(4, 6, bias=False)
        self.head.weight = self.embedding.weight
        self.turned = nn.Parameter(torch.randn(3, 4).T)
        self.part = nn.Parameter(torch.randn(10)[3:7])
        self.narrow = nn.Parameter(torch.randn(4).to(torch.bfloat16))
        self.register_buffer("count", torch.tensor(7))
        self.register_buffer("mask", torch.tensor([True, False]))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.embedding(x) + self.part + self.narrow.float() + self.count + self.mask[0]
        return self.head(y) @ self.turned[:, 0].new_ones(6, 1)  # type: ignore[no-any-return]


@pytest.mark.parametrize("kind", ["script", "trace", "pt2"])
@pytest.mark.parametrize("odd", [True, False])
def test_carried_weights_are_those_of_the_network(kind: str, odd: bool, tmp_path: Path) -> None:
    network = (Odd() if odd else DigitsCNN()).eval()
    example = torch.zeros(2, 3, dtype=torch.int64) if odd else torch.zeros(2, 1, 8, 8)
    path = tmp_path / "carrier.pt2"
    if kind == "pt2":
        torch.export.save(torch.export.export(network, (example,)), path)
    else:
        script(network, path, *([example] if kind == "trace" else []))
    carried = carriers.read(path)
    assert carried is not None
    wanted = network.state_dict()
    assert set(carried) == set(wanted)
    for name, one in wanted.items():
        assert carried[name].dtype == one.dtype
        assert torch.equal(carried[name], one), name
    shapes = carriers.read(path, meta=True)
    assert shapes is not None
    assert {name: one.shape for name, one in shapes.items()} == {k: v.shape for k, v in wanted.items()}
    assert all(one.is_meta for one in shapes.values())
    assert carriers.read(Path(__file__)) is None


@pytest.mark.parametrize("kind", ["script", "pt2"])
def test_with_an_architecture_carried_weights_train(kind: str, tmp_path: Path) -> None:
    torch.manual_seed(3)
    network, path = DigitsCNN().eval(), tmp_path / "file.pt2"
    if kind == "pt2":
        torch.export.save(torch.export.export(network, (torch.zeros(1, 1, 8, 8),)), path)
    else:
        script(network, path)
    model = open_model("sample:digits-cnn", str(path))
    assert model.sha256 == state_sha256(network.state_dict())
    loss = model.network().train()(torch.ones(2, 1, 8, 8)).sum()
    loss.backward()
    assert all(one.grad is not None for one in model.network().parameters())


# The graphs of programs and ONNX


class Recurrent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.LSTM(8, 16, 2, batch_first=True, bidirectional=True)
        self.encoder = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.encoder(self.rnn(x)[0])  # type: ignore[no-any-return]


class Pictures(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(3, 8, 3, stride=2)
        self.norm = nn.BatchNorm2d(8)
        self.deep = nn.Conv2d(8, 8, 3, groups=8)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.deep(self.norm(self.up(x)))
        return torch.einsum("bchw,bdhw->bcd", y, y)


@pytest.mark.parametrize("made", [Recurrent, Pictures])
@pytest.mark.parametrize("kind", ["torchscript", "pt2", "onnx", "onnx-old"])
@pytest.mark.parametrize("batch", [1, 2])
def test_a_graph_of_its_own_costs_what_the_network_does(
    made: type[nn.Module], kind: str, batch: int, tmp_path: Path
) -> None:
    network, path = made().eval(), tmp_path / "graph.pt2"
    shape = (5, 8) if made is Recurrent else (3, 10, 10)
    example = torch.randn(batch, *shape)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if kind == "pt2":
            torch.export.save(torch.export.export(network, (example,)), path)
        elif kind == "torchscript":
            made_script = torch.jit.trace(network, (example,), check_trace=False)
            torch.jit.save(made_script, str(path))
        else:
            torch.onnx.export(network, (example,), path, dynamo=kind == "onnx", verbose=False)
    specs = [InputSpec(shape)]
    wanted = count(network, specs).totals
    table = costs_of(str(path), None, specs if kind == "torchscript" else (), trust=True)[1]
    assert table.totals.complete
    assert table.totals.macs == wanted.macs
    assert table.input == tuple(specs)
    if not kind.startswith("onnx"):  # exporters fold and merge initializers
        assert table.totals.params == wanted.params
        assert table.totals.weight_bytes == wanted.weight_bytes
        row = table.row("encoder.linear1" if made is Recurrent else "deep")
        assert row is not None and row.macs and row.output_shape is not None
    assert sum(row.macs or 0 for row in table) == table.totals.macs
    assert 0 < table.totals.peak_activation_bytes <= 4 * wanted.peak_activation_bytes


def test_operators_without_a_formula_are_named_as_not_counted(tmp_path: Path) -> None:
    value, kind = onnx.helper.make_tensor_value_info, onnx.TensorProto.FLOAT
    nodes = [
        onnx.helper.make_node("Relu", ["x"], ["a"], name="plain"),
        onnx.helper.make_node("Own", ["a"], ["y"], name="own", domain="somebody"),
    ]
    graph = onnx.helper.make_graph(nodes, "g", [value("x", kind, ["n", "m"])], [value("y", kind, ["n", "m"])])
    path = tmp_path / "own.onnx"
    path.write_bytes(onnx.helper.make_model(graph, producer_name="test").SerializeToString())
    model = open_model(str(path))
    assert model.table is not None and model.table.totals.uncounted == ("own",)
    assert [one.code for one in model.warnings] == ["models.onnx_inspect_only", "models.onnx_uncounted"]
    assert model.table.edges == (("plain", "own"),)


# Pickled modules


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


# In the session


class Ear:
    """Stands where the session's worker does: nothing is cancelled, and progress is not listened to."""

    cancelled: frozenset[int] = frozenset()

    def send(self, message: object) -> None:
        del message


@pytest.mark.parametrize("kind", ["state", "onnx"])
def test_the_session_answers_for_a_file_without_a_network(kind: str, tmp_path: Path) -> None:
    from penjing.runs.session import Call
    from penjing.runs.session_methods import Session

    path, network = tmp_path / "file.bin", nn.Sequential(nn.Linear(4, 3)).eval()
    if kind == "state":
        torch.save(network.state_dict(), path)
    else:
        torch.onnx.export(network, (torch.zeros(1, 4),), path, dynamo=True, verbose=False)
    session, call = Session(tmp_path), Call(1, Ear())  # type: ignore[arg-type]

    def ask(name: str, /, **params: object) -> dict[str, object]:
        method = session.method(name)
        assert method is not None
        return method(params, call)

    opened = ask("open", reference=str(path))
    assert (opened["network"], opened["sha256"]) == (False, "")
    costs = ask("costs")
    rows = costs["layers"]
    assert isinstance(rows, list) and len(rows) == (2 if kind == "state" else 1)
    layer = ask("layer", name=rows[0]["name"])
    assert (layer["name"], layer["histogram"], layer["kernels"]) == (rows[0]["name"], None, None)
    for name in ("prunable", "latency", "roofline"):
        with pytest.raises(Failure) as caught:
            ask(name)
        assert caught.value.message.code == "models.not_a_network"


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


def test_a_safetensors_file_is_looked_at_without_torch(tmp_path: Path) -> None:
    """2 GB that are not there but for a header: read in a moment, and in little memory."""
    header = {
        f"layer{index}.weight": {
            "dtype": "F32", "shape": [62_500, 1000], "data_offsets": [index * 250_000_000, (index + 1) * 250_000_000],
        }
        for index in range(8)
    }  # fmt: skip
    text = json.dumps(header).encode()
    path = tmp_path / "large.safetensors"
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(8 + len(text) + 2_000_000_000)
    code = (
        "import psutil, sys\nfrom penjing.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        "assert 'torch' not in sys.modules\n"
        "print(psutil.Process().memory_info().rss, file=sys.stderr)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, "inspect", str(path), "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    value = json.loads(run.stdout)
    assert value["totals"]["params"] == 500_000_000 and value["totals"]["weight_bytes"] == 2_000_000_000
    assert value["layers"][0]["macs"] is None and not value["totals"]["complete"]
    assert int(run.stderr.split()[-1]) < 500_000_000
