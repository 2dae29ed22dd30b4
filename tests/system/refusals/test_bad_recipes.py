"""Recipes that cannot be carried out: one clear line, exit code 2, and nothing left."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bad_input import DATA, SAMPLE
from terminal import penjing, refused

RECIPE: dict[str, Any] = {
    "model": {"reference": SAMPLE},
    "data": {"reference": DATA},
    "technique": "pruning",
    "pruning": {"ratio": 0.5},
    "training": {"epochs": 1},
}


@pytest.mark.parametrize(
    ("section", "key", "named"),
    [
        (None, "colour", "colour"),
        ("model", "path", "model.path"),
        ("pruning", "amount", "pruning.amount"),
        ("training", "epoch", "training.epoch"),
    ],
)
@pytest.mark.parametrize("suffix", ["json", "toml"])
def test_an_unknown_key_is_named(suffix: str, section: str | None, key: str, named: str, here: Path) -> None:
    recipe: dict[str, Any] = json.loads(json.dumps(RECIPE))
    (recipe if section is None else recipe[section])[key] = 1
    file = here / f"recipe.{suffix}"
    file.write_text(json.dumps(recipe) if suffix == "json" else _toml(recipe))
    assert f": {named};" in refused("run", file.name, "--out", "deep/out")
    assert list(here.iterdir()) == [file]


def _toml(recipe: dict[str, Any]) -> str:
    top = [f"{key} = {json.dumps(value)}" for key, value in recipe.items() if not isinstance(value, dict)]
    for name, section in recipe.items():
        if isinstance(section, dict):
            top += [f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in section.items())]
    return "\n".join(top)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "recipe.json"),
        ("{", "recipe.json"),
        ("[]", "recipe"),
        ("null", "recipe"),
        ("{}", "model"),
        (json.dumps(RECIPE)[:-20], "recipe.json"),
        (json.dumps({**RECIPE, "technique": "magic"}), "technique"),
        (json.dumps({**RECIPE, "technique": "distillation"}), "distillation"),
        (json.dumps({**RECIPE, "version": 2}), "version"),
        (json.dumps({**RECIPE, "training": {"epochs": -1}}), "training.epochs"),
        (json.dumps({**RECIPE, "training": {"epochs": "many"}}), "training.epochs"),
        (json.dumps({**RECIPE, "pruning": {"ratio": 1.5}}), "pruning.ratio"),
    ],
)
def test_a_recipe_that_cannot_be_read(text: str, wanted: str, here: Path) -> None:
    (here / "recipe.json").write_text(text)
    assert wanted in refused("run", "recipe.json", "--out", "deep/out")
    (here / "torn").mkdir()
    (here / "recipe.json").rename(here / "torn" / "recipe.json")
    assert wanted in refused("run", "torn")
    assert [one.name for one in (here / "torn").iterdir()] == ["recipe.json"]
    assert penjing("runs", ".", "--json").code == 0
    assert penjing("runs", "nowhere").code == 2


def test_a_recipe_in_bytes_that_are_no_text(here: Path) -> None:
    (here / "recipe.json").write_bytes(b"\xff\xfe\x00\x01")
    assert "recipe.json" in refused("run", "recipe.json")
