"""ONNX converted to networks: what comes out is held against ONNX Runtime, and what does not convert is said."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from onnx import helper

from onnx_examples import convolutional, transformer, write
from penjing.export.artefacts import export
from penjing.export.load import load_artefact
from penjing.models.onnx_network import as_network
from penjing.models.onnx_prepare import prepare, weights_of
from penjing.models.open import open_model, open_network
from penjing.models.weights import state_sha256
from penjing.runs.session import Call
from penjing.runs.session_methods import Session
from penjing.spec.messages import Failure
from terminal import penjing, quick_latency, refused

pytest.importorskip("onnx2torch")
REMEDY = "open the PyTorch model that it was exported from"


@pytest.mark.parametrize("opset", [13, 17, 20])
@pytest.mark.parametrize("batch", ["n", 1])
def test_a_convolutional_graph_becomes_the_same_network_each_time(
    tmp_path: Path, opset: int, batch: int | str
) -> None:
    path = convolutional(tmp_path / "net.onnx", opset, batch)
    model, again = open_network(str(path)), open_network(str(path))
    assert list(model.network().state_dict()) == [
        *("stem_0.weight", "stem_0.bias", "deep.weight", "deep.bias"),
        *("norm.weight", "norm.bias", "norm.running_mean", "norm.running_var", "norm.num_batches_tracked"),
        *("head.weight", "head.bias"),
    ]
    assert (model.sha256, model.source) == (again.sha256, again.source)
    assert [str(one) for one in model.input] == ["1,8,8"]
    assert (model.outputs, model.table, model.network().training) == (10, None, False)
    assert [one.code for one in model.warnings] == ["models.onnx_converted", "models.onnx_untied"]
    assert model.warnings[1].params == {"count": 1}
    pixels = torch.randn(5, 1, 8, 8)
    session = onnxruntime.InferenceSession(str(convolutional(tmp_path / "free.onnx")))
    (wanted,) = session.run(None, {"x": pixels.numpy()})
    assert np.allclose(model.network()(pixels).detach().numpy(), wanted, rtol=1e-4, atol=1e-4)
    assert all(one.requires_grad for one in model.network().parameters())


def test_opening_alone_converts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onnx2torch.convert", lambda *_: pytest.fail("converted"))
    model = open_model(str(convolutional(tmp_path / "net.onnx")))
    assert model.module is None and model.table is not None
    assert [one.code for one in model.warnings] == ["models.onnx_inspect_only"]


@pytest.mark.parametrize(
    "name",
    [
        'training"), open("canary", "w"), ("',
        "a\n    import os; open('canary', 'w')\n#",
        "forward", "training", "graph", "initializers", "onnx_initializer_0", "x", "input_1", "class", "self",
        "卷积", "0", "",
    ],
)  # fmt: skip
def test_a_name_is_never_code_nor_in_the_way(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    module: Any = open_network(str(convolutional(tmp_path / "net.onnx", name=name))).network()
    assert not (tmp_path / "canary").exists()
    names = [one for one, _ in module.named_children()]
    assert len(set(names)) == len(names) and all(one.isascii() and one.isidentifier() for one in names)


def test_matrices_of_a_transformer_come_back_as_constants_and_are_refused(tmp_path: Path) -> None:
    path = transformer(tmp_path / "net.onnx")
    assert refused(
        "prune", path, "--ratio", 0.5, "--data", "none", "--epochs", 0, "--out", tmp_path / "run"
    ) == (
        f"penjing: {path} cannot be trained or pruned: at most 960 of its 7200 weights (13 %) come back from the "
        f"conversion as parameters, the others as constants; {REMEDY}"
    )
    assert not (tmp_path / "run").exists()


def test_the_share_is_taken_of_what_came_back_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def frozen(graph: Any) -> torch.nn.Module:
        import onnx2torch.converter

        module: torch.nn.Module = onnx2torch.converter.convert(graph)
        for name, one in list(module.get_submodule("deep").named_parameters()):
            delattr(module.get_submodule("deep"), name)
            module.get_submodule("deep").register_buffer(name, one.data)
        return module

    path = convolutional(tmp_path / "net.onnx")
    monkeypatch.setattr("onnx2torch.convert", frozen)
    message = refused("prunable", path)
    assert "at most 2762 of its 5082 weights (54 %)" in message


def test_operators_without_a_converter_are_named_with_their_opset(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Conv", ["x", "weight"], ["a"]),
        helper.make_node("Split", ["a"], ["b", "c"], axis=1, num_outputs=2),
        helper.make_node("Add", ["b", "c"], ["y"]),
    ]
    weights = {"weight": np.ones((4, 1, 3, 3), np.float32)}
    path = write(tmp_path / "net.onnx", nodes, weights, ["n", 1, 8, 8], ["n", 2, 6, 6], opset=18)
    assert refused("prunable", path) == (
        f"penjing: {path} cannot be converted to a PyTorch network: there is no converter for Split (opset 18); "
        f"export the model with opset 17 or older, or {REMEDY}"
    )


def test_a_conversion_that_computes_something_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import onnx2torch.converter

    def wrong(graph: Any) -> torch.nn.Module:
        module: torch.nn.Module = onnx2torch.converter.convert(graph)
        with torch.no_grad():
            module.get_parameter("head.bias")[3] += 0.5
        return module

    path = convolutional(tmp_path / "net.onnx")
    monkeypatch.setattr("onnx2torch.convert", wrong)
    assert refused("prunable", path) == (
        f"penjing: {path} cannot be converted to a PyTorch network: the converted network computes something else: "
        f"outputs differ from those of ONNX Runtime by 0.5, more than 0.0001; {REMEDY}"
    )
    monkeypatch.setattr("onnx2torch.convert", lambda _: 1 / 0)
    assert "ZeroDivisionError" in refused("prunable", path)


def test_a_graph_for_one_sample_alone_is_refused(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Conv", ["x", "weight"], ["a"]),
        helper.make_node("Reshape", ["a", "shape"], ["b"]),
        helper.make_node("ReduceMean", ["b"], ["y"], axes=[2], keepdims=0),
    ]
    weights: dict[str, Any] = {"weight": np.ones((4, 1, 3, 3), np.float32), "shape": np.array([1, 4, 36])}
    path = write(tmp_path / "net.onnx", nodes, weights, [1, 1, 8, 8], [1, 4])
    assert "its graph works for batches of 1 only" in refused("prunable", path)


def test_weights_in_a_second_file_come_along_and_an_export_has_them(tmp_path: Path) -> None:
    import onnx

    path = convolutional(tmp_path / "net.onnx")
    wanted = open_network(str(path))
    options = {"save_as_external_data": True, "location": "net.data", "size_threshold": 0}
    onnx.save_model(onnx.load(path), path, **options)
    model = open_network(str(path))
    assert (tmp_path / "net.data").stat().st_size > 20_000 > path.stat().st_size
    assert model.sha256 == wanted.sha256
    export(model.network(), model.source, model.input, ["safetensors"], tmp_path / "out")
    path.unlink()
    again = load_artefact(tmp_path / "out")
    assert state_sha256(again.state_dict()) == model.sha256
    (tmp_path / "out" / "architecture.onnx").write_bytes(convolutional(path).read_bytes())
    with pytest.raises(Failure) as caught:
        load_artefact(tmp_path / "out")
    assert "is not the file that this model was made from" in str(caught.value)


def test_a_few_bytes_cannot_ask_for_all_memory(tmp_path: Path) -> None:
    path = convolutional(tmp_path / "net.onnx", batch=10**7)
    assert "and no more than 4 GiB are spent on it" in refused("prunable", path)


def test_without_the_library_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: None if name == "onnx2torch" else there(name, *more)
    )
    path = convolutional(tmp_path / "net.onnx")
    assert 'pip install "penjing[onnx-training]"' in refused("prunable", path)
    assert open_model(str(path)).table is not None


def test_sizes_that_are_open_are_asked_for(tmp_path: Path) -> None:
    nodes = [helper.make_node("Conv", ["x", "weight"], ["y"])]
    weights = {"weight": np.ones((4, 1, 3, 3), np.float32)}
    path = write(tmp_path / "net.onnx", nodes, weights, ["n", 1, "h", "w"], ["n", 4, "k", "l"])
    assert "--input" in refused("prunable", path)
    assert penjing("prunable", path, "--input", "1,8,8").code == 0


def test_weights_behind_copies_and_in_constants_are_counted(tmp_path: Path) -> None:
    import onnx

    model = onnx.load(convolutional(tmp_path / "net.onnx"))
    before, after = weights_of(model.graph), weights_of(prepare(model).graph)
    assert before == after
    assert (after.shared, after.elements, after.in_layers) == (1, 5082, 5082)


def test_the_window_gets_a_network_or_the_reason_why_not(tmp_path: Path) -> None:
    class Ear:
        cancelled: frozenset[int] = frozenset()

        def send(self, message: object) -> None:
            del message

        def answer_short(self) -> None: ...

    session, call = Session(tmp_path), Call(1, Ear())  # type: ignore[arg-type]
    open_it = session.method("open")
    assert open_it is not None
    good = open_it({"reference": str(convolutional(tmp_path / "a.onnx"))}, call)
    assert (good["network"], good["view"], good["outputs"], len(good["sha256"])) == (True, [], 10, 64)
    prunable, costs = session.method("prunable"), session.method("costs")
    assert prunable is not None and costs is not None
    assert [one["id"] for one in prunable({}, call)["groups"] if one["prunable"]] == ["stem_0", "deep"]
    assert {"stem_0", "deep", "head"} <= {one["name"] for one in costs({}, call)["layers"]}
    bad = open_it({"reference": str(transformer(tmp_path / "b.onnx"))}, call)
    assert (bad["network"], bad["view"][0]["code"]) == (False, "models.is_onnx")
    (said,) = bad["warnings"]
    assert said["code"] == "models.onnx_stays_a_graph"
    assert said["params"]["reason"]["code"] == "models.onnx_weights_frozen"


def test_other_models_are_left_alone() -> None:
    model = open_model("sample:digits-cnn")
    assert as_network(model) is model


def test_a_run_on_onnx_prunes_trains_verifies_and_goes_on(tmp_path: Path) -> None:
    path, run = convolutional(tmp_path / "net.onnx"), tmp_path / "run"
    wanted = ("--data", "sample:digits", "--ratio", 0.5, "--epochs", 2, "--threads", 1, "--json")
    with quick_latency(("safetensors", "pt2")):
        made = penjing("prune", path, *wanted, "--out", run).document
        assert made["status"] == "done" and made["after"]["params"] < 0.6 * made["before"]["params"]
    with quick_latency(("safetensors",)):
        begun = penjing("prune", path, *wanted, "--out", tmp_path / "again", "--no-start")
        assert begun.code == 0
        again = penjing("run", tmp_path / "again", "--json").document
    assert again["weights_sha256"] == made["weights_sha256"]
    checked = penjing("verify", run, "--json").document
    assert checked["ok"], checked
    assert {one["file"] for one in checked["artefacts"]} == {"model.pt2", "model.safetensors"}


def test_an_export_is_of_the_file_that_was_opened(tmp_path: Path) -> None:
    path = convolutional(tmp_path / "net.onnx")
    model = open_network(str(path))
    convolutional(path, name="another")
    with pytest.raises(Failure) as caught:
        export(model.network(), model.source, model.input, ["safetensors"], tmp_path / "out")
    assert caught.value.message.code == "export.source_changed"
    assert not (tmp_path / "out").exists()
