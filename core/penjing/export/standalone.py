"""Opens artefacts where Penjing and the pruning library cannot be imported, and compares them with the proof.

This file is a script: `python -P standalone.py FOLDER FILE…`. It imports nothing of Penjing and is started in
a fresh process by `penjing.export.verify`. It writes one JSON object a line: `{"opening": FILE}` before a
file, and its row after. Outputs must agree within 1e-4, relative and absolute. A file that holds code is run
only where its SHA-256 is the manifest's.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.abc
import importlib.util
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

BLOCKED = ("penjing", "penjing_gui", "penjing_resources", "torch_pruning")
LOADER = "load_model.py"
LOADER_FILES = ("architecture/", "architecture.pth", "architecture.onnx")
TOLERANCE = 1e-4


class Blocker(importlib.abc.MetaPathFinder):
    """Refuses the imports that an artefact must not need."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        """Raise for a blocked name, else leave it to the next finder."""
        if fullname.partition(".")[0] in BLOCKED:
            raise ModuleNotFoundError(f"{fullname} is not available to artefacts", name=fullname)


def main() -> None:
    """Check the files named on the command line."""
    # What a model prints must not get among the rows: they go to a copy of descriptor 1.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.meta_path.insert(0, Blocker())
    sys.dont_write_bytecode = True
    folder = Path(sys.argv[1])
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for file in sys.argv[2:]:
        print(json.dumps({"opening": file}), file=out, flush=True)
        print(json.dumps(check(folder, manifest, file)), file=out, flush=True)


def check(folder: Path, manifest: dict[str, Any], file: str) -> dict[str, Any]:
    """The row of one artefact: loads, max_abs_diff, ok, and a reason where it is not."""
    entries = {entry["file"]: entry for entry in manifest["artefacts"]}
    form = entries[file]["format"]
    path = folder / file
    row: dict[str, Any] = {
        "file": file, "format": form, "opened_with": None, "bytes": None, "sha256_ok": False,
        "loads": False, "max_abs_diff": None, "ok": False, "reason": None,
    }  # fmt: skip
    if not path.is_file():
        return row | {"reason": reason("export.file_missing", file=file)}
    changed = [name for name in needed(form, file, manifest) if not unchanged(folder, manifest, name)]
    added = strays(folder, manifest) if form == "safetensors" else []
    changed += added
    row |= {"bytes": path.stat().st_size, "sha256_ok": not changed}
    if changed:
        row["reason"] = reason("export.file_changed", file=changed[0])
    if added or "proof.npz" in changed or any(is_program(name) for name in changed):
        return row  # nothing to compare with, or code that is not what was written
    try:
        run, row["opened_with"] = OPENERS[form](folder, path)
        row["loads"] = True
        row["max_abs_diff"], agrees = compare(run, folder, manifest)
    except BaseException as error:  # a damaged file can raise anything
        code = "export.does_not_run" if row["loads"] else "export.does_not_open"
        lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [""]
        problem = f"{type(error).__name__}, {lines[0][:200]}"
        return row | {"reason": row["reason"] or reason(code, file=file, problem=problem)}
    if not agrees and not changed:
        difference = row["max_abs_diff"]
        shown = "NaN" if difference is None else f"{difference:.2g}"
        row["reason"] = reason("export.outputs_differ", file=file, difference=shown)
    return row | {"ok": agrees and not changed}


def reason(code: str, **params: Any) -> dict[str, Any]:
    """A message by its code, as Penjing's catalogues know it."""
    return {"code": code, "params": params}


def needed(form: str, file: str, manifest: dict[str, Any]) -> list[str]:
    """The files of an export that have to be as written for one artefact to count."""
    names = [file, "proof.npz"]
    names += [name for name in manifest["files"] if name == f"{file}.data"]
    if form == "safetensors":
        names += [LOADER, *(name for name in manifest["files"] if name.startswith(LOADER_FILES))]
    return names


def is_program(name: str) -> bool:
    """Whether a file of an export can run code: of what the loader takes all but JSON, since it may import byte code
    and libraries, and a graph becomes Python."""
    loaded = name.startswith(LOADER_FILES) and not name.endswith(".json")
    return loaded or name.endswith((".py", ".pt2", ".pth"))


def strays(folder: Path, manifest: dict[str, Any]) -> list[str]:
    """Files beside the author's own that the export did not write: its code would import them."""
    found = (
        one.relative_to(folder).as_posix() for one in (folder / "architecture").rglob("*") if not one.is_dir()
    )
    return sorted(
        name for name in found if name not in manifest["files"] and "__pycache__" not in name.split("/")
    )


