"""Opening models: references, weights from files, trust, and what is refused."""

from __future__ import annotations

import hashlib
import importlib.util
import pickle
import struct
import sys
import warnings
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from penjing.data.open import open_data
from penjing.models.open import open_model, sample_weights
from penjing.models.sample import DigitsCNN
from penjing.models.weights import state_sha256
from penjing.spec.messages import NEEDS_TRUST, USAGE, Failure
from penjing.spec.references import InputSpec
from penjing.training import sample_training
from penjing_resources.messages import LANGUAGES, parts, render


def refused(reference: str, weights: str | None = None, code: int = USAGE, **options: object) -> str:
    """The English line with which a model does not open; both languages have every part of it."""
    with pytest.raises(Failure) as caught:
        open_model(reference, weights, **options)  # type: ignore[arg-type]
    assert caught.value.exit_code == code
    message = caught.value.message
    for language in LANGUAGES:
        assert all(parts(message.code, message.params, language))
        assert "{" not in render(message.code, message.params, language)
    return render(message.code, message.params)


def test_the_sample_is_as_small_and_as_good_as_promised() -> None:
    model = open_model("sample:digits-cnn")
    test = open_data("sample:digits").test
    with torch.no_grad():
        right = (model.module(test.x).argmax(1) == test.y).sum().item()
    assert right / 347 >= 0.985
    assert 100_000 < sum(one.numel() for one in model.module.parameters()) < 120_000
    assert sample_weights().stat().st_size < 500_000
    assert not model.module.training
    assert (model.title, model.task, model.outputs, model.suggested_data) == (
        "digits-cnn", "classification", 10, "sample:digits",
    )  # fmt: skip


def test_the_samples_training_sees_the_training_split_alone_and_repeats_itself() -> None:
    train = open_data("sample:digits").train
    threads, state = torch.get_num_threads(), torch.get_rng_state()
    one, other = (sample_training.train(train, epochs=2) for _ in range(2))
    assert state_sha256(one.state_dict()) == state_sha256(other.state_dict())
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.get_rng_state(), state)
    assert sample_training.accuracy(one, train) > 0.9


def test_the_samples_source_rebuilds_it_from_torch_alone() -> None:
    source = open_model("sample:digits-cnn").source
    assert "penjing" not in source.code.split('"""', 2)[2]
    names: dict[str, object] = {"__name__": "rebuilt"}
    exec(compile(source.code, "rebuilt.py", "exec"), names)
    module = eval(source.expression, names)
    module.load_state_dict(open_model("sample:digits-cnn").module.state_dict())


def test_the_hash_is_over_sorted_names_dtypes_shapes_and_bytes() -> None:
    state = {"b": torch.arange(3, dtype=torch.int64), "a": torch.ones(2, 1)}
    expected = hashlib.sha256(
        b"a\0float32\0"
        + b"2,1\0"
        + struct.pack("<2f", 1, 1)
        + b"b\0int64\0"
        + b"3\0"
        + struct.pack("<3q", 0, 1, 2)
    )
    assert state_sha256(state) == expected.hexdigest()
    assert state_sha256(dict(reversed(state.items()))) == expected.hexdigest()
    assert state_sha256({"a": torch.zeros((), dtype=torch.bfloat16)}) != state_sha256({"a": torch.zeros(())})
    transposed = torch.arange(6.0).reshape(2, 3).T
    assert state_sha256({"w": transposed}) == state_sha256({"w": transposed.contiguous()})


def test_a_zoo_model_without_weights_is_seeded_and_says_so() -> None:
    state = torch.get_rng_state()
    one, other = open_model("torchvision:squeezenet1_1"), open_model("torchvision:squeezenet1_1")
    assert one.sha256 == other.sha256
    assert [warning.code for warning in one.warnings] == ["models.random_weights"]
    assert torch.equal(torch.get_rng_state(), state)
    assert one.input == (InputSpec((3, 224, 224)),)
    assert one.outputs == 1000


@pytest.mark.parametrize(
    ("name", "shape"),
    [("inception_v3", (3, 299, 299)), ("vit_h_14", (3, 224, 224)), ("efficientnet_b1", (3, 240, 240)),
     ("r3d_18", (3, 16, 112, 112))],
)  # fmt: skip
def test_a_zoo_models_input_comes_from_its_metadata(name: str, shape: tuple[int, ...]) -> None:
    from penjing.models.zoo import default_input

    assert default_input(name) == (InputSpec(shape),)


def test_the_input_sets_a_vits_image_size() -> None:
    model = open_model("torchvision:vit_b_32", inputs=[InputSpec((3, 64, 64))])
    with torch.no_grad():
        assert model.module(torch.zeros(1, 3, 64, 64)).shape == (1, 1000)
    assert "image_size=64" in model.source.expression
    assert "square" in refused("torchvision:vit_b_32", inputs=[InputSpec((3, 64, 96))])
    assert "divisible" in refused("torchvision:vit_b_32", inputs=[InputSpec((3, 65, 65))])


