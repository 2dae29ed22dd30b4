"""TorchScript and `.pt2`: weights that can be looked at at once, and with consent the program's own graph.

Neither can be trained as it is. Their weights go into an architecture (`penjing.models.carriers`).
"""

from __future__ import annotations

import contextlib
import sys
import warnings
from pathlib import Path
from typing import Any

import torch

from penjing.models import carriers, formats
from penjing.models.archive import check_zip
from penjing.models.denied import denied
from penjing.models.exported_names import exported_names, native_parts
from penjing.models.held import Held, held
from penjing.models.pickle_file import consent
from penjing.models.program_table import program_table
from penjing.models.source import OpenedModel
from penjing.models.weights import listed
from penjing.models.weights_view import stored, view, viewed
from penjing.spec.costs import CostTable
from penjing.spec.messages import NEEDS_TRUST, Failure, Message, bad_input
from penjing.spec.references import InputSpec, ModelReference
from penjing.spec.trust import covers


def open_program(
    parsed: ModelReference, path: Path, kind: formats.Kind, inputs: tuple[InputSpec, ...], trust: bool | str
) -> OpenedModel:
    """The weights in the file, or with `trust` what its graph costs.

    The graph is that of the very bytes whose SHA-256 `trust` covers. TorchScript says nothing of its input: without
    `inputs` its weights are shown, and a warning says so. Raises `Failure`: exit code 2 for a damaged file, and for one
    that would call what nothing may call or brings compiled code along, 3 for `.pt2` with pickled parts unless there is
    `trust`.
    """
    if trust:
        with held(path) as kept:
            if covers(trust, kept.sha256):
                model = _trusted(parsed, path, kind, inputs, kept)
                if model is not None:
                    return model
    given = inputs or (carriers.exported_input(path) if kind == "pt2" else ())
    weights = carriers.read(path, meta=True) or {}
    if not weights:
        raise bad_input("models.no_weights", path=str(path))
    hint = Message("models.graph_needs_trust") if given else Message("models.graph_needs_input")
    if kind == "pt2" and (native := native_parts(path)):
        hint = Message("models.graph_native", {"parts": listed(native)})
    return view(parsed, path, stored(weights.items()), kind, (hint,), given)


def _trusted(
    parsed: ModelReference, path: Path, kind: formats.Kind, inputs: tuple[InputSpec, ...], kept: Held
) -> OpenedModel | None:
    """The model with its graph; None where nothing says what it takes."""
    check_zip(path, kept.file)
    given = inputs
    if kind == "pt2":
        given = inputs or carriers.exported_input(path, kept.file)
        native = native_parts(path, kept.file)
        if native:
            raise bad_input("models.pt2_native", path=str(path), parts=listed(native))
        _check_weights(path, kept)
        names = exported_names(path, kept.file)
        if any(denied(one) for one in names):
            consent(path, names, True, kept.sha256)
    return viewed(parsed, path, _graph(parsed, path, kind, given, kept)) if given else None


def _check_weights(path: Path, kept: Held) -> None:
    """Say what is damaged before torch does, whose words for it are many. Pickled parts are agreed to."""
    try:
        carriers.read(path, meta=True, file=kept.file)
    except Failure as failure:
        if failure.exit_code != NEEDS_TRUST:
            raise


def _graph(
    parsed: ModelReference, path: Path, kind: formats.Kind, inputs: tuple[InputSpec, ...], kept: Held
) -> CostTable:
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(sys.stderr):
            warnings.simplefilter("ignore")  # that TorchScript is deprecated is known
            program = _script(kept) if kind == "torchscript" else _exported(kept)
    except Failure:
        raise
    except Exception as error:  # a damaged file can raise anything
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise bad_input("models.torch_damaged", path=str(path), error=lines[0][:200]) from error
    run, kinds, batch = program
    weights = {name: one for name, one in run.state_dict().items() if isinstance(one, torch.Tensor)}
    parameters = {name for name, _ in run.named_parameters(remove_duplicate=False)}
    return program_table(run, weights, parameters, kinds, inputs, str(parsed), kind, batch)


_Program = tuple[Any, dict[str, str], int]


def _script(kept: Held) -> _Program:
    kept.file.seek(0)
    source = (
        str(kept.copy) if kept.copy else kept.file
    )  # torch would read a file object into memory as a whole
    script = torch.jit.load(source, map_location="cpu").eval()  # type: ignore[no-untyped-call]
    kinds = {name: str(getattr(one, "original_name", "Layer")) for name, one in script.named_modules()}
    return script, kinds, 1


def _exported(kept: Held) -> _Program:
    kept.file.seek(0)
    program = torch.export.load(kept.file)
    kinds: dict[str, str] = {"": "ExportedProgram"}
    for node in program.graph.nodes:
        for place, kind in node.meta.get("nn_module_stack", {}).values():
            name = kind if isinstance(kind, str) else kind.__qualname__
            kinds.setdefault(place, name.rpartition(".")[2])
    return program.module(), kinds, _batch(program)


def _batch(program: torch.export.ExportedProgram) -> int:
    """The batch that a program was fixed to when it was exported; 1 where it takes any."""
    wanted = program.graph_signature.user_inputs
    for node in program.graph.nodes:
        if node.op == "placeholder" and node.name in wanted and "val" in node.meta:
            size = node.meta["val"].shape[0] if getattr(node.meta["val"], "ndim", 0) else 1
            return size if isinstance(size, int) else 1
    return 1
