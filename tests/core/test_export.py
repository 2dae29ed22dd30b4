"""Artefacts: what is written, that it is the model, and that a kill leaves a whole export or none."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from penjing.export import artefacts, manifest
from penjing.export.artefacts import export
from penjing.export.load import load_artefact
from penjing.models import sample
from penjing.models.sample import DigitsCNN
from penjing.models.source import ModelSource
from penjing.models.weights import state_sha256
from penjing.spec.messages import FAILED, USAGE, Failure
from penjing.spec.references import InputSpec

SOURCE = ModelSource(
    "sample",
    "DigitsCNN",
    {"width": 1.0, "classes": 10},
    code=Path(sample.__file__).read_text(encoding="utf-8"),
)
INPUTS = (InputSpec((1, 8, 8)),)
ALL = ("onnx", "pt2", "safetensors")


def pruned_sample() -> DigitsCNN:
    """The sample with a quarter of its convolutions' channels gone."""
    import torch_pruning as tp

    torch.manual_seed(0)
    module = DigitsCNN().eval()
    graph = tp.DependencyGraph().build_dependency(module, torch.zeros(1, 1, 8, 8))
    for layer in list(module.modules()):
        if isinstance(layer, nn.Conv2d):
            gone = list(range(0, layer.out_channels, 4))
            graph.get_pruning_group(layer, tp.prune_conv_out_channels, gone).prune()
    return module


@pytest.fixture(scope="module")
def model() -> DigitsCNN:
    return pruned_sample()


