"""Every message has its sentence in both languages, with the values it needs; no sentence is left over."""

from __future__ import annotations

import ast
import json
import re
import string
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from penjing.spec.recipe import Recipe
from penjing_resources.messages import LANGUAGES, catalogue, parts, render

ROOT = Path(__file__).parent.parent.parent
CATALOGUE = ROOT / "resources" / "penjing_resources" / "catalogue"
MAKERS = {"Failure", "bad_input", "Message", "text", "note", "say", "Busy", "render", "parts"}
AREAS = sorted(path.stem for path in (CATALOGUE / "en").glob("*.json"))


@dataclass(frozen=True)
class Use:
    """One place where a code is written, and the names of its values where they can be read there."""

    code: str
    place: str
    values: frozenset[str] | None


@cache
def trees() -> tuple[tuple[Path, ast.Module], ...]:
    """The syntax trees of all our sources."""
    files = [
        file for source in ("core", "gui", "resources") for file in sorted((ROOT / source).rglob("*.py"))
    ]
    return tuple((file, ast.parse(file.read_text(encoding="utf-8"))) for file in files)


def _values(call: ast.Call, maker: str) -> frozenset[str] | None:
    if maker in ("render", "parts"):
        return None
    if maker in ("Message", "Busy") or (maker == "say" and not call.keywords):
        if len(call.args) < 2:
            return frozenset() if not call.keywords else None
        given = call.args[1]
        if not isinstance(given, ast.Dict) or None in given.keys:
            return None
        return frozenset(key.value for key in given.keys if isinstance(key, ast.Constant))
    if any(keyword.arg is None for keyword in call.keywords):
        return None
    return frozenset(keyword.arg for keyword in call.keywords if keyword.arg) - {"exit_code"}


def uses() -> Iterator[Use]:
    """Every code that is written as the first argument of a message or a failure."""
    for file, tree in trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            maker = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            code = node.args[0]
            if maker not in MAKERS or not isinstance(code, ast.Constant) or not isinstance(code.value, str):
                continue
            if re.fullmatch(r"[a-z]+\.[a-z0-9_.]+", code.value):
                yield Use(code.value, f"{file.relative_to(ROOT)}:{node.lineno}", _values(node, maker))


def strings(value: Any) -> Iterator[str]:
    """Every string in plain data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from strings(key)
            yield from strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)


@cache
def written() -> frozenset[str]:
    """Every string in our sources and data files, the catalogues aside."""
    found = {
        node.value
        for _, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    for file in sorted((ROOT / "resources").rglob("*")):
        if CATALOGUE in file.parents or file.suffix not in (".toml", ".json", ".html", ".j2"):
            continue
        text = file.read_text(encoding="utf-8")
        if file.suffix == ".toml":
            found.update(strings(tomllib.loads(text)))
        elif file.suffix == ".json":
            found.update(strings(json.loads(text)))
        else:
            found.update(re.findall(r"""["']([a-z_]+(?:\.[a-z0-9_]+)+)["']""", text))
    return frozenset(found)


@cache
def families() -> frozenset[str]:
    """Beginnings of codes that are put together where they are used, as in `f"cli.status_{status}"`."""
    pattern = re.compile(r"[a-z]+\.([a-z0-9_]+_)?")
    begun = {
        node.values[0].value
        for _, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant)
    }
    return frozenset(text for text in begun if isinstance(text, str) and pattern.fullmatch(text))


def recipe_keys() -> set[str]:
    """Dotted keys of recipes: they look like codes and are none."""
    keys = set()
    for section, value in Recipe.model_json_schema()["$defs"].items():
        area = section.removesuffix("Recipe").lower()
        keys |= {f"{area}.{name}" for name in value.get("properties", {})}
    return keys


