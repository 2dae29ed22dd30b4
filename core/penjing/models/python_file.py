"""`py:FILE.py:FACTORY`: a model built by a person's own code, which runs only with their trust."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.abc
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import FrameType, ModuleType

import torch
from torch import nn

from penjing.models import formats
from penjing.models.heads import last_features
from penjing.models.source import ModelSource, OpenedModel
from penjing.models.weights import fit, listed, read_state, state_sha256
from penjing.models.zoo import RANDOM_SEED
from penjing.spec.messages import NEEDS_TRUST, Failure, bad_input
from penjing.spec.references import InputSpec, ModelReference
from penjing.spec.trust import covers

# At most one: what finds the neighbours of the file that was loaded last, and the modules that there were before it.
_open_folders: list[tuple[_Neighbours, frozenset[str]]] = []


def open_factory(
    parsed: ModelReference, path: Path | None, inputs: tuple[InputSpec, ...], trust: bool | str
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
    text = file.read_bytes()  # once: what is agreed to is what runs
    digest = hashlib.sha256(text).hexdigest()
    if not covers(trust, digest):
        raise Failure("models.py_needs_trust", NEEDS_TRUST, path=str(file), factory=factory, sha256=digest)
    if not inputs:
        raise bad_input("models.input_needed", reference=str(parsed))
    state = read_state(path) if path else None
    module = build(file, factory, text)
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
        source=ModelSource("py", factory, code=text.decode("utf-8", "replace"), file=str(file)),
        outputs=last_features(module),
    )


def build(file: Path, factory: str, text: bytes | None = None) -> nn.Module:
    """Load `file`, or its `text` as read before, and call `factory` in it. Trust has been given.

    Raises `Failure` (exit code 2).
    """
    with _importable(file.parent), contextlib.redirect_stdout(sys.stderr), torch.random.fork_rng(devices=[]):
        torch.manual_seed(RANDOM_SEED)
        try:
            loaded = _load(file, file.read_bytes() if text is None else text)
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
    for name, one in (*module.named_parameters(), *module.named_buffers()):
        if isinstance(one, (nn.UninitializedParameter, nn.UninitializedBuffer)):
            raise bad_input("models.py_lazy", path=str(file), factory=factory, name=name)
    return module.cpu()


def _load(file: Path, text: bytes) -> ModuleType:
    name = f"penjing_user_{hashlib.sha256(str(file).encode()).hexdigest()[:12]}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(str(file))
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[name] = loaded
    try:
        # From the text: byte code that lies beside it may be of another one.
        exec(compile(text, str(file), "exec"), loaded.__dict__)
    except BaseException:
        del sys.modules[name]
        raise
    return loaded


class _Neighbours(importlib.abc.MetaPathFinder):
    """Finds what lies in one folder, for imports that code of that folder makes, and for no others."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """As importlib asks; None where the name is to be looked for elsewhere."""
        if path is not None or not self._asks():
            return None
        return PathFinder.find_spec(fullname, [str(self.folder)])

    def _asks(self) -> bool:
        """Whether the import statement stands in this folder, an environment within it aside."""
        frame: FrameType | None = sys._getframe(2)
        while frame is not None and "importlib" in frame.f_code.co_filename:
            frame = frame.f_back
        if frame is None:
            return False
        place = Path(frame.f_code.co_filename)
        return place.is_relative_to(self.folder) and not {"site-packages", "dist-packages"} & set(place.parts)


@contextlib.contextmanager
def _importable(folder: Path) -> Iterator[None]:
    """Let the code of `folder` import what lies there, now and later (as in a `forward`), before what is installed.

    The folder of a file loaded earlier is importable no more and its modules are forgotten, so that two files
    may each have a neighbour of the same name.
    """
    while _open_folders:
        earlier, before = _open_folders.pop()
        with contextlib.suppress(ValueError):
            sys.meta_path.remove(earlier)
        for name in [one for one in sys.modules if one not in before and _neighbour(one, earlier.folder)]:
            del sys.modules[name]
    finder = _Neighbours(folder)
    _open_folders.append((finder, frozenset(sys.modules)))
    sys.meta_path.insert(_place_of(PathFinder), finder)
    yield


def _place_of(finder: object) -> int:
    """Where a finder stands, so that built-in modules come before the folder's, as they do for any script."""
    return next((place for place, one in enumerate(sys.meta_path) if one is finder), len(sys.meta_path))


def _neighbour(name: str, folder: Path) -> bool:
    """Whether a module lies directly in `folder` (and not in an environment that happens to be within it)."""
    top = name.partition(".")[0]
    module = sys.modules.get(top)
    places = [getattr(module, "__file__", None), *getattr(module, "__path__", ())]
    return any(place and Path(place).is_relative_to(folder / top) for place in places) or any(
        place and Path(place) == folder / f"{top}.py" for place in places
    )


def _reason(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:200]}" if lines else type(error).__name__
