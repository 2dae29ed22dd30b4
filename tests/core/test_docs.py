"""What README and the user guide say is so: commands, options, files, links, and both languages alike."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any, get_args

import click
import pytest
import typer

from penjing.commands.line import app
from penjing.spec.recipe import Recipe, parse

ROOT = Path(__file__).parent.parent.parent
PAGES = [ROOT / name for name in ("README.md", "README.zh-CN.md", "CONTRIBUTING.md", "CHANGELOG.md")]
PAGES += sorted((ROOT / "docs").glob("*.md"))
READMES = PAGES[:2]


def blocks(page: Path, language: str) -> list[str]:
    """The code blocks of a page in one language."""
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


def examples() -> list[tuple[str, str]]:
    """Every `penjing …` line of every page."""
    found = []
    for page in PAGES:
        for block in blocks(page, "sh"):
            for line in block.splitlines():
                line = line.split(" #")[0].strip()
                if line.startswith("penjing ") and not re.search(r"\b[A-Z_]{3,}\b", line):
                    found.append((page.name, line))
    return found


def listed(page: Path) -> list[str]:
    """The commands in a page's tables, as they are written there."""
    return re.findall(r"^\| `(penjing [^`]+)` \|", page.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.fixture(scope="module")
def program() -> Any:
    return typer.main.get_command(app)


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_every_command_in_the_readme_exists_and_the_other_way_round(page: Path, program: Any) -> None:
    names = {line.split()[1] for line in listed(page)}
    shown = {name for name, command in program.commands.items() if not command.hidden}
    assert names == shown


def test_both_readmes_show_the_same() -> None:
    english, chinese = READMES
    assert listed(english) == listed(chinese)
    for language in ("sh", "python"):
        first, second = (
            [re.sub(r"\s*#.*", "", block) for block in blocks(page, language)] for page in READMES
        )
        assert first == second
    headings = [re.findall(r"^## ", page.read_text(encoding="utf-8"), re.MULTILINE) for page in READMES]
    assert len(headings[0]) == len(headings[1])


@pytest.mark.parametrize(("page", "line"), examples())
def test_an_example_is_accepted_by_the_command_line(page: str, line: str, program: Any) -> None:
    name, *arguments = shlex.split(line)[1:]
    with click.Context(program) as parent:
        program.commands[name].make_context(name, arguments, parent=parent)


@pytest.mark.parametrize("page", [*READMES, ROOT / "docs" / "command-line.md"], ids=lambda page: page.name)
def test_an_option_that_is_named_exists(page: Path, program: Any) -> None:
    known = {
        option
        for command in [program, *program.commands.values()]
        for parameter in command.params
        for option in parameter.opts
    }
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    named = set(re.findall(r"`(--[a-z-]+)", text)) - {"--help"}
    assert named - known == set()


def test_every_option_is_on_the_page_of_commands(program: Any) -> None:
    page = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    own = {
        option
        for command in program.commands.values()
        if not command.hidden
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--")
    }
    assert {one for one in own if not re.search(rf"(?<![\w-]){one}(?![\w-])", page)} <= {"--help"}


def test_every_key_of_a_recipe_is_in_the_guide() -> None:
    page = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[a-z_]+\.[^|]+) \|", page, re.MULTILINE)
    named = set()
    for row in rows:
        first, *more = re.findall(r"`([a-z0-9_.]+)`", row)
        named |= {first, *(f"{first.partition('.')[0]}{one}" for one in more)}
    later = {"when", "granularity", "sparsity", "latency_ms", "scope"}  # one value so far, or none
    sections = {name: field.annotation for name, field in Recipe.model_fields.items()}
    keys = {
        f"{section}.{key}"
        for section, kind in sections.items()
        for model in (kind, *get_args(kind))
        if hasattr(model, "model_fields")
        for key in model.model_fields
        if key not in later
    }
    assert keys - named == {"distillation.taps"} and not named - keys


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
        if target.startswith("https://"):
            continue
        file, _, anchor = target.partition("#")
        path = page.parent / file if file else page
        assert path.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}, (
                target
            )


