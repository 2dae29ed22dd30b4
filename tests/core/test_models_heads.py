"""A zoo's classifier of another number of classes: asked for, or taken from the data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from penjing.models.open import open_model
from penjing.runs.opening import open_recipe
from penjing.runs.students import build_student
from penjing.spec.messages import Failure
from penjing.spec.recipe import parse
from penjing.spec.references import InputSpec

SHAPE = (InputSpec((3, 32, 32)),)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty tiny pictures of four classes."""
    path = tmp_path_factory.mktemp("data") / "pictures.npz"
    x = np.random.RandomState(0).randint(0, 255, (40, 3, 32, 32)).astype(np.uint8)
    np.savez(path, x=x, y=np.arange(40) % 4)
    return path


@pytest.mark.parametrize(
    "reference",
    ["torchvision:resnet18", "torchvision:googlenet", "torchvision:squeezenet1_0", "timm:resnet10t"],
)
def test_a_zoo_is_built_for_the_outputs_asked_for(reference: str) -> None:
    model = open_model(reference, inputs=SHAPE, outputs=7)
    assert model.outputs == 7
    assert model.source.kwargs["num_classes"] == 7
    with torch.no_grad():
        assert model.network()(torch.zeros(2, 3, 64, 64)).shape == (2, 7)
    assert [one.code for one in model.warnings] == ["models.random_weights", "models.outputs_set"]


@pytest.mark.parametrize("reference", ["torchvision:resnet18", "timm:resnet10t"])
@pytest.mark.parametrize("classes", [1000, 5])
def test_the_last_layer_alone_is_new(reference: str, classes: int, tmp_path: Path) -> None:
    state = open_model(reference, inputs=SHAPE, outputs=classes).network().state_dict()
    state = {name: one + 1 for name, one in state.items()}
    save_file(state, tmp_path / "weights.safetensors")
    model = open_model(reference, str(tmp_path / "weights.safetensors"), SHAPE, outputs=7)
    for name, one in model.network().state_dict().items():
        if name.startswith("fc."):
            assert one.shape[0] == 7
            assert float(one.abs().max()) < 0.5  # drawn anew: the file's are about 1
        else:
            assert torch.equal(one, state[name]), name
    (note,) = [one for one in model.warnings if one.code == "models.new_head"]
    assert (note.params["outputs"], note.params["before"]) == (7, classes)
    again = open_model(reference, str(tmp_path / "weights.safetensors"), SHAPE, outputs=7)
    assert again.sha256 == model.sha256  # what is drawn is a function of the recipe
    same = open_model(reference, str(tmp_path / "weights.safetensors"), SHAPE, outputs=classes)
    assert all(one.code != "models.new_head" for one in same.warnings)
    assert torch.equal(same.network().state_dict()["fc.weight"], state["fc.weight"])


def test_a_file_that_fits_nowhere_else_is_still_refused(tmp_path: Path) -> None:
    state = open_model("torchvision:resnet18", inputs=SHAPE).network().state_dict()
    state.pop("layer1.0.conv1.weight")
    save_file(state, tmp_path / "weights.safetensors")
    with pytest.raises(Failure, match="layer1"):
        open_model("torchvision:resnet18", str(tmp_path / "weights.safetensors"), SHAPE, outputs=7)


def test_plain_training_takes_the_datas_classes(pictures: Path) -> None:
    value = {
        "model": {"reference": "torchvision:resnet18", "input": [{"shape": [3, 32, 32]}]},
        "data": {"reference": str(pictures)},
        "technique": "training",
    }
    assert open_recipe(parse(value)).model.outputs == 4
    value["model"] = {**value["model"], "classes": 9}  # type: ignore[dict-item]
    assert open_recipe(parse(value)).model.outputs == 9
    value["model"] = {"reference": "sample:digits-cnn", "classes": 9}
    value["data"] = {"reference": "sample:digits"}
    with pytest.raises(Failure, match="classes"):
        open_recipe(parse(value))
    # Pruning takes a model as it is: what is measured before would be another network.
    value = {
        "model": {"reference": "torchvision:resnet18", "input": [{"shape": [3, 32, 32]}]},
        "data": {"reference": str(pictures)},
        "technique": "pruning",
        "pruning": {"ratio": 0.5},
    }
    assert open_recipe(parse(value)).model.outputs == 1000


def test_a_zoos_student_has_its_teachers_outputs() -> None:
    teacher = open_model("torchvision:resnet18", inputs=SHAPE, outputs=7)
    student = build_student(teacher, "torchvision:shufflenet_v2_x0_5")
    with torch.no_grad():
        assert student.module(torch.zeros(2, 3, 32, 32)).shape == (2, 7)
    assert student.source.kwargs["num_classes"] == 7


def test_a_runs_folder_says_what_to_write_instead(tmp_path: Path) -> None:
    def refused(technique: str, **section: object) -> str:
        recipe = parse(
            {
                "model": {"reference": "torchvision:resnet18"},
                "data": {"reference": "none"},
                "technique": technique,
                **({technique: section} if section else {}),
            }
        )
        recipe.save(tmp_path / "recipe.json")
        with pytest.raises(Failure) as caught:
            open_model(str(tmp_path))
        return str(caught.value.message.to_json())

    weights = str(tmp_path / "result" / "model.safetensors")
    assert weights in refused("training") and "torchvision:resnet18" in refused("training")
    assert "torchvision:resnet34" in refused("distillation", student="torchvision:resnet34")
    assert "a_run_changed" in refused("distillation", student="auto:width=0.5")
    assert "a_run_changed" in refused("pruning", ratio=0.5)