def test_nothing_is_ever_downloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("a download was tried")

    monkeypatch.setattr(torch.hub, "load_state_dict_from_url", forbidden)
    monkeypatch.setattr("urllib.request.urlopen", forbidden)
    open_model("torchvision:lraspp_mobilenet_v3_large")


@pytest.mark.parametrize("kind", ["safetensors", "torch", "legacy", "wrapped", "parallel"])
def test_a_fine_tuned_state_dict_opens_whatever_its_container(kind: str, tmp_path: Path) -> None:
    from torchvision.models import squeezenet1_1

    state = squeezenet1_1(num_classes=7).state_dict()
    path = tmp_path / "tuned.bin"
    if kind == "safetensors":
        save_file(state, path)
    elif kind == "legacy":
        torch.save(state, path, _use_new_zipfile_serialization=False)
    elif kind == "wrapped":
        torch.save({"epoch": 3, "state_dict": state}, path)
    elif kind == "parallel":
        torch.save({f"module.{name}": tensor for name, tensor in state.items()}, path)
    else:
        torch.save(state, path)
    model = open_model("torchvision:squeezenet1_1", str(path))
    assert model.outputs == 7
    assert model.sha256 == state_sha256(state)
    assert model.weights_label == "tuned.bin"
    took_off = {"wrapped": ["models.taken_from"], "parallel": ["models.prefix_removed"]}.get(kind, [])
    assert [one.code for one in model.warnings] == [*took_off, "models.classes_from_weights"]


def test_weights_that_do_not_fit_are_named(tmp_path: Path) -> None:
    path = tmp_path / "w.pt"
    torch.save(DigitsCNN(0.5).state_dict(), path)
    line = refused("sample:digits-cnn", str(path))
    assert "stage1.0.weight 16×1×3×3 ≠ 32×1×3×3" in line
    assert "(+" in line  # the first few, and how many more
    torch.save({"other": torch.zeros(1)}, path)
    line = refused("sample:digits-cnn", str(path))
    assert "stage1.0.weight" in line
    assert "other" in line
    torch.save([1, 2], path)
    assert "list" in refused("sample:digits-cnn", str(path))


def test_unknown_names_get_help() -> None:
    assert "resnet18" in refused("torchvision:resnet_18")
    assert "zoo" in refused("torchvision:qqqqqqqq")
    assert "sample:digits-cnn" in refused("sample:letters")
    assert refused("timm:resnet_18")
    assert refused("hf:folder")


def _npz(path: Path) -> None:
    with path.open("wb") as file:
        np.savez(file, x=np.zeros(3))


def _script(path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TorchScript is deprecated, and still met
        torch.jit.save(torch.jit.trace(nn.ReLU(), torch.zeros(1)), str(path))


def _pt2(path: Path) -> None:
    torch.export.save(torch.export.export(nn.ReLU(), (torch.zeros(1),)), path.with_suffix(".pt2"))
    path.with_suffix(".pt2").rename(path)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda p: p.write_text("<!DOCTYPE html><html>Not found</html>"), "web page"),
        (lambda p: p.write_text("hello\n"), "text file"),
        (
            lambda p: p.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"),
            "git lfs pull",
        ),
        (lambda p: p.write_bytes(b""), "empty"),
        (lambda p: p.write_bytes(b"\x89PNG\r\n\x1a\n0000"), "image"),
        (lambda p: p.write_bytes(b"\x89HDF\r\n\x1a\n0000"), "HDF5"),
        (lambda p: p.write_bytes(b"GGUF\x03\0\0\0"), "GGUF"),
        (lambda p: p.write_bytes(b"\x1f\x8b\x08\0\0"), "compressed"),
        (lambda p: p.write_bytes(bytes(range(255, 0, -1))), "no format"),
        (lambda p: p.write_bytes(pickle.dumps([1])), "pickle"),
        (lambda p: p.mkdir(), "folder"),
        (_npz, "NumPy"),
        (_script, "no weights"),
        (_pt2, "no weights"),
    ],
)
def test_a_file_is_told_by_its_content(make: object, says: str, tmp_path: Path) -> None:
    path = tmp_path / "model.pth"
    make(path)  # type: ignore[operator]
    assert says in refused(str(path))
    if says != "no weights":
        assert says in refused("sample:digits-cnn", str(path))


def test_onnx_is_no_state_dict(tmp_path: Path) -> None:
    path = tmp_path / "model.pth"
    graph = onnx.helper.make_graph([], "empty", [], [])
    path.write_bytes(onnx.helper.make_model(graph, producer_name="test").SerializeToString())
    assert "ONNX" in refused("sample:digits-cnn", str(path))
    assert "without operators" in refused(str(path))


def test_a_missing_file_and_damaged_weights(tmp_path: Path) -> None:
    assert "not found" in refused(str(tmp_path / "none.pt"))
    whole = tmp_path / "whole.pt"
    torch.save(DigitsCNN().state_dict(), whole)
    torn = tmp_path / "torn.pt"
    torn.write_bytes(whole.read_bytes()[:200_000])
    assert "cannot be read as weights" in refused("sample:digits-cnn", str(torn))
    save_file({"a": torch.zeros(100)}, whole)
    torn.write_bytes(whole.read_bytes()[:-50])
    assert "damaged" in refused("sample:digits-cnn", str(torn))


