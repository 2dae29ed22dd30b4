"""Checkpoints as training scripts save them: what is taken off and said, and what fits which model."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
import torchvision
from safetensors.torch import save_file
from torch import nn

from penjing.models.open import open_model
from penjing.models.sample import DigitsCNN
from penjing.models.unwrapping import unwrap
from penjing.models.weights import read_weights, state_sha256
from penjing.spec.messages import Failure, Message
from penjing.spec.preprocessing import Preprocessing
from penjing.spec.references import InputSpec
from penjing_resources.messages import LANGUAGES, parts, render

W = {"a.weight": torch.ones(2, 3), "a.bias": torch.zeros(2)}
OTHER = {name: one + 1 for name, one in W.items()}


def under(prefix: str, state: Mapping[str, torch.Tensor] = W) -> dict[str, torch.Tensor]:
    return {prefix + name: one for name, one in state.items()}


def codes(notes: tuple[Message, ...]) -> list[str]:
    for note in notes:
        for language in LANGUAGES:
            assert "{" not in render(note.code, note.params, language)
    return [note.code.removeprefix("models.") for note in notes]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (W, []),
        ({"state_dict": W, "epoch": 3, "optimizer": {"state": {}}}, ["taken_from"]),
        ({"model": W}, ["taken_from"]),
        ({"model_state_dict": W, "loss": torch.tensor(0.3)}, ["taken_from"]),
        ({"net": W}, ["taken_from"]),
        ({"ema": {"module": W}, "model": OTHER}, ["taken_averaged"]),
        ({"state_dict": OTHER, "state_dict_ema": W}, ["taken_averaged"]),
        ({"model": OTHER, "model_ema": under("module.")}, ["taken_averaged", "prefix_removed"]),
        ({"model": {"state_dict": W}}, ["taken_from"]),
        (under("module."), ["prefix_removed"]),
        (under("_orig_mod.module."), ["prefix_removed"]),
        (under("model."), ["prefix_removed"]),
        ({"state_dict": under("model."), "hyper_parameters": {}}, ["taken_from", "prefix_removed"]),
        ({**under("model."), "criterion.weight": torch.ones(4)}, ["prefix_removed", "left_out_tensors"]),
        ({**W, "version": 2}, ["left_out_values"]),
    ],
)
def test_wrappings_come_off_and_are_said(value: Any, said: list[str]) -> None:
    found = unwrap(value, set(W))
    assert found is not None
    assert codes(found.notes) == said
    assert found.state.keys() == W.keys()
    assert all(torch.equal(found.state[name], one) for name, one in W.items())


@pytest.mark.parametrize(
    "value",
    [3, [], {}, {"epoch": 3}, {"loss": torch.tensor(0.3), "epoch": 3, "lr": 0.1}, {1: torch.ones(1), 2: 3},
     {"model": "resnet18"}, {"optimizer": {"state": {0: torch.ones(1)}}}],
)  # fmt: skip
def test_what_holds_no_weights(value: Any) -> None:
    assert unwrap(value) is None


def test_a_prefix_that_the_model_has_itself_stays() -> None:
    state = under("model.")
    found = unwrap(state, set(state))
    assert found is not None and not found.notes and found.state.keys() == state.keys()
    assert unwrap(state).state.keys() == state.keys()  # type: ignore[union-attr]
    # One name would fit without it as well, but more fit with it.
    found = unwrap(state, {*state, "a.bias"})
    assert found is not None and not found.notes


def test_each_note_names_what_it_is_about() -> None:
    found = unwrap({"ema": {"module": {**under("module.", W)}}}, set(W))
    assert found is not None
    first, second = (render(note.code, note.params) for note in found.notes)
    assert "ema → module" in first and "EMA" in first
    assert "module." in second and "2 tensors" in second


# Files


def sharded(folder: Path, state: Mapping[str, torch.Tensor], **more: str) -> Path:
    places = {}
    for number, (name, one) in enumerate(state.items()):
        file = f"part-{number}.safetensors"
        save_file({name: one}, folder / file)
        places[name] = file
    index = folder / "model.safetensors.index.json"
    index.write_text(json.dumps({"metadata": {}, "weight_map": places | more}), encoding="utf-8")
    return index


def refused(reference: str, weights: Path) -> str:
    with pytest.raises(Failure) as caught:
        open_model(reference, str(weights))
    message = caught.value.message
    for language in LANGUAGES:
        assert all(parts(message.code, message.params, language))
    return render(message.code, message.params)


def test_shards_are_read_by_their_index(tmp_path: Path) -> None:
    state = DigitsCNN().state_dict()
    model = open_model("sample:digits-cnn", str(sharded(tmp_path, state)))
    assert model.sha256 == state_sha256(state)


def test_an_index_that_leads_elsewhere_or_nowhere(tmp_path: Path) -> None:
    outside = tmp_path / "secret.safetensors"
    save_file(W, outside)
    (tmp_path / "in").mkdir()
    index = sharded(tmp_path / "in", W)
    (tmp_path / "in" / "link.safetensors").symlink_to(outside)
    for file in ("../secret.safetensors", str(outside), "link.safetensors", "..", "a\\b"):
        sharded(tmp_path / "in", W, x=file)
        assert "outside its folder" in refused("sample:digits-cnn", index), file
    sharded(tmp_path / "in", W, x="gone.safetensors")
    assert "gone.safetensors" in refused("sample:digits-cnn", index)
    sharded(tmp_path / "in", W, x="part-0.safetensors")
    assert "no tensor x" in refused("sample:digits-cnn", index)
    for text in ("{", "{}", '{"weight_map": 3}', '{"weight_map": {"a": 1}}'):
        index.write_text(text, encoding="utf-8")
        assert "index of weights" in refused("sample:digits-cnn", index), text


def test_shapes_alone_are_read_without_numbers(tmp_path: Path) -> None:
    save_file(W, tmp_path / "w.safetensors")
    torch.save({"state_dict": W}, tmp_path / "w.pt")
    for path in (tmp_path / "w.safetensors", tmp_path / "w.pt", sharded(tmp_path, W)):
        state = read_weights(path, meta=True).state
        assert {name: tuple(one.shape) for name, one in state.items()} == {"a.weight": (2, 3), "a.bias": (2,)}
        assert all(one.is_meta for one in state.values())


def test_torchscript_and_pt2_give_their_weights_to_an_architecture(tmp_path: Path) -> None:
    net = DigitsCNN().eval()
    example = (torch.zeros(2, 1, 8, 8),)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.save(torch.jit.trace(net, example), str(tmp_path / "script.pt"))
    torch.export.save(torch.export.export(net, example), tmp_path / "program.pt2")
    for file in ("script.pt", "program.pt2"):
        model = open_model("sample:digits-cnn", str(tmp_path / file))
        assert model.sha256 == state_sha256(net.state_dict()), file


# Into a zoo's architecture


def test_a_lightning_checkpoint_of_a_fine_tuned_network(tmp_path: Path) -> None:
    state = torchvision.models.squeezenet1_1(num_classes=10).state_dict()
    path = tmp_path / "last.ckpt"
    extra = {"metric.total": torch.zeros(3)}
    torch.save({"state_dict": {**under("model.", state), **extra}, "epoch": 9, "global_step": 90}, path)
    model = open_model("torchvision:squeezenet1_1", str(path))
    assert model.sha256 == state_sha256(state)
    assert model.outputs == 10
    assert codes(model.warnings) == [
        "taken_from",
        "prefix_removed",
        "left_out_tensors",
        "classes_from_weights",
    ]
    text = render(model.warnings[-1].code, model.warnings[-1].params)
    assert re.search(r"squeezenet1_1 was built for 10 classes.*last\.ckpt.*1000", text)
    assert "num_classes=10" in model.source.expression


def test_two_heads_of_another_size_are_one_number_of_classes(tmp_path: Path) -> None:
    state = torchvision.models.inception_v3(weights=None, init_weights=False, num_classes=4).state_dict()
    save_file(state, tmp_path / "w.safetensors")
    assert open_model("torchvision:inception_v3", str(tmp_path / "w.safetensors")).outputs == 4


def test_a_head_that_cannot_be_changed_is_said_plainly(tmp_path: Path) -> None:
    state = DigitsCNN(classes=3).state_dict()
    save_file(state, tmp_path / "w.safetensors")
    line = refused("sample:digits-cnn", tmp_path / "w.safetensors")
    assert (
        "another number of classes" in line
        and "classifier.weight has 3 outputs, the model's own has 10" in line
    )


def test_nothing_is_loaded_where_something_does_not_fit(tmp_path: Path) -> None:
    from penjing.models.weights import fit

    net = nn.Linear(3, 2)
    before = state_sha256(net.state_dict())
    with pytest.raises(Failure):
        fit(net, {"weight": torch.ones(2, 3)}, tmp_path / "w.pt")
    assert state_sha256(net.state_dict()) == before


# How pictures are prepared


@pytest.mark.parametrize(
    ("name", "size", "resize", "interpolation"),
    [("resnet18", 224, 256, "bilinear"), ("inception_v3", 299, 342, "bilinear"),
     ("efficientnet_b1", 240, 255, "bilinear"), ("vit_b_16", 224, 256, "bilinear"),
     ("convnext_tiny", 224, 236, "bilinear"), ("efficientnet_b0", 224, 256, "bicubic")],
)  # fmt: skip
def test_preprocessing_is_torchvisions_own(name: str, size: int, resize: int, interpolation: str) -> None:
    weights = torchvision.models.get_model_weights(name).DEFAULT.transforms()
    assert (weights.crop_size, weights.resize_size, weights.interpolation.value) == (
        [size],
        [resize],
        interpolation,
    )
    found = open_model(f"torchvision:{name}", bare=True).preprocessing
    mean, std = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    assert found == Preprocessing((size, size), resize, mean, std, interpolation)  # type: ignore[arg-type]


def test_preprocessing_follows_the_input_and_only_pictures_have_it() -> None:
    smaller = open_model("torchvision:resnet18", inputs=[InputSpec((3, 112, 112))], bare=True).preprocessing
    assert smaller is not None and (smaller.size, smaller.resize) == ((112, 112), 128)
    for name in ("r3d_18", "raft_small", "fcn_resnet50", "fasterrcnn_resnet50_fpn"):
        assert open_model(f"torchvision:{name}", bare=True).preprocessing is None
    assert open_model("sample:digits-cnn").preprocessing is None
