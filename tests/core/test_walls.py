"""The walls between the parts: what a package drags in when it is imported, and who may know whom.

import-linter reads the imports that are written; a fresh process shows what really gets loaded.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

TORCH = ("torch", "torchvision", "torch_pruning", "torchmetrics", "onnxruntime")
QT = ("PySide6", "shiboken6", "pyqtgraph")


def modules(root: Path, package: str) -> list[str]:
    """Every module of a package by name, found by its files, without importing anything."""
    source = {"penjing": "core", "penjing_gui": "gui", "penjing_resources": "resources"}[
        package.split(".")[0]
    ]
    base = root / source
    files = sorted((base / package.replace(".", "/")).rglob("*.py"))
    names = [
        ".".join(file.relative_to(base).with_suffix("").parts).removesuffix(".__init__") for file in files
    ]
    return [name for name in names if not name.endswith("__main__")]


def loaded(names: list[str]) -> set[str]:
    """The top-level packages in memory after a fresh process has imported `names`."""
    code = (
        "import importlib, json, sys\n"
        "for name in json.loads(sys.argv[1]):\n"
        "    importlib.import_module(name)\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error:::penjing", "-c", code, json.dumps(names)],
        capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_the_window_never_loads_torch(root: Path) -> None:
    names = modules(root, "penjing_gui")
    assert "penjing_gui.inspect" in names
    assert loaded(names) & {*TORCH, "sklearn"} == set()


@pytest.mark.parametrize("package", ["penjing.spec", "penjing.whatif", "penjing.advice"])
def test_plain_data_what_if_and_advice_load_neither_torch_nor_qt(root: Path, package: str) -> None:
    names = modules(root, package)
    assert names
    assert loaded(["penjing", *names]) & {*TORCH, *QT} == set()


def test_the_catalogues_load_nothing_of_ours(root: Path) -> None:
    names = modules(root, "penjing_resources")
    assert loaded(names) & {*TORCH, *QT, "penjing", "penjing_gui"} == set()


def test_the_command_answers_without_loading_torch_or_qt() -> None:
    assert loaded(["penjing.cli", "penjing.commands.line"]) & {*TORCH, *QT} == set()


def test_core_never_loads_qt(root: Path) -> None:
    assert loaded(modules(root, "penjing")) & {*QT, "penjing_gui"} == set()


def test_the_folders_of_core_load_nothing_by_themselves(root: Path) -> None:
    folders = sorted(path.parent.name for path in (root / "core" / "penjing").glob("*/__init__.py"))
    assert {"spec", "models", "training", "runs"} <= set(folders)
    assert loaded([f"penjing.{name}" for name in folders]) & {*TORCH, *QT} == set()


def test_the_written_imports_keep_to_the_contracts(root: Path) -> None:
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", code, "--no-cache"],
        cwd=root, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout
