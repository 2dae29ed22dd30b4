"""A compressed model as files that need no pruning library: ONNX, `.pt2`, safetensors with `load_model.py`.

Everything is written into a folder beside the wanted one and then renamed, so a kill at any moment leaves a
whole export or none; calling `export` again puts it right.
"""

from __future__ import annotations

import copy
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from penjing.export import formats, loader, manifest, proof
from penjing.export.load import load_artefact
from penjing.models.source import ModelSource
from penjing.models.weights import state_sha256
from penjing.spec.files import fsync_folder
from penjing.spec.messages import Failure, Message, bad_input
from penjing.spec.references import InputSpec

FORMATS = manifest.FORMATS
FILES = {"onnx": "model.onnx", "pt2": "model.pt2", "safetensors": loader.WEIGHTS}


def export(
    module: nn.Module,
    source: ModelSource,
    inputs: tuple[InputSpec, ...],
    to: Sequence[str],
    folder: Path,
    progress: Callable[[int, int, str], None] | None = None,
    keep_going: bool = False,
) -> dict[str, Path]:
    """Write `module` in the formats `to`, with `proof.npz` and `manifest.json`, as `folder`.

    Files in `folder` that no export wrote stay; those of a former export are replaced. `progress(done, total,
    format)` is called before each format. The module is left as it is; the random state too.

    Returns the files by format, and `load_model.py` as "load_model". Raises `Failure` (exit code 2) for an
    unknown format, and (exit code 1) where a format cannot be written; with `keep_going` that goes into the
    manifest's `failed` as a message, and the other formats are written.
    """
    wanted = [name for name in FORMATS if name in to]
    if not to or len(wanted) != len(set(to)):
        unknown = next((name for name in to if name not in FORMATS), "")
        raise bad_input("export.format_unknown", format=unknown, known=", ".join(FORMATS))
    temporary = prepare(folder)
    try:
        written = _fill(temporary, module, source, inputs, wanted, progress, keep_going)
    except (Exception, KeyboardInterrupt):
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    publish(temporary, folder)
    paths = {name: folder / FILES[name] for name in written}
    if "safetensors" in paths:
        paths["load_model"] = folder / loader.LOADER
    return paths


def _fill(
    folder: Path,
    module: nn.Module,
    source: ModelSource,
    inputs: tuple[InputSpec, ...],
    wanted: Sequence[str],
    progress: Callable[[int, int, str], None] | None,
    keep_going: bool,
) -> list[str]:
    """Write a whole export into an empty folder; return the formats that could be written."""
    network = copy.deepcopy(module).cpu().eval()
    failed: list[Message] = []
    with torch.random.fork_rng(devices=[]):
        arrays = proof.record(network, inputs)
        proof.write(arrays, folder / "proof.npz")
        written = _write_formats(
            network, source, inputs, wanted, folder, arrays, failed, progress, keep_going
        )
    manifest.write(
        folder,
        [{"file": FILES[name], "format": name} for name in written],
        architecture=source.expression,
        input=[spec.to_json() for spec in inputs],
        batches=list(proof.BATCHES),
        opset=formats.OPSET if "onnx" in written else None,
        weights_sha256=state_sha256(network.state_dict()),
        failed=[message.to_json() for message in failed],
    )
    return written


def _write_formats(
    network: nn.Module,
    source: ModelSource,
    inputs: tuple[InputSpec, ...],
    wanted: Sequence[str],
    folder: Path,
    arrays: dict[str, Any],
    failed: list[Message],
    progress: Callable[[int, int, str], None] | None,
    keep_going: bool,
) -> list[str]:
    """Write each format; return those that could be written."""
    program: torch.export.ExportedProgram | None = None
    written = []
    for number, name in enumerate(wanted):
        if progress:
            progress(number, len(wanted), name)
        path = folder / FILES[name]
        try:
            if name == "safetensors":
                formats.write_safetensors(network, path)
                loader.write(network, source, inputs, folder)
                _check_rebuilt(folder, network, inputs)
            else:
                program = program or formats.trace(network, proof.example_inputs(network, inputs, 2))
                if name == "pt2":
                    formats.write_pt2(program, path)
                else:
                    outputs = sum(key.startswith(f"output_{proof.BATCHES[0]}_") for key in arrays)
                    formats.write_onnx(program, outputs, path)
        except OSError:
            raise  # a full disk is not the format's fault
        except Exception as error:  # the exporters raise many kinds
            failure = _failure(name, error)
            if not keep_going:
                raise failure from error
            failed.append(failure.message)
            _remove_format(name, folder)
        else:
            written.append(name)
    return written


def _failure(name: str, error: Exception) -> Failure:
    if isinstance(error, Failure):
        return error
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    problem = f"{type(error).__name__}, {lines[0][:200]}" if lines else type(error).__name__
    return Failure("export.format_failed", format=name, problem=problem)


def _remove_format(name: str, folder: Path) -> None:
    for file in (FILES[name], f"{FILES[name]}.data", *([loader.LOADER] if name == "safetensors" else [])):
        (folder / file).unlink(missing_ok=True)
    if name == "safetensors":
        for file in (loader.PICKLED, loader.CONVERTED):
            (folder / file).unlink(missing_ok=True)
        shutil.rmtree(folder / loader.ARCHITECTURE, ignore_errors=True)


def _check_rebuilt(folder: Path, network: nn.Module, inputs: tuple[InputSpec, ...]) -> None:
    """Find here, not where the file is needed, that an architecture does not come out of its own source."""
    example = proof.example_inputs(network, inputs, 1)
    with torch.no_grad():
        expected = proof.flatten(network(*example))
        found = proof.flatten(load_artefact(folder)(*example))
    tolerance = manifest.TOLERANCE
    if len(found) != len(expected) or not all(
        a.shape == b.shape and torch.allclose(a, b, rtol=tolerance, atol=tolerance, equal_nan=True)
        for a, b in zip(found, expected, strict=True)
    ):
        raise Failure("export.not_rebuilt")


def prepare(folder: Path) -> Path:
    """An empty folder beside `folder` to write into. What a killed export left there is put right first."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    old, temporary = _beside(folder)
    if old.exists() and not folder.exists():
        old.replace(folder)  # killed between the two renames of `publish`
    for left in (old, temporary):
        if left.exists():
            shutil.rmtree(left)
    temporary.mkdir()
    return temporary


def publish(temporary: Path, folder: Path) -> None:
    """Make `temporary` durable and rename it to `folder`, taking along files there that no export wrote."""
    old, _ = _beside(folder)
    if folder.exists():
        _take_along(folder, temporary)
    for path in sorted(temporary.rglob("*"), reverse=True):
        if path.is_dir():
            fsync_folder(path)
        else:
            with path.open("rb+") as file:
                os.fsync(file.fileno())
    fsync_folder(temporary)
    if folder.exists():
        folder.replace(old)
    temporary.replace(folder)
    fsync_folder(folder.parent)
    shutil.rmtree(old, ignore_errors=True)


def _beside(folder: Path) -> tuple[Path, Path]:
    return folder.with_name(f".{folder.name}.old"), folder.with_name(f".{folder.name}.part")


def _take_along(folder: Path, temporary: Path) -> None:
    former = (manifest.read(folder) or {}).get("files", {})
    ours = {
        manifest.NAME,
        *former,
        *(file.relative_to(temporary).as_posix() for file in temporary.rglob("*")),
    }
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        code = name.startswith(f"{loader.ARCHITECTURE}/")  # what the author's files would import
        if path.is_file() and name not in ours and not code and "__pycache__" not in path.parts:
            target = temporary / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
