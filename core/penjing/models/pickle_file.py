"""A whole module in one pickle, as `torch.save(model, FILE)` writes it. It is a program: it opens with consent alone.

With consent the file is read by torch's restricted unpickler with the classes that it names let in. Where it calls
functions too, Python's own unpickler reads it, which is then held to the names that the person was shown. Names that
run programs (`penjing.models.denied`) are let in by neither.
"""

from __future__ import annotations

import contextlib
import pickle
import sys
import types
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import torch
from torch import nn

from penjing.models.denied import denied, denied_object
from penjing.models.heads import last_features
from penjing.models.held import held
from penjing.models.pickle_walk import current_name
from penjing.models.source import ModelSource, OpenedModel
from penjing.models.state_file import view_of
from penjing.models.unwrapping import unwrap
from penjing.models.weights import read_weights, state_sha256
from penjing.spec.files import sha256_file
from penjing.spec.messages import NEEDS_TRUST, Failure, Message, bad_input
from penjing.spec.references import InputSpec, ModelReference
from penjing.spec.trust import covers

_WITHIN = ("model", "ema", "net", "network", "module")  # where trainers put a module within what they save


def open_pickle(
    parsed: ModelReference, path: Path, names: Sequence[str], inputs: tuple[InputSpec, ...], trust: bool | str
) -> OpenedModel:
    """Open a torch file whose pickle refers to `names`.

    Raises `Failure`: exit code 3 without `trust`, 2 for names that are never let in, for classes that are not here,
    and for a module without `inputs`.
    """
    _agreed(path, names, trust)
    with held(path) as kept:
        sha256 = kept.sha256
        consent(path, names, trust, sha256)
        value = load(path, kept.file, names)
    module, steps = _module(value)
    if module is None:
        return view_of(parsed, path, value, inputs)
    if not inputs:
        raise bad_input("models.pickle_input_needed", path=str(path))
    module = module.cpu().eval()
    return OpenedModel(
        module=module,
        reference=parsed,
        title=parsed.title,
        format="pickle",
        input=inputs,
        sha256=state_sha256(module.state_dict()),
        weights_label=path.name,
        source=ModelSource(
            "pickle",
            "_pickled",
            {"steps": steps},
            file=str(path.absolute()),
            sha256=sha256,
            neighbours=tuple(str(one) for one in neighbours(path, names)),
        ),
        outputs=last_features(module),
    )


def weights_of(
    path: Path, names: Sequence[str], trust: bool
) -> tuple[dict[str, torch.Tensor], tuple[Message, ...]]:
    """The state dict in any file that holds one, a whole pickled module's too, with notes on how it was found.

    Raises `Failure` as `consent` does, and (exit code 2) for a file without named tensors.
    """
    if not names:
        found = read_weights(path)
        return found.state, found.notes
    _agreed(path, names, trust)
    with held(path) as kept:
        consent(path, names, trust, kept.sha256)
        value = load(path, kept.file, names)
    module, _ = _module(value)
    if module is not None:
        return dict(module.state_dict()), ()
    unwrapped = unwrap(value)
    if unwrapped is None:
        raise bad_input("models.no_state_dict", path=str(path), found=type(value).__name__)
    return unwrapped.state, unwrapped.notes


def _agreed(path: Path, names: Sequence[str], trust: bool | str) -> None:
    """Refuse what is refused whatever the bytes are, before they are copied."""
    if not trust or any(denied(name) for name in names):
        consent(path, names, trust, sha256_file(path))


def consent(path: Path, names: Sequence[str], trust: bool | str, sha256: str) -> None:
    """Raise `Failure` where a file may not be unpickled: exit code 3 without `trust`, else 2 for denied names.

    `trust` may be the SHA-256 that a person agreed to: it then holds for these bytes alone.

    `globals` lists all that the pickle refers to, and `sha256` is of the file, for whoever asks the person.
    """
    bad = [name for name in names if denied(name)]
    listed = ", ".join(names)
    if bad:
        raise Failure(
            "models.pickle_denied",
            2 if trust else NEEDS_TRUST,
            path=str(path),
            denied=", ".join(bad),
            names=listed,
            globals=list(names),
            sha256=sha256,
        )
    if not covers(trust, sha256):
        raise Failure(
            "models.pickle_needs_trust",
            NEEDS_TRUST,
            path=str(path),
            names=listed,
            globals=list(names),
            sha256=sha256,
        )


