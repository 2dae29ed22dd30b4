"""What a file is and what opening it would run, found out without running any of it: for the question of trust."""

from __future__ import annotations

import ast
import zipfile
from pathlib import Path
from typing import Any

from penjing.models import formats
from penjing.models.exported_names import exported_names, native_parts
from penjing.models.pickle_names import unsafe_globals
from penjing.spec.files import sha256_file
from penjing.spec.messages import Failure
from penjing.spec.references import parse_model

LARGEST_SOURCE = 2_000_000  # bytes of a Python file that is read for its functions
MOST = 200  # names and lines told
_LINE = 160  # characters of a line told
CONFIG = "config.json"


def program_of(reference: str, weights: str | None) -> Path:
    """The file that the question of trust is about: a Python file, a file opened as a model, or the weights."""
    parsed = parse_model(reference)
    if parsed.kind in ("py", "path"):
        return Path(parsed.target).expanduser().absolute()
    return Path(weights or parsed.target).expanduser().absolute()


def still_agreed(reference: str, weights: str | None, sha256: str | None) -> bool:
    """Whether the file is the one that a person agreed to run; yes where the agreement names no SHA-256."""
    if not sha256:
        return True
    try:
        return sha256_file(program_of(reference, weights)) == sha256
    except OSError:
        return False


def look(path: Path) -> dict[str, Any]:
    """The session's `look`: a file's kind, its SHA-256, and what is in it that could run.

    `names` is what a pickle refers to, or the programs within TorchScript; `statements` what a Python file runs when it
    is loaded, `factories` what can be called in it without arguments. Raises `Failure` where it cannot be read.
    """
    kind = formats.recognise(path)
    if kind == "directory":
        return {
            "path": str(path),
            "kind": "hf" if (path / CONFIG).is_file() else kind,
            "sha256": "",
            **_NOTHING,
        }
    found: dict[str, Any] = {"path": str(path), "kind": kind, "sha256": sha256_file(path), **_NOTHING}
    if kind in ("python", "text") and path.suffix == ".py":
        return {**found, "kind": "python", **_python(path)}
    try:
        found["names"] = _names(path, kind)[:MOST]
    except Failure:  # a damaged file: said when it is opened
        found["names"] = []
    return found


_NOTHING: dict[str, Any] = {"names": [], "factories": [], "imports": [], "statements": []}


def _names(path: Path, kind: formats.Kind) -> list[str]:
    if kind in ("torch", "torch-legacy"):
        return list(unsafe_globals(path))
    if kind == "pt2":
        return [*native_parts(path), *exported_names(path)]
    if kind == "torchscript":
        with zipfile.ZipFile(path) as archive:
            names = [name.partition("/")[2] for name in archive.namelist()]
        return [name for name in names if name.startswith("code/") and name.endswith(".py")]
    return []


def _python(path: Path) -> dict[str, Any]:
    if path.stat().st_size > LARGEST_SOURCE:
        return {}
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    imports: dict[str, None] = {}
    statements: list[str] = []
    factories: list[dict[str, Any]] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            if _callable_bare(node) and not node.name.startswith("_"):
                factories.append({"name": node.name, "line": node.lineno})
            statements += [f"{one.lineno}: @{_text(one)}" for one in node.decorator_list]
        elif not isinstance(node, ast.Import | ast.ImportFrom) and not _plain(node):
            statements.append(f"{node.lineno}: {_text(node)}")
    for one in ast.walk(tree):
        if isinstance(one, ast.Import):
            imports.update(dict.fromkeys(alias.name for alias in one.names))
        elif isinstance(one, ast.ImportFrom):
            imports["." * one.level + (one.module or "")] = None
    return {"imports": list(imports)[:MOST], "statements": statements[:MOST], "factories": factories[:MOST]}


def _plain(node: ast.stmt) -> bool:
    """Whether a statement runs nothing worth telling: a text, or a name given to a plain value."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return not any(isinstance(one, ast.Call | ast.Await) for one in ast.walk(node))
    return isinstance(node, ast.Pass | ast.AsyncFunctionDef)


def _callable_bare(node: ast.FunctionDef | ast.ClassDef) -> bool:
    """Whether it can be called without arguments, as far as the text says."""
    if isinstance(node, ast.ClassDef):
        makers = [one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"]
        return bool(node.bases) and (not makers or _required(makers[-1].args) <= 1)
    return _required(node.args) == 0


def _required(arguments: ast.arguments) -> int:
    positional = len(arguments.posonlyargs) + len(arguments.args) - len(arguments.defaults)
    return positional + sum(one is None for one in arguments.kw_defaults)


def _text(node: ast.AST) -> str:
    lines = ast.unparse(node).splitlines()
    first = lines[0] if lines else ""
    return first[:_LINE] + ("…" if len(lines) > 1 or len(first) > _LINE else "")
