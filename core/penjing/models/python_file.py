"""`py:FILE.py:FACTORY`: a model built by a person's own code, which runs only with their trust."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import torch
from torch import nn

from penjing.models import formats
from penjing.models.source import ModelSource, OpenedModel
from penjing.models.weights import fit, listed, read_state, state_sha256
from penjing.models.zoo import RANDOM_SEED, last_features
from penjing.spec.messages import NEEDS_TRUST, Failure, bad_input
from penjing.spec.references import InputSpec, ModelReference

_open_folders: list[Path] = []  # at most one: the folder of the file that was loaded last


def open_factory(
    parsed: ModelReference, path: Path | None, inputs: tuple[InputSpec, ...], trust: bool
) -> OpenedModel:
    """Run the file and call its factory (a function or class that needs no arguments), under a fixed seed.

    What the file prints goes to stderr. Raises `Failure`: exit code 3 without `trust`, else 2.
    """
    file = Path(parsed.target).expanduser().absolute()
    kind = formats.recognise(file)
    if kind != "python":
        raise (
            bad_input("models.py_not_python", path=str(file))
            if kind == "text"
            else formats.refusal(file, kind)
        )
    factory = parsed.factory or ""
    if not trust:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        raise Failure("models.py_needs_trust", NEEDS_TRUST, path=str(file), factory=factory, sha256=digest)
    if not inputs:
        raise bad_input("models.input_needed", reference=str(parsed))
    state = read_state(path) if path else None
    module = build(file, factory)
    if state is not None and path is not None:
        fit(module, state, path)
    return OpenedModel(
        module=module.eval(),
        reference=parsed,
        title=parsed.title,
        format="py",
        input=inputs,
        sha256=state_sha256(module.state_dict()),
        weights_label=path.name if path else "factory",
        source=ModelSource("py", factory, code=file.read_text(encoding="utf-8"), file=str(file)),
        outputs=last_features(module),
    )


def build(file: Path, factory: str) -> nn.Module:
    """Load `file` and call `factory` in it. Trust has been given. Raises `Failure` (exit code 2)."""
    with _importable(file.parent), contextlib.redirect_stdout(sys.stderr), torch.random.fork_rng(devices=[]):
        torch.manual_seed(RANDOM_SEED)
        try:
            loaded = _load(file)
        except (Exception, SystemExit) as error:
            raise bad_input("models.py_failed", path=str(file), error=_reason(error)) from error
        make = getattr(loaded, factory, None)
        if not callable(make):
            names = [
                name
                for name, one in vars(loaded).items()
                if getattr(one, "__module__", None) == loaded.__name__ and callable(one)
            ]
            raise bad_input("models.py_no_factory", path=str(file), factory=factory, known=listed(names))
        try:
            module = make()
        except (Exception, SystemExit) as error:
            raise bad_input(
                "models.py_factory_failed", path=str(file), factory=factory, error=_reason(error)
            ) from error
    if not isinstance(module, nn.Module):
        found = type(module).__name__
        raise bad_input("models.py_not_module", path=str(file), factory=factory, found=found)
    return module.cpu()


def _load(file: Path) -> ModuleType:
    name = f"penjing_user_{hashlib.sha256(str(file).encode()).hexdigest()[:12]}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(str(file))
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[name] = loaded
    try:
        spec.loader.exec_module(loaded)
    except BaseException:
        del sys.modules[name]
        raise
    return loaded


@contextlib.contextmanager
def _importable(folder: Path) -> Iterator[None]:
    """Put `folder` first on the import path while its file loads, and last afterwards (for imports made
    later).

    The folder of a file loaded earlier is taken off the path and its modules are forgotten, so that two
    files may each have a neighbour of the same name.
    """
    while _open_folders:
        _forget(_open_folders.pop())
    text = str(folder)
    sys.path.insert(0, text)
    try:
        yield
    finally:
        sys.path.remove(text)
    sys.path.append(text)
    _open_folders.append(folder)


def _forget(folder: Path) -> None:
    if str(folder) in sys.path:
        sys.path.remove(str(folder))
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        ours = name.startswith("penjing_user_") or name == "__main__"
        if file and not ours and Path(file).is_relative_to(folder) and not _installed(Path(file)):
            del sys.modules[name]


def _installed(file: Path) -> bool:
    """Whether a module's file is part of the Python installation rather than a person's own neighbour."""
    return any(
        file.is_relative_to(root) for root in map(Path, {sys.prefix, sys.base_prefix, *_package_roots()})
    )


def _package_roots() -> set[str]:
    import penjing

    return {str(Path(inspect.getfile(penjing)).parent), *(one for one in sys.path if "site-packages" in one)}


def _reason(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:200]}" if lines else type(error).__name__
