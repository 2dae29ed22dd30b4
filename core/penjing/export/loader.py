"""Writes `load_model.py`: plain torch that rebuilds the architecture and fits its layers to the weights."""

from __future__ import annotations

import ast
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from torch import nn

from penjing.export.manifest import tool_versions
from penjing.models.onnx_network import prepared_bytes
from penjing.models.source import ModelSource
from penjing.spec.files import sha256_file
from penjing.spec.messages import Failure
from penjing.spec.references import InputSpec
from penjing_resources import templates

LOADER = "load_model.py"
WEIGHTS = "model.safetensors"
ARCHITECTURE = "architecture"  # folder of the author's own files
_NEEDS = {
    "torchvision": "torch and torchvision",
    "timm": "torch and timm",
    "hf": "torch and transformers",
    "pickle": "torch and the packages that architecture.pth refers to",
    "onnx": "torch, onnx and onnx2torch",
}
CONFIGURATION = "config.json"  # of a model of transformers, in that folder
CONVERTED = "architecture.onnx"  # the graph that a model was converted from
PICKLED = "architecture.pth"  # the pickled module that a model was opened from


def write(module: nn.Module, source: ModelSource, inputs: Sequence[InputSpec], folder: Path) -> None:
    """Write `load_model.py`; beside it, copies of the author's file and the neighbours it imports.

    A model opened from a pickled module brings that file along, which `load_model.py` opens only while it has the
    SHA-256 that it had; one converted from ONNX the graph, on the same terms.
    """
    pickled, converted = source.kind == "pickle", source.kind == "onnx"
    files = _author_files(source, folder)
    expression = f"_architecture().{source.expression}" if files and not pickled else source.expression
    if source.kind == "hf":
        expression = _from_configuration(source, folder)
    text = templates.environment().get_template("load_model.py.j2").render(
        weights=WEIGHTS,
        weights_repr=json.dumps(WEIGHTS),
        needs=_NEEDS.get(source.kind, "plain torch"),
        version=tool_versions().get("penjing", ""),
        has_files=bool(files) and not pickled,
        pickled=json.dumps(PICKLED) if pickled else "",
        converted=json.dumps(CONVERTED) if converted else "",
        file_sha256=json.dumps(source.sha256),
        pickled_beside=bool(files),
        imports=source.imports,
        groups=_dictionary(_groups(module)),
        code="" if files else embeddable(source.code),
        module_name=json.dumps(f"architecture_{Path(source.file).stem}") if source.file else "",
        file_name=json.dumps(Path(source.file).name) if source.file else "",
        expression=expression,
        dtypes=json.dumps([spec.dtype for spec in inputs]),
    )  # fmt: skip
    (folder / LOADER).write_text(text, encoding="utf-8")


def _from_configuration(source: ModelSource, folder: Path) -> str:
    """Write the configuration of a model of transformers; return the expression that builds from it."""
    path = folder / ARCHITECTURE / CONFIGURATION
    path.parent.mkdir()
    text = json.dumps(source.kwargs["config"], indent=2, sort_keys=True, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")
    file = f'HERE / "{ARCHITECTURE}" / "{CONFIGURATION}"'
    read = f'json.loads(({file}).read_text(encoding="utf-8"))'
    return f"{source.factory}({read}, {source.kwargs['architecture']!r})"


def _author_files(source: ModelSource, folder: Path) -> list[Path]:
    """Copy what the architecture is built from; return the files that went into the `architecture` folder."""
    if not source.file:
        return []
    if source.kind == "onnx":
        (folder / CONVERTED).write_bytes(prepared_bytes(Path(source.file)))
        if sha256_file(folder / CONVERTED) != source.sha256:
            raise Failure("export.source_changed", path=source.file)
        return []
    if source.kind != "pickle":
        return _copy_files([Path(source.file)], folder / ARCHITECTURE)
    shutil.copyfile(source.file, folder / PICKLED)
    if sha256_file(folder / PICKLED) != source.sha256:
        raise Failure("export.source_changed", path=source.file)
    return _copy_files([Path(one) for one in source.neighbours], folder / ARCHITECTURE)


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


def _copy_files(files: Sequence[Path], to: Path) -> list[Path]:
    """Copy `files`, and the modules and packages of their own folder that they import, directly or not."""
    if not files:
        return []
    to.mkdir()
    # A package that is named itself comes whole.
    home = files[0].parent.parent if files[0].name == "__init__.py" else files[0].parent
    waiting = [one for file in files for one in _whole(file)]
    copied = []
    while waiting:
        one = waiting.pop()
        target = to / one.relative_to(home)
        if target.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(one, target)
        copied.append(one)
        for name in _imported(one):
            if (module := home / f"{name}.py").is_file():
                waiting.append(module)
            elif (home / name / "__init__.py").is_file():
                waiting.extend(sorted((home / name).rglob("*.py")))
    return copied


def _whole(file: Path) -> list[Path]:
    return sorted(file.parent.rglob("*.py")) if file.name == "__init__.py" else [file]


def _imported(file: Path) -> set[str]:
    """The top names that a file imports absolutely."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return {name for name in names if name.isidentifier()}
