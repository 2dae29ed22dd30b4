"""Whose weights a file holds: every torchvision classifier is named, also wrapped, renamed and fine-tuned."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import timm
import torch
from safetensors.torch import save_file
from torchvision import models

from penjing.models import index
from penjing.models.identify import Match, identify, identify_file
from penjing.models.open import open_model
from penjing.models.skeleton import skeleton, zoo_skeleton
from penjing.models.zoo import zoo_arguments
from terminal import penjing

CLASSIFIERS = models.list_models(module=models)
Shapes = dict[str, tuple[int, ...]]


def shapes(name: str, classes: int = 1000) -> Shapes:
    arguments = zoo_arguments(name, (), False)
    arguments.pop("weights")
    module = zoo_skeleton(name, num_classes=classes, **arguments)
    return {key: tuple(one.shape) for key, one in module.state_dict().items()}


def best(matches: list[Match]) -> list[Match]:
    """The first and those tied with it."""
    return [one for one in matches if one.score > matches[0].score - 1e-9]


@pytest.mark.parametrize("wrapped_ones", [5, pytest.param(1, marks=pytest.mark.slow)])
def test_every_classifier_of_torchvision_is_named_first_or_tied_first(wrapped_ones: int) -> None:
    """Each as it is; one in `wrapped_ones` as training scripts save it too, with another number of classes."""
    index.shipped()
    slowest = 0.0
    twins: dict[frozenset[tuple[str, tuple[int, ...]]], list[str]] = {}
    for number, name in enumerate(CLASSIFIERS):
        own = shapes(name)
        twins.setdefault(frozenset(own.items()), []).append(name)
        wrapped = ("module.", "_orig_mod.model.")[number % 2]
        saved = [(own, 1000)]
        if number % wrapped_ones == 0:
            saved.append(({f"{wrapped}{key}": shape for key, shape in shapes(name, 10).items()}, 10))
        for tensors, classes in saved:
            start = time.perf_counter()
            matches = identify(tensors)
            slowest = max(slowest, time.perf_counter() - start)
            found = best(matches)
            assert f"torchvision:{name}" in [one.reference for one in found], (name, matches[:3])
            assert {(one.score, one.by_name, one.classes) for one in found} == {(1.0, 1.0, classes)}, name
            assert all(one.tied is (len(found) > 1) for one in found)
            ours = [one.reference for one in found if one.reference.startswith("torchvision:")]
            assert [one.reference for one in found][: len(ours)] == ours  # timm stands behind
    # Only what has the same names and shapes is tied.
    for alike in twins.values():
        found = best(identify(shapes(alike[0])))
        assert {one.reference for one in found if ":quantized" not in one.reference} >= {
            f"torchvision:{name}" for name in alike
        }
    assert len(twins) == len(CLASSIFIERS)  # every one of them can be told apart today
    assert slowest < 60


def test_the_index_is_small_and_read_soon() -> None:
    file = Path(index.__file__).parents[3] / "resources" / "penjing_resources" / index.FILE
    assert file.stat().st_size < 1_500_000
    start = time.perf_counter()
    known = index.read(file.read_bytes())
    assert time.perf_counter() - start < 60
    assert sum(map(len, known.references)) > 1400


def test_what_is_written_is_read() -> None:
    tensors = {"conv.weight": "4,3,1,1", "fc.weight": "*,4", "fc.bias": "*", "bn.num_batches_tracked": ""}
    other = {"conv.weight": "5,3,1,1"}
    known = index.read(index.written({"x:one": tensors, "x:two": other, "x:three": tensors}))
    assert known.references == [("x:one", "x:three"), ("x:two",)]
    assert known.tensors(0) == ["conv.weight 4,3,1,1", "fc.bias *", "fc.weight *,4"]
    found = identify({"conv.weight": (4, 3, 1, 1), "fc.weight": (9, 4), "fc.bias": (9,)}, known)
    assert [(one.reference, one.score, one.classes, one.tied) for one in found] == [
        ("x:one", 1.0, 9, True), ("x:three", 1.0, 9, True),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["resnet18", "vit_b_16", "densenet121", "mobilenet_v3_small"])
def test_renamed_tensors_are_told_by_shape(name: str) -> None:
    own = shapes(name, 12)
    kept = [shape for key, shape in own.items() if not key.endswith("num_batches_tracked")]
    matches = identify({f"layer{number}": shape for number, shape in enumerate(kept)})
    first = best(matches)
    assert f"torchvision:{name}" in [one.reference for one in first]
    assert (first[0].by_shape, first[0].by_name, first[0].classes) == (1.0, 0.0, None)


def test_models_of_timm_are_named() -> None:
    for name in ("convnext_zepto_rms", "vit_tiny_patch16_224", "efficientnet_b0", "swinv2_tiny_window8_256"):
        module = skeleton(lambda name=name: timm.create_model(name, num_classes=3))  # type: ignore[misc]
        matches = identify({key: tuple(one.shape) for key, one in module.state_dict().items()})
        assert f"timm:{name}" in [one.reference for one in best(matches)]
        assert (matches[0].score, matches[0].classes) == (1.0, 3)


def test_likeness_is_a_share() -> None:
    own = shapes("resnet18")
    half = dict(list(own.items())[: len(own) // 2])
    first = identify(half)[0]
    assert 0.4 < first.by_name < 0.6 and 0.4 < first.score < 0.6
    assert identify({"a": (3, 5), "b": (7,)}) == []
    assert identify({}) == []


def test_what_is_named_opens_with_the_file(tmp_path: Path) -> None:
    state = models.squeezenet1_0(num_classes=6).state_dict()
    torch.save({"model": {f"module.{key}": one for key, one in state.items()}}, tmp_path / "w.pt")
    save_file(state, tmp_path / "w.safetensors")
    for file in ("w.pt", "w.safetensors"):
        first = identify_file(tmp_path / file)[0]
        assert (first.reference, first.classes) == ("torchvision:squeezenet1_0", 6)
        assert open_model(first.reference, str(tmp_path / file)).outputs == 6


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    save_file(models.resnet18(num_classes=6).state_dict(), "w.safetensors")
    said = penjing("identify", "w.safetensors", "--json")
    document = said.document
    assert (said.code, document["file"]) == (0, "w.safetensors")
    assert document["matches"][0] == {
        "reference": "torchvision:resnet18", "score": 1.0, "by_name": 1.0, "by_shape": 1.0, "classes": 6,
        "tied": True,
    }  # fmt: skip
    shown = penjing("identify", "w.safetensors").out
    assert "penjing inspect torchvision:resnet18 --weights w.safetensors" in shown
    assert "same tensors" in shown
    save_file({"a": torch.ones(3)}, "other.safetensors")
    assert "none of the architectures" in penjing("identify", "other.safetensors").out
    assert penjing("identify", "nothing.safetensors").code == 2