@pytest.fixture(scope="module")
def exported(model: DigitsCNN, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "out"
    export(model, SOURCE, INPUTS, ALL, folder)
    return folder


def test_the_manifest_states_every_file(exported: Path) -> None:
    value = json.loads((exported / "manifest.json").read_text(encoding="utf-8"))
    written = {path.name for path in exported.iterdir()} - {"manifest.json"}
    assert written == {"model.onnx", "model.pt2", "model.safetensors", "load_model.py", "proof.npz"}
    assert set(value["files"]) == written
    for name, entry in value["files"].items():
        data = (exported / name).read_bytes()
        assert entry == {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    assert [one["file"] for one in value["artefacts"]] == ["model.onnx", "model.pt2", "model.safetensors"]
    assert value["versions"]["torch"] == torch.__version__.split("+")[0]


def test_the_loaded_artefact_is_the_model(model: DigitsCNN, exported: Path) -> None:
    state = torch.get_rng_state()
    loaded = load_artefact(exported)
    assert torch.equal(torch.get_rng_state(), state)
    assert not loaded.training
    assert state_sha256(loaded.state_dict()) == state_sha256(model.state_dict())
    assert loaded.get_submodule("stage1.0").out_channels == 24
    x = torch.randn(3, 1, 8, 8)
    with torch.no_grad():
        assert torch.equal(loaded(x), model(x))


def test_onnx_has_a_named_batch_axis_and_the_stated_opset(exported: Path) -> None:
    import onnx

    graph = onnx.load(exported / "model.onnx")
    onnx.checker.check_model(graph, full_check=True)
    opset = json.loads((exported / "manifest.json").read_text())["opset"]
    assert opset >= 18
    assert [one.version for one in graph.opset_import if not one.domain] == [opset]
    for value in (*graph.graph.input, *graph.graph.output):
        assert value.type.tensor_type.shape.dim[0].dim_param == "batch"
    assert [value.name for value in graph.graph.input] == ["input"]


def test_artefacts_name_no_folder_of_this_machine(exported: Path) -> None:
    package = str(Path(torch.__file__).parent.parent).encode()
    here = str(Path(__file__).parent.parent.parent).encode()
    for path in exported.iterdir():
        assert package not in path.read_bytes() and here not in path.read_bytes()


def test_the_proof_is_of_the_live_model(model: DigitsCNN, exported: Path) -> None:
    with np.load(exported / "proof.npz", allow_pickle=False) as proof:
        for batch in (1, 8):
            x = torch.from_numpy(proof[f"input_{batch}_0"])
            assert x.shape == (batch, 1, 8, 8)
            with torch.no_grad():
                assert torch.equal(model(x), torch.from_numpy(proof[f"output_{batch}_0"]))


def test_the_same_model_gives_the_same_bytes(model: DigitsCNN, exported: Path, tmp_path: Path) -> None:
    state = torch.get_rng_state()
    export(model, SOURCE, INPUTS, ("safetensors",), tmp_path / "again")
    assert torch.equal(torch.get_rng_state(), state)
    for name in ("model.safetensors", "load_model.py", "proof.npz"):
        assert (tmp_path / "again" / name).read_bytes() == (exported / name).read_bytes()


BARE = """
import sys
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("penjing", "penjing_resources", "torch_pruning", "safetensors"):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Block())
sys.path.insert(0, sys.argv[1])
import load_model
sys.exit(0 if load_model.self_test() else 1)
"""


def test_load_model_needs_torch_alone_and_tests_itself(exported: Path) -> None:
    command = [sys.executable, "-B", "-c", BARE, str(exported)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "DigitsCNN" in done.stdout and done.stdout.count("as recorded") == 2


def test_the_module_is_left_as_it_is_and_nothing_is_printed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    module = pruned_sample().train()
    before = state_sha256(module.state_dict())
    export(module, SOURCE, INPUTS, ("onnx", "pt2"), tmp_path / "out")
    assert module.training and state_sha256(module.state_dict()) == before
    captured = capfd.readouterr()
    assert captured.out == "" and captured.err == ""


LAYERS = '''
"""A model with a neighbour and one of every layer that has sizes."""
import torch
from torch import nn
from blocks import Mixer

class Everything(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        w = width
        self.embedding = nn.Embedding(20, w)
        self.scale = nn.Parameter(torch.randn(w))
        self.norm = nn.LayerNorm(w)
        self.attention = nn.MultiheadAttention(w, 2, batch_first=True)
        self.mixer = Mixer(w)
        self.head = nn.Linear(w, 20, bias=False)
        self.head.weight = self.embedding.weight

    def forward(self, tokens, image):
        x = self.norm(self.embedding(tokens)) * self.scale
        x = x + self.attention(x, x, x, need_weights=False)[0]
        return {"logits": self.head(x), "image": self.mixer(image)}

def make(width=8):
    return Everything(width)
'''
BLOCKS = """
from torch import nn

class Mixer(nn.Module):
    def __init__(self, w):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(3, w, 3, padding=1), nn.GroupNorm(2, w), nn.PReLU(w),
            nn.Conv2d(w, w, 3, padding=1, groups=w), nn.BatchNorm2d(w, affine=False), nn.ReLU(),
            nn.Conv2d(w, 2 * w, 1, groups=2), nn.InstanceNorm2d(2 * w, affine=True),
            nn.ConvTranspose2d(2 * w, w, 2, stride=2, groups=2), nn.BatchNorm2d(w),
        )

    def forward(self, x):
        return self.layers(x)
"""


@pytest.fixture
def everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[nn.Module, ModelSource]:
    """A small build of a user's file, and the source of its large build."""
    home = tmp_path / "author"
    home.mkdir()
    (home / "everything.py").write_text(LAYERS, encoding="utf-8")
    (home / "blocks.py").write_text(BLOCKS, encoding="utf-8")
    (home / "unrelated.py").write_text("raise SystemExit", encoding="utf-8")
    monkeypatch.syspath_prepend(str(home))
    for name in ("everything", "blocks"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    import everything as author  # type: ignore[import-not-found]

    torch.manual_seed(1)
    source = ModelSource("py", "make", {"width": 8}, code=LAYERS, file=str(home / "everything.py"))
    return author.make(4).double().eval(), source


def test_every_layer_is_resized_and_the_authors_files_go_along(
    everything: tuple[nn.Module, ModelSource], tmp_path: Path
) -> None:
    module, source = everything
    inputs = (InputSpec((5,), "int64"), InputSpec((3, 4, 4), "float64"))
    export(module, source, inputs, ("safetensors",), tmp_path / "out")
    files = {path.name for path in (tmp_path / "out" / "architecture").iterdir()}
    assert files == {"everything.py", "blocks.py"}
    loaded = load_artefact(tmp_path / "out")
    assert loaded.head.weight is loaded.embedding.weight  # type: ignore[union-attr]
    assert str(loaded) == str(module)  # the repr states every layer's sizes
    tokens, image = torch.randint(20, (2, 5)), torch.randn(2, 3, 4, 4, dtype=torch.float64)
    with torch.no_grad():
        for name, value in module(tokens, image).items():
            assert value.dtype == torch.float64
            assert torch.equal(loaded(tokens, image)[name], value)


class Stopped(BaseException):
    """Stands for a kill: no handler of ours may catch it."""


@pytest.mark.parametrize("moment", ["writing", "before", "between", "after"])
def test_a_kill_leaves_a_whole_export_or_none(
    moment: str, model: DigitsCNN, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "result"
    export(DigitsCNN(width=0.25), SOURCE, INPUTS, ("safetensors",), folder)  # a former export
    (folder / "costs-before.json").write_text("kept", encoding="utf-8")
    former = state_sha256(load_artefact(folder).state_dict())
    renames: list[Path] = []
    replace = Path.replace

    def stopping(self: Path, target: Path) -> Path:
        if self.parent == tmp_path:
            if len(renames) == {"before": 0, "between": 1}.get(moment, 9):
                raise Stopped
            renames.append(self)
        return replace(self, target)

    def stop(*_: object, **__: object) -> None:
        raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", stopping)
        if moment == "writing":
            patch.setattr(artefacts.loader, "write", stop)
        if moment == "after":
            patch.setattr(artefacts.shutil, "rmtree", stop)
        with pytest.raises(Stopped):
            export(model, SOURCE, INPUTS, ("safetensors",), folder)
    if folder.exists():  # whole: the former or the new
        assert state_sha256(load_artefact(folder).state_dict()) in (former, state_sha256(model.state_dict()))
    export(model, SOURCE, INPUTS, ("safetensors",), folder)
    assert state_sha256(load_artefact(folder).state_dict()) == state_sha256(model.state_dict())
    assert (folder / "costs-before.json").read_text(encoding="utf-8") == "kept"
    assert [path.name for path in tmp_path.iterdir()] == ["result"]


def test_formats_of_a_former_export_do_not_stay(model: DigitsCNN, exported: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    export(model, SOURCE, INPUTS, ("safetensors",), folder)
    export(model, SOURCE, INPUTS, ("pt2",), folder)
    assert {path.name for path in folder.iterdir()} == {"model.pt2", "proof.npz", "manifest.json"}


def test_an_unknown_format_is_refused_before_anything_is_written(model: DigitsCNN, tmp_path: Path) -> None:
    with pytest.raises(Failure) as caught:
        export(model, SOURCE, INPUTS, ("onnx", "tflite"), tmp_path / "out")
    assert caught.value.exit_code == USAGE and caught.value.message.params["format"] == "tflite"
    assert not list(tmp_path.iterdir())


BRANCH = """
from torch import nn

class Branch(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 4)

    def forward(self, x):
        y = self.layer(x)
        return y if y.sum() > 0 else -y
"""


def test_a_format_that_cannot_be_written(tmp_path: Path) -> None:
    namespace: dict[str, type[nn.Module]] = {}
    exec(BRANCH, namespace)
    module = namespace["Branch"]()
    source = ModelSource("sample", "Branch", code=BRANCH)
    inputs = (InputSpec((4,)),)
    with pytest.raises(Failure) as caught:
        export(module, source, inputs, ALL, tmp_path / "out")
    assert caught.value.exit_code == FAILED and caught.value.message.params["format"] == "onnx"
    assert not list(tmp_path.iterdir())
    written = export(module, source, inputs, ALL, tmp_path / "out", keep_going=True)
    assert set(written) == {"safetensors", "load_model"}
    failed = (manifest.read(tmp_path / "out") or {})["failed"]
    assert [one["params"]["format"] for one in failed] == ["onnx", "pt2"]
    assert all(re.match(r"\w+, ", one["params"]["problem"]) for one in failed)


def test_a_source_that_builds_another_model_is_found_out(tmp_path: Path) -> None:
    code = BRANCH.replace("y.sum() > 0", "True").replace("return y", "return 2 * y")
    namespace: dict[str, type[nn.Module]] = {}
    exec(BRANCH.replace("y.sum() > 0", "True"), namespace)
    with pytest.raises(Failure) as caught:
        export(
            namespace["Branch"](),
            ModelSource("sample", "Branch", code=code),
            (InputSpec((4,)),),
            ("safetensors",),
            tmp_path / "out",
        )
    assert caught.value.message.code == "export.not_rebuilt"


def test_weights_too_large_for_one_onnx_file_lie_beside_it(
    model: DigitsCNN, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artefacts.formats, "LARGEST_ONNX", 1000)
    export(model, SOURCE, INPUTS, ("onnx",), tmp_path / "out")
    assert "model.onnx.data" in (manifest.read(tmp_path / "out") or {})["files"]
    assert (tmp_path / "out" / "model.onnx").stat().st_size < (
        tmp_path / "out" / "model.onnx.data"
    ).stat().st_size


def test_a_folder_without_a_loader(tmp_path: Path) -> None:
    with pytest.raises(Failure) as caught:
        load_artefact(tmp_path)
    assert caught.value.exit_code == USAGE
    (tmp_path / "load_model.py").write_text("import torch_nothing", encoding="utf-8")
    with pytest.raises(Failure) as caught:
        load_artefact(tmp_path)
    assert caught.value.exit_code == FAILED and "torch_nothing" in caught.value.message.params["problem"]