def fields(sentence: str | dict[str, str]) -> set[str]:
    """The names in a sentence's braces, over all its parts."""
    texts = [sentence] if isinstance(sentence, str) else list(sentence.values())
    names = {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    return {re.split(r"[.\[]", name)[0] for name in names}


def no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    assert len(set(keys)) == len(keys), f"twice: {sorted(key for key in keys if keys.count(key) > 1)}"
    return dict(pairs)


def test_there_are_catalogues() -> None:
    assert {"models", "data", "recipe", "training", "pruning", "export"} <= set(AREAS)
    assert sorted(path.stem for path in (CATALOGUE / "zh_CN").glob("*.json")) == AREAS


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("area", AREAS)
def test_a_catalogue_is_well_formed(language: str, area: str) -> None:
    text = (CATALOGUE / language / f"{area}.json").read_text(encoding="utf-8")
    for code, sentence in json.loads(text, object_pairs_hook=no_twins).items():
        assert re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)*", code), code
        if isinstance(sentence, dict):
            assert {"what"} <= sentence.keys() <= {"what", "why", "todo"}, code
            for part in sentence.values():
                assert not re.search(r"[.。;；:：\s]$", part), f"{code}: a part ends in a mark"
        for part in strings(sentence):
            assert part, code
            assert not re.search(r"[!！]|\boops\b|\binvalid\b", part, re.IGNORECASE), f"{code}: {part}"


@pytest.mark.parametrize("area", AREAS)
def test_both_languages_say_the_same_with_the_same_values(area: str) -> None:
    english, chinese = (
        json.loads((CATALOGUE / language / f"{area}.json").read_text(encoding="utf-8"))
        for language in LANGUAGES
    )
    assert english.keys() == chinese.keys()
    for code in english:
        assert fields(english[code]) == fields(chinese[code]), code
        if isinstance(english[code], dict):
            assert english[code].keys() == chinese[code].keys(), code
        words = re.sub(r"\{[^}]*\}", "", " ".join(strings(english[code])))
        if re.search(r"[a-z]{3}", words):
            assert re.search(r"[\u4e00-\u9fff]", " ".join(strings(chinese[code]))), (
                f"{code} is not translated"
            )


def test_every_message_has_its_sentence_and_the_values_for_it() -> None:
    found = list(uses())
    assert len(found) > 30
    missing = [f"{use.place}: {use.code}" for use in found if use.code not in catalogue("en")]
    assert missing == []
    short = [
        f"{use.place}: {use.code} lacks {sorted(fields(catalogue('en')[use.code]) - use.values)}"
        for use in found
        if use.values is not None and not fields(catalogue("en")[use.code]) <= use.values
    ]
    assert short == []


def test_whatever_looks_like_a_code_is_one() -> None:
    pattern = re.compile(rf"({'|'.join(AREAS)})\.[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
    ends = re.compile(r"\.(py|jsonl?|html|txt|npz|onnx|pt2|pkl|pth?|safetensors|svg|toml)")
    rows = {
        "data",
        "pruning",
        "distillation",
        "training",
    }  # the window names its form's rows after recipe keys
    window = {
        node.value
        for file, tree in trees()
        if file.is_relative_to(ROOT / "gui")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.split(".")[0] in rows
    }
    lookalikes = {text for text in written() - window if pattern.fullmatch(text) and not ends.search(text)}
    begun = {text for text in families() if sum(code.startswith(text) for code in catalogue("en")) > 1}
    assert lookalikes - recipe_keys() - catalogue("en").keys() - begun == set()


def test_no_sentence_is_left_over() -> None:
    used = {*written(), *(code for code in catalogue("en") if code.startswith(tuple(families())))}
    assert sorted(catalogue("en").keys() - used) == []


def test_a_failure_is_one_line_in_either_language() -> None:
    params = {"path": "/models/a\nb.pth"}
    for language, colon, semicolon in (("en", ": ", "; "), ("zh_CN", "：", "；")):
        what, why, todo = parts("recipe.not_found", params, language)
        line = render("recipe.not_found", params, language)
        assert "\n" not in line
        assert line == " ".join(
            (what + (colon + why if why else "") + (semicolon + todo if todo else "")).split()
        )


def test_an_unknown_code_is_shown_rather_than_hidden() -> None:
    assert render("nobody.wrote_this", {"a": 1}) == 'nobody.wrote_this: {"a": 1}'
