"""Recipes: strict, complete, the same from JSON and TOML."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penjing.spec.messages import Failure
from penjing.spec.recipe import TARGETS, Recipe, load, parse

PRUNING: dict[str, Any] = {
    "version": 1,
    "model": {"reference": "sample:digits-cnn"},
    "data": {"reference": "sample:digits"},
    "technique": "pruning",
    "pruning": {"macs": 0.3, "criterion": "l2"},
    "training": {"epochs": 8, "seed": 7},
}
DISTILLATION: dict[str, Any] = {
    "model": {"reference": "sample:digits-cnn"},
    "data": {"reference": "sample:digits"},
    "technique": "distillation",
    "distillation": {"student": "auto:width=0.5"},
}


def changed(base: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy of `base` in which the key at the dotted path has another value."""
    result = copy.deepcopy(base)
    *parents, last = path.split(".")
    place = result
    for key in parents:
        place = place.setdefault(key, {})
    place[last] = value
    return result


def refusal(value: Any) -> tuple[str, Any]:
    """The code and the named key with which `value` is refused."""
    with pytest.raises(Failure) as caught:
        parse(value)
    assert caught.value.exit_code == 2
    return caught.value.message.code, caught.value.message.params.get("key")


def test_every_setting_is_written_out() -> None:
    written = parse(PRUNING).to_json()
    assert written["training"]["batch_size"] == 64
    assert written["pruning"]["recovery"] == "finetune"
    assert written["distillation"] is None
    assert parse(written) == parse(PRUNING)


@st.composite
def recipes(draw: st.DrawFn) -> dict[str, Any]:
    """Plain values of recipes that are allowed."""
    share = st.floats(0.01, 0.99)
    value: dict[str, Any] = {
        "model": {"reference": draw(st.sampled_from(["sample:digits-cnn", "torchvision:vgg16", "a/b.pth"]))},
        "data": {"reference": draw(st.sampled_from(["sample:digits", "none", "x.npz"]))},
        "technique": draw(st.sampled_from(["pruning", "distillation"])),
        "training": {
            "epochs": draw(st.integers(0, 1000)),
            "batch_size": draw(st.integers(1, 4096)),
            "lr": draw(st.floats(1e-8, 10)),
            "seed": draw(st.integers(0, 2**63 - 1)),
        },
    }
    if value["technique"] == "pruning":
        value["pruning"] = {
            draw(st.sampled_from(["ratio", "macs", "params"])): draw(share),
            "granularity": draw(st.sampled_from(["channel", "weight", "block", "2:4", "1:8"])),
            "layers": draw(st.dictionaries(st.text(min_size=1, max_size=8), st.floats(0, 0.99), max_size=3)),
        }
    else:
        value["distillation"] = {
            "student": draw(st.sampled_from(["auto:width=0.25", "auto:macs=0.3", "torchvision:resnet18"])),
            "temperature": draw(st.floats(0.1, 50)),
            "alpha": draw(st.floats(0, 1)),
        }
    return value


@given(recipes())
def test_a_recipe_survives_its_file(value: dict[str, Any]) -> None:
    recipe = parse(value)
    assert parse(json.loads(json.dumps(recipe.to_json()))) == recipe


@pytest.mark.parametrize(
    "path", ["colour", "model.colour", "data.colour", "pruning.colour", "training.colour"]
)
def test_an_unknown_key_is_named(path: str) -> None:
    assert refusal(changed(PRUNING, path, 1)) == ("recipe.unknown_key", path)


