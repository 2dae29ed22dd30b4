"""From a path that a person chose or dropped to a model reference. Looks at names alone: nothing is read."""

from __future__ import annotations

from pathlib import Path

from penjing.spec.messages import Failure
from penjing.spec.references import parse_model

CONFIG = "config.json"  # in a folder of Hugging Face
USUAL = (
    "build",
    "make",
    "model",
    "create_model",
    "get_model",
    "Net",
    "Model",
)  # factories that are likely meant


def reference_of(path: Path) -> str:
    """The reference of what lies there: `hf:` for a model's folder, `py:FILE.py:` (a function is to be named) for
    Python, the path itself otherwise."""
    if path.suffix == ".py":
        return f"py:{path}:"
    if (path / CONFIG).is_file():
        return f"hf:{path}"
    return str(path)


def completed(text: str) -> str:
    """What was typed, as a reference: a path to a folder of Hugging Face gets its `hf:`."""
    text = text.strip()
    try:
        parsed = parse_model(text)
    except Failure:
        return text
    return reference_of(Path(parsed.target).expanduser()) if parsed.kind == "path" else text


def python_file(text: str) -> tuple[str, str] | None:
    """The file and the function of a `py:` reference, also of one that is not whole yet; None for any other."""
    text = text.strip()
    if not text.startswith("py:"):
        return None
    rest = text.removeprefix("py:")
    file, colon, factory = rest.rpartition(":")
    if not colon or not file.endswith(".py"):
        file, factory = rest, ""
    return (file, factory) if file.endswith(".py") else None


def likely(factories: list[str]) -> str:
    """The function that is probably meant; "" where there is none."""
    return next((one for one in USUAL if one in factories), factories[0] if factories else "")
