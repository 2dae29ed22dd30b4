"""Writes `load_model.py`: plain torch that rebuilds the architecture and fits its layers to the weights."""

from __future__ import annotations

import ast
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from torch import nn

from penjing.export.manifest import tool_versions
from penjing.models.source import ModelSource
from penjing.spec.references import InputSpec
from penjing_resources import templates

LOADER = "load_model.py"
WEIGHTS = "model.safetensors"
ARCHITECTURE = "architecture"  # folder of the author's own files


def write(module: nn.Module, source: ModelSource, inputs: Sequence[InputSpec], folder: Path) -> None:
    """Write `load_model.py`; beside it, copies of the author's file and the neighbours it imports."""
    files = _copy_files(Path(source.file), folder / ARCHITECTURE) if source.file else []
    expression = f"_architecture().{source.expression}" if files else source.expression
    text = templates.environment().get_template("load_model.py.j2").render(
        weights=WEIGHTS,
        weights_repr=json.dumps(WEIGHTS),
        needs="torch and torchvision" if source.kind == "torchvision" else "plain torch",
        version=tool_versions().get("penjing", ""),
        has_files=bool(files),
        imports=source.imports,
        groups=_dictionary(_groups(module)),
        code="" if files else embeddable(source.code),
        module_name=json.dumps(f"architecture_{Path(source.file).stem}") if source.file else "",
        file_name=json.dumps(Path(source.file).name) if source.file else "",
        expression=expression,
        dtypes=json.dumps([spec.dtype for spec in inputs]),
    )  # fmt: skip
    (folder / LOADER).write_text(text, encoding="utf-8")


def embeddable(code: str) -> str:
    """Source text of a file without its docstring and the imports that `load_model.py` has already."""
    if not code.strip():
        return ""
    lines = code.splitlines()
    for number, node in reversed(list(enumerate(ast.parse(code).body))):
        docstring = number == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if docstring or future or ast.unparse(node) in ("import torch", "from torch import nn"):
            del lines[node.lineno - 1 : node.end_lineno]
    return "\n".join(lines).strip()


def _groups(module: nn.Module) -> dict[str, int]:
    found = {name: getattr(layer, "groups", 1) for name, layer in module.named_modules()}
    return {name: groups for name, groups in found.items() if isinstance(groups, int) and groups > 1}


def _dictionary(values: dict[str, int]) -> str:
    if not values:
        return "{}"
    return "{\n" + "".join(f"    {json.dumps(name)}: {value},\n" for name, value in values.items()) + "}"


def _copy_files(file: Path, to: Path) -> list[Path]:
    """Copy `file`, and the modules and packages of its own folder that it imports, directly or not."""
    to.mkdir()
    waiting, copied = [file], []
    while waiting:
        one = waiting.pop()
        target = to / one.relative_to(file.parent)
        if target.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(one, target)
        copied.append(one)
        for name in _imported(one):
            if (module := file.parent / f"{name}.py").is_file():
                waiting.append(module)
            elif (file.parent / name / "__init__.py").is_file():
                waiting.extend(sorted((file.parent / name).rglob("*.py")))
    return copied


def _imported(file: Path) -> set[str]:
    """The top names that a file imports absolutely."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return {name for name in names if name.isidentifier()}