@contextlib.contextmanager
def sources_alone(folder: Path) -> Iterator[None]:
    """Within it no byte code of `folder` is loaded: nobody can see what is in it, and the manifest does not hold it."""
    loading: Any = sys.modules["importlib._bootstrap_external"]
    usual, inside = loading.cache_from_source, str(folder.resolve()) + os.sep

    def place(path: str, *options: Any, **named: Any) -> Any:
        if os.path.realpath(path).startswith(inside):
            raise NotImplementedError
        return usual(path, *options, **named)

    loading.cache_from_source = place
    try:
        yield
    finally:
        loading.cache_from_source = usual


def unchanged(folder: Path, manifest: dict[str, Any], name: str) -> bool:
    """Whether a file has the manifest's SHA-256."""
    try:
        if not (folder / name).is_file():  # a pipe would never end
            return False
        with (folder / name).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        return bool(found == manifest["files"][name]["sha256"])
    except (OSError, KeyError, TypeError):
        return False


def compare(run: Any, folder: Path, manifest: dict[str, Any]) -> tuple[float | None, bool]:
    """The largest absolute difference over all outputs and batch sizes, and whether all are tolerable."""
    import numpy as np

    largest, agrees = 0.0, True
    dtypes = [one["dtype"] for one in manifest["input"]]
    with np.load(folder / "proof.npz", allow_pickle=False) as proof:
        for batch in manifest["batches"]:
            found = run([proof[f"input_{batch}_{i}"] for i in range(len(dtypes))], dtypes)
            names = sorted((n for n in proof.files if n.startswith(f"output_{batch}_")), key=index)
            agrees = agrees and len(found) == len(names) > 0
            for one, name in zip(found, names, strict=False):
                expected = proof[name]
                if one.shape != expected.shape:
                    raise ValueError(f"shape {list(one.shape)}, recorded {list(expected.shape)}")
                one, expected = one.astype(np.float64), expected.astype(np.float64)
                agrees = agrees and bool(
                    np.allclose(one, expected, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True)
                )
                same = (one == expected) | (np.isnan(one) & np.isnan(expected))
                difference = np.abs(np.where(same, 0.0, one - expected))
                largest = float(np.maximum(largest, difference.max(initial=0.0)))
    return (largest if np.isfinite(largest) else None), agrees


def open_onnx(folder: Path, path: Path) -> tuple[Any, str]:
    """A runner on ONNX Runtime with one thread."""
    os.environ["ORT_DISABLE_TELEMETRY"] = (
        "1"  # it sends usage events otherwise, and reads this when it is loaded
    )
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    names = [one.name for one in session.get_inputs()]

    def run(arrays: list[Any], dtypes: list[str]) -> list[Any]:
        return list(session.run(None, dict(zip(names, arrays, strict=True))))

    return run, f"ONNX Runtime {onnxruntime.__version__}"


def open_pt2(folder: Path, path: Path) -> tuple[Any, str]:
    """A runner on `torch.export.load`."""
    import torch

    torch.set_num_threads(1)
    return _torch_runner(torch.export.load(path).module()), f"torch.export.load, torch {torch.__version__}"


def open_safetensors(folder: Path, path: Path) -> tuple[Any, str]:
    """A runner on the export's own `load_model.py`."""
    import torch

    torch.set_num_threads(1)
    spec = importlib.util.spec_from_file_location("load_model", folder / LOADER)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["load_model"] = module
    with sources_alone(folder):
        spec.loader.exec_module(module)
        network = module.load(path)
    return _torch_runner(network), f"{LOADER}, torch {torch.__version__}"


def _torch_runner(module: Any) -> Any:
    import torch

    def run(arrays: list[Any], dtypes: list[str]) -> list[Any]:
        inputs = [
            torch.from_numpy(array).to(getattr(torch, dtype))
            for array, dtype in zip(arrays, dtypes, strict=True)
        ]
        with torch.no_grad():
            leaves, _ = torch.utils._pytree.tree_flatten(module(*inputs))
        tensors = [leaf for leaf in leaves if isinstance(leaf, torch.Tensor)]
        return [(t.float() if t.dtype == torch.bfloat16 else t).numpy() for t in tensors]

    return run


def index(name: str) -> int:
    """The number at the end of an array's name."""
    return int(name.rsplit("_", 1)[1])


OPENERS = {"onnx": open_onnx, "pt2": open_pt2, "safetensors": open_safetensors}

if __name__ == "__main__":
    main()