@pytest.mark.parametrize("path", ["model", "data", "technique"])
def test_a_missing_key_is_named(path: str) -> None:
    value = copy.deepcopy(PRUNING)
    del value[path]
    assert refusal(value) == ("recipe.missing_key", path)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("version", 2),
        ("data.split_seed", -1),
        ("data.split_seed", 2**32),
        ("pruning.macs", 0),
        ("pruning.macs", 1),
        ("pruning.macs", float("nan")),
        ("pruning.criterion", "l3"),
        ("pruning.granularity", "4:2"),
        ("pruning.granularity", "2:4:8"),
        ("pruning.round_to", 0),
        ("pruning.steps", 0),
        ("training.epochs", -1),
        ("training.lr", 0),
        ("training.lr", float("inf")),
        ("training.batch_size", 1.5),
        ("training.seed", 2**63),
        ("training.device_type", "tpu"),
    ],
)
def test_a_value_out_of_range_is_named(path: str, value: Any) -> None:
    assert refusal(changed(PRUNING, path, value)) == ("recipe.bad_value", path)


@pytest.mark.parametrize("student", ["auto:width=0", "auto:width=1.5", "auto:width=", "auto:size=0.5"])
def test_a_student_must_be_one_that_can_be_made(student: str) -> None:
    value = changed(DISTILLATION, "distillation.student", student)
    assert refusal(value) == ("recipe.bad_value", "distillation.student")


def test_a_malformed_reference_keeps_its_own_message() -> None:
    assert refusal(changed(PRUNING, "model.reference", ""))[0] == "models.reference_empty"
    assert refusal(changed(PRUNING, "data.reference", "sample:"))[0] == "data.reference_unnamed"


def test_only_one_target_is_allowed() -> None:
    assert refusal(changed(PRUNING, "pruning.ratio", 0.5)) == ("recipe.bad_value", "pruning")


@pytest.mark.parametrize("name", TARGETS)
def test_the_target_is_the_one_that_is_set(name: str) -> None:
    value = copy.deepcopy(PRUNING)
    wanted = 200_000 if name == "bytes" else 0.25
    value["pruning"] = {name: wanted}
    pruning = parse(value).pruning
    assert pruning is not None
    assert pruning.target == (name, wanted)


def test_without_a_target_nothing_is_removed_but_by_layer() -> None:
    value = changed(PRUNING, "pruning", {"layers": {"conv2": 0.5}})
    pruning = parse(value).pruning
    assert pruning is not None
    assert pruning.target == ("ratio", 0.0)


def test_a_technique_needs_its_own_section_and_no_other() -> None:
    assert refusal({**DISTILLATION, "technique": "pruning"}) == ("recipe.bad_value", "recipe")
    assert refusal({**PRUNING, "distillation": DISTILLATION["distillation"]}) == (
        "recipe.bad_value",
        "recipe",
    )


def test_what_is_no_recipe_at_all_is_refused() -> None:
    for value in (None, [], "recipe", 3):
        assert refusal(value)[0] == "recipe.bad_value"


def test_json_and_toml_say_the_same(tmp_path: Path) -> None:
    toml = tmp_path / "recipe.toml"
    toml.write_text(
        'version = 1\ntechnique = "pruning"\n[model]\nreference = "sample:digits-cnn"\n'
        '[data]\nreference = "sample:digits"\n[pruning]\nmacs = 0.3\ncriterion = "l2"\n'
        "[training]\nepochs = 8\nseed = 7\n",
        encoding="utf-8",
    )
    saved = tmp_path / "recipe.json"
    parse(PRUNING).save(saved)
    assert load(toml) == load(saved) == parse(PRUNING)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("gone.json", None, "recipe.not_found"),
        ("torn.json", b'{"version": 1, "model"', "recipe.malformed"),
        ("torn.toml", b"version = ", "recipe.malformed"),
        ("picture.json", b"\x89PNG\r\n\xff\xfe", "recipe.unreadable"),
    ],
)
def test_a_file_that_is_no_recipe_says_why(
    tmp_path: Path, name: str, content: bytes | None, code: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Failure) as caught:
        load(path)
    assert (caught.value.message.code, caught.value.exit_code) == (code, 2)
    assert caught.value.message.params["path"] == str(path)


def test_a_recipe_cannot_be_changed() -> None:
    recipe = parse(PRUNING)
    with pytest.raises(ValueError, match="frozen"):
        recipe.technique = "distillation"  # type: ignore[misc]
    assert isinstance(recipe, Recipe)