def load(path: Path, file: BinaryIO, names: Sequence[str]) -> Any:
    """What the file holds; consent has been given. What it prints goes to stderr."""
    with _importable(path.parent), contextlib.redirect_stdout(sys.stderr):
        found = {name: _resolve(path, name) for name in names}
        classes: list[Any] = [(one, name) for name, one in found.items() if isinstance(one, type)]
        try:
            if len(classes) == len(found):
                with torch.serialization.safe_globals(classes), contextlib.suppress(pickle.UnpicklingError):
                    file.seek(0)
                    return torch.load(file, map_location="cpu", weights_only=True)
            file.seek(0)
            guarded = _guarded(path, frozenset(names))
            return torch.load(file, map_location="cpu", weights_only=False, pickle_module=guarded)
        except Failure:
            raise
        except (Exception, SystemExit) as error:  # the file's own classes can raise anything
            raise bad_input("models.pickle_failed", path=str(path), error=_reason(error)) from error


def _resolve(path: Path, name: str) -> Any:
    """The object of a name. Its module is imported, which the person has agreed to."""
    parts = name.split(".")
    if parts[0] == "__main__":
        raise bad_input("models.pickle_class_missing", path=str(path), name=name)
    for cut in range(len(parts) - 1, 0, -1):
        module = ".".join(parts[:cut])
        try:
            found: Any = __import__(module, fromlist=["_"])
            for part in parts[cut:]:
                found = getattr(found, part)
        except (ImportError, AttributeError):
            continue
        except (Exception, SystemExit) as error:
            raise bad_input("models.pickle_failed", path=str(path), error=_reason(error)) from error
        if denied_object(found):
            raise bad_input(
                "models.pickle_denied", path=str(path), denied=name, names=name, globals=[name], sha256=""
            )
        return found
    raise bad_input("models.pickle_class_missing", path=str(path), name=name)


def _guarded(path: Path, names: frozenset[str]) -> types.ModuleType:
    """A stand-in for the `pickle` module whose unpickler lets in these names, and what weights are made of."""
    plain = set(torch._weights_only_unpickler._get_allowed_globals())

    class Guarded(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            full = current_name(module, name)
            if full in plain:
                return torch._weights_only_unpickler._get_allowed_globals()[full]
            if full not in names or denied(full):
                raise bad_input(
                    "models.pickle_denied", path=str(path), denied=full, names=full, globals=[full], sha256=""
                )
            return _resolve(path, full)

    stand_in = types.ModuleType("guarded_pickle")
    stand_in.__dict__.update(Unpickler=Guarded, load=lambda file, **named: Guarded(file, **named).load())
    return stand_in


def _module(value: Any) -> tuple[nn.Module | None, list[str]]:
    """The module in what was saved, and the steps that lead to it."""
    steps: list[str] = []
    while not isinstance(value, nn.Module):
        key = next(
            (one for one in _WITHIN if isinstance(value, dict) and _holds_module(value.get(one))), None
        )
        if key is None:
            return None, []
        steps.append(key)
        value = value[key]
    while isinstance(value, (nn.DataParallel, nn.parallel.DistributedDataParallel)):
        steps.append("module")
        value = value.module
    return value, steps


def _holds_module(value: Any) -> bool:
    return isinstance(value, nn.Module) or (isinstance(value, dict) and _module(value)[0] is not None)


def neighbours(path: Path, names: Sequence[str]) -> list[Path]:
    """Files and packages beside a pickle from which the names that it refers to come, where they are not installed."""
    found: dict[Path, None] = {}
    for name in names:
        root = sys.modules.get(name.partition(".")[0])
        place = getattr(root, "__file__", None)
        if not place:
            continue
        file, folder = Path(place).resolve(), path.resolve().parent
        if file.parent == folder or (file.name == "__init__.py" and file.parent.parent == folder):
            found[file] = None
    return list(found)


@contextlib.contextmanager
def _importable(folder: Path) -> Iterator[None]:
    """Classes that lie beside the file can be imported, and later imports of theirs; nothing installed is shadowed."""
    place = str(folder.absolute())
    if place not in sys.path:
        sys.path.append(place)
    yield


def _reason(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:200]}" if lines else type(error).__name__