def test_the_recipe_in_the_guide_is_one() -> None:
    page = ROOT / "docs" / "recipes.md"
    (text,) = blocks(page, "toml")
    recipe = parse(tomllib.loads(text))
    assert recipe.pruning is not None and recipe.pruning.target == ("macs", 0.3)


def test_the_defaults_in_the_guide_are_the_recipes() -> None:
    page = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
    base: dict[str, Any] = {"model": {"reference": "sample:digits-cnn"}, "data": {"reference": "none"}}
    pruning = parse({**base, "technique": "pruning", "pruning": {}}).to_json()
    distillation = {"technique": "distillation", "distillation": {"student": "auto:width=0.5"}}
    filled = {**parse({**base, **distillation}).to_json(), "pruning": pruning["pruning"]}
    checked = 0
    for key, default in re.findall(r"^\| `([a-z_]+\.[a-z_0-9]+)` \| `?([a-z0-9.]+)`? \|", page, re.MULTILINE):
        section, name = key.split(".")
        if default in ("none", "from", "found", "fitted", "of"):
            continue
        assert str(filled[section][name]).lower() in (default, f"{default}.0"), key
        checked += 1
    assert checked >= 10


def test_make_has_the_targets_that_the_pages_name() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert targets >= {
        "app",
        "demo",
        "test",
        "test-all",
        "check",
        "bench",
        "screenshots",
        "wheel",
        "translations",
        "clean",
    }
    for page in PAGES:
        for name in re.findall(
            r"\bmake ([a-z-]+)\b(?=[`\s])", "\n".join(re.findall(r"`[^`]*`", page.read_text()))
        ):
            assert name in targets, f"{page.name}: make {name}"


def test_the_python_example_does_what_it_shows() -> None:
    import torch

    from penjing.models.sample import DigitsCNN

    torch.manual_seed(0)
    images, labels = torch.rand(60, 1, 8, 8), torch.arange(60) % 10
    names: dict[str, Any] = {"model": DigitsCNN(), "teacher": DigitsCNN(), "student": DigitsCNN(0.5)}
    names |= {"images": images, "labels": labels}
    (example,) = blocks(READMES[0], "python")
    exec(compile(example, "README.md", "exec"), names)
    assert names["costs"].totals.params == 11_689_512  # torchvision's published figure
    assert names["advice"]["technique"] in ("pruning", "distillation")
    sizes = {
        name: sum(one.numel() for one in names[name].parameters()) for name in ("model", "smaller", "student")
    }
    assert sizes["smaller"] < 0.4 * sizes["model"]
    assert names["student"](images).shape == (60, 10)


def test_the_guides_own_network_goes_the_way_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from safetensors.torch import save_file

    from penjing.cli import main

    monkeypatch.chdir(tmp_path)
    page = ROOT / "docs" / "getting-started.md"
    network, digits = blocks(page, "python")
    (tmp_path / "mynet.py").write_text(network, encoding="utf-8")
    exec(compile(digits, "digits.py", "exec"), {})
    first, data, inspect, train, prune, verify = (
        next(block for block in blocks(page, "sh") if "mynet.py" in block).strip().splitlines()
    )
    assert (first, verify) == ("python digits.py", "penjing verify runs/small")
    # The run of training takes as long as all the rest: its weights stand where it would have left them.
    names: dict[str, Any] = {"__name__": "mynet"}
    exec(compile(network, "mynet.py", "exec"), names)
    (tmp_path / "runs" / "mine" / "result").mkdir(parents=True)
    assert "--out runs/mine" in train and "--weights runs/mine/result/model.safetensors" in prune
    save_file(names["build"]().state_dict(), "runs/mine/result/model.safetensors")
    for line in (data, inspect, prune.replace("--epochs 10", "--epochs 1")):
        with pytest.raises(SystemExit) as end:
            main(shlex.split(line)[1:])
        assert not end.value.code, line
    assert (tmp_path / "runs" / "small" / "result" / "model.onnx").exists()