class Bomb:
    """A pickle that would leave a mark if it were run."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.mark,)


@pytest.mark.parametrize("zipped", [True, False])
def test_a_pickle_with_code_needs_trust_and_is_not_run_to_find_out(zipped: bool, tmp_path: Path) -> None:
    mark, path = tmp_path / "mark", tmp_path / "bomb.pt"
    torch.save({"w": Bomb(mark)}, path, _use_new_zipfile_serialization=zipped)
    assert "pathlib" in refused(str(path), code=NEEDS_TRUST)
    assert "pathlib" in refused("sample:digits-cnn", str(path), code=NEEDS_TRUST)
    assert not mark.exists()
    torch.save(nn.Linear(2, 2), path, _use_new_zipfile_serialization=zipped)
    assert "torch.nn.modules.linear.Linear" in refused(str(path), code=NEEDS_TRUST)
    assert "--input" in refused(str(path), trust=True)
    opened = open_model(str(path), inputs=[InputSpec((2,))], trust=True)
    assert isinstance(opened.module, nn.Linear)


NET = """
import helper
from torch import nn
print("hello from the file")
class Net(nn.Linear):
    def __init__(self):
        super().__init__(helper.WIDTH, 2)
def number():
    return 3
def failing():
    raise ValueError("no such thing")
"""


def test_a_python_factory_runs_only_with_trust(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    modules, path = set(sys.modules), list(sys.path)
    for folder, width in (("one", 4), ("two", 5)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "net.py").write_text(NET)
        (tmp_path / folder / "helper.py").write_text(f"WIDTH = {width}\n")
    file = tmp_path / "one" / "net.py"
    four = [InputSpec((4,))]
    try:
        line = refused(f"py:{file}:Net", inputs=four, code=NEEDS_TRUST)
        assert hashlib.sha256(file.read_bytes()).hexdigest() in line
        assert "helper" not in sys.modules
        one = open_model(f"py:{file}:Net", inputs=four, trust=True)
        two = open_model(f"py:{tmp_path / 'two' / 'net.py'}:Net", inputs=[InputSpec((5,))], trust=True)
        # Each file has its own neighbour, and both keep their modules.
        assert (one.module.in_features, two.module.in_features) == (4, 5)
        assert one.sha256 == open_model(f"py:{file}:Net", inputs=four, trust=True).sha256
        assert (one.source.kind, one.source.file) == ("py", str(file))
        captured = capsys.readouterr()
        assert captured.out == ""
        assert "hello from the file" in captured.err
        assert "--input" in refused(f"py:{file}:Net", trust=True)
        assert "Net" in refused(f"py:{file}:Nat", inputs=four, trust=True)
        assert "int" in refused(f"py:{file}:number", inputs=four, trust=True)
        assert "no such thing" in refused(f"py:{file}:failing", inputs=four, trust=True)
        file.write_text("import sys\nsys.exit(3)\n")
        assert "SystemExit" in refused(f"py:{file}:Net", inputs=four, trust=True)
        file.write_text("def (:\n")
        assert "SyntaxError" in refused(f"py:{file}:Net", inputs=four, trust=True)
        assert "not found" in refused(f"py:{tmp_path / 'none.py'}:Net", inputs=four, trust=True)
    finally:
        sys.path[:] = path
        for name in set(sys.modules) - modules:
            if name == "helper" or name.startswith("penjing_user_"):
                del sys.modules[name]


LAZY = """
import helper
from torch import nn
class Net(nn.Linear):
    def __init__(self):
        super().__init__(4, 2)
    def forward(self, x):
        import later
        return super().forward(x) * later.SCALE
"""


def test_a_factorys_folder_is_importable_for_its_own_code_alone(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    (tmp_path / "one" / "net.py").write_text(LAZY)
    (tmp_path / "one" / "helper.py").write_text("import pickle\nimport json\n")
    (tmp_path / "one" / "later.py").write_text("SCALE = 0\n")
    (tmp_path / "one" / "onlyhere.py").write_text("raise SystemExit\n")
    (tmp_path / "two" / "net.py").write_text(LAZY)
    (tmp_path / "two" / "helper.py").write_text("")
    (tmp_path / "two" / "later.py").write_text("SCALE = 1\n")
    path, finders = list(sys.path), list(sys.meta_path)
    four = [InputSpec((4,))]
    try:
        for folder, some in (("one", False), ("two", True), ("one", False)):
            net = open_model(f"py:{tmp_path / folder / 'net.py'}:Net", inputs=four, trust=True).network()
            with torch.no_grad():
                assert bool(net(torch.ones(1, 4)).any()) is some  # what it imports as it runs is its own too
            assert importlib.util.find_spec("onlyhere") is None
            with pytest.raises(ModuleNotFoundError):
                importlib.import_module("onlyhere")
        assert sys.path == path
        assert [type(one).__name__ for one in sys.meta_path].count("_Neighbours") == 1
    finally:
        sys.meta_path[:] = finders
        for name in ("helper", "later"):
            sys.modules.pop(name, None)
